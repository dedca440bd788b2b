"""The program: what `ivig-kg` and `python -m ivig_kg` run."""

from __future__ import annotations

import gc
import signal
from typing import NoReturn


def _end(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def run() -> None:
    """Run the command line; an interrupt ends it with 130, even while modules are being imported.

    So does SIGTERM, with 143: what is temporary is taken away first.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
    gc.set_threshold(100_000, 50, 100)  # facts become many small objects, none of which is part of a cycle
    from ivig_kg.cli import main  # noqa: PLC0415  (once an interrupt is taken care of)

    main()


if __name__ == "__main__":
    run()
