"""Sockets that a process holds in an io_uring and no longer as an open file.

A file that was registered with a ring stays open when its descriptor is closed: the walk of ``/proc/PID/fd``
misses it. The ring's own ``fdinfo`` lists such files (io_uring/fdinfo.c): Linux 6.18 as ``0: socket:[41]``, older
kernels by the name of the protocol alone, ``0: TCP``. It is cut short while the ring is busy, for it does not wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

_ATTEMPTS = 3
_MAX_BYTES = 4 << 20
"""A process chooses how long the list is."""
_PROTOCOLS = frozenset({"TCP", "TCPv6", "UDP", "UDPv6", "UDP-Lite", "UDPLITEv6", "MPTCP", "MPTCPv6", "SCTP", "SCTPv6"})
"""Names of ``struct proto`` that older kernels give a socket's file."""


class RingFiles(Struct, frozen=True):
    """The files that one ring holds."""

    inodes: list[int]
    """Inodes of the sockets among them."""
    unnamed: int
    """Sockets that the kernel did not name by inode."""
    is_whole: bool
    """The list was not cut short."""


class RingHolders(Struct, frozen=True):
    """Who holds sockets in rings."""

    pids: dict[int, list[int]]
    """Process ids by inode, lowest first."""
    unnamed: int
    """Processes with a ring that may hold sockets which the kernel did not name."""


def parse_fdinfo(text: str) -> RingFiles:
    """Return the sockets under ``UserFiles:``; anything else is passed over.

    ``PollList:`` is written only by who has the lock that the list needs too.
    """
    inodes: list[int] = []
    unnamed = 0
    is_inside = is_whole = False
    for line in text.split("\n"):
        name, _, value = line.partition(": ")
        if line.startswith(("UserFiles:", "PollList:")):
            is_inside, is_whole = line[0] == "U", is_whole or line[0] == "P"
        elif not is_inside or not name.strip().isdigit():
            is_inside = False
        elif value.startswith("socket:[") and value[8:-1].isascii() and value[8:-1].isdigit():
            inodes.append(int(value[8:-1]))
        else:
            unnamed += value in _PROTOCOLS
    return RingFiles(inodes, unnamed, is_whole)


def find_ring_holders(proc: str, rings: Iterable[tuple[int, str]]) -> RingHolders:
    """Return who holds sockets in these rings, each a process and the name of a file in its ``fd``."""
    pids: dict[int, list[int]] = {}
    silent: set[int] = set()
    for pid, name in rings:
        files = _read_ring(f"{proc}/{pid}/fdinfo/{name}")
        if files.unnamed or not files.is_whole:
            silent.add(pid)
        for inode in files.inodes:
            held = pids.setdefault(inode, [])
            if pid not in held:
                held.append(pid)
    return RingHolders({inode: sorted(held) for inode, held in pids.items()}, len(silent))


def _read_ring(path: str) -> RingFiles:
    files = RingFiles([], 0, is_whole=False)
    for _ in range(_ATTEMPTS):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                files = parse_fdinfo(file.read(_MAX_BYTES))
        except OSError:
            return RingFiles([], 0, is_whole=True)
        if files.is_whole:
            break
    return files
