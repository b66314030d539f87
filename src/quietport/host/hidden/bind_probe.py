"""A bind to every port: the kernel refuses those that are taken, whatever its tables tell.

A socket on ``::`` that takes IPv4 too, without SO_REUSEADDR or SO_REUSEPORT, conflicts with every other
socket of its transport on the port: of either family, on any address (also one that is not of this host),
bound to an interface or not, in an SO_REUSEPORT group, connected, or in TIME_WAIT (net/ipv4/
inet_connection_sock.c: inet_csk_bind_conflict; net/ipv4/udp.c: udp_lib_lport_inuse). So one bind asks
everything. Each takes its port for some microseconds, during which a service that wants just this port
is told that it is in use; nobody can connect, because nothing ever listens.

What no bind sees: sockets in a VRF and in other network namespaces, UDP-Lite, SCTP, packet and raw
sockets, XDP and sk_lookup programs, NAT; and a kernel that was made to lie to bind(2) as well. A BPF
program on the cgroup may refuse a bind (EPERM), which is counted, or move it elsewhere, which is not seen.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, NamedTuple

from quietport.model.listener import Family
from quietport.model.port import PORT_COUNT, Port, PortRange, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Progress = Callable[[float], None]
    """Is told now and then which part of the work is done, 0 to 1."""

Run = tuple[Transport, PortRange]

EVERY_PORT: tuple[Run, ...] = tuple(
    (transport, PortRange(first or 1, first + 4095))
    for transport in (Transport.TCP, Transport.UDP)
    for first in range(0, PORT_COUNT, 4096)
)
"""All of both transports, in runs between which progress is told. A bind to 0 asks for any port."""

_KIND = {Transport.TCP: socket.SOCK_STREAM, Transport.UDP: socket.SOCK_DGRAM}
_IP_FREEBIND, _IPV6_FREEBIND = 15, 78  # linux/in.h, linux/in6.h
_ANY4, _ANY6 = "0.0.0.0", "::"  # noqa: S104 - bound to for microseconds, never listened on
_NOBODYS4, _NOBODYS6 = "192.0.2.1", "2001:db8::1"  # RFC 5737 and RFC 3849: addresses that no host has


class Probed(NamedTuple):
    """What binding told."""

    busy: frozenset[Port]
    """Taken by somebody (EADDRINUSE)."""
    not_permitted: tuple[Port, ...]
    """This user may not bind to them (EACCES): below ``ip_unprivileged_port_start``, or a policy forbids it."""
    failed: tuple[tuple[Port, int], ...]
    """Others, with the errno: whether they are busy is not known."""
    tried: int
    """How many binds there were."""
    dual_stack: bool
    """Both families were asked; else IPv4 alone."""


class Place(NamedTuple):
    """Where on a port something sits."""

    family: Family
    """The busy family, or DUAL where both are busy on every address."""
    address: str
    """The loopback address where nothing else is taken, else the unspecified one."""


def probe_ports(runs: Iterable[Run] = EVERY_PORT, tell: Progress | None = None) -> Probed:
    """Return which of these ports are busy, by binding to each of them for an instant.

    Only ever on request, never from a timer: see the module's docstring for what it costs others.
    """
    binder = _Binder()
    runs = tuple(runs)
    for done, (transport, numbers) in enumerate(runs, start=1):
        binder.bind(transport, range(numbers.first, numbers.last + 1))
        if tell is not None:
            tell(done / len(runs))
    return Probed(
        frozenset(binder.busy), tuple(binder.not_permitted), tuple(binder.failed), binder.tried, binder.dual_stack
    )


class _Binder:
    """Binds, and sorts the answers by errno."""

    def __init__(self) -> None:
        self.busy: list[Port] = []
        self.not_permitted: list[Port] = []
        self.failed: list[tuple[Port, int]] = []
        self.tried = 0
        v6only = _default_v6only()
        self.dual_stack = v6only is not None
        self._clear_v6only = bool(v6only)
        self._family, self._address = (socket.AF_INET6, _ANY6) if self.dual_stack else (socket.AF_INET, _ANY4)

    def bind(self, transport: Transport, numbers: range) -> None:
        """Bind to each number; one socket each, since a bound one cannot be bound again."""
        # The class below socket.socket: a fifth faster, 131,070 times.
        make, family, kind, address = socket.SocketType, self._family, _KIND[transport], self._address
        for number in numbers:
            try:
                opened = make(family, kind)
            except OSError as error:
                self.failed.append((Port(number, transport), error.errno or 0))
                continue
            try:
                if self._clear_v6only:
                    opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                opened.bind((address, number))
            except OSError as error:
                self._sort(Port(number, transport), error.errno or 0)
            finally:
                opened.close()
        self.tried += len(numbers)

    def _sort(self, port: Port, code: int) -> None:
        if code == errno.EADDRINUSE:
            self.busy.append(port)
        elif code == errno.EACCES:
            self.not_permitted.append(port)
        else:
            self.failed.append((port, code))


def _default_v6only() -> bool | None:
    """Return IPV6_V6ONLY of a new socket (``bindv6only``), or None where there is no IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as opened:
            return bool(opened.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
    except OSError:
        return None


def locate(port: Port) -> tuple[Place, ...]:
    """Return where on a busy port something sits, by binding to single addresses; empty where it has gone.

    Where neither every address nor loopback alone is taken, some other address is: the unspecified one
    stands for it, as the widest that it can be.
    """
    places = tuple(_locate(port))
    if {place.address for place in places} == {_ANY4, _ANY6}:
        return (Place(Family.DUAL, _ANY6),)
    return places


def _locate(port: Port) -> Iterator[Place]:
    for family, anywhere, nobodys, loopback, word in (
        (socket.AF_INET, _ANY4, _NOBODYS4, "127.0.0.1", Family.IPV4),
        (socket.AF_INET6, _ANY6, _NOBODYS6, "::1", Family.IPV6),
    ):
        if not _is_busy(port, family, anywhere):
            continue
        alone = not _is_busy(port, family, nobodys) and _is_busy(port, family, loopback)
        yield Place(word, loopback if alone else anywhere)


def _is_busy(port: Port, family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, _KIND[port.transport]) as opened:
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                opened.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
            else:
                opened.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
            opened.bind((address, port.number))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
