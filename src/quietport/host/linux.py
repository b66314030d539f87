"""The sockets of this network namespace on Linux, with the processes that hold them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host import proc_net, sock_diag
from quietport.host.holders import NOBODY, Holders, HolderWalk
from quietport.host.listener_group import group_listeners
from quietport.host.owners import OwnerReader
from quietport.host.quiet_connections import Bound, make_connections, select_quiet
from quietport.host.socket_entry import TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN, SocketEntry
from quietport.host.view import HostView, Quiet, Wanted
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quietport.model.owner import Owner

    AskKernel = Callable[[Iterable[tuple[Transport, int]]], list[sock_diag.Dump]]

_LISTENING = {Transport.TCP: 1 << TCP_LISTEN, Transport.UDP: 1 << TCP_CLOSE}


def read_listeners(
    quiet: Quiet | None = None,
    proc: str = "/proc",
    ask_kernel: AskKernel = sock_diag.read_sockets,
    walk: HolderWalk | None = None,
    wanted: Wanted | None = None,
) -> HostView:
    """Return every listener, and every established connection from or to a port that ``quiet`` names.

    ``walk`` is a look at the open files that has already begun; where none has and there is no socket of a port
    that is ``wanted``, no file is looked at.
    Where the kernel answers no netlink the tables under ``proc`` are read instead, and the coverage says so.
    Raises SurveyError where neither can be read.
    """
    sockets, method, unseen = _read_sockets(proc, ask_kernel, connections=quiet is not None)
    listening = [entry for entry in sockets if entry.listens]
    selected = []
    if quiet is not None:
        established = (entry for entry in sockets if entry.state == TCP_ESTABLISHED)
        selected = list(select_quiet(established, Bound(listening), quiet))
    if wanted is not None:
        listening = [entry for entry in listening if wanted(Port(entry.local_port, entry.transport))]
        selected = [(entry, direction) for entry, direction in selected if _has_wanted_end(entry, wanted)]
    inodes = {entry.inode for entry in listening} | {entry.inode for entry, _ in selected}
    holders = NOBODY
    if walk or any(inodes):
        holders = (walk or HolderWalk(proc, share=False)).finish(inodes)
    owners = SocketOwners(proc, holders)
    return HostView(
        listeners=group_listeners(listening, owners.find),
        connections=make_connections(selected, owners.find),
        coverage=Coverage((*unseen, *_unseen_owners(holders))),
        method=method,
        namespace=_read_namespace(proc),
    )


def _read_namespace(proc: str) -> str | Unknown:
    try:
        return os.readlink(f"{proc}/self/ns/net")  # noqa: PTH115 - pathlib costs 8 ms to import
    except PermissionError:
        return Unknown(Reason.PERMISSION, "network namespace")
    except OSError:
        return NO_NAMESPACE


def _has_wanted_end(entry: SocketEntry, wanted: Wanted) -> bool:
    return wanted(Port(entry.local_port, entry.transport)) or wanted(Port(entry.remote_port, entry.transport))


class SocketOwners:
    """The owners of sockets, as tuples shared by all sockets with the same holders."""

    def __init__(self, proc: str, holders: Holders) -> None:
        """Read no process yet."""
        self._holders = holders
        self._reader = OwnerReader(proc)
        self._shared: dict[tuple[int, ...], tuple[Owner, ...] | Unknown] = {}
        reason = Reason.NO_OWNER if holders.everything_read else Reason.PERMISSION
        self._nobody = Unknown(reason, "owner")
        self._no_file = Unknown(Reason.NO_OWNER, "owner")

    def find(self, inodes: list[int]) -> tuple[Owner, ...] | Unknown:
        """Return every process that holds one of these sockets, or why none is known.

        A socket without an inode belongs to no process: nobody has accepted it yet, or it was closed.
        """
        held = self._holders.pids
        if len(inodes) == 1:
            pids = tuple(held.get(inodes[0], ()))
        else:
            pids = tuple(sorted({pid for inode in inodes for pid in held.get(inode, ())}))
        if not pids:
            return self._nobody if any(inodes) else self._no_file
        owners = self._shared.get(pids)
        if owners is None:
            found = tuple(owner for owner in map(self._reader.find_owner, pids) if owner is not None)
            owners = self._shared[pids] = found or Unknown(Reason.EXITED, "owner")
        return owners


def _read_sockets(
    proc: str, ask_kernel: AskKernel, *, connections: bool
) -> tuple[list[SocketEntry], str, list[Unseen]]:
    more = 1 << TCP_ESTABLISHED if connections else 0
    try:
        dumps = ask_kernel([(transport, states | more) for transport, states in _LISTENING.items()])
    except OSError as error:
        detail = error.strerror or str(error)
        unseen = [Unseen("unseen.sock-diag", Reason.NOT_SUPPORTED, "remedy.inet-diag", detail=detail)]
        tables = proc_net.read_tables(proc)
        unseen += _unseen_damage(sum(table.damaged for table in tables))
        return [entry for table in tables for entry in table.sockets], "proc-net", unseen
    unseen = _unseen_damage(sum(dump.damaged for dump in dumps))
    interrupted = sum(dump.interrupted for dump in dumps)
    if interrupted:
        unseen.append(Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", interrupted))
    return [entry for dump in dumps for entry in dump.sockets], "sock_diag", unseen


def _unseen_damage(count: int) -> list[Unseen]:
    return [Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", count)] if count else []


def _unseen_owners(holders: Holders) -> list[Unseen]:
    unseen: list[Unseen] = []
    if holders.unreadable:
        unseen.append(Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", holders.unreadable))
    if holders.hidden:
        unseen.append(Unseen("unseen.hidepid", Reason.PERMISSION, "remedy.root"))
    return unseen
