"""Every error that ivig-kg raises on purpose.

    IvigKgError          (not raised itself)
    |- UsageError        exit 2   an id, query name or parameter that does not exist
    |- FactsError        exit 3   a file cannot be read as facts, or nothing was there to check
    |- ShapesError       exit 4   a shape, rule, context or query is broken, so no verdict exists
    |- StoreError        exit 5   a triple store refused, lied, broke off or took too long
    |- OutputError       exit 6   the output could not be written; the old one stands
    `- LimitError        exit 7   a limit of time, memory, depth or size was reached

Also: 0 done, 1 findings (stale exports too), 70 a bug of ours, 130 interrupted. Broken rules in
readable facts are results, not errors: see `findings.Finding`.
"""

from __future__ import annotations


class IvigKgError(Exception):
    """The root of the tree above; `exit_code` is what the command line ends with."""

    exit_code = 70


class UsageError(IvigKgError):
    """The caller named something that does not exist."""

    exit_code = 2


class FactsError(IvigKgError):
    """A file cannot be read as facts, or there was nothing to check."""

    exit_code = 3


class ShapesError(IvigKgError):
    """A shape, rule, context or query is broken: there is no verdict."""

    exit_code = 4


class StoreError(IvigKgError):
    """A triple store refused, lied, broke off or took too long."""

    exit_code = 5


class OutputError(IvigKgError):
    """The output could not be written; what stood there before still stands."""

    exit_code = 6


class LimitError(IvigKgError):
    """A limit of time, memory, depth or size was reached."""

    exit_code = 7
