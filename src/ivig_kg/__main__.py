"""The program: what `ivig-kg` and `python -m ivig_kg` run."""

from __future__ import annotations

import signal
from typing import NoReturn


def _end(*_: object) -> NoReturn:
    raise SystemExit(130)


def run() -> None:
    """Run the command line; an interrupt ends it with 130, even while modules are being imported."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from ivig_kg.cli import main  # noqa: PLC0415  (once an interrupt is taken care of)

    main()


if __name__ == "__main__":
    run()
