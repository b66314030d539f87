"""Who holds a socket, as far as it was printed: a process id, mostly a name, and rarely more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.owner import Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.printed.socket_line import Holder, SocketLine

UNTOLD = Unknown(Reason.NOT_SUPPORTED, "not printed")
"""Stands where no tool prints such a thing."""
NO_COLUMN = Unknown(Reason.NOT_SUPPORTED, "owner")
"""Stands where the output has no column for processes."""
NOT_SHOWN = Unknown(Reason.PERMISSION, "owner")
"""Stands where the column is there and empty: who asked may not have been allowed to see it."""


class PrintedOwners:
    """The owners of sockets, as tuples shared by all sockets with the same holders.

    Several lines, and several tools, tell of one process: what any of them says of it holds for all.
    """

    def __init__(self, sockets: Iterable[SocketLine]) -> None:
        """Put together what is told of each process."""
        self._holders: dict[int, Holder] = {}
        for line in sockets:
            for holder in line.holders:
                held = self._holders.get(holder.pid)
                self._holders[holder.pid] = holder if held is None else _both(held, holder)
        self._owners: dict[int, Owner] = {}
        self._shared: dict[tuple[int, ...], tuple[Owner, ...]] = {}

    def find(self, lines: Iterable[SocketLine], nobody: Unknown) -> tuple[Owner, ...] | Unknown:
        """Return every process that holds one of these sockets, lowest pid first; ``nobody`` where none was printed."""
        pids = tuple(sorted({holder.pid for line in lines for holder in line.holders}))
        if not pids:
            return nobody
        if pids not in self._shared:
            self._shared[pids] = tuple(map(self._owner, pids))
        return self._shared[pids]

    def _owner(self, pid: int) -> Owner:
        if pid not in self._owners:
            self._owners[pid] = make_owner(self._holders[pid])
        return self._owners[pid]

    @property
    def nameless(self) -> int:
        """Return how many processes are known by their number alone."""
        return sum(not holder.program for holder in self._holders.values())


def _both(held: Holder, holder: Holder) -> Holder:
    """Return what two lines say of a process; of two names the one that was cut less."""
    return held._replace(
        program=max(held.program, holder.program, key=len),
        user=held.user if holder.user is None else holder.user,
        uid=held.uid if holder.uid is None else holder.uid,
        unit=held.unit or holder.unit,
        is_kernel=held.is_kernel or holder.is_kernel,
    )


def make_owner(holder: Holder) -> Owner:
    """Return a process as a record; what was not printed of it is Unknown."""
    return Owner(
        pid=holder.pid,
        program=holder.program,
        executable=None if holder.is_kernel else UNTOLD,
        file=UNTOLD,
        uid=UNTOLD if holder.uid is None else holder.uid,
        user=UNTOLD if holder.user is None else holder.user,
        started_at=UNTOLD,
        ancestors=UNTOLD,
        command=UNTOLD,
        script=UNTOLD,
        unit=holder.unit or UNTOLD,
        container=UNTOLD,
        package=UNTOLD,
        activation=UNTOLD,
        stdin_socket=UNTOLD,
        debugger=UNTOLD,
    )
