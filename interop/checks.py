"""Checks: one cell of the matrix each, and the differences that are known and looked at again in every run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

READ, BESIDE, WARN, ASK, JUDGE = "read", "read beside", "warn", "ask", "judge"


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried.

    Attributes:
        kind: One of the five above.
        by: The program.
        what: The format, the file, the question or the case.
        said: In what it differs from what is expected; None where it does not.
    """

    kind: str
    by: str
    what: str
    said: str | None

    @property
    def known(self) -> tuple[str, str] | None:
        """What it is known to say, and why; None where it should be fine."""
        return KNOWN.get((self.kind, self.by, self.what))

    @property
    def is_fine(self) -> bool:
        """Whether it came out as expected; a known difference is there still, and the same."""
        return self.said is None if self.known is None else self.known[0] in (self.said or "")

    def __str__(self) -> str:
        """Return the check as a line."""
        line = f"{self.kind} {self.what} by {self.by}: {self.said or 'it no longer differs'}"
        return f"{line}; known difference: {self.known[0]}" if self.known else line


_PORT = (
    "DEFAULT_PORT_SHOULD_BE_OMITTED",
    "Two addresses of sources hold `:443`, as they stand in what was read; `riot` advises to leave it out.",
)
KNOWN: Mapping[tuple[str, str, str], tuple[str, str]] = {
    **{(WARN, "Jena riot", form): _PORT for form in ("ttl", "jsonld as 1.0", "nt", "nq", "trig")},
    (READ, "Jena riot", "jsonld"): (
        "invalid term definition: 1.1",
        (
            "Debian ships Jena without a reader of JSON-LD 1.1; without the entry `@version` of its context the file is"
            " read as JSON-LD 1.0, with the same triples."
        ),
    ),
}
