"""The label corpus: every line of the given file is a fact, part of one, or refused; and no value is lost."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT

TABLE = ROOT / "tests" / "label-corpus.tsv"
# Why a line is in no fact. `copy-out-of-scope` is for lines of tier 2 alone.
REASONS = {"copy-out-of-scope", "document-metadata", "historical", "jurisdiction-not-told", "trial-result"}
MOST_REFUSED = 15  # of the lines that were read in regulators' documents or exact copies of them

# How a unit of the file is written as a UCUM code.
UCUM = {
    "g/kg/day": "g/kg/d",
    "mg/kg/day": "mg/kg/d",
    "mg/kg/month": "mg/kg/mo",
    "mL/kg/month": "mL/kg/mo",
    "mL/kg/week": "mL/kg/wk",
    "mL/h/site": "mL/h/{site}",
    "mg per 100 mL": "mg/(100.mL)",
    "mOsm/kg": "mosm/kg",
    "mOsmol/kg": "mosm/kg",
    "mEq/L": "meq/L",
    "mEq/kg": "meq/kg",
    "M": "mol/L",
    "month": "mo",
    "months": "mo",
    "year": "a",
    "days": "d",
}
# Units that stand in the key of a number.
BY_KEY = {
    "_wk": "wk",
    "_weeks": "wk",
    "weeks_": "wk",
    "_months": "mo",
    "months_": "mo",
    "_days": "d",
    "days_": "d",
    "days": "d",
    "_h": "h",
    "_y": "a",
    "_years": "a",
    "_pct": "%",
    "_C": "Cel",
    "_g": "g",
    "_mL": "mL",
    "_cm": "cm",
    "_in": "in",
}
# How a word of the file is said in a fact: the key and its value. Words that stand elsewhere say so.
WORDS = {
    ("phase", "starting"): ("phase", "starting"),
    ("phase", "loading"): ("phase", "loading"),
    ("phase", "maintenance"): ("phase", "maintenance"),
    ("therapy_type", "replacement"): ("therapyType", "replacement"),
    ("therapy_type", "immunomodulation"): ("therapyType", "immunomodulation"),
    ("therapy_type", "prophylaxis"): ("type", "PreventiveIndication"),
    ("therapy_type", "prophylaxis of bacterial infection"): ("condition", "bacterial-infection"),
    ("therapy_type", "prevention"): ("type", "PreventiveIndication"),
    ("therapy_type", "maintenance"): ("phase", "maintenance"),
    ("frequency_category", "very common"): ("frequency", "VeryCommon"),
    ("frequency_category", "common"): ("frequency", "Common"),
    ("frequency_category", "uncommon"): ("frequency", "Uncommon"),
    ("frequency_category", "rare"): ("frequency", "Rare"),
    ("frequency_category", "very rare"): ("frequency", "VeryRare"),
    ("frequency_category", "not known"): ("frequency", "NotKnown"),
    ("frequency_category", "isolated cases (post-marketing)"): ("frequencyAsStated", "isolated cases (post-marketing)"),
    ("frequency", "very rare"): ("frequencyAsStated", "very rare"),
    ("frequency_basis", "patients"): ("frequencyBasis", "patients"),
    ("frequency_basis", "people"): ("frequencyBasis", "people"),
    ("frequency_basis", "infusions"): ("frequencyBasis", "infusions"),
    ("frequency_basis", "subjects"): ("frequencyBasis", "trialSubjects"),
    ("seriousness", "serious"): ("seriousness", "serious"),
    ("route", "intravenous"): ("route", "intravenous"),
    ("route", "subcutaneous"): ("route", "subcutaneous"),
    ("route", "INTRAVENOUS"): ("route", "intravenous"),
    ("not", "intravascular"): ("route", "intravascular"),
    ("routes", "intravenous"): ("route", "intravenous"),
    ("routes", "subcutaneous"): ("route", "subcutaneous"),
    ("routes", "Intravenous"): ("route", "intravenous"),
    ("routes", "Subcutaneous"): ("route", "subcutaneous"),
    ("routes", "Intramuscular"): ("route", "intramuscular"),
    ("applies_to", "intravenous"): ("route", "intravenous"),
    ("applies_to", "subcutaneous"): ("route", "subcutaneous"),
    ("applies_to", "intramuscular"): ("route", "intramuscular"),
    ("licensure", "Licensed"): ("authorisationState", "Licensed"),
    ("licensure", "Voluntarily Revoked"): ("authorisationState", "Voluntarily Revoked"),
    ("op", "<"): ("qualifier", "below"),
    ("IgA_op", "<"): ("qualifier", "below"),
    ("approximate", "True"): ("qualifier", "approximate"),
    ("marketed", "True"): ("marketing", "marketed"),
    ("marketed", "False"): ("marketing", "notMarketed"),
    ("contains_sucrose", "False"): ("freeOf", "sucrose"),
    ("preservative", "False"): ("freeOf", "preservative"),
    ("carbohydrate_stabiliser", "False"): ("freeOf", "carbohydrate-stabiliser"),
    ("added_sugar", "False"): ("freeOf", "added-sugar"),
    ("added_sodium", "False"): ("freeOf", "added-sodium"),
    ("freeze", "False"): ("requires", "do-not-freeze"),
    ("shake", "False"): ("requires", "do-not-shake"),
    ("protect_from_light", "True"): ("requires", "protection-from-light"),
}
# Numbers that have a field of their own: where our words repeat one, the field must still hold it.
FIELDS = {
    "dose": ("doseMin", "doseMax"),
    "dose_min": ("doseMin",),
    "dose_max": ("doseMax",),
    "starting_min": ("doseMin",),
    "starting_max": ("doseMax",),
    "maintenance_min": ("doseMin",),
    "days": ("courseMin", "courseMax"),
    "days_min": ("courseMin",),
    "days_max": ("courseMax",),
    "interval_wk": ("intervalMin", "intervalMax"),
    "interval_min_wk": ("intervalMin",),
    "interval_max_wk": ("intervalMax",),
    "initial": ("startRateMin", "startRateMax"),
    "initial_rate": ("startRateMin", "startRateMax"),
    "initial_max": ("startRateMax",),
    "max_rate": ("rateMax",),
    "maintenance_max": ("rateMax",),
    "max": ("rateMax", "amountMax"),
    "trough_min": ("troughMin",),
    "age_min_y": ("ageMin",),
    "age_max_y": ("ageMax",),
    "postpone_min_months": ("waitMin",),
    "wait_max": ("waitMax",),
    "wait_max_months": ("waitMax",),
    "measles_wait_max_years": ("waitMax",),
    "strength": ("amountMin", "amountMax", "presentation"),
    "IgG_purity_min_pct": ("amountMin",),
    "IgG1_pct": ("amountMin", "amountMax"),
    "IgG2_pct": ("amountMin", "amountMax"),
    "IgG3_pct": ("amountMin", "amountMax"),
    "IgG4_pct": ("amountMin", "amountMax"),
    "IgA_max": ("amountMax",),
    "IgA_mean": ("amountMin", "amountMax"),
    "sodium_max": ("amountMax",),
    "temp_min_C": ("amountMin",),
    "temp_max_C": ("amountMax",),
    "osmolality": ("amountMin", "amountMax"),
    "subjects": ("frequencyCount",),
    "rate_pct": ("frequencyPercent",),
    "factor": ("conversionFactor",),
    "bla": ("authorisationNumber",),
    "ema_number": ("productNumber",),
    "authorised": ("date",),
    "first_approval": ("date",),
    "approval": ("approvedOn",),
}
# What a line says that is no value of the source, or that a field says in another way: line, key, and why.
ELSEWHERE = {
    ("LF-0002", "op"): "in the criterion: below 4 g/L",
    ("LF-0038", "op"): "the lower end of the duration",
    ("LF-0087", "op"): "in the criterion of the indication that uses the term",
    ("LF-0321", "op"): "in the criterion and the factor of risk",
    ("LF-0505", "op"): "in the criterion: above 0.9 mmol/L",
    ("LF-0318", "op"): "in the criterion: above 240 mIU/mL",
    ("LF-0503", "frequency_category"): "in the note: reported after marketing; how often is not said",
    ("LF-0196", "dose_max"): "at least 1 to 2.5 mL/kg: a low end printed as a range; in the criterion",
    ("LF-0561", "initial_max"): "a dose, not a rate",
    ("LF-0158", "phase"): "the rate at the start",
    ("LF-0018", "phase"): "the rate at the start",
}
SEVERAL_NAMES = {"LF-0280", "LF-0283", "LF-0285", "LF-0287"}  # marketed, but which of the names is not said
IN_A_NOTE = {"LF-0400": {Decimal(65)}}  # a group at risk that was not in the passage as read
# How a line says a word of a list that a fact has: a pattern that stands somewhere in the line.
SAYS = {
    "loading": "loading",
    "starting": "start|initial|ramp",
    "maintenance": "maintenance",
    "single": "single|one dose",
    "replacement": "replacement",
    "immunomodulation": "immunomodulat",
    "approximate": "approximate",
    "below": "<|below",
    "mean": "mean|average",
    "VeryCommon": '"very common"',
    "Common": '"common"',
    "Uncommon": '"uncommon"',
    "Rare": '"rare"',
    "VeryRare": '"very rare"',
    "NotKnown": '"not known"',
    "patients": "patients",
    "people": "people",
    "infusions": "infusions",
    "trialSubjects": "subjects",
    "serious": "serious",
    "Licensed": "Licensed",
    "Voluntarily Revoked": "Voluntarily Revoked",
    "marketed": '"marketed": true',
    "notMarketed": '"marketed": false',
    "intravenous": "intravenous|INTRAVENOUS|Intravenous|IV",
    "subcutaneous": "[Ss]ubcutaneous|SC",
    "intramuscular": "[Ii]ntramuscular",
    "intravascular": "intravascular",
}
OF_LISTS = ("phase", "therapyType", "qualifier", "frequency", "frequencyBasis", "seriousness", "authorisationState")
OF_LISTS += ("marketing", "route")
# Units that a line has under a key of its own, or not in letters.
UNITS_OF_KEYS = {"[pH]": "pH", "{donor}": "donors", "%": "pct", "Cel": "_C", "mg/dL": "mg/dL", "a": r"_y|y\b|year"}
READERS_OWN = {"LF-0081", "LF-0082", "LF-0083", "LF-0084"}  # `patients` and `not known` are not in the leaflet

# What stands in a fact and not in the line it was read from, and why.
GIVEN_ELSEWHERE = {
    ("flebogamma-dif-50-eu-2022-contraindication-children-below-2", "qualifier"): "the note of LF-0164: below 2 years",
    ("gammagard-s-d-us-older-dose-pi-monthly", "doseUnit"): "in the name of the value: monthly_min, in mg/kg",
    ("xembify-us-copy-administration-rate-from-10", "ageMin"): "in the name of the value: adults_and_ge10y",
}
COUNTED = {"frequencyCount", "frequencyTotal", "frequencyPercent", "conversionFactor"}
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*")
NAMED = ("condition", "effect", "risk", "population", "riskFactor", "forIndication", "contains", "requires")

Line = dict[str, Any]
Fact = dict[str, Any]
Used = tuple[str, Line, list[Fact]]


@pytest.fixture(scope="module")
def lines(shared: Path) -> dict[str, Line]:
    """Return the lines of the given file by id."""
    text = (shared / "data/label-facts.jsonl").read_text(encoding="utf-8")
    return {line["id"]: line for line in map(json.loads, text.splitlines())}


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    """Return the rows of the table that says what became of each line."""
    text = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["line"]: row for row in csv.DictReader(text, delimiter="\t")}


@pytest.fixture(scope="module")
def nodes() -> dict[str, Fact]:
    """Return every node of facts/ by id, each value as it is typed."""
    found = {}
    for path in sorted((ROOT / "facts").rglob("*.yaml")):
        for node in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):  # noqa: S506  (scalars alone)
            found[node["id"]] = node
            found |= {passage["id"]: {**passage, "inSource": node["id"]} for passage in node.get("passages", [])}
    return found


@pytest.fixture(scope="module")
def used(lines: dict[str, Line], rows: dict[str, dict[str, str]], nodes: dict[str, Fact]) -> list[Used]:
    """Return every used line with the facts it became, and those of other lines that hold a part of it."""
    return [
        (name, lines[name], [nodes[fact] for fact in (row["facts"] + " " + row["also"]).split()])
        for name, row in rows.items()
        if row["outcome"] != "refused"
    ]


@pytest.mark.source
def test_every_line_is_accounted_for(lines: dict[str, Line], rows: dict[str, dict[str, str]]) -> None:
    """Each line of the file has one row, and each row a line of the same tier."""
    assert {i: str(line["tier"]) for i, line in lines.items()} == {i: row["tier"] for i, row in rows.items()}


def test_a_line_is_a_fact_or_has_a_reason(rows: dict[str, dict[str, str]], nodes: dict[str, Fact]) -> None:
    """A used line names facts that are there; a refused one names a reason of the list and no fact."""
    for name, row in rows.items():
        used = row["outcome"] in {"facts", "merged"}
        assert used is not (row["outcome"] == "refused"), name
        assert bool(row["facts"]) is (row["outcome"] == "facts"), name
        assert bool(row["also"]) or row["outcome"] != "merged", name
        assert (row["reason"] in REASONS) is not used, name
        assert all(fact in nodes for fact in (row["facts"] + " " + row["also"]).split()), name
        assert row["reason"] != "copy-out-of-scope" or row["tier"] == "2", name


def test_few_lines_of_tier_1_are_refused(rows: dict[str, dict[str, str]]) -> None:
    """All of tier 1 becomes facts, but for a few."""
    refused = [name for name, row in rows.items() if row["tier"] == "1" and row["outcome"] == "refused"]
    assert len(refused) <= MOST_REFUSED


def test_every_fact_of_a_label_has_its_line(rows: dict[str, dict[str, str]]) -> None:
    """No fact of facts/labels/ comes from nowhere."""
    named = {name for row in rows.values() for name in row["facts"].split()}
    there = {
        node["id"]
        for path in sorted((ROOT / "facts/labels").glob("*.yaml"))
        for node in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    }
    assert there == {name for name in named if not name.startswith("hig-")}


@pytest.mark.source
def test_product_and_place_of_a_line_are_those_of_its_facts(
    lines: dict[str, Line], rows: dict[str, dict[str, str]], nodes: dict[str, Fact]
) -> None:
    """A fact holds where its line says, and a passage bears the section that its line names."""
    for name, row in rows.items():
        place = {"UK": "GB"}.get(lines[name]["jurisdiction"], lines[name]["jurisdiction"])
        source = lines[name]["source"]
        for fact in (nodes[f] for f in row["facts"].split()):
            passages = [nodes[p] for p in _several(fact["evidence"])]
            assert fact["jurisdiction"] == place, (name, fact["id"])
            assert (source["title"], source["section"]) in {
                (nodes[p["inSource"]]["title"], p["section"]) for p in passages
            }, (name, fact["id"])


@pytest.mark.source
def test_every_number_of_a_line_stands_in_its_facts(used: list[Used], nodes: dict[str, Fact]) -> None:
    """No number is lost or changed: each of value and population stands in a field, as it is."""
    lost: dict[str, list[Decimal]] = {}
    for name, line, facts in used:
        there = {n for text in texts(facts, nodes) for n in numbers(text)}
        wanted = set(_numbers_of(line["value"])) | set(numbers(str(line["population"])))
        wanted -= there | IN_A_NOTE.get(name, set())
        lost |= {name: sorted(wanted)} if wanted else {}

    assert lost == {}


@pytest.mark.source
def test_every_number_stands_in_the_field_it_belongs_to(used: list[Used]) -> None:
    """A dose is a dose and an interval an interval: each end stands in its field."""
    lost: list[tuple[Any, ...]] = []
    for name, line, facts in used:
        for key, part in _walk(line["value"]):
            for field in FIELDS.get(key, ()) if (name, key) not in ELSEWHERE else ():
                held = {_plain(v) for f in facts for v in _several(f.get(field, []))}
                others = [f for f in FIELDS[key] if f != field and any(f in fact for fact in facts)]
                lost += [] if _plain(part) in held or (not held and others) else [(name, key, part, field)]

    assert lost == []


@pytest.mark.source
def test_every_unit_of_a_line_stands_in_its_facts(used: list[Used], nodes: dict[str, Fact]) -> None:
    """No unit is lost or changed: each stands in a unit field, or in our words for what no field says."""
    lost: list[tuple[Any, ...]] = []
    for name, line, facts in used:
        codes = {value for fact in facts for key, value in fact.items() if key.endswith("Unit")}
        codes |= {"%" for fact in facts if "frequencyPercent" in fact}
        spoken = " ".join(texts(facts, nodes))
        lost += [(name, unit) for unit in set(_units_of(line["value"])) - codes if not _spoken(unit, spoken)]

    assert lost == []


@pytest.mark.source
def test_every_category_of_a_line_stands_in_its_facts(used: list[Used]) -> None:
    """No word of a list is lost or changed."""
    lost: list[tuple[Any, ...]] = []
    for name, line, facts in used:
        for key, word in _words_of(line["value"]):
            other = (name in READERS_OWN and key == "frequency_basis") or (name in SEVERAL_NAMES and key == "marketed")
            if (name, key) not in ELSEWHERE and not other:
                field, value = WORDS[key, word]
                lost += [] if any(value in _several(f.get(field, [])) for f in facts) else [(name, key, word)]

    assert lost == []


@pytest.mark.source
def test_no_number_of_a_fact_comes_from_elsewhere(used: list[Used], rows: dict[str, dict[str, str]]) -> None:
    """The other way round: each number and date in a field of a fact stands in the line it was read from."""
    invented = []
    for fact, spoken in _read_from(used, rows):
        there = set(numbers(spoken)) | {n for found in NUMBER.findall(spoken) for n in numbers(found)}
        for key, value in fact.items():
            if key.endswith(("Min", "Max")) or key in COUNTED:
                invented += [(fact["id"], key, value) for n in numbers(value) if n not in there]
            elif key in {"date", "approvedOn", "marketedFrom"} and value not in spoken:
                invented.append((fact["id"], key, value))

    assert [found for found in invented if found[:2] not in GIVEN_ELSEWHERE] == []


@pytest.mark.source
def test_no_word_and_no_unit_of_a_fact_comes_from_elsewhere(used: list[Used], rows: dict[str, dict[str, str]]) -> None:
    """Each word of a list and each unit of a fact is said in its line."""
    invented = []
    for fact, spoken in _read_from(used, rows):
        for key, value in fact.items():
            for one in _several(value) if key in OF_LISTS else ():
                invented += [] if re.search(SAYS.get(one, one), spoken) else [(fact["id"], key, one)]
            if key.endswith("Unit"):
                coded = {spelling for spelling, code in UCUM.items() if code == value} | {value}
                said = any(f'"{c}"' in spoken for c in coded) or _spoken(value, spoken)
                said |= re.search(UNITS_OF_KEYS.get(value, r"(?!)"), spoken) is not None
                said |= any(code == value and end.strip("_") in spoken for end, code in BY_KEY.items())
                invented += [] if said else [(fact["id"], key, value)]

    assert [found for found in invented if found[:2] not in GIVEN_ELSEWHERE] == []


@pytest.mark.source
def test_every_category_of_the_file_is_known(lines: dict[str, Line], rows: dict[str, dict[str, str]]) -> None:
    """A word under a key of the table above is in it: none slips by because it is new."""
    keys = {key for key, _ in WORDS}
    for name, line in lines.items():
        for key, word in _words_of(line["value"], only=keys):
            known = (key, word) in WORDS or (name, key) in ELSEWHERE or rows[name]["outcome"] == "refused"
            assert known, (name, key, word)


def _read_from(used: list[Used], rows: dict[str, dict[str, str]]) -> Iterator[tuple[Fact, str]]:
    """Yield every fact with all that the lines say which it was read from."""
    said: dict[str, list[str]] = {}
    facts: dict[str, Fact] = {}
    for name, line, found in used:
        own = set(rows[name]["facts"].split())
        for fact in (f for f in found if f["id"] in own):
            facts[fact["id"]] = fact
            parts = {key: line.get(key) for key in ("value", "population", "subject", "notes")}
            said.setdefault(fact["id"], []).append(json.dumps(parts, ensure_ascii=False))
    yield from ((facts[name], " ".join(parts)) for name, parts in said.items())


def numbers(text: str) -> Iterator[Decimal]:
    """Yield the numbers of a text; a hyphen between two parts them, and a comma is one of thousands."""
    for found in NUMBER.findall(re.sub(r"(?<=\d)[-/](?=\d)", " ", text)):
        yield from (Decimal(part).normalize() for part in [found.replace(",", "")] if part.count(".") < 2)


def texts(facts: list[Fact], nodes: dict[str, Fact]) -> Iterator[str]:
    """Yield what the fields of some facts say, and the names of what they point at; labels and notes left aside."""
    for fact in facts:
        for key, value in fact.items():
            for one in _several(value) if key not in {"id", "label", "note"} else ():
                yield one
                if key in NAMED and one in nodes:
                    yield nodes[one]["label"]
                    yield from _several(nodes[one].get("alias", []))
                    yield nodes[one].get("criterion", "")
                if key == "evidence":
                    source = nodes[nodes[one]["inSource"]]
                    yield from (source.get(k, "") for k in ("version", "date", "url"))


def _plain(value: Any) -> str:
    """Return a number in its shortest form, and anything else as text."""
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except ArithmeticError:
        return str(value)


def _several(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a line with its key."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _walk(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _walk(part, key)
    else:
        yield key, value


def _numbers_of(value: Any) -> Iterator[Decimal]:
    for key, part in _walk(value):
        if isinstance(part, bool) or part is None or key == "doc_type":
            continue
        if isinstance(part, int | float):
            yield Decimal(str(part)).normalize()
        else:
            yield from numbers(part)


def _units_of(value: Any) -> Iterator[str]:
    for key, part in _walk(value):
        if key == "unit" or key.endswith("_unit"):
            yield UCUM.get(part, part)
        elif isinstance(part, int | float) and not isinstance(part, bool):
            yield from (
                unit
                for end, unit in BY_KEY.items()
                if key.endswith(end) or (end.endswith("_") and f"_{end}" in f"_{key}")
            )


def _words_of(value: Any, only: set[str] | None = None) -> Iterator[tuple[str, str]]:
    keys = only or {key for key, _ in WORDS}
    for key, part in _walk(value):
        if key in keys and isinstance(part, str | bool) and (key, str(part)) not in {("op", ">="), ("op", ">")}:
            yield key, str(part)


def _spoken(unit: str, text: str) -> bool:
    """Tell whether a unit is named in a text: as its code, or as a word."""
    words = {
        "d": "days?",
        "wk": "weeks?|weekly",
        "mo": "months?|monthly",
        "h": "hours?",
        "a": "years?",
        "in": "in(ches)?",
    }
    code = {"fold": "-fold"}.get(unit, re.escape(unit))
    return re.search(rf"(?<![A-Za-z])(?:{words.get(unit, code)})(?![A-Za-z])", text) is not None
