"""Forgeries: a project whose texts the test makes, with a source of every kind, and facts that are not in them."""

from __future__ import annotations

import dataclasses
import hashlib
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

KINDS = ("Monograph", "ProductLabel", "Guideline", "Register", "SafetyNotice")
NOUNS = ("hiccups", "itching", "oedema", "sneezing", "yawning", "chills", "cramps", "blisters", "swelling", "tremor")
PARTS = ("elbow", "ankle", "wrist", "shoulder", "eyelid", "thumb", "heel", "knee")
MEDICINES = ("Quillomab", "Vantorin")  # the texts are of the first one, and name it once
LOOKALIKES = {"a": "а", "e": "е", "o": "о", "i": "і", "c": "с", "p": "р", "s": "ѕ", "n": "ո", "y": "у"}  # noqa: RUF001


@dataclasses.dataclass(frozen=True)
class Sentence:
    """One sentence of a text, and what the fact on it quotes.

    Attributes:
        text: The sentence.
        stated: The words that the fact quotes.
        often: The words for how often that it quotes.
        more: Further lines of the fact.
        kind: The class of the fact.
    """

    text: str
    stated: str
    often: str
    more: tuple[str, ...]
    kind: str = "AdverseEffect"


@dataclasses.dataclass(frozen=True)
class Forgery:
    """A project's facts or texts with one lie.

    Attributes:
        kind: What was done.
        facts: The file of facts.
        codes: The rules of which one must be broken.
    """

    kind: str
    facts: str
    codes: tuple[str, ...]


class World:
    """Sources of every kind with their texts, and a fact on every sentence."""

    def __init__(self, chance: random.Random, *, placed: bool = True) -> None:
        """Invent them.

        Args:
            chance: Where chance comes from.
            placed: Whether passages have a place and a digest, or are known by their section alone.
        """
        self.chance, self.placed = chance, placed
        self.texts: dict[str, str] = {}
        self.sentences: dict[str, list[Sentence]] = {}
        self.places: dict[str, tuple[int, int]] = {}
        names = [f"{part} {noun}" for part in PARTS for noun in NOUNS]
        self.named = chance.sample(names, 3 * len(KINDS))
        for number, kind in enumerate(KINDS):
            self._invent(kind.lower(), self.named[3 * number : 3 * number + 3])

    def _invent(self, source: str, named: list[str]) -> None:
        numbers = self.chance.sample(range(13, 90), 6)
        first, second, third = named
        said = [
            Sentence(
                f"In {numbers[0]} of {numbers[1] + 100} people who took it a sore {first} was quite often seen.",
                f"sore {first}",
                "quite often",
                (f"frequencyCount: {numbers[0]}", f"frequencyTotal: {numbers[1] + 100}", "frequencyBasis: people"),
            ),
            Sentence(
                f"It does not cure anything; it may now and then cause a stiff {second} within {numbers[2]}.5 hours.",
                f"stiff {second}",
                "now and then",
                (f"onsetMax: {numbers[2]}.5", "onsetUnit: h"),
            ),
            Sentence(
                f"No person who rested had a mild {third}, but {numbers[3]} days on sharp {third} was all too common.",
                f"sharp {third}",
                "all too common",
                (f"onsetMin: {numbers[3]}", "onsetUnit: d"),
            ),
        ]
        text = f"1 About {MEDICINES[0]}\n\n"
        for number, sentence in enumerate(said, 1):
            head = f"{number + 1} Side effects: {sentence.stated.split()[-1]}\n\n"
            begin = len(text) + len(head)
            text += f"{head}{sentence.text}\n\n"
            self.places[f"{source}-s{number}"] = (begin, begin + len(sentence.text))
        self.texts[source], self.sentences[source] = text, said

    def facts(self, changes: dict[str, str] | None = None) -> str:
        """Return the file of facts; what is changed of a passage's lines is given by the id of the passage."""
        changed = changes or {}
        parts = [f"- id: {n.lower()}\n  type: Drug\n  label: {n}\n  definition: Invented.\n" for n in MEDICINES]
        for name in self.named:
            slug = name.replace(" ", "-")
            parts.append(f"- id: {slug}\n  type: Condition\n  label: {name}\n")
        for source, kind in zip(self.texts, KINDS, strict=True):
            head = f"- id: {source}\n  type: Source\n  label: {source}\n  title: {source}\n  sourceKind: {kind}\n"
            parts.append(f"{head}  textFile: {source}.txt\n  passages:\n")
            for number in range(1, 4):
                name = f"{source}-s{number}"
                parts.append(changed.get(name, self.passage(name)))
        for source, said in self.sentences.items():
            parts += [self.fact(source, number, sentence) for number, sentence in enumerate(said, 1)]
        return "".join(parts)

    def passage(self, name: str, *, section: str = "", span: tuple[int, int] | None = None, digest: str = "") -> str:
        """Return the lines of a passage."""
        source, number = name.rsplit("-s", 1)
        section = section or str(int(number) + 1)
        lines = f"    - id: {name}\n      type: Passage\n      section: '{section}'\n"
        if not self.placed:
            return lines
        begin, end = span or self.places[name]
        digest = digest or hashlib.sha256(self.texts[source][begin:end].encode()).hexdigest()
        return f"{lines}      start: {begin}\n      end: {end}\n      textDigest: {digest}\n"

    def fact(self, source: str, number: int, sentence: Sentence) -> str:
        """Return the lines of the fact on a sentence."""
        name = sentence.stated.split(" ", 1)[1]
        slug = name.replace(" ", "-")
        lines = [f"- id: fact-{source}-{number}", f"type: {sentence.kind}", f"label: {MEDICINES[0]} may cause {name}"]
        lines += [f"about: {MEDICINES[0].lower()}", f"effect: {slug}", f"statedAs: {sentence.stated}"]
        lines += [
            f"frequencyAsStated: {sentence.often}",
            *sentence.more,
            f"evidence: {source}-s{number}",
            "status: draft",
        ]
        return "\n  ".join(lines) + "\n"

    def write(self, folder: Path, facts: str, *, texts: bool = True) -> None:
        """Put facts and texts into a project."""
        (folder / "texts").mkdir(exist_ok=True)
        (folder / "facts/own.yaml").write_text(facts, encoding="utf-8")
        for name, text in self.texts.items():
            path = folder / f"texts/{name}.txt"
            path.unlink(missing_ok=True)
            if texts:
                path.write_text(text, encoding="utf-8")


