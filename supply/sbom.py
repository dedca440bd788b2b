"""The bill of materials: what every user installs, as CycloneDX 1.6 in JSON, the same bytes each time.

It names no address: where a package comes from is the business of whoever installs it, and its hashes tell whether
it is the right one. What a package asks for is known where it is installed: with a Python that does without one, the
packages are the same and the arrows of that one are lacking.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from packageurl import PackageURL

from licences import Licence
from locks import Locked, Supply
from refused import Refused

REPRODUCIBLE = Property(name="cdx:reproducible", value="true")  # so there is no serial number
MARKER = "ivig-kg:environment-marker"  # where the package is wanted, as PEP 508 writes it; everywhere without


def text(
    project: Mapping[str, Any], supply: Supply, licences: Mapping[Locked, Licence], made: Iterable[Path], *, epoch: int
) -> str:
    """Return the bill of materials of a release.

    Args:
        project: The table `project` of pyproject.toml.
        supply: What is installed with it.
        licences: The licence of each package.
        made: The files of the release, which get their hashes.
        epoch: When it was made, in seconds since 1970.

    Raises:
        Refused: It does not hold against the schema of CycloneDX 1.6.
    """
    root = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=f"{project['name']}@{project['version']}",
        description=project["description"],
        licenses=[_licence(Licence(project["license"], "pyproject.toml"))],
        external_references=[_distribution(path.name, [_sha256(path)]) for path in sorted(made)],
    )
    packages = {one: _component(one, licences[one]) for one in supply.run}
    metadata = BomMetaData(
        component=root, properties=[REPRODUCIBLE], timestamp=dt.datetime.fromtimestamp(epoch, tz=dt.UTC)
    )
    bom = Bom(components=packages.values(), metadata=metadata)
    bom.register_dependency(root, [made for one, made in packages.items() if one.name in supply.direct])
    for one, component in packages.items():
        asked = supply.asks.get(one.name, frozenset())
        bom.register_dependency(component, [made for other, made in packages.items() if other.name in asked])
    bom.serial_number = None  # type: ignore[assignment]  # as the command line of CycloneDX leaves it out
    written: str = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    validate(written)
    return written


def validate(written: str) -> None:
    """Hold a bill of materials against the schema that CycloneDX ships.

    Raises:
        Refused: It is broken, and where.
    """
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  (its grammars take seconds)

    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(written):
        message = f"the bill of materials breaks the schema of CycloneDX 1.6: {error}"
        raise Refused(message)


def _component(one: Locked, licence: Licence) -> Component:
    purl = PackageURL("pypi", name=one.name, version=one.version)
    return Component(
        type=ComponentType.LIBRARY,
        name=one.name,
        version=one.version,
        bom_ref=str(purl),
        purl=purl,
        licenses=[_licence(licence)],
        external_references=[_distribution(str(purl), one.hashes)],
        properties=[Property(name=MARKER, value=one.marker)] if one.marker else [],
    )


def _licence(licence: Licence) -> License:
    word = LicenseAcknowledgement.DECLARED if licence.is_told else LicenseAcknowledgement.CONCLUDED
    return LicenseFactory().make_from_string(licence.expression, license_acknowledgement=word)


def _distribution(name: str, hashes: Iterable[str]) -> ExternalReference:
    """Return the files that a package can come in: one of the hashes is that of the file at hand."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(name),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in hashes],
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
