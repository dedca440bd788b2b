"""The licence of each package that a user installs, as one SPDX expression, and where it was read."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cyclonedx import spdx

from locks import Locked, Supply
from refused import Refused

CLASSIFIERS = {  # those that name one licence in one version
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True)
class Reviewed:
    """A licence that a person read, for as long as the package tells what it told then."""

    told: str
    licence: str
    where: str


# Packages whose metadata name no licence that SPDX knows.
REVIEWED = {
    "jinja2": Reviewed("BSD License", "BSD-3-Clause", "LICENSE.txt has the three clauses"),
    "partd": Reviewed("BSD", "BSD-3-Clause", "LICENSE.txt has the three clauses"),
    "pyshacl": Reviewed("Apache License", "Apache-2.0", "the text in its field License is version 2.0"),
    "sortedcontainers": Reviewed("Apache 2.0", "Apache-2.0", "LICENSE says version 2.0"),
    "zict": Reviewed("BSD", "BSD-3-Clause", "LICENSE.txt has the three clauses"),
}
# Packages that some platforms or Pythons do without, so that their metadata may not be there to be read. Where they
# are, what they tell must be this.
NOT_EVERYWHERE = {
    "backports-zstd": "PSF-2.0",
    "importlib-metadata": "Apache-2.0",
    "lazy-importer": "Apache-2.0",
    "typing-extensions": "PSF-2.0",
    "zipp": "MIT",
}


@dataclass(frozen=True)
class Licence:
    """A licence, and where it was read."""

    expression: str
    where: str
    is_told: bool = True  # by the package itself, else concluded by a person


def found(
    entries: Sequence[Locked],
    *,
    reviewed: Mapping[str, Reviewed] = REVIEWED,
    not_everywhere: Mapping[str, str] = NOT_EVERYWHERE,
) -> dict[Locked, Licence]:
    """Return the licence of each package.

    Raises:
        Refused: Some tell none and nobody read theirs; all of them are named.
    """
    licences, refusals = {}, []
    for one in sorted(entries):
        try:
            licences[one] = _here(one, reviewed, not_everywhere) if one.is_for_here else _elsewhere(one, not_everywhere)
        except Refused as refusal:
            refusals.append(str(refusal))
    if refusals:
        message = "\n  ".join(["licences are not known, see supply/licences.py:", *refusals])
        raise Refused(message)
    return licences


def table(supply: Supply, licences: Mapping[Locked, Licence]) -> str:
    """Return a line a package: name, version, licence, with what it comes, where the licence was read; by tabs."""
    rows = [("name", "version", "licence", "comes with", "read from")]
    for one, groups in sorted(supply.groups.items()):
        licence = licences[one]
        rows.append((one.name, one.version, licence.expression, ", ".join(groups), licence.where))
    return "".join("\t".join(row) + "\n" for row in rows)


def _here(one: Locked, reviewed: Mapping[str, Reviewed], not_everywhere: Mapping[str, str]) -> Licence:
    told = _told(one.name)
    for where, text in told:
        if licence := _expression(where, text):
            if not_everywhere.get(one.name, licence) != licence:
                message = f"{one}: tells {licence}, and NOT_EVERYWHERE says {not_everywhere[one.name]}"
                raise Refused(message)
            return Licence(licence, where)
    review = reviewed.get(one.name)
    texts = [text for _, text in told]
    if review and review.told in texts:
        return Licence(review.licence, f"reviewed: {review.where}", is_told=False)
    if review:
        message = f"{one}: told `{review.told}` when it was reviewed, and tells {texts} now"
        raise Refused(message)
    message = f"{one}: {f'tells only {texts}' if texts else 'tells no licence'}, and nobody reviewed it"
    raise Refused(message)


def _elsewhere(one: Locked, not_everywhere: Mapping[str, str]) -> Licence:
    if one.name not in not_everywhere:
        message = f"{one}: not installed here ({one.marker}), and nobody read its licence where it is"
        raise Refused(message)
    return Licence(not_everywhere[one.name], f"reviewed: not installed here ({one.marker})", is_told=False)


def _told(name: str) -> list[tuple[str, str]]:
    """Return what the metadata say of the licence, the strongest word first, with the field that says it."""
    metadata = importlib.metadata.metadata(name)
    texts = [(field, text) for field in ("License-Expression", "License") for text in metadata.get_all(field) or ()]
    classifiers = [text.split(" :: ") for text in metadata.get_all("Classifier") or ()]
    names = [parts[-1] for parts in classifiers if parts[0] == "License" and parts[-1] != "OSI Approved"]
    if len(names) == 1:  # of several nobody knows whether they are joined by AND or by OR
        texts.append(("Classifier", names[0]))
    return [(field, text.strip().splitlines()[0].strip()) for field, text in texts if text.strip()]


def _expression(field: str, text: str) -> str | None:
    if field == "Classifier":
        return CLASSIFIERS.get(text)
    return spdx.fixup_id(text) or (text if spdx.is_expression(text) else None)
