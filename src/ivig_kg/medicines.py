"""Medicines: which medicines does a text name, in whole or by a brand that several of them have?"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator

from ivig_kg import arms, unchecked
from ivig_kg.evidence import Texts
from ivig_kg.naming import MEDICINES, Lexicon, plain, stands_in
from ivig_kg.nodes import Mapping
from ivig_kg.resources import VOCABULARY

_WORD = re.compile(r"\w+")
_BEHIND = re.compile(r"\s*\([^()]*\)\Z")  # "Privigen (EU)": what tells products of one name apart stands in no text
_IDLE = re.compile(r" ?[\u00ae\u2122]| (?=%)")  # marks of trademarks, and the blank before a percent sign
_SAYS = re.compile(
    r" (?:is|are|was|were|has|have|may|can|acts?|belongs?|carries|carry|causes?|contains?"
    r"|interferes?|leads?|led|shows?|treats?|works?|must|should|will|does)\b| ?\|"
)
_PRODUCT = VOCABULARY + "Product"
BRAND = 4  # letters that the first word of a product's name has at least, where it stands for the product
NEAR = 24  # characters behind a brand in which what tells its products apart may follow: "Octagam 5% and 10%"
# what names of products begin with that have no brand
_COMMON = frozenset({"human", "immune", "immunoglobulin", "intravenous", "normal", "subcutaneous"})


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """What a text names.

    Attributes:
        names: The medicines that it names.
        brands: The products of which it has the brand alone, beside the whole name of another one of that brand.
    """

    names: frozenset[str]
    brands: frozenset[str]


class Medicines:
    """The medicines of a project by the words that texts have for them."""

    def __init__(self, lexicon: Lexicon, texts: Texts) -> None:
        self.lexicon, self.texts = lexicon, texts
        concepts = {name: concept for name, concept in lexicon.concepts.items() if concept.kind in MEDICINES}
        self.called = {
            name: frozenset(_BEHIND.sub("", as_compared(words)) for words in concept.words)
            for name, concept in concepts.items()
        }
        drugs = (words for c in concepts.values() if c.kind != _PRODUCT for words in c.words)
        common = _COMMON.union(*(_WORD.findall(plain(words)) for words in drugs))
        self.brands = {
            name: brand
            for name, concept in concepts.items()
            if concept.kind == _PRODUCT
            and (brand := _first(plain(concept.label))) not in common
            and len(brand) >= BRAND
        }
        self._by_first: dict[str, set[tuple[str, str]]] = {}
        for name, called in self.called.items():
            for words in called | ({self.brands[name]} if name in self.brands else set()):
                self._by_first.setdefault(_first(words), set()).add((words, name))
        self._heads = {
            node.text("id"): "\n".join((node.text("title"), node.text("label")))
            for node in lexicon.nodes
            if node.text("type") == "Source"
        }
        self._named: dict[str, Named] = {}

    @functools.cached_property
    def subjects(self) -> dict[str, frozenset[str]]:
        """The medicines that facts on the passages of each source are about, by the id of the source."""
        parents = {p.text("id"): parent for p, parent in unchecked.passages_of(list(self.lexicon.nodes))}
        found: dict[str, set[str]] = {}
        for node in self.lexicon.facts:
            for passage in node.scalars("evidence"):
                found.setdefault(parents.get(passage.text, ""), set()).add(node.text("about"))
        return {source: frozenset(names) for source, names in found.items()}

    @functools.cached_property
    def _narrower(self) -> dict[str, set[str]]:
        """The medicines below each thing."""
        found: dict[str, set[str]] = {}
        for name in self.called:
            for above in self.over(name):
                found.setdefault(above, set()).add(name)
        return found

    def of_source(self, source: str) -> Named:
        """Return what a source names in its text, its title or its label."""
        if source not in self._named:
            head = self._heads.get(source, "")
            self._named[source] = self.of_text(f"{head}\n{self.texts.sources[source]}")
        return self._named[source]

    def is_of_another(self, name: str, node: Mapping, source: str) -> bool:
        """Tell whether the text of a source names a medicine of the group of one, and nowhere that one or its kin.

        A title says what a text is on; it does not make it a text on that.
        """
        named = self.of_text(self.texts.sources[source])
        own = {name, *self.kin(node, name)}
        beside = {other for other in named.names - own if self.over(other) & self.over(name)}
        return bool(beside) and named.names.isdisjoint(own) and name not in named.brands

    def of_text(self, text: str) -> Named:
        """Return what a text names; a brand stands for each of its products, unless the text says which one."""
        text = as_compared(text)
        tokens = {form for token in _WORD.findall(text) for form in (token, token.removesuffix("s"))}
        perhaps = {one for token in ("", *tokens) for one in self._by_first.get(token, ())}
        found = {(words, name) for words, name in perhaps if stands_in(words, text)}
        whole = {(words, name) for words, name in found if words in self.called[name]}
        brands = {name for _, name in found - whole} - {name for _, name in whole}
        other = frozenset(name for name in brands if self._is_told_apart(name, whole, text))
        return Named(frozenset(name for _, name in found) - other, other)

    def said(self, node: Mapping, text: str, values: re.Pattern[str]) -> list[arms.Said]:
        """Return the stretches of a text, as names are compared, that it says of one medicine beside another."""
        named, others = self.of_text(text).names, self.others(node, text)
        aside = [*self._places(others, text), *arms.controls(text)]
        return arms.said(text, self._places(named - others, text), aside, values)

    def alone(self, node: Mapping, text: str, values: re.Pattern[str]) -> str:
        """Return a text, as names are compared, without what it says of other medicines than a fact is about."""
        return arms.without(text := as_compared(text), self.said(node, text, values))

    def names_own(self, node: Mapping, text: str) -> bool:
        """Tell whether a text names the medicine that a fact is about, or one of its kin."""
        return bool(self.of_text(text).names - self.others(node, text))

    def others(self, node: Mapping, text: str) -> frozenset[str]:
        """Return the medicines that a text names, and that a fact neither is about nor names.

        Products of one brand are no others: texts tell them apart in many spellings.
        """
        about = node.text("about")
        brand = self.brands.get(about, about)
        named = self.of_text(text).names - self.kin(node, about) - {about}
        return frozenset(name for name in named if self.brands.get(name) != brand)

    def _places(self, names: frozenset[str], text: str) -> list[tuple[int, int]]:
        """Return where a text names some medicines."""
        words = {words for name in names for words in self.called[name] | {self.brands.get(name, "")}} - {""}
        return list(places(words, text))

    def beginning(self, text: str) -> frozenset[str]:
        """Return the medicines of which a text says something with its first words."""
        text = as_compared(text).strip()
        perhaps = self._by_first.get(_first(text), ())
        said = ((name, text[len(words) :]) for words, name in perhaps if text.startswith(words))
        return frozenset(name for name, rest in said if _SAYS.match(rest))

    def _is_told_apart(self, name: str, whole: set[tuple[str, str]], text: str) -> bool:
        """Tell whether a text that has the brand of a product means another one, which it names in whole."""
        brand, called = self.brands[name], self.called[name]
        others = {words for words, other in whole if self.brands.get(other) == brand}
        if all(any(own.startswith(words) for own in called) for words in others):
            return False
        behind = [text[m.end() : m.end() + NEAR] for m in re.finditer(re.escape(brand), text)]
        rests = [rest for own in called if own.startswith(brand) and (rest := own.removeprefix(brand).strip())]
        return not any(stands_in(rest, near) for rest in rests for near in behind)

    def over(self, name: str) -> frozenset[str]:
        """Return what is above a medicine."""
        return self.lexicon.names.wider.get(name, frozenset())

    def under(self, name: str) -> frozenset[str]:
        """Return the medicines below a medicine."""
        return frozenset(self._narrower.get(name, ()))

    def kin(self, node: Mapping, about: str) -> frozenset[str]:
        """Return what a text may name in place of a medicine: what the fact names too, what is above, what is below."""
        spoken = self.lexicon.spoken(node)
        return self.under(about).union(spoken, *map(self.over, spoken))


def places(called: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where some words stand in a text, both as names are compared, in the plural too."""
    for words in called:
        yield from (match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?:e?s)?(?!\w)", text))


def as_compared(text: str) -> str:
    """Return a text as names of medicines are compared: no trademark, no blank before a percent sign."""
    return _IDLE.sub("", plain(text))


def _first(words: str) -> str:
    return next((m[0] for m in _WORD.finditer(words)), "")
