"""Confinement: something that may never end, or end the process that does it, done in a process of its own.

Its standard input stays open for as long as whoever began it lives, so it notices when that one is gone, killed with
SIGKILL too, and ends. A deadline of its own ends it in any case, since code that holds Python's lock notices nothing.
A new process is used and not a fork: a fork of a process with threads may hang, and would hold all that it holds.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

STACK = 64 * 1024**2  # bytes; what is done has the same depth to go to on every system
_GRACE = 5.0  # seconds after the deadline at which the child ends by itself
_EVERY = 0.02  # seconds between two looks at how much memory is taken
_TOO_DEEP = frozenset({-11, -10, 0xC00000FD})  # SIGSEGV, SIGBUS of macOS, the stack overflow of Windows
_OUT_OF_MEMORY = b"memory allocation of"  # what Rust says before it gives up
_BEGIN = "import sys; sys.path[:] = eval(sys.argv[1]); from ivig_kg import confinement; confinement.serve()"
_SAID = 65_536  # bytes of last words that are read

Item = TypeVar("Item")
Result = TypeVar("Result")
Give = Callable[[Any], None]
Call = Callable[[Iterator[Any], Give], None]


class Child:
    """A process of its own, to be used in a `with`: it begins at once, does one thing, and is ended with the block."""

    def __init__(self, call: Call, *, place: Path | None = None) -> None:
        """Begin.

        Args:
            call: A function of a module, so that it can be found again. It is called with what is sent, and with a
                function that gives back one result after the other.
            place: Where it keeps its temporary files, which it cannot take away where it is ended.
        """
        import subprocess  # noqa: PLC0415  (no child needs it)

        self._call = call
        self._late = False
        own: Any = {"creationflags": 0x200} if sys.platform == "win32" else {"process_group": 0}  # Ctrl-C is not for it
        self._process: Any = subprocess.Popen(  # noqa: S603  (Python itself)
            [sys.executable, "-c", _BEGIN, repr([str(place) for place in sys.path])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(place)} if place else None,
            **own,
        )

    def __enter__(self) -> Self:
        """Return the child."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()

    @property
    def number(self) -> int:
        """The number of the process."""
        return int(self._process.pid)

    def results(self, items: Iterable[Any], *, seconds: float) -> Iterator[Any]:
        """Send items and yield what comes back, while it comes.

        Args:
            items: What is sent, one after the other, so that not all need be at hand at once.
            seconds: How long it may take from now on.

        Raises:
            TimeoutError: It took longer.
            MemoryError: It needed more memory than there is, or than it may have.
            RecursionError: It went deeper than its stack.
            ChildProcessError: The process died of something else.
            BaseException: What was raised in the process, by its own type.
        """
        clock = threading.Timer(seconds, self._end)
        clock.daemon = True
        clock.start()
        try:
            self._send(items, seconds)
            while (found := self._receive()) is not _Mark.END:
                if isinstance(found, _Raised):
                    raise found.error
                yield found
        except (EOFError, pickle.UnpicklingError) as error:
            raise self._cause() from error
        finally:
            clock.cancel()

    def _end(self) -> None:
        self._late = True
        self._process.kill()

    def _send(self, items: Iterable[Any], seconds: float) -> None:
        stream: Any = self._process.stdin
        with contextlib.suppress(BrokenPipeError, ConnectionError):  # it died, and what it says of it is read next
            for item in (self._call, seconds, *items, _Mark.END):
                pickle.dump(item, stream)
            stream.flush()

    def _receive(self) -> Any:
        stream: Any = self._process.stdout
        return pickle.load(stream)  # noqa: S301  (our own code wrote it)

    def _cause(self) -> Exception:
        """Return why the process died."""
        said = self._process.stderr.read(_SAID) if self._process.stderr else b""
        status = self._process.wait()
        if self._late:
            return TimeoutError()
        if _OUT_OF_MEMORY in said:
            return MemoryError()
        return RecursionError() if status in _TOO_DEEP else ChildProcessError(f"it ended with {status}")


class _Mark:
    """What is no item."""

    END: _Mark

    def __reduce__(self) -> str:
        return "_END"


_END = _Mark.END = _Mark()


class _Raised:
    """What was raised in the process, as it can be sent."""

    def __init__(self, error: BaseException) -> None:
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301  (it is our own)
        except Exception:  # noqa: BLE001  (any error may need more than its message to be made again)
            error = RuntimeError(f"{type(error).__name__}: {error}")
        error.add_note("".join(traceback.format_exception(error)))
        self.error = error


def bounded(call: Callable[[Item], Result], item: Item, *, seconds: float, place: Path | None = None) -> Result:
    """Return what a call gives for an item, done in a process of its own; see `Child`.

    Args:
        call: A function of a module, so that it can be found again.
        item: What it is called with.
        seconds: How long it may take.
        place: Where it keeps its temporary files; see `Child`.

    Raises:
        TimeoutError: It took longer.
        MemoryError: It needed more memory than there is.
        RecursionError: It went deeper than its stack.
        ChildProcessError: The process died of something else.
        BaseException: What the call raised.
    """
    with Child(_once, place=place) as child:
        result: Result
        (result,) = child.results([call, item], seconds=seconds)
        return result


def _once(items: Iterator[Any], give: Give) -> None:
    """Do what `bounded` asks for."""
    call, item = items
    give(call(item))


def serve() -> NoReturn:
    """Do, as the new process, what whoever began it sends, and end."""
    import signal  # noqa: PLC0415  (only here)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nobody else's words get among the results
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  (not on Windows)

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read = threading.Event()
    threading.stack_size(STACK)
    threading.Thread(target=_work, args=(results, read), daemon=True).start()
    threading.stack_size(0)
    read.wait()
    sys.stdin.buffer.read(1)  # nothing more is sent, so this returns when whoever began it is gone
    os._exit(1)


def _work(results: Any, read: threading.Event) -> None:
    """Read, do and give back, in a thread with a stack of a known size."""
    try:
        call, seconds = pickle.load(sys.stdin.buffer), pickle.load(sys.stdin.buffer)  # noqa: S301  (the parent's)
        faulthandler.dump_traceback_later(seconds + _GRACE, exit=True)
        call(_items(read), lambda result: pickle.dump(result, results))
        pickle.dump(_END, results)
    except EOFError:
        os._exit(1)  # whoever began it is gone
    except BaseException as error:  # noqa: BLE001  (the parent raises it)
        with contextlib.suppress(Exception):
            pickle.dump(_Raised(error), results)
    finally:
        with contextlib.suppress(OSError):
            results.flush()
        os._exit(0)  # whatever happened: nobody waits for a thread that is gone


def _items(read: threading.Event) -> Iterator[Any]:
    """Yield what is sent, and say when there is no more of it."""
    while (item := pickle.load(sys.stdin.buffer)) is not _END:  # noqa: S301  (the parent's)
        yield item
    read.set()


def limit(memory: int) -> None:
    """Let this process take no more memory than some bytes, beside what it has now.

    Windows has no such limit; macOS neither, so there somebody looks every moment how much was taken.
    """
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (OSError, ValueError, OverflowError):
        threading.Thread(target=watch, args=(memory,), daemon=True).start()


def close() -> None:
    """Let this process open nothing more, no file and no connection; on Windows nothing can forbid it that."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415  (not on Windows)

        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def watch(memory: int) -> NoReturn:
    """End this process as soon as it has taken more memory than some bytes, beside what it has now."""
    import resource  # noqa: PLC0415  (not on Windows)

    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit + memory
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit <= most:
        time.sleep(_EVERY)
    os.write(2, _OUT_OF_MEMORY)
    os._exit(1)
