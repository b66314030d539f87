"""A listener: a socket, or a group of them, that takes what arrives at a port."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.endpoint import Endpoint
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port, Transport
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.model.endpoint import Scope
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner


class Family(StrEnum):
    """The address family of a socket, with what a dual-stack socket really takes."""

    IPV4 = "ipv4"
    """AF_INET."""
    IPV6 = "ipv6"
    """AF_INET6 that takes IPv6 only (IPV6_V6ONLY), or is bound to one IPv6 address."""
    DUAL = "dual"
    """AF_INET6 on the unspecified address that also takes IPv4 (RFC 3493, section 5.3)."""
    IPV6_MAYBE_DUAL = "ipv6-maybe-dual"
    """AF_INET6 on the unspecified address; the interface asked does not tell IPV6_V6ONLY."""


class ListenerState(StrEnum):
    """What was seen of a door, and nothing more."""

    LISTENING = "listening"
    """TCP in LISTEN, or a UDP socket that is bound and not connected."""
    BOUND = "bound"
    """The port is taken by a TCP socket that does not listen."""
    HIDDEN = "hidden"
    """Busy, and in no table."""
    MISMATCH = "mismatch"
    """In one table and not in another."""


class Listener(Struct, frozen=True):
    """One door of this host: where it is, and who holds it."""

    endpoint: Endpoint
    """Transport, local address and port."""
    family: Family
    """Address family, with the IPV6_V6ONLY truth where the interface tells it."""
    state: ListenerState
    """What was seen of it."""
    interface: str | None
    """Name of the interface it is bound to (SO_BINDTODEVICE), or None."""
    uid: int | Unknown
    """User id the socket was made by."""
    sockets: int
    """How many sockets it is: several for an SO_REUSEPORT group, 0 where no file refers to it."""
    owners: tuple[Owner, ...] | Unknown
    """Every process that holds it, lowest pid first."""
    namespace: NetworkNamespace | Unknown = NO_NAMESPACE
    """The network namespace it stands in."""
    is_lite: bool = False
    """A UDP-Lite socket: another protocol beside UDP, whose port numbers are those of UDP (RFC 3828, section 6)."""

    @property
    def port(self) -> Port:
        """Return the local port."""
        return self.endpoint.port

    @property
    def scope(self) -> Scope:
        """Return from how far away the address can be spoken to."""
        return self.endpoint.scope


class ListenerRun(Struct, frozen=True):
    """Listeners that differ in nothing but the number of their port.

    A busy program holds thousands; what is the same for all of them is found, judged and written once.
    """

    address: str
    """Local address."""
    transport: Transport
    """Transport protocol."""
    family: Family
    """Address family, as of ``Listener``."""
    state: ListenerState
    """What was seen of them."""
    interface: str | None
    """Name of the interface they are bound to, or None."""
    uid: int | Unknown
    """User id the sockets were made by."""
    sockets: int
    """How many sockets each of them is."""
    owners: tuple[Owner, ...] | Unknown
    """Every process that holds them, lowest pid first."""
    namespace: NetworkNamespace | Unknown
    """The network namespace they stand in."""
    numbers: tuple[int, ...]
    """Their port numbers, ascending."""
    is_lite: bool = False
    """They are of UDP-Lite (RFC 3828), which shares UDP's port numbers."""

    def at(self, number: int) -> Listener:
        """Return the listener on one of the numbers."""
        return Listener(
            Endpoint(self.address, Port(number, self.transport)),
            self.family,
            self.state,
            self.interface,
            self.uid,
            self.sockets,
            self.owners,
            self.namespace,
            self.is_lite,
        )

    @property
    def order(self) -> tuple[Transport, str, Family, str, str]:
        """Return where it comes among listeners of the same number; owners are no part of it."""
        space = self.namespace
        place = "" if isinstance(space, Unknown) or space.is_own else f"{space.label} {space.id}"
        return self.transport, self.address, self.family, self.interface or "", f"{place}{self.state}"


def run_of(listener: Listener) -> ListenerRun:
    """Return a listener as a run of one."""
    endpoint = listener.endpoint
    return ListenerRun(
        endpoint.address,
        endpoint.port.transport,
        listener.family,
        listener.state,
        listener.interface,
        listener.uid,
        listener.sockets,
        listener.owners,
        listener.namespace,
        (endpoint.port.number,),
        listener.is_lite,
    )


def listeners_of(runs: Iterable[ListenerRun]) -> tuple[Listener, ...]:
    """Return the listeners of some runs one by one, in order of port number, transport and address."""
    each = ((number, run) for run in runs for number in run.numbers)
    return tuple(run.at(number) for number, run in sorted(each, key=lambda one: (one[0], one[1].order)))


class Direction(StrEnum):
    """Who opened a connection, as far as the tables tell."""

    OUTBOUND = "outbound"
    """To the quiet port: the remote end is the quiet one."""
    INBOUND = "inbound"
    """From elsewhere: the local end is the quiet one and a listener stands on it."""
    LOCAL_QUIET = "local-quiet"
    """The local end is the quiet one and nothing listens on it: a client's source port, perhaps."""


class Connection(Struct, frozen=True):
    """An established connection from or to a quiet port (truth 11)."""

    local: Endpoint
    """This end."""
    remote: Endpoint
    """The other end."""
    direction: Direction
    """Which end is the quiet one, and who opened it."""
    uid: int | Unknown
    """User id the socket was made by."""
    inode: int
    """Socket inode; 0 where the interface gives none."""
    owners: tuple[Owner, ...] | Unknown
    """Every process that holds it, lowest pid first."""
    namespace: NetworkNamespace | Unknown = NO_NAMESPACE
    """The network namespace it stands in."""

    @property
    def quiet_port(self) -> Port:
        """Return the quiet one of its two ports."""
        return self.remote.port if self.direction is Direction.OUTBOUND else self.local.port
