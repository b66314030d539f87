"""A look from inside other network namespaces, by one helper process.

setns(2) moves the calling thread alone, so a thread would leave the others behind and could not come back without
rights: a forked child enters each namespace in turn, looks, writes what it found into a pipe and ends. Python 3.11
has no ``os.setns``, so the C library is called. The child runs no code but the look that it was given; where it
fails, hangs or dies, the namespaces that it did not tell of are named with the reason.
"""

from __future__ import annotations

import marshal
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.host.namespace.found import FoundNamespace
    from quietport.model.namespace import NetworkNamespace

CLONE_NEWNET = 0x4000_0000  # linux/sched.h
DEADLINE_S = 10.0
"""When the helper is given up; 20 namespaces take a few milliseconds."""
MAX_BYTES = 256 << 20
"""More than this no look sends: 1,000,000 sockets are about 100 MB."""

_FRAME = struct.Struct("=IBQ")  # number of the namespace, what follows, how many bytes of it
_FOUND, _REFUSED, _GONE, _FAILED = range(4)
_EPERM, _ENOENT, _ESRCH, _EACCES = 1, 2, 3, 13  # asm-generic/errno-base.h
_KINDS = {_EPERM: _REFUSED, _EACCES: _REFUSED, _ENOENT: _GONE, _ESRCH: _GONE}
_REASONS = {_REFUSED: Reason.PERMISSION, _GONE: Reason.EXITED}

Look = Callable[["NetworkNamespace"], Any]
"""Looks around in the namespace that it is told, and returns what marshal can write."""


class Seen(Struct, frozen=True):
    """What was found in one namespace."""

    namespace: FoundNamespace
    """Where."""
    found: object
    """What the look returned, or Unknown: ``what`` then says why it could not be looked at, in the system's words."""


class NamespaceLook:
    """A look into some namespaces that has begun; the caller may do other things meanwhile."""

    def __init__(self, namespaces: Sequence[FoundNamespace], look: Look, deadline_s: float = DEADLINE_S) -> None:
        """Begin in a child process, where there is anything to look into; raises nothing."""
        self._namespaces = namespaces
        self._look = look
        self._deadline = time.monotonic() + deadline_s
        self._child, self._reader = 0, -1
        self._failure = ""
        if not namespaces or sys.platform != "linux":
            return
        reader, writer = os.pipe()
        try:
            self._child = os.fork()
        except OSError as error:
            os.close(reader)
            os.close(writer)
            self._failure = error.strerror or str(error)
            return
        if self._child == 0:
            _visit_and_exit(namespaces, look, writer)
        os.close(writer)
        self._reader = reader

    def finish(self) -> list[Seen]:
        """Return what was found in each, in their order; to be called once. Waits until the deadline at most."""
        found: dict[int, object] = {}
        why = self._failure or "the helper process ended early"
        if self._child:
            try:
                report, reason = _read_until(self._reader, self._deadline)
                why = reason or why
            finally:
                os.close(self._reader)
                _end(self._child)
            found = parse_report(report)
        return [
            Seen(namespace, found.get(number, Unknown(Reason.NOT_SUPPORTED, why)))
            for number, namespace in enumerate(self._namespaces)
        ]

    def again(self, namespaces: Sequence[FoundNamespace]) -> list[Seen]:
        """Return what the same look finds in other namespaces, until the same deadline."""
        return NamespaceLook(namespaces, self._look, self._deadline - time.monotonic()).finish()


def look_into(namespaces: Sequence[FoundNamespace], look: Look, deadline_s: float = DEADLINE_S) -> list[Seen]:
    """Return what ``look`` finds in each of these namespaces, in their order."""
    return NamespaceLook(namespaces, look, deadline_s).finish()


def parse_report(report: bytes) -> dict[int, object]:
    """Return what a helper wrote, by the number of the namespace; what is cut off or malformed is left out."""
    found: dict[int, object] = {}
    offset = 0
    while len(report) - offset >= _FRAME.size:
        number, kind, length = _FRAME.unpack_from(report, offset)
        offset += _FRAME.size
        if length > len(report) - offset:
            break
        piece = report[offset : offset + length]
        offset += length
        if kind == _FOUND:
            try:
                found[number] = marshal.loads(piece)  # noqa: S302 - written by our own child
            except (EOFError, ValueError, TypeError):
                continue
        else:
            found[number] = Unknown(_REASONS.get(kind, Reason.NOT_SUPPORTED), piece.decode("utf-8", "replace"))
    return found


def _visit_and_exit(namespaces: Sequence[FoundNamespace], look: Look, writer: int) -> None:
    """Look into each and end at once: nothing that the parent has set up may run twice."""
    try:
        with open(writer, "wb", closefd=False) as pipe:
            for number, namespace in enumerate(namespaces):
                kind, piece = _visit(namespace, look)
                pipe.write(_FRAME.pack(number, kind, len(piece)) + piece)
                pipe.flush()
    finally:
        os._exit(0)


def _visit(namespace: FoundNamespace, look: Look) -> tuple[int, bytes]:
    """Look into one namespace; our own, which comes first, is not entered, for that too takes rights."""
    try:
        if not namespace.namespace.is_own:
            enter_namespace(namespace)
        return _FOUND, marshal.dumps(look(namespace.namespace))
    except OSError as error:
        return _KINDS.get(error.errno or 0, _FAILED), (error.strerror or str(error)).encode("utf-8", "replace")
    except Exception as error:  # noqa: BLE001 - whatever went wrong in one namespace, the next is looked into
        return _FAILED, f"{type(error).__name__}: {error}".encode("utf-8", "replace")


def enter_namespace(namespace: FoundNamespace) -> None:
    """Move the calling thread into a namespace, for good.

    Raises OSError where it cannot be entered, and where its file by now stands for another one: a process id
    is used again.
    """
    descriptor = os.open(namespace.path, os.O_RDONLY)
    try:
        inode = os.fstat(descriptor).st_ino
        if f"net:[{inode}]" != namespace.namespace.id:
            raise FileNotFoundError(2, "it is gone", namespace.path)
        _enterer()(descriptor)
    finally:
        os.close(descriptor)


@cache
def _enterer() -> Callable[[int], None]:
    """Return setns(2) for network namespaces."""
    import ctypes  # noqa: PLC0415 - 2 ms, and only where there is another namespace

    library = ctypes.CDLL(None, use_errno=True)

    def enter(descriptor: int) -> None:
        if library.setns(descriptor, CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    return enter


def _read_until(reader: int, deadline: float) -> tuple[bytes, str]:
    """Return what comes through a pipe until it is closed, and why not all of it was waited for, if so."""
    import select  # noqa: PLC0415 - only where there is another namespace

    pieces: list[bytes] = []
    size = 0
    while size <= MAX_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return b"".join(pieces), "it took too long"
        piece = os.read(reader, 1 << 20)
        if not piece:
            return b"".join(pieces), ""
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), "it told more than can be"


def _end(child: int) -> None:
    """End the helper, which has nothing more to tell, and wait for it."""
    if sys.platform != "win32":
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
