"""Which processes hold a socket: one walk of ``/proc/*/fd``.

A socket may have several holders, so the walk never stops early. It asks the kernel one question
a file and no more; reading the links relative to the open directory was the fastest of eight ways
that were measured. Threads gained nothing, a second process nearly halves it (``shared_walk``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.process_stat import is_kernel_thread
from quietport.host.shared_walk import FEWEST_TO_SHARE, may_share, walk_shared

if TYPE_CHECKING:
    from collections.abc import Iterable


class Holders(NamedTuple):
    """Who holds which socket, and how much of the machine could be looked at."""

    pids: dict[int, list[int]]
    """Process ids by inode, lowest first; only inodes that somebody holds."""
    unreadable: int
    """Processes whose open files this user may not see, kernel threads left out."""
    hidden: bool
    """``/proc`` hides the processes of other users (mount option hidepid): process 1 is not there."""

    @property
    def everything_read(self) -> bool:
        """Tell whether a socket without a holder really has none."""
        return not self.unreadable and not self.hidden


def find_holders(proc: str, inodes: Iterable[int]) -> Holders:
    """Return the holders of these sockets among the processes under ``proc``.

    A process or file that vanishes meanwhile holds nothing any more, and is passed over.
    """
    wanted = list({inode for inode in inodes if inode})
    if not wanted:
        return Holders({}, unreadable=0, hidden=False)
    names = os.listdir(proc)  # noqa: PTH208 - pathlib costs 8 ms to import
    pids = sorted(int(name) for name in names if name.isascii() and name.isdigit())
    walk = _Walk(proc, wanted)
    if len(pids) + len(wanted) >= FEWEST_TO_SHARE and may_share():
        return Holders(*walk_shared(walk, pids), hidden=pids[:1] != [1])
    held, unreadable = walk(pids)
    return Holders(held, unreadable, hidden=pids[:1] != [1])


class _Walk:
    """Looks at the open files of any of the processes."""

    def __init__(self, proc: str, inodes: list[int]) -> None:
        self._proc = proc
        self._inodes = inodes

    def __call__(self, pids: list[int]) -> tuple[dict[int, list[int]], int]:
        """Return who of these processes, lowest first, holds which socket, and how many could not be read."""
        found: dict[str, list[int]] = {f"socket:[{inode}]": [] for inode in self._inodes}
        unreadable = 0
        for pid in pids:
            try:
                _read_links(f"{self._proc}/{pid}/fd", pid, found)
            except PermissionError:
                unreadable += not is_kernel_thread(self._proc, pid)
            except OSError:
                continue
        return {
            inode: holders for inode, holders in zip(self._inodes, found.values(), strict=True) if holders
        }, unreadable


def _read_links(directory: str, pid: int, found: dict[str, list[int]]) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    readlink = os.readlink
    find = found.get
    try:
        for name in os.listdir(descriptor):  # noqa: PTH208 - as above, and 50,000 Path objects
            try:
                holders = find(readlink(name, dir_fd=descriptor))
            except FileNotFoundError:
                continue
            if holders is not None and holders[-1:] != [pid]:
                holders.append(pid)
    finally:
        os.close(descriptor)
