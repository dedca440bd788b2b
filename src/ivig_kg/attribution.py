"""Attribution: does a source speak of the medicine that its facts are about?

Words can stand in a text letter by letter and be said of another medicine. Most sentences name none, so the whole text
is asked, with title and label of its source; a sentence only where it names the medicine of its source, and that is
another one. It is an error only where nothing else is likely: heparin is mentioned in many texts on other medicines, a
text on a group holds for its members, and products of one line are told apart in many spellings.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivig_kg.findings import Finding, Severity, quoted
from ivig_kg.medicines import Medicines
from ivig_kg.nodes import Mapping, Scalar
from ivig_kg.surroundings import Sources

# what may be said of another medicine: what is to be done beside it, or when it is given too
_BESIDE = frozenset(
    {"AdverseEffect", "BoxedWarning", "Interaction", "MonitoringRequirement", "PatientAdvice", "Warning"}
)


def check(every: Sources) -> Iterator[Finding]:
    """Find facts about a medicine in place of which their source, or their passages, name another one.

    Args:
        every: The facts, and the texts at hand; without any, nothing is found.

    Yields:
        `source-names-other` and `passage-names-other`, at the medicine that the fact is about.
    """
    texts = every.texts
    if not texts.sources:
        return
    medicines = every.medicines
    for node in every.lexicon.judged:
        about = node.get("about")
        cited = list(node.scalars("evidence"))
        at_hand = all(texts.parents.get(v.text) in texts.sources for v in cited)
        if about and about.text in medicines.called and cited and at_hand:
            yield from _of_source(node, about, cited, medicines)


def _of_source(node: Mapping, about: Scalar, cited: list[Scalar], medicines: Medicines) -> Iterator[Finding]:
    sources = list(dict.fromkeys(medicines.texts.parents[v.text] for v in cited))
    every = [medicines.of_source(name) for name in sources]
    is_titled = any(about.text in found.names for found in every)
    if is_titled and not all(medicines.is_of_another(about.text, node, name) for name in sources):
        yield from _of_passages(node, about, cited, medicines)
        return
    named = frozenset[str]().union(*(found.names for found in every))
    others = named - medicines.kin(node, about.text)
    beside = {name for name in others if medicines.over(name) & medicines.over(about.text)}
    akin = not named.isdisjoint(medicines.over(about.text) | medicines.under(about.text))
    if not others or (akin and not beside):
        return
    sure = beside and not (akin or is_titled) and all(about.text not in found.brands for found in every)
    other = min(beside or others)
    source = next(name for name, found in zip(sources, every, strict=True) if other in found.names)
    message = f"the text of {quoted(source)} names {quoted(other)}, and nowhere {quoted(about.text)}"
    hint = f"mend what the fact is about; if the text means {quoted(about.text)}, add its words as a surfaceForm"
    severity = Severity.ERROR if sure else Severity.WARNING
    yield Finding("source-names-other", message, about.position, severity, hint=hint, subject=node.name)


def _of_passages(node: Mapping, about: Scalar, cited: list[Scalar], medicines: Medicines) -> Iterator[Finding]:
    """Find a fact all passages of which name the medicine of other facts of their source, and none the fact's own.

    So does one on a passage that begins with another medicine: `Heparin is used in thrombosis.`
    """
    placed = [v.text for v in cited if v.text in medicines.texts.passages]
    if len(placed) < len(cited):
        return
    named = [medicines.of_text(medicines.texts.passages[name]).names for name in placed]
    if any(about.text in names for names in named):
        return
    kin = medicines.kin(node, about.text)
    is_other = node.text("type") not in _BESIDE
    others = []
    for passage, names in zip(placed, named, strict=True):
        of_others = medicines.subjects.get(medicines.texts.parents[passage], frozenset())
        begins = medicines.beginning(medicines.texts.passages[passage])
        brand = medicines.brands.get(about.text, about.text)
        begun = {n for n in begins if is_other or medicines.over(n) & medicines.over(about.text)}
        of_others |= frozenset(n for n in begun if medicines.brands.get(n) != brand)
        others.append((names & of_others) - kin)
    if all(others):
        message = f"passage {quoted(placed[0])} names {quoted(min(others[0]))}, and not {quoted(about.text)}"
        hint = "if it says this of that medicine, mend what the fact is about; if not, allow this with a reason"
        yield Finding("passage-names-other", message, about.position, Severity.WARNING, hint=hint, subject=node.name)
