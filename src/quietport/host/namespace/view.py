"""What several network namespaces show, as records: listeners, packet and raw sockets, redirections, what was not seen.

``begin_look`` starts one helper that looks into every other namespace, ``finish_look`` gives the tables of each;
``assemble`` makes records of them, once the holders of their inodes are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from quietport.host.kernel_sockets import KernelOwners
from quietport.host.listener_group import group_listeners
from quietport.host.namespace.entry import NamespaceLook, Seen
from quietport.host.namespace.found import find_namespaces
from quietport.host.namespace.tables import NamespaceTables, pack, read_tables, unpack
from quietport.host.nat.redirections import unseen_redirections
from quietport.host.raw_sockets import make_raw_sockets
from quietport.host.socket_run import collect_runs
from quietport.model.listener import ListenerRun, ListenerState
from quietport.model.port import Port
from quietport.model.unknown import Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quietport.host.namespace.found import FoundNamespace
    from quietport.host.socket_owners import SocketOwners
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.raw_socket import RawSocket
    from quietport.model.redirection import Redirection

_REMEDIES = {
    "unseen.bound": "remedy.hidden",
    "unseen.packet-sockets": "remedy.packet-diag",
    "unseen.raw-sockets": "remedy.proc-net",
    "unseen.links": "remedy.proc-net",
    "unseen.namespace-sockets": "remedy.inet-diag",
}


class NamespaceSockets(Struct, frozen=True):
    """One network namespace and what it tells."""

    namespace: NetworkNamespace | Unknown
    """Which."""
    tables: NamespaceTables
    """What was read in it."""


class SocketsView(Struct, frozen=True):
    """What these namespaces show beside what was read elsewhere."""

    runs: tuple[ListenerRun, ...]
    """The listeners: all of other namespaces, and of our own those that only bind, those of UDP-Lite and of SCTP."""
    raw_sockets: tuple[RawSocket, ...]
    """Packet and raw sockets."""
    redirections: tuple[Redirection, ...]
    """What answers without a listener."""
    unseen: tuple[Unseen, ...]
    """What could not be looked at."""
    kernel_owners: Mapping[str, KernelOwners]
    """Which sockets are the kernel's own, by the id of the namespace."""
    silent: tuple[str, ...]
    """Parts of the kernel that listen on ports which nothing tells."""


def begin_look(namespaces: Sequence[FoundNamespace], *, established: bool = False) -> NamespaceLook:
    """Begin to look into these namespaces; our own, where it is one of them, must be the first."""
    return NamespaceLook(
        namespaces,
        lambda namespace: pack(read_tables(sockets=True, established=established, is_own=namespace.is_own)),
    )


def finish_look(look: NamespaceLook, proc: str = "/proc") -> tuple[list[NamespaceSockets], tuple[Unseen, ...]]:
    """Return the tables of the namespaces that could be looked into, and the others as coverage tells them.

    The process that a namespace was found by may have ended meanwhile: such a namespace is looked for again, and
    where it is no more there is nothing left to be seen.
    """
    seen = look.finish()
    ended = {one.namespace.namespace.id for one in seen if _has_ended(one)}
    if ended:
        again = [found for found in find_namespaces(proc).found if found.namespace.id in ended]
        seen = [one for one in seen if not _has_ended(one)]
        seen += [one for one in look.again(again) if not _has_ended(one)]
    return sort_seen(seen)


def _has_ended(one: Seen) -> bool:
    return isinstance(one.found, Unknown) and one.found.reason is Reason.EXITED


def sort_seen(seen: Iterable[Seen]) -> tuple[list[NamespaceSockets], tuple[Unseen, ...]]:
    """Return the tables that came, and why others did not, as coverage tells it."""
    found: list[NamespaceSockets] = []
    failed: dict[Reason, list[str]] = {}
    for one in seen:
        namespace = one.namespace.namespace
        try:
            if not isinstance(one.found, Unknown):
                found.append(NamespaceSockets(namespace, unpack(one.found)))
                continue
            reason, why = one.found.reason, one.found.what
        except (ValueError, TypeError):
            reason, why = Reason.NOT_SUPPORTED, "the helper process told nonsense"
        failed.setdefault(reason, []).append(f"{namespace.name or namespace.id} ({why})")
    unseen = tuple(
        Unseen("unseen.namespace-entry", reason, _entry_remedy(reason), len(names), ", ".join(names))
        for reason, names in failed.items()
    )
    return found, unseen


def _entry_remedy(reason: Reason) -> str:
    return "remedy.enter" if reason is Reason.PERMISSION else "remedy.repeat"


