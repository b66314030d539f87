"""Established connections from or to quiet ports, and who opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction
from quietport.model.port import Port, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quietport.host.socket_entry import SocketEntry
    from quietport.host.view import Quiet
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.unknown import Unknown

_ANY = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


class LocalEnd(Protocol):
    """The near end of a socket, whoever told of it."""

    @property
    def transport(self) -> Transport:
        """Return the transport."""

    @property
    def local_address(self) -> str:
        """Return the address it is bound to."""

    @property
    def local_port(self) -> int:
        """Return the port it is bound to."""


class BothEnds(LocalEnd, Protocol):
    """A socket that is connected."""

    @property
    def remote_port(self) -> int:
        """Return the port of the other end."""


ConnectedT = TypeVar("ConnectedT", bound=BothEnds)


class Bound:
    """The endpoints that a listener stands on."""

    def __init__(self, listening: Iterable[tuple[Transport, str, Iterable[int]]]) -> None:
        """Remember which ports each address is listened on at: transport, address, ports."""
        self._ports: dict[tuple[Transport, str], set[int]] = {}
        for transport, address, ports in listening:
            self._ports.setdefault((transport, address), set()).update(ports)

    def stands_on(self, entry: LocalEnd) -> bool:
        """Tell whether a listener takes what arrives at the local end of a connection.

        A connection that a dual-stack listener took over IPv4 has an IPv4-mapped address.
        """
        addresses = (*_ANY, entry.local_address, entry.local_address.removeprefix("::ffff:"))
        return any(entry.local_port in self._ports.get((entry.transport, address), ()) for address in addresses)


def direction_of(*, listener: bool, local_quiet: bool, remote_quiet: bool) -> Direction | None:
    """Return which end of a connection is the quiet one and who opened it, or None where it tells nothing.

    Where a listener stands on the local end the other side called, and its port is a client's source
    port, which is not a service (truth: 512-1023 has an innocent user).
    """
    if listener:
        return Direction.INBOUND if local_quiet else None
    if remote_quiet:
        return Direction.OUTBOUND
    return Direction.LOCAL_QUIET if local_quiet else None


def select_quiet(
    established: Iterable[ConnectedT], bound: Bound, quiet: Quiet
) -> Iterator[tuple[ConnectedT, Direction]]:
    """Yield the connections that have a quiet end, each with its direction, in the order given."""
    known: dict[tuple[int, Transport], bool] = {}

    def is_quiet(number: int, transport: Transport) -> bool:
        answer = known.get((number, transport))
        if answer is None:
            answer = known[number, transport] = quiet(Port(number, transport))
        return answer

    for entry in established:
        local_quiet = is_quiet(entry.local_port, entry.transport)
        remote_quiet = is_quiet(entry.remote_port, entry.transport)
        if local_quiet or remote_quiet:
            direction = direction_of(
                listener=bound.stands_on(entry), local_quiet=local_quiet, remote_quiet=remote_quiet
            )
            if direction is not None:
                yield entry, direction


def make_connections(
    selected: Iterable[tuple[SocketEntry, Direction]],
    owners_of: Callable[[int], tuple[Owner, ...] | Unknown],
    namespace: NetworkNamespace | Unknown,
) -> tuple[Connection, ...]:
    """Return the records of these connections, in order of local port, transport and address."""
    ordered = sorted(selected, key=lambda pair: (pair[0].local_port, pair[0].transport, pair[0].local_address))
    return tuple(
        Connection(
            local=Endpoint(entry.local_address, Port(entry.local_port, entry.transport)),
            remote=Endpoint(entry.remote_address, Port(entry.remote_port, entry.transport)),
            direction=direction,
            uid=entry.uid,
            inode=entry.inode,
            owners=owners_of(entry.inode),
            namespace=namespace,
        )
        for entry, direction in ordered
    )
