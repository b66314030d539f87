"""The processes above a process, each read once."""

from __future__ import annotations

import os

from quietport.host.process.stat import ProcessStat, read_stat
from quietport.model.owner import Ancestor
from quietport.model.unknown import Reason, Unknown

MAX_ANCESTORS = 16
"""How far up is looked: deeper trees exist, and say no more."""


class ProcessTree:
    """The ``stat`` lines that were asked for, and the chains that their parents make."""

    def __init__(self, proc: str) -> None:
        """Read nothing yet."""
        self._proc = proc
        self._stats: dict[int, ProcessStat | None] = {}
        self._chains: dict[int, tuple[Ancestor, ...]] = {}

    def find_stat(self, pid: int) -> ProcessStat | None:
        """Return the fields of a process, or None where it is gone, hidden or its line malformed."""
        if pid not in self._stats:
            self._stats[pid] = read_stat(self._proc, pid)
        return self._stats[pid]

    def find_ancestors(self, pid: int) -> tuple[Ancestor, ...] | Unknown:
        """Return the processes above one, nearest first.

        A chain that ends before process 1 was cut off there: the rest is hidden, too far up, or in a pid namespace
        that we do not see into. Where not even the parent can be read, the chain is Unknown.
        """
        what = f"ancestors of process {pid}"
        stat = self.find_stat(pid)
        if stat is None:
            return Unknown(Reason.EXITED, what)
        chain = self._chains.get(stat.ppid)
        if chain is None:
            chain = self._chains[stat.ppid] = self._climb(stat.ppid)
        if stat.ppid > 0 and not chain:
            is_hidden = not os.path.exists(f"{self._proc}/1")
            return Unknown(Reason.PERMISSION if is_hidden else Reason.EXITED, what)
        return chain

    def _climb(self, pid: int) -> tuple[Ancestor, ...]:
        chain: dict[int, Ancestor] = {}
        while pid > 0 and pid not in chain and len(chain) < MAX_ANCESTORS:
            stat = self.find_stat(pid)
            if stat is None:
                break
            chain[pid] = Ancestor(pid, stat.program.decode("utf-8", "backslashreplace"))
            pid = stat.ppid
        return tuple(chain.values())
