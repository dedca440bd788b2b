"""What a step raises where a promise of a release does not hold."""

from __future__ import annotations


class Refused(Exception):
    """Nothing is put in place; the message says what to repair."""
