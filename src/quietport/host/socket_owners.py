"""Who holds which socket, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.process.activation import mark_handed_over
from quietport.host.process.owners import OwnerReader
from quietport.model.unknown import Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.holders import HeldRun, Holders
    from quietport.host.socket_run import SocketRun
    from quietport.model.owner import Owner


class SocketOwners:
    """The owners of sockets, as tuples shared by all sockets with the same holders."""

    def __init__(self, proc: str, holders: Holders, *, with_command: bool = False) -> None:
        """Read no process yet."""
        self._proc = proc
        self._holders = holders
        self._reader = OwnerReader(proc, with_command=with_command)
        self._shared: dict[tuple[int, ...], tuple[Owner, ...] | Unknown] = {}
        self._no_file = Unknown(Reason.NO_OWNER, "owner")

    def split(self, runs: Iterable[SocketRun]) -> list[HeldRun]:
        """Return runs of sockets split by who holds them."""
        return self._holders.split(runs)

    def learn_packages(self, pids: Iterable[int]) -> None:
        """Find out which packages the executables of these processes came from, all of them in one pass."""
        from quietport.host.package.finder import find_packages  # noqa: PLC0415 - only where somebody holds something

        owners = [owner for owner in map(self._reader.find_owner, pids) if owner is not None]
        for pid, package in find_packages(owners, self._proc).items():
            self._reader.put_package(pid, package)

    def holders_of(self, inode: int) -> tuple[int, ...]:
        """Return the process ids that hold a socket."""
        return self._holders.find(inode)

    def of_inode(self, inode: int) -> tuple[Owner, ...] | Unknown:
        """Return every process that holds a socket, or why none is known."""
        return self.of_pids(self._holders.find(inode), has_file=bool(inode))

    def of_pids(self, pids: tuple[int, ...], *, has_file: bool) -> tuple[Owner, ...] | Unknown:
        """Return these processes, or why there are none.

        A socket without a file belongs to no process: nobody has accepted it yet, or it was closed.
        """
        if not pids:
            return self._nobody if has_file else self._no_file
        owners = self._shared.get(pids)
        if owners is None:
            found = mark_handed_over(tuple(owner for owner in map(self._reader.find_owner, pids) if owner is not None))
            owners = self._shared[pids] = found or Unknown(Reason.EXITED, "owner")
        return owners

    @property
    def silent_rings(self) -> int:
        """Return how many processes have an io_uring that may hold sockets which the kernel does not name."""
        return self._holders.silent_rings

    @property
    def _nobody(self) -> Unknown:
        reason = Reason.NO_OWNER if self._holders.everything_read else Reason.PERMISSION
        return Unknown(reason, "owner")


def unseen_owners(holders: Holders) -> list[Unseen]:
    """Return what kept holders from being seen, as coverage tells it."""
    unseen: list[Unseen] = []
    if holders.unreadable:
        unseen.append(Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", holders.unreadable))
    if holders.hidden:
        unseen.append(Unseen("unseen.hidepid", Reason.PERMISSION, "remedy.root"))
    return unseen
