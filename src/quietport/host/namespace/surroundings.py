"""A look at what is beside the listeners of our own network namespace, and its place in the view of the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from quietport.host.holders import HolderWalk
from quietport.host.namespace.found import find_namespaces
from quietport.host.namespace.tables import read_tables
from quietport.host.namespace.view import (
    NamespaceSockets,
    SocketsView,
    assemble,
    begin_look,
    explain_runs,
    finish_look,
    unseen_holders,
)
from quietport.host.quiet_connections import Bound, make_connections, select_quiet
from quietport.host.socket_entry import TCP_ESTABLISHED
from quietport.host.socket_owners import SocketOwners, unseen_owners
from quietport.host.socket_run import collect_runs
from quietport.host.view import HostView
from quietport.model.errors import SurveyError
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port
from quietport.model.unknown import Coverage, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.host.namespace.found import FoundNamespace
    from quietport.host.view import Quiet, Wanted
    from quietport.model.listener import Connection, ListenerRun
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.redirection import Behind, Redirection
    from quietport.model.unknown import Unseen


class Surroundings:
    """A look that has begun when it was made: one helper is inside the other namespaces."""

    def __init__(self, proc: str, *, established: bool) -> None:
        """Begin; ``established`` asks for the connections of other namespaces too."""
        self._proc = proc
        self._namespaces = find_namespaces(proc)
        self._look = begin_look(self._namespaces.others, established=established)
        own = [found.namespace for found in self._namespaces.found if found.namespace.is_own]
        self._own = [NamespaceSockets(namespace, read_tables(proc, sockets=False)) for namespace in own]
        self._unseen = self._namespaces.unseen

    @property
    def own_namespace(self) -> NetworkNamespace | Unknown:
        """Return the network namespace that we look from."""
        return self._own[0].namespace if self._own else NO_NAMESPACE

    def finish(self) -> list[NamespaceSockets]:
        """Return what each namespace tells, our own first; to be called once."""
        others, unseen = finish_look(self._look, self._proc)
        self._unseen += unseen
        return [*self._own, *others]

    def add_to(
        self,
        view: HostView,
        seen: list[NamespaceSockets],
        owners: SocketOwners,
        quiet: Quiet | None,
        wanted: Wanted | None,
    ) -> HostView:
        """Return the view of our own listeners with everything else that was seen."""
        beside = assemble(seen, owners)
        kernel = next(iter(beside.kernel_owners.values()), None) if self._own else None
        runs = view.runs if kernel is None else tuple(explain_runs(view.runs, kernel))
        added = [_only(run, wanted) for run in beside.runs]
        runs = (*runs, *(run for run in added if run.numbers))
        connections = [one for space in seen for one in _connections(space, owners, quiet)]
        whole = structs.replace(
            view,
            runs=runs,
            connections=(*view.connections, *(one for one in connections if wanted is None or _is_wanted(one, wanted))),
            coverage=Coverage((*view.coverage.unseen, *self._unseen_of(beside, runs, owners))),
            raw_sockets=beside.raw_sockets,
            namespaces=_namespaces(seen),
            all_namespaces=not self._unseen,
        )
        taking = [one for one in beside.redirections if wanted is None or _takes(one, wanted)]
        return structs.replace(whole, redirections=_behind(taking, whole, seen)) if taking else whole

    def _unseen_of(
        self, beside: SocketsView, runs: tuple[ListenerRun, ...], owners: SocketOwners
    ) -> tuple[Unseen, ...]:
        return (*self._unseen, *beside.unseen, *unseen_holders(runs, beside.silent, owners.silent_rings))


def _namespaces(seen: list[NamespaceSockets]) -> tuple[NetworkNamespace, ...]:
    return tuple(one.namespace for one in seen if not isinstance(one.namespace, Unknown))


def _connections(space: NamespaceSockets, owners: SocketOwners, quiet: Quiet | None) -> Iterator[Connection]:
    if quiet is None:
        return
    listening = collect_runs(entry for entry in space.tables.sockets if entry.listens)
    bound = Bound(run.place for run in listening)
    established = (entry for entry in space.tables.sockets if entry.state == TCP_ESTABLISHED)
    yield from make_connections(select_quiet(established, bound, quiet), owners.of_inode, space.namespace)


def _only(run: ListenerRun, wanted: Wanted | None) -> ListenerRun:
    if wanted is None:
        return run
    return structs.replace(run, numbers=tuple(n for n in run.numbers if wanted(Port(n, run.transport))))


def _takes(redirection: Redirection, wanted: Wanted) -> bool:
    numbers = range(redirection.ports.first, redirection.ports.last + 1)
    return any(wanted(Port(number, redirection.transport)) for number in numbers)


def _behind(redirections: list[Redirection], view: HostView, seen: list[NamespaceSockets]) -> tuple[Behind, ...]:
    from quietport.host.nat.behind import addresses_by_namespace, find_behind  # noqa: PLC0415 - most hosts have none

    addresses = addresses_by_namespace((one.namespace, one.tables.addresses) for one in seen)
    return tuple(find_behind(redirections, view.listeners, addresses))


def _is_wanted(connection: Connection, wanted: Wanted) -> bool:
    return wanted(connection.local.port) or wanted(connection.remote.port)


def read_namespace(
    found: FoundNamespace,
    quiet: Quiet | None,
    wanted: Wanted | None = None,
    proc: str = "/proc",
    *,
    with_command: bool = False,
) -> HostView:
    """Return what one network namespace shows, and nothing of any other; SurveyError where it cannot be entered."""
    walk = HolderWalk(proc, share=False)
    seen, unseen = finish_look(begin_look([found], established=quiet is not None), proc)
    if not seen:
        detail = ", ".join(entry.detail or "" for entry in unseen) or "it is gone"
        raise SurveyError(f"the network namespace could not be looked into: {detail}")
    holders = walk.finish()
    owners = SocketOwners(proc, holders, with_command=with_command)
    owners.learn_packages({pid for one in seen for inode in one.tables.inodes for pid in holders.find(inode)})
    beside = assemble(seen, owners)
    connections = [one for space in seen for one in _connections(space, owners, quiet)]
    runs = [_only(run, wanted) for run in beside.runs]
    return HostView(
        runs=tuple(run for run in runs if run.numbers),
        connections=tuple(one for one in connections if wanted is None or _is_wanted(one, wanted)),
        coverage=Coverage((*unseen, *beside.unseen, *unseen_owners(holders))),
        method="sock_diag",
        namespace=found.namespace.id,
        namespaces=_namespaces(seen),
        raw_sockets=beside.raw_sockets,
    )
