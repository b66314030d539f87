"""A long walk that a child process has begun before it is needed.

The interpreter runs one thread at a time, so a child walks while the parent imports, asks the
kernel and parses; then both take what is left, a chunk at a time, until nothing is. The child only
reads ``/proc`` and writes what it found into a pipe; it runs no code of the caller.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from typing import NamedTuple

CHUNKS = 255
"""The most parts a walk is cut into: each is a byte in a pipe, which two readers can not take twice."""

PIPE_BYTES = 1 << 20
"""A report mostly fits into a pipe of this size, so that the child need not wait for the parent to read."""

_F_SETPIPE_SZ = 1031  # linux/fcntl.h


class Found(NamedTuple):
    """What a walk over some processes found."""

    held: list[tuple[int, list[str]]]
    """Process ids with what each holds: ``socket:[41]``; a process that holds nothing may be left out."""
    unreadable: int
    """Processes that could not be looked into."""


Walk = Callable[[list[int]], Found]
"""Returns what some processes hold."""


def may_share() -> bool:
    """Tell whether a child process can help: a second core, and no threads, which a fork would leave behind."""
    if sys.platform != "linux" or (os.cpu_count() or 1) == 1:
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


class SharedWalk:
    """A walk over some processes that has begun."""

    def __init__(self, walk: Walk, pids: list[int], *, share: bool) -> None:
        """Begin: in a child where it may share the walk, else not before it is asked for."""
        self._walk = walk
        self._pids = pids
        self._child = 0
        self._chunks = 0
        self._tokens, self._reports = -1, -1
        if not share or sys.platform == "win32":
            return
        self._chunks = min(CHUNKS, len(pids))
        self._tokens, tokens = os.pipe()
        self._reports, report = os.pipe()
        os.write(tokens, bytes(range(self._chunks)))
        os.close(tokens)
        try:
            self._child = os.fork()
        except OSError:
            os.close(self._tokens)
            os.close(self._reports)
        else:
            if self._child == 0:
                self._report_and_exit(report)
        os.close(report)

    def finish(self) -> Found:
        """Return what the whole walk finds; where the child failed, its part is walked here. To be called once."""
        if not self._child or sys.platform == "win32":
            return self._walk(self._pids)
        try:
            own, taken = self._take_chunks()
            theirs = self._read_report()
        finally:
            os.close(self._tokens)
            os.close(self._reports)
            os.waitpid(self._child, 0)
        if theirs is None:
            theirs = self._walk([pid for chunk in set(range(self._chunks)) - taken for pid in self._chunk(chunk)])
        return Found(own.held + theirs.held, own.unreadable + theirs.unreadable)

    def _chunk(self, number: int) -> list[int]:
        return self._pids[number :: self._chunks]

    def _take_chunks(self) -> tuple[Found, set[int]]:
        """Walk chunks until none is left; return what was found, and which chunks they were."""
        held: list[tuple[int, list[str]]] = []
        unreadable = 0
        taken: set[int] = set()
        while token := os.read(self._tokens, 1):
            taken.add(token[0])
            found = self._walk(self._chunk(token[0]))
            held += found.held
            unreadable += found.unreadable
        return Found(held, unreadable), taken

    def _report_and_exit(self, writer: int) -> None:
        """Write what was found and end at once: nothing that the parent has set up may run twice."""
        try:
            _widen(writer)
            report = marshal.dumps(tuple(self._take_chunks()[0]))
            with open(writer, "wb", closefd=False) as pipe:
                pipe.write(report)
        finally:
            os._exit(0)

    def _read_report(self) -> Found | None:
        with open(self._reports, "rb", closefd=False) as pipe:
            report = pipe.read()
        try:
            return Found(*marshal.loads(report))  # noqa: S302 - written by our own child
        except (EOFError, ValueError, TypeError):
            return None


def _widen(pipe: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - absent on Windows

    try:
        fcntl.fcntl(pipe, _F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        return  # a smaller pipe only takes longer