def assemble(seen: Sequence[NamespaceSockets], owners: SocketOwners) -> SocketsView:
    """Return the records of what these namespaces tell."""
    runs: list[ListenerRun] = []
    raw: list[RawSocket] = []
    redirections: list[Redirection] = []
    kernel_owners: dict[str, KernelOwners] = {}
    for number, one in enumerate(seen):
        namespace, tables = one.namespace, one.tables
        elsewhere = [entry for other in (*seen[:number], *seen[number + 1 :]) for entry in other.tables.kernel.sockets]
        kernel = KernelOwners(tables.kernel.sockets, elsewhere)
        if not isinstance(namespace, Unknown):
            kernel_owners[namespace.id] = kernel
        runs += explain_runs(make_runs(tables, owners, namespace), kernel)
        raw += make_raw_sockets(tables.raw, owners.of_inode, tables.interfaces, namespace)
        redirections += [entry.record(namespace) for entry in tables.redirecting.entries]
    return SocketsView(
        runs=tuple(runs),
        raw_sockets=tuple(raw),
        redirections=tuple(redirections),
        unseen=unseen_in(one.tables for one in seen),
        kernel_owners=kernel_owners,
        silent=tuple(dict.fromkeys(name for one in seen for name in one.tables.kernel.silent)),
    )


def make_runs(
    tables: NamespaceTables, owners: SocketOwners, namespace: NetworkNamespace | Unknown
) -> list[ListenerRun]:
    """Return the listeners of one namespace, each with its state and its protocol."""
    listening = [entry for entry in tables.sockets if entry.listens]
    kinds = (
        (listening, ListenerState.LISTENING, False),
        (tables.bound, ListenerState.BOUND, False),
        (tables.lite, ListenerState.LISTENING, True),
        (tables.sctp, ListenerState.LISTENING, False),
    )
    interfaces = tables.interfaces
    return [
        run
        for entries, state, is_lite in kinds
        for run in group_listeners(
            owners.split(collect_runs(entries)),
            owners.of_pids,
            namespace,
            state,
            is_lite=is_lite,
            interfaces=interfaces,
        )
    ]


def explain_runs(runs: Iterable[ListenerRun], kernel: KernelOwners) -> list[ListenerRun]:
    """Return the listeners of a namespace with the kernel as owner where it is."""
    return [explained for run in runs for explained in _explained(run, kernel)]


def _explained(run: ListenerRun, kernel: KernelOwners) -> list[ListenerRun]:
    if not isinstance(run.owners, Unknown):
        return [run]
    by_owner: dict[tuple[Owner, ...] | Unknown, list[int]] = {}
    for number in run.numbers:
        by_owner.setdefault(kernel.explain(Port(number, run.transport), run.owners), []).append(number)
    return [structs.replace(run, owners=owners, numbers=tuple(numbers)) for owners, numbers in by_owner.items()]


def unseen_in(tables: Iterable[NamespaceTables]) -> tuple[Unseen, ...]:
    """Return what could not be read in some namespaces."""
    tables = tuple(tables)
    missing: dict[str, str] = {}
    for one in tables:
        missing.update(one.missing)
    damaged = sum(one.damaged for one in tables)
    unseen = [Unseen(what, Reason.NOT_SUPPORTED, _REMEDIES[what], detail=why) for what, why in missing.items()]
    if damaged:
        unseen.append(Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", damaged))
    xdp = sum(link.has_xdp for one in tables for link in one.links)
    return (*unseen, *unseen_redirections((one.redirecting for one in tables), xdp))


def unseen_holders(runs: Iterable[ListenerRun], silent: Sequence[str], rings: int) -> tuple[Unseen, ...]:
    """Return what may hold sockets that nobody was seen to hold; nothing where there is no such socket.

    ``silent`` are parts of the kernel that do not tell their ports, ``rings`` processes whose io_uring does not
    tell its files. A socket on its way from one process to another has no holder either (``man 7 unix``, SCM_RIGHTS),
    and nothing tells of those.
    """
    unheld = sum(len(run.numbers) for run in runs if _is_unheld(run))
    if not unheld:
        return ()
    unseen = [Unseen("unseen.in-flight", Reason.NOT_SUPPORTED, "remedy.repeat", unheld)]
    if silent:
        detail = ", ".join(silent)
        unseen.append(Unseen("unseen.kernel-ports", Reason.NOT_SUPPORTED, "remedy.kernel", len(silent), detail))
    if rings:
        unseen.append(Unseen("unseen.io-uring", Reason.NOT_SUPPORTED, "remedy.io-uring", rings))
    return tuple(unseen)


def _is_unheld(run: ListenerRun) -> bool:
    return isinstance(run.owners, Unknown) and run.owners.reason is Reason.NO_OWNER and bool(run.sockets)