NUMBERS = ("number-not-in-passage", "number-apart-from-unit")
QUOTED = ("quotation-altered", "quotation-elsewhere", "quotation-missing")


def of_quotations(world: World) -> Iterator[Forgery]:
    """Yield facts whose words or numbers are not those of their passage: what a text shows, wherever the passage is."""
    whole, chance = world.facts(), world.chance
    for source, said in world.sentences.items():
        others = [s for s in world.sentences if s != source]
        for number, sentence in enumerate(said, 1):
            fact = world.fact(source, number, sentence)

            def lie(kind: str, old: str, new: str, *codes: str, fact: str = fact) -> Forgery:
                assert old in fact, (kind, old, fact)
                assert old != new
                return Forgery(kind, whole.replace(fact, fact.replace(old, new, 1)), codes)

            stated, often = f"statedAs: {sentence.stated}\n", f"frequencyAsStated: {sentence.often}\n"
            words = sentence.stated.split()
            yield lie("fabricated", stated, f"statedAs: terrible {words[1]} {words[2]} at night\n", *QUOTED)
            yield lie("fabricated", often, "frequencyAsStated: in nearly everybody\n", *QUOTED)
            figure = re.search(r"(\w+ )([\d.]*\d)( \w+)", sentence.text)
            for half in (figure[1] + figure[2][:-1], figure[2][1:] + figure[3]) if figure else ():
                yield lie("number cut in the words", often, f"frequencyAsStated: {half}\n", *QUOTED)
            at = chance.randrange(3)
            other = " ".join(w if n != at else chance.choice(["dull", "left", "lasting"]) for n, w in enumerate(words))
            yield lie("one word changed", stated, f"statedAs: {other}\n", *QUOTED)
            letter = chance.choice([n for n, c in enumerate(sentence.stated) if c in LOOKALIKES])
            alike = sentence.stated[:letter] + LOOKALIKES[sentence.stated[letter]] + sentence.stated[letter + 1 :]
            yield lie("lookalike", stated, f"statedAs: {alike}\n", *QUOTED, "forbidden-character")
            if "s" in sentence.often or "S" in sentence.often:
                yield lie("lookalike", often, often.replace("s", "ſ").replace("ſtatedAſ", ""), *QUOTED)  # noqa: RUF001
            away = world.sentences[chance.choice(others)][chance.randrange(3)]
            yield lie("from another source", stated, f"statedAs: {away.stated}\n", *QUOTED)
            for line in sentence.more:
                yield from (
                    lie(kind, f"{line}\n", f"{new}\n", *codes) for kind, new, *codes in _of_line(line, sentence)
                )


