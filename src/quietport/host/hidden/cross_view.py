"""What the tables and a bind to every port say of the same ports, compared: pure, opens nothing.

Only what both tables define is compared: a TCP socket that is bound and no more stands in ``sock_diag``
(state BOUND_INACTIVE, Linux 6.8) and never in ``/proc/net``. A look is never at one moment, so a
disagreement counts only where it is the same at every look (``persisting``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.socket_entry import TCP_CLOSE, SocketEntry
from quietport.model.cross_view import Mismatch, PortClass, Table
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family
from quietport.model.port import Port, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

Key = tuple[Transport, bool, str, int, str, int, int]
"""Which socket: transport, family, both ends; the inode of those that take what arrives.

The state is left out, since it changes; the inode of a connection too, which is lost in TIME_WAIT.
"""


class Tables(NamedTuple):
    """Both tables, read right after one another; None where one could not be read."""

    sock_diag: Sequence[SocketEntry] | None
    """Sockets in every state, as netlink tells of them."""
    proc_net: Sequence[SocketEntry] | None
    """The rows of the text tables."""

    @property
    def entries(self) -> Iterable[SocketEntry]:
        """Yield what either lists."""
        for table in self:
            yield from table or ()

    @property
    def names(self) -> tuple[Table, ...]:
        """Return which of them could be read."""
        return tuple(name for name, table in zip(Table, self, strict=True) if table is not None)


class Suspects(NamedTuple):
    """What disagrees."""

    hidden: frozenset[Port]
    """Busy, and in no table."""
    only_sock_diag: dict[Key, SocketEntry]
    """Sockets that netlink lists and the text does not."""
    only_proc_net: dict[Key, SocketEntry]
    """Sockets that the text lists and netlink does not."""

    @property
    def ports(self) -> frozenset[Port]:
        """Return the ports that any of it is about."""
        one_sided = (*self.only_sock_diag.values(), *self.only_proc_net.values())
        return self.hidden | {_port(entry) for entry in one_sided}


def compare(tables: Tables, busy: AbstractSet[Port]) -> Suspects:
    """Return what disagrees at one look."""
    listed = {(entry.local_port, entry.transport) for entry in tables.entries}
    hidden = frozenset(port for port in busy if (port.number, port.transport) not in listed)
    if tables.sock_diag is None or tables.proc_net is None:
        return Suspects(hidden, {}, {})
    told, written = _keys(tables.sock_diag), _keys(tables.proc_net)
    return Suspects(
        hidden,
        {key: told[key] for key in told.keys() - written.keys()},
        {key: written[key] for key in written.keys() - told.keys()},
    )


def persisting(before: Suspects, now: Suspects) -> Suspects:
    """Return what disagreed before and still does in the same way."""
    return Suspects(
        before.hidden & now.hidden,
        {key: entry for key, entry in before.only_sock_diag.items() if key in now.only_sock_diag},
        {key: entry for key, entry in before.only_proc_net.items() if key in now.only_proc_net},
    )


def _keys(entries: Iterable[SocketEntry]) -> dict[Key, SocketEntry]:
    keys: dict[Key, SocketEntry] = {}
    for entry in entries:
        if entry.transport == Transport.TCP and entry.state == TCP_CLOSE:
            continue
        keys[
            entry.transport, entry.is_ipv6, entry.local_address, entry.local_port,
            entry.remote_address, entry.remote_port, entry.inode if entry.listens else 0,
        ] = entry  # fmt: skip
    return keys


def classify(tables: Tables, suspects: Suspects, unlisted: AbstractSet[Port]) -> dict[Port, PortClass]:
    """Return the class of every port that is listed, or busy and in no table.

    ``unlisted`` are those of the hidden ones that the tables of this kernel would not list.
    """
    classes: dict[tuple[int, Transport], PortClass] = {}
    for entry in tables.entries:
        place = entry.local_port, entry.transport
        if classes.get(place) is not PortClass.LISTENING:
            found = _class_of(entry)
            if found is not PortClass.CLIENT or place not in classes:
                classes[place] = found
    classed = {Port(*place): found for place, found in classes.items() if place[0]}
    classed |= dict.fromkeys(suspects.ports, PortClass.MISMATCH)
    classed |= dict.fromkeys(suspects.hidden, PortClass.HIDDEN)
    return classed | dict.fromkeys(unlisted, PortClass.UNLISTED)


def _class_of(entry: SocketEntry) -> PortClass:
    if entry.listens:
        return PortClass.LISTENING
    return PortClass.BOUND if entry.state == TCP_CLOSE else PortClass.CLIENT


def count_classes(classes: dict[Port, PortClass]) -> tuple[tuple[PortClass, int], ...]:
    """Return how many ports are of each class, gravest first."""
    counted = Counter(classes.values())
    return tuple((one, counted[one]) for one in PortClass if counted[one])


def make_mismatches(suspects: Suspects) -> tuple[Mismatch, ...]:
    """Return the records of the sockets that one table lists alone, in order of port, transport and address."""
    found = [_mismatch(entry, Table.SOCK_DIAG) for entry in suspects.only_sock_diag.values()]
    found += [_mismatch(entry, Table.PROC_NET) for entry in suspects.only_proc_net.values()]
    return tuple(sorted(found, key=lambda one: (one.local.port, one.local.address, one.inode)))


def _mismatch(entry: SocketEntry, listed_by: Table) -> Mismatch:
    remote = Endpoint(entry.remote_address, Port(entry.remote_port, entry.transport)) if entry.remote_port else None
    return Mismatch(
        local=Endpoint(entry.local_address, _port(entry)),
        remote=remote,
        family=entry.family if entry.is_ipv6 else Family.IPV4,
        listens=entry.listens,
        listed_by=listed_by,
        uid=entry.uid,
        inode=entry.inode,
    )


def _port(entry: SocketEntry) -> Port:
    return Port(entry.local_port, entry.transport)
