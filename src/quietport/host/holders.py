"""Which processes hold a socket: one walk of ``/proc/*/fd``.

A socket may have several holders, so the walk never stops early. It asks the kernel one question
a file and no more; reading the links relative to the open directory was the fastest of eight ways
that were measured. Threads gained nothing; a second process walks while the first gets ready
(``shared_walk``), so the walk takes note of every socket: which ones matter is not known yet.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.process.stat import is_kernel_thread
from quietport.host.shared_walk import Found, SharedWalk, may_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.socket_run import SocketRun

_LINK = "socket:[%d]"
# How the link of an open file names a socket (net/socket.c: sockfs_dname).
RING_LINK = "anon_inode:[io_uring]"
"""What the link of an io_uring reads."""
_RING = "ring:"
# Before the name of a file that is an io_uring, among the links of a process.


class HeldRun(NamedTuple):
    """A run of sockets with the same holders."""

    run: SocketRun
    """The sockets."""
    pids: tuple[int, ...]
    """Who holds each of them, ascending; empty where nobody was seen to."""


class HolderWalk:
    """A look at the open files of every process, begun when it was made."""

    def __init__(self, proc: str, *, share: bool) -> None:
        """Begin, with the help of a child process where ``share`` allows it and one can help."""
        self._proc = proc
        self._pids = _read_pids(proc)
        share = share and len(self._pids) > 1 and may_share()
        self._shared = SharedWalk(lambda pids: _walk(proc, pids), self._pids, share=share)

    def finish(self) -> Holders:
        """Return who holds what; to be called once."""
        return Holders(self._proc, self._shared.finish(), hidden=self._pids[:1] != [1])


class Holders:
    """Who holds what, from a walk that is over; where nobody does, all is looked at once more.

    A socket that nobody was seen to hold may be younger than the walk, and "nobody holds it" is a verdict; where
    somebody's files could not be read there is no such verdict, and no second look.
    """

    def __init__(self, proc: str, found: Found, *, hidden: bool) -> None:
        """Keep what a walk found; ``hidden`` says that other users' processes are not shown (mount option hidepid)."""
        self._proc = proc
        self._holders = _by_socket(found)
        self._looked_again = False
        self.silent_rings = 0
        """Processes whose io_uring may hold sockets that the kernel does not name."""
        self.unreadable = found.unreadable
        """Processes whose open files this user may not see, kernel threads left out."""
        self.hidden = hidden
        """``/proc`` hides the processes of other users: process 1 is not there."""

    @property
    def everything_read(self) -> bool:
        """Tell whether a socket without a holder really has none."""
        return not self.unreadable and not self.hidden

    def find(self, inode: int) -> tuple[int, ...]:
        """Return who holds a socket, ascending; nobody holds inode 0."""
        link = _LINK % inode
        if inode and link not in self._holders:
            self._look_again()
        return self._holders.get(link, ())

    def split(self, runs: Iterable[SocketRun]) -> list[HeldRun]:
        """Return the runs split by who holds them."""
        return [held for run in runs for held in self._split(run)]

    def _split(self, run: SocketRun) -> list[HeldRun]:
        links = list(map(_LINK.__mod__, run.inodes))
        if any(inode for link, inode in zip(links, run.inodes, strict=True) if link not in self._holders):
            self._look_again()
        groups: dict[tuple[int, ...], tuple[list[int], list[int]]] = {}
        for pids, port, inode in zip(map(self._holders.get, links), run.ports, run.inodes, strict=True):
            group = groups.setdefault(pids or (), ([], []))
            group[0].append(port)
            group[1].append(inode)
        return [HeldRun(run.of(*group), pids) for pids, group in groups.items()]

    def _look_again(self) -> None:
        if self._looked_again:
            return
        self._looked_again = True
        # Where some process may not be looked into, it may be the holder: a second look would not tell.
        if self.everything_read:
            found = _walk(self._proc, _read_pids(self._proc))
            self.unreadable = found.unreadable
            self._holders = _by_socket(found) | self._holders
        rings = [(pid, link) for link, pids in self._holders.items() if link.startswith(_RING) for pid in pids]
        if rings:
            self._add_rings([(pid, link[len(_RING) :]) for pid, link in rings])

    def _add_rings(self, rings: list[tuple[int, str]]) -> None:
        from quietport.host.io_uring import find_ring_holders  # noqa: PLC0415 - few processes have one

        held = find_ring_holders(self._proc, rings)
        self.silent_rings = held.unnamed
        for inode, pids in held.pids.items():
            link = _LINK % inode
            self._holders[link] = tuple(sorted({*self._holders.get(link, ()), *pids}))


def _by_socket(found: Found) -> dict[str, tuple[int, ...]]:
    holders: dict[str, tuple[int, ...]] = {}
    for pid, links in sorted(found.held):
        new: dict[str, tuple[int, ...]] = dict.fromkeys(links, (pid,))
        for link in holders.keys() & new.keys():
            new[link] = (*holders[link], pid)
        holders |= new
    return holders


def _walk(proc: str, pids: list[int]) -> Found:
    """Return what these processes hold; one or a file that vanishes meanwhile holds nothing any more."""
    held = []
    unreadable = 0
    for pid in pids:
        try:
            links = _read_links(f"{proc}/{pid}/fd")
        except PermissionError:
            unreadable += not is_kernel_thread(proc, pid)
        except OSError:
            continue
        else:
            if links:
                held.append((pid, links))
    return Found(held, unreadable)


def _read_pids(proc: str) -> list[int]:
    try:
        names = os.listdir(proc)
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def _read_links(directory: str) -> list[str]:
    descriptor = os.open(directory, os.O_RDONLY)
    readlink = os.readlink
    sockets = []
    try:
        for name in os.listdir(descriptor):
            try:
                link = readlink(name, dir_fd=descriptor)
            except FileNotFoundError:
                continue
            if link[:8] == "socket:[":
                sockets.append(link)
            elif link == RING_LINK:
                sockets.append(_RING + name)
    finally:
        os.close(descriptor)
    return sockets


NOBODY = Holders("", Found([], 0), hidden=False)
"""What is known where no socket is looked for."""