def _of_line(line: str, sentence: Sentence) -> Iterator[tuple[str, ...]]:
    """Yield what a line with a number or a unit may be forged into: the kind, the new line, the codes."""
    key, _, value = line.partition(": ")
    if re.fullmatch(r"[\d.]+", value):
        yield "number changed", f"{key}: {Decimal(value) + 100}", "number-not-in-passage"
        for part in sorted({value[:-1].rstrip("."), value[-1]}):
            yield "number cut", f"{key}: {part}", *NUMBERS
        for other in sorted(set(re.findall(r"[\d.]*\d", sentence.text)) - {value}):
            yield "another number of the sentence", f"{key}: {other}", *NUMBERS
    elif key.endswith("Unit"):
        yield "unit changed", f"{key}: {'wk' if value != 'wk' else 'd'}", "unit-not-in-passage"


def of_claims(world: World) -> Iterator[Forgery]:
    """Yield facts of which the words are real, and say nothing of the medicine, the kind or the word of the fact."""
    whole = world.facts()
    own, other = MEDICINES
    for source, said in world.sentences.items():
        for number, sentence in enumerate(said, 1):
            fact = world.fact(source, number, sentence)

            def lie(kind: str, code: str, *pairs: tuple[str, str], fact: str = fact) -> Forgery:
                forged = fact
                for old, new in pairs:
                    assert old in forged, (kind, old, forged)
                    forged = forged.replace(old, new, 1)
                return Forgery(kind, whole.replace(fact, forged), (code,))

            away = (f"label: {own}", f"label: {other}"), (f"about: {own.lower()}", f"about: {other.lower()}")
            yield lie("of another medicine", "source-names-other", *away)
            for kind, does in (
                ("TreatmentIndication", "treats"),
                ("PreventiveIndication", "prevents"),
                ("Contraindication", "is contraindicated in"),
            ):
                claim = ("type: AdverseEffect", f"type: {kind}"), ("may cause", does), ("effect: ", "condition: ")
                yield lie("of another kind", "passage-claims-other", *claim)
            status = "status: draft\n"
            for line in ("seriousness: serious", "frequency: Rare", "jurisdiction: US"):
                yield lie("word added", "word-not-in-passage", (status, f"{line}\n  {status}"))
            yield from _with_section(world, f"{source}-s{number}", fact)
            often = f"frequencyAsStated: {sentence.often}\n"
            for key in ("frequencyAsStated", "certaintyAsStated", "timingAsStated"):
                idle = f"{key}: {sentence.stated.split()[1]}\n"
                yield lie("words that say nothing", "quotation-says-nothing", (often, idle))
            if "frequencyBasis: people\n" in fact:
                for basis in ("infusions", "patients", "trialSubjects"):
                    pair = ("frequencyBasis: people", f"frequencyBasis: {basis}")
                    yield lie("word changed", "word-not-in-passage", pair)


def _with_section(world: World, name: str, fact: str) -> Iterator[Forgery]:
    """Yield facts with a word that stands in the section of their passage, which the text does not have."""
    for line, section in (("seriousness: serious", "Serious reactions"), ("frequency: Rare", "Rare effects")):
        whole = world.facts({name: world.passage(name, section=section)})
        forged = whole.replace(fact, fact.replace("status: draft\n", f"{line}\n  status: draft\n"))
        yield Forgery("word added, with its section made up", forged, ("word-not-in-passage",))


