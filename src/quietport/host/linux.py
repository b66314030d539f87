"""The sockets of this network namespace on Linux, with the processes that hold them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host import sock_diag
from quietport.host.holders import NOBODY, HolderWalk
from quietport.host.listener_group import group_listeners
from quietport.host.quiet_connections import Bound, make_connections, select_quiet
from quietport.host.socket_owners import SocketOwners, unseen_owners
from quietport.host.socket_table import read_connected, read_table
from quietport.host.view import HostView, Quiet, Wanted
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.port import Port
from quietport.model.unknown import Coverage, Reason, Unknown

if TYPE_CHECKING:
    from quietport.host.namespace.surroundings import Surroundings
    from quietport.host.socket_entry import SocketEntry
    from quietport.host.socket_run import SocketRun
    from quietport.host.socket_table import AskKernel
    from quietport.model.owner import Owner


def read_listeners(
    quiet: Quiet | None = None,
    proc: str = "/proc",
    ask_kernel: AskKernel = sock_diag.read_sockets,
    walk: HolderWalk | None = None,
    wanted: Wanted | None = None,
    surroundings: Surroundings | None = None,
    *,
    with_command: bool = False,
) -> HostView:
    """Return every listener, and every established connection from or to a port that ``quiet`` names.

    ``walk`` is a look at the open files that has already begun; where none has and there is no socket of a port
    that is ``wanted``, no file is looked at. ``surroundings`` is a look at what is beside these listeners.
    ``with_command`` keeps the command lines of owners, secrets masked.
    Where the kernel answers no netlink the tables under ``proc`` are read instead, and the coverage says so.
    Raises SurveyError where neither can be read.
    """
    table = read_table(proc, ask_kernel)
    unseen, listening, selected = list(table.unseen), table.runs, []
    if quiet is not None:
        established, more = read_connected(proc, table, ask_kernel)
        unseen += more
        selected = list(select_quiet(established, Bound(run.place for run in table.runs), quiet))
    if wanted is not None:
        listening = [run for run in (_only(run, wanted) for run in table.runs) if run.ports]
        selected = [(entry, direction) for entry, direction in selected if _has_wanted_end(entry, wanted)]
    namespace = read_namespace(proc) if surroundings is None else surroundings.own_namespace
    # A walk that has begun is finished first: meanwhile other namespaces are looked into.
    holders = None if walk is None else walk.finish()
    beside = [] if surroundings is None else surroundings.finish()
    needed = any(any(run.inodes) for run in listening) or any(entry.inode for entry, _ in selected)
    needed = needed or any(one.tables.inodes for one in beside)
    if holders is None:
        holders = HolderWalk(proc, share=False).finish() if needed else NOBODY
    owners = SocketOwners(proc, holders, with_command=with_command)
    held = owners.split(listening)
    if surroundings is not None:
        inodes = {entry.inode for entry, _ in selected}.union(*(one.tables.inodes for one in beside))
        pids = {pid for one in held for pid in one.pids}.union(*map(owners.holders_of, inodes))
        owners.learn_packages(pids)
    runs = group_listeners(held, owners.of_pids, namespace)
    view = HostView(
        runs=runs,
        connections=make_connections(selected, owners.of_inode, namespace),
        coverage=Coverage((*unseen, *(unseen_owners(holders) if needed else ()))),
        method=table.method,
        namespace=namespace.id if isinstance(namespace, NetworkNamespace) else namespace,
    )
    return view if surroundings is None else surroundings.add_to(view, beside, owners, quiet, wanted)


def _only(run: SocketRun, wanted: Wanted) -> SocketRun:
    asked = {number for number in set(run.ports) if wanted(Port(number, run.transport))}
    kept = [index for index, number in enumerate(run.ports) if number in asked]
    return run.of([run.ports[index] for index in kept], [run.inodes[index] for index in kept])


def read_namespace(proc: str) -> NetworkNamespace | Unknown:
    """Return the network namespace that we look from."""
    try:
        id_ = os.readlink(f"{proc}/self/ns/net")
    except PermissionError:
        return Unknown(Reason.PERMISSION, "network namespace")
    except OSError:
        return NO_NAMESPACE
    return NetworkNamespace(id_, name=None, pid=None, is_own=True)


def _has_wanted_end(entry: SocketEntry, wanted: Wanted) -> bool:
    return wanted(Port(entry.local_port, entry.transport)) or wanted(Port(entry.remote_port, entry.transport))


def find_owners(inode: int, proc: str = "/proc") -> tuple[Owner, ...] | Unknown:
    """Return every process that holds a socket now, or why none is known."""
    return SocketOwners(proc, HolderWalk(proc, share=False).finish()).of_inode(inode)
