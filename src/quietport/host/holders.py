"""Which processes hold a socket: one walk of ``/proc/*/fd``.

A socket may have several holders, so the walk never stops early. It asks the kernel one question
a file and no more; reading the links relative to the open directory was the fastest of eight ways
that were measured. Threads gained nothing; a second process walks while the first gets ready
(``shared_walk``), so the walk takes note of every socket: which ones matter is not known yet.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.process_stat import is_kernel_thread
from quietport.host.shared_walk import Found, SharedWalk, may_share

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


NOBODY = Holders({}, unreadable=0, hidden=False)
"""What is known of the holders of no sockets."""


class HolderWalk:
    """A look at the open files of every process, begun when it was made."""

    def __init__(self, proc: str, *, share: bool) -> None:
        """Begin, with the help of a child process where ``share`` allows it and one can help."""
        self._proc = proc
        self._pids = _read_pids(proc)
        share = share and len(self._pids) > 1 and may_share()
        self._shared = SharedWalk(self._walk, self._pids, share=share)

    def finish(self, inodes: Iterable[int]) -> Holders:
        """Return the holders of these sockets.

        A process or file that vanishes meanwhile holds nothing any more, and is passed over. A socket that
        nobody was seen to hold may be younger than the walk: where there is one, everything is looked at again.
        """
        wanted = {f"socket:[{inode}]": inode for inode in inodes if inode}
        found, unreadable = self._shared.finish()
        held = {wanted[socket]: pids for socket, pids in found.items() if socket in wanted}
        if len(held) < len(wanted):
            late, unreadable = self._walk(_read_pids(self._proc))
            for socket in wanted.keys() & late.keys():
                held.setdefault(wanted[socket], late[socket])
        return Holders(held, unreadable if wanted else 0, hidden=bool(wanted) and self._pids[:1] != [1])

    def _walk(self, pids: list[int]) -> Found:
        """Return who of these processes, lowest first, holds which socket, and how many could not be read."""
        found: dict[str, list[int]] = {}
        unreadable = 0
        for pid in pids:
            try:
                _read_links(f"{self._proc}/{pid}/fd", pid, found)
            except PermissionError:
                unreadable += not is_kernel_thread(self._proc, pid)
            except OSError:
                continue
        return found, unreadable


def find_holders(proc: str, inodes: Iterable[int]) -> Holders:
    """Return the holders of these sockets among the processes under ``proc``."""
    return HolderWalk(proc, share=False).finish(inodes)


def _read_pids(proc: str) -> list[int]:
    try:
        names = os.listdir(proc)  # noqa: PTH208 - pathlib costs 8 ms to import
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def _read_links(directory: str, pid: int, found: dict[str, list[int]]) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    readlink = os.readlink
    try:
        for name in os.listdir(descriptor):  # noqa: PTH208 - as above, and 50,000 Path objects
            try:
                link = readlink(name, dir_fd=descriptor)
            except FileNotFoundError:
                continue
            if link[:8] == "socket:[":
                holders = found.get(link)
                if holders is None:
                    found[link] = [pid]
                elif holders[-1] != pid:
                    holders.append(pid)
    finally:
        os.close(descriptor)