def of_places(world: World) -> Iterator[Forgery]:
    """Yield passages and facts of which the words are real, and stand elsewhere, in another way, or are denied."""
    whole, chance = world.facts(), world.chance
    for source, said in world.sentences.items():
        others = [s for s in world.sentences if s != source]
        for number, sentence in enumerate(said, 1):
            name, fact = f"{source}-s{number}", world.fact(source, number, sentence)
            near, away = f"{source}-s{number % 3 + 1}", f"{chance.choice(others)}-s{chance.randint(1, 3)}"
            for kind, there in (("another passage", near), ("another source", away)):
                moved = fact.replace(f"evidence: {name}", f"evidence: {there}")
                yield Forgery(kind, whole.replace(fact, moved), ("quotation-elsewhere",))
            neighbour = fact.replace(f"statedAs: {sentence.stated}", f"statedAs: {said[number % 3].stated}")
            yield Forgery("words of a neighbour", whole.replace(fact, neighbour), ("quotation-elsewhere",))
            yield from _of_span(world, name, sentence)
            old = world.passage(name)
            for section, kind in ((str(number % 3 + 2), "section changed"), ("1", "section changed")):
                yield Forgery(kind, whole.replace(old, world.passage(name, section=section)), ("passage-section",))
            denied = world.texts[source][slice(*world.places[name])]
            yield from _denied(world, name, denied, sentence)


def _of_span(world: World, name: str, sentence: Sentence) -> Iterator[Forgery]:
    whole, old, chance = world.facts(), world.passage(name), world.chance
    begin, end = world.places[name]
    digest = hashlib.sha256(world.texts[name.rsplit("-s", 1)[0]][begin:end].encode()).hexdigest()
    for by in (-1, 1):
        for one, two in ((by, by), (by, 0), (0, by)):
            shifted = world.passage(name, span=(begin + one, end + two), digest=digest)
            yield Forgery("span shifted", whole.replace(old, shifted), ("passage-digest",))
    mixed = list(digest)
    chance.shuffle(mixed)
    yield Forgery("digest made up", whole.replace(old, world.passage(name, digest="".join(mixed))), ("passage-digest",))
    for one, two in ((1, 0), (-1, 0), (1, 1), (0, 1), (2, 0), (0, -5)):
        redone = world.passage(name, span=(begin + one, end + two))
        yield Forgery("span shifted, digest made anew", whole.replace(old, redone), ("passage-cut",))
    for part in re.finditer(r"(?<=\d)\.(?=\d)", sentence.text):
        for span in ((begin, begin + part.start()), (begin, begin + part.end()), (begin + part.end(), end)):
            yield Forgery("span ends in a number", whole.replace(old, world.passage(name, span=span)), ("passage-cut",))
    there = sentence.text.index(sentence.stated)
    away = world.passage(name, span=(begin + there + len(sentence.stated) + 1, end))
    yield Forgery("span without the words, digest made anew", whole.replace(old, away), QUOTED)


def _denied(world: World, name: str, text: str, sentence: Sentence) -> Iterator[Forgery]:
    """Yield facts that quote words which their own sentence denies, in the passage or outside of it."""
    source, number = name.rsplit("-s", 1)
    whole, fact = world.facts(), world.fact(source, int(number), sentence)
    begin, end = world.places[name]
    if match := re.search(r"No person who rested had a (mild [a-z ]+),", text):
        noun = match[1]
        forged = fact.replace(f"statedAs: {sentence.stated}", f"statedAs: {noun}")
        codes = ("quotation-negated",)
        yield Forgery("negation dropped", whole.replace(fact, forged), codes)
        at = text.index(noun)
        narrow = world.passage(name, span=(begin + at, end))
        both = whole.replace(fact, forged).replace(world.passage(name), narrow)
        yield Forgery("negation left outside of the passage", both, codes)
    if "does not cure anything" in text:
        forged = fact.replace(f"statedAs: {sentence.stated}", "statedAs: does cure anything")
        yield Forgery("negation dropped", whole.replace(fact, forged), QUOTED)
