"""Attribution: does a source speak of the medicine that its facts are about?

Words can stand in a text letter by letter and be said of another medicine. Most sentences name none, so the whole text
is asked, with title and label of its source; a sentence only where it names the medicine of its source, and that is
another one. It is an error only where nothing else is likely: heparin is mentioned in many texts on other medicines, a
text on a group holds for its members, and products of one line are told apart in many spellings.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator

from ivig_kg import unchecked
from ivig_kg.evidence import Texts
from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.naming import MEDICINES, Lexicon, plain, stands_in
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.resources import VOCABULARY

_WORD = re.compile(r"\w+")
_BEHIND = re.compile(r"\s*\([^()]*\)\Z")  # "Privigen (EU)": what tells products of one name apart stands in no text
_IDLE = re.compile(r" ?[\u00ae\u2122]| (?=%)")  # marks of trademarks, and the blank before a percent sign
_SAYS = re.compile(r" (?:is|are|was|were|has|have|may|can)\b")
_PRODUCT = VOCABULARY + "Product"
BRAND = 4  # letters that the first word of a product's name has at least, where it stands for the product
NEAR = 24  # characters behind a brand in which what tells its products apart may follow: "Octagam 5% and 10%"
# what names of products begin with that have no brand
_COMMON = frozenset({"human", "immune", "immunoglobulin", "intravenous", "normal", "subcutaneous"})


def check(lexicon: Lexicon, *, texts: Texts) -> Iterator[Finding]:
    """Find facts about a medicine in place of which their source, or their passages, name another one.

    Args:
        lexicon: The facts, and what the medicines are called.
        texts: The texts at hand; without any, nothing is found.

    Yields:
        `source-names-other` and `passage-names-other`, at the medicine that the fact is about.
    """
    if not texts.sources:
        return
    medicines = _Medicines(lexicon, texts)
    for node in lexicon.judged:
        about = node.get("about")
        cited = list(node.scalars("evidence"))
        at_hand = all(texts.parents.get(v.text) in texts.sources for v in cited)
        if about and about.text in medicines.called and cited and at_hand:
            yield from _of_source(node, about, cited, medicines)


def _of_source(node: Mapping, about: Scalar, cited: list[Scalar], medicines: _Medicines) -> Iterator[Finding]:
    sources = list(dict.fromkeys(medicines.texts.parents[v.text] for v in cited))
    every = [medicines.of_source(name) for name in sources]
    if any(about.text in found.names for found in every):
        yield from _of_passages(node, about, cited, medicines)
        return
    named = frozenset[str]().union(*(found.names for found in every))
    others = named - medicines.kin(node, about.text)
    beside = {name for name in others if medicines.over(name) & medicines.over(about.text)}
    akin = not named.isdisjoint(medicines.over(about.text) | medicines.under(about.text))
    if not others or (akin and not beside):
        return
    sure = beside and not akin and all(about.text not in found.brands for found in every)
    other = min(beside or others)
    source = next(name for name, found in zip(sources, every, strict=True) if other in found.names)
    message = f"the text of {quoted(source)} names {quoted(other)}, and nowhere {quoted(about.text)}"
    hint = f"mend what the fact is about; if the text means {quoted(about.text)}, add its words as a surfaceForm"
    severity = Severity.ERROR if sure else Severity.WARNING
    yield Finding("source-names-other", message, about.position, severity, hint=hint, subject=node.name)


def _of_passages(node: Mapping, about: Scalar, cited: list[Scalar], medicines: _Medicines) -> Iterator[Finding]:
    """Find a fact all passages of which name the medicine of other facts of their source, and none the fact's own.

    So does a use on a passage that begins with another medicine: `Heparin is used in thrombosis.`
    """
    placed = [v.text for v in cited if v.text in medicines.texts.passages]
    if len(placed) < len(cited):
        return
    named = [medicines.of_text(medicines.texts.passages[name]).names for name in placed]
    if any(about.text in names for names in named):
        return
    kin = medicines.kin(node, about.text)
    is_use = node.text("type").endswith(("Indication", "ClinicalUse"))
    others = []
    for passage, names in zip(placed, named, strict=True):
        of_others = medicines.subjects.get(medicines.texts.parents[passage], frozenset())
        begins = medicines.beginning(medicines.texts.passages[passage]) if is_use else frozenset()
        others.append((names & (of_others | begins)) - kin)
    if all(others):
        message = f"passage {quoted(placed[0])} names {quoted(min(others[0]))}, and not {quoted(about.text)}"
        hint = "if it says this of that medicine, mend what the fact is about; if not, allow this with a reason"
        yield Finding("passage-names-other", message, about.position, Severity.WARNING, hint=hint, subject=node.name)


@dataclasses.dataclass(frozen=True, slots=True)
class _Named:
    """What a text names.

    Attributes:
        names: The medicines that it names.
        brands: The products of which it has the brand alone, beside the whole name of another one of that brand.
    """

    names: frozenset[str]
    brands: frozenset[str]


class _Medicines:
    """The medicines of a project by the words that texts have for them."""

    def __init__(self, lexicon: Lexicon, texts: Texts) -> None:
        self.lexicon, self.texts = lexicon, texts
        concepts = {name: concept for name, concept in lexicon.concepts.items() if concept.kind in MEDICINES}
        self.called = {
            name: frozenset(_BEHIND.sub("", _as_compared(words)) for words in concept.words)
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
        self._named: dict[str, _Named] = {}

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

    def of_source(self, source: str) -> _Named:
        """Return what a source names in its text, its title or its label."""
        if source not in self._named:
            head = self._heads.get(source, "")
            self._named[source] = self.of_text(f"{head}\n{self.texts.sources[source]}")
        return self._named[source]

    def of_text(self, text: str) -> _Named:
        """Return what a text names; a brand stands for each of its products, unless the text says which one."""
        text = _as_compared(text)
        tokens = {form for token in _WORD.findall(text) for form in (token, token.removesuffix("s"))}
        perhaps = {one for token in ("", *tokens) for one in self._by_first.get(token, ())}
        found = {(words, name) for words, name in perhaps if stands_in(words, text)}
        whole = {(words, name) for words, name in found if words in self.called[name]}
        brands = {name for _, name in found - whole} - {name for _, name in whole}
        other = frozenset(name for name in brands if self._is_told_apart(name, whole, text))
        return _Named(frozenset(name for _, name in found) - other, other)

    def beginning(self, text: str) -> frozenset[str]:
        """Return the medicines of which a text says something with its first words."""
        text = _as_compared(text).strip()
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


def _as_compared(text: str) -> str:
    """Return a text as names of medicines are compared: no trademark, no blank before a percent sign."""
    return _IDLE.sub("", plain(text))


def _first(words: str) -> str:
    return next((m[0] for m in _WORD.finditer(words)), "")
