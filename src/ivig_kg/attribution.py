"""Attribution: does a source speak of the medicine that its facts are about?

Words can stand in a text letter by letter and be said of another medicine. Most sentences name none, so the whole text
is asked, with title and label of its source; a sentence only where it names the medicine of its source, and that is
another one.
"""

from __future__ import annotations

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
_PRODUCT = VOCABULARY + "Product"
BRAND = 4  # letters that the first word of a product's name has at least, where it stands for the product


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
        cited = [v for v in node.scalars("evidence") if texts.parents.get(v.text) in texts.sources]
        if about and about.text in medicines.called and cited:
            yield from _of_source(node, about, cited, medicines)


def _of_source(node: Mapping, about: Scalar, cited: list[Scalar], medicines: _Medicines) -> Iterator[Finding]:
    sources = list(dict.fromkeys(medicines.texts.parents[v.text] for v in cited))
    every = [v.text for v in node.scalars("evidence")]
    named = [medicines.of_source(name) for name in sources]
    if any(about.text in names for names in named) or len(cited) < len(every):
        yield from _of_passages(node, about, cited, medicines)
        return
    other = next(iter(sorted(frozenset[str]().union(*named) - medicines.kin(node, about.text))), None)
    if other:
        message = f"the text of {quoted(sources[0])} names {quoted(other)}, and nowhere {quoted(about.text)}"
        hint = f"mend what the fact is about; if the text means {quoted(about.text)}, add its words as a surfaceForm"
        yield Finding("source-names-other", message, about.position, hint=hint, subject=node.name)


def _of_passages(node: Mapping, about: Scalar, cited: list[Scalar], medicines: _Medicines) -> Iterator[Finding]:
    """Find a fact all passages of which name the medicine of other facts of their source, and none the fact's own."""
    placed = [v.text for v in cited if v.text in medicines.texts.passages]
    if not placed or len(placed) < len(list(node.scalars("evidence"))):
        return
    named = [medicines.of_text(medicines.texts.passages[name]) for name in placed]
    if any(about.text in names for names in named):
        return
    kin = medicines.kin(node, about.text)
    others = [
        (names & medicines.subjects.get(medicines.texts.parents[passage], frozenset())) - kin
        for passage, names in zip(placed, named, strict=True)
    ]
    if all(others):
        message = f"passage {quoted(placed[0])} names {quoted(min(others[0]))}, and not {quoted(about.text)}"
        hint = "if it says this of that medicine, mend what the fact is about; if not, allow this with a reason"
        yield Finding("passage-names-other", message, about.position, Severity.WARNING, hint=hint, subject=node.name)


class _Medicines:
    """The medicines of a project by the words that texts have for them."""

    def __init__(self, lexicon: Lexicon, texts: Texts) -> None:
        self.lexicon, self.texts = lexicon, texts
        self.called: dict[str, frozenset[str]] = {
            name: frozenset(_names(concept.label, concept.words, is_product=concept.kind == _PRODUCT))
            for name, concept in lexicon.concepts.items()
            if concept.kind in MEDICINES
        }
        self._by_first: dict[str, set[tuple[str, str]]] = {}
        for name, called in self.called.items():
            for words in called:
                first = next(iter(_WORD.findall(words)), "")
                self._by_first.setdefault(first, set()).add((words, name))
        self._heads = {
            node.text("id"): "\n".join((node.text("title"), node.text("label")))
            for node in lexicon.nodes
            if node.text("type") == "Source"
        }
        self._named: dict[str, frozenset[str]] = {}
        self.subjects = self._subjects()

    def _subjects(self) -> dict[str, frozenset[str]]:
        """Return for each source the medicines that facts on its passages are about."""
        parents = {p.text("id"): parent for p, parent in unchecked.passages_of(list(self.lexicon.nodes))}
        found: dict[str, set[str]] = {}
        for node in self.lexicon.facts:
            for passage in node.scalars("evidence"):
                found.setdefault(parents.get(passage.text, ""), set()).add(node.text("about"))
        return {source: frozenset(names) for source, names in found.items()}

    def of_source(self, source: str) -> frozenset[str]:
        """Return the medicines that a source names in its text, its title or its label."""
        if source not in self._named:
            head = self._heads.get(source, "")
            self._named[source] = self.of_text(f"{head}\n{self.texts.sources[source]}")
        return self._named[source]

    def of_text(self, text: str) -> frozenset[str]:
        """Return the medicines that a text names."""
        text = plain(text)
        tokens = {form for token in _WORD.findall(text) for form in (token, token.removesuffix("s"))}
        perhaps = {one for token in ("", *tokens) for one in self._by_first.get(token, ())}
        return frozenset(name for words, name in perhaps if stands_in(words, text))

    def kin(self, node: Mapping, about: str) -> frozenset[str]:
        """Return what a text may name in place of a medicine: what the fact names too, what is above, what is below."""
        wider = self.lexicon.names.wider
        spoken = self.lexicon.spoken(node) | {about}
        over = frozenset[str]().union(*(wider.get(name, frozenset()) for name in spoken))
        return over | spoken | {name for name in self.called if about in wider.get(name, ())}


def _names(label: str, words: tuple[str, ...], *, is_product: bool) -> Iterator[str]:
    """Yield the names of a medicine as texts have them; of a product also the first word of its label."""
    yield from (found for one in words if (found := _BEHIND.sub("", plain(one))))
    first = _WORD.match(plain(label))
    if is_product and first and len(first[0]) >= BRAND:
        yield first[0]
