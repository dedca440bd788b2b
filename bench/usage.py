"""Run a command, and print its exit status, seconds of CPU and of the clock, and its peak of memory in KB.

A process of its own, and a small one: the peak of a process counts what the one that started it held just then.
"""

from __future__ import annotations

import os
import sys
import time


def main(output: str, words: list[str]) -> None:
    """Run the command with what it prints going into a file."""
    to = (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    start = time.perf_counter()
    process = os.posix_spawn(words[0], words, os.environ, file_actions=[to, (os.POSIX_SPAWN_DUP2, 1, 2)])
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - start
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
