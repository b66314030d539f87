"""One row of the kernel's socket tables, before anyone knows who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.model.listener import Family

if TYPE_CHECKING:
    from quietport.model.port import Transport

TCP_ESTABLISHED = 1
"""Also a connected UDP socket (include/net/tcp_states.h)."""
TCP_CLOSE = 7
"""Of UDP: bound and not connected (include/net/tcp_states.h)."""
TCP_LISTEN = 10
"""A TCP socket that accepts (include/net/tcp_states.h)."""


class SocketEntry(NamedTuple):
    """One socket as ``sock_diag`` or ``/proc/net`` tells of it; a tuple, because there may be 100,000."""

    transport: Transport
    """TCP or UDP."""
    is_ipv6: bool
    """The socket is of AF_INET6."""
    state: int
    """TCP_ESTABLISHED, TCP_CLOSE, TCP_LISTEN or another of the kernel's numbers."""
    local_address: str
    """Address it is bound to."""
    local_port: int
    """Port it is bound to."""
    remote_address: str
    """Address of the other end; unspecified where there is none."""
    remote_port: int
    """Port of the other end, or 0."""
    interface: int
    """Index of the interface it is bound to, or 0."""
    uid: int
    """User id the socket was made by."""
    inode: int
    """Inode of the socket; 0 where no file refers to it."""
    v6only: bool | None
    """IPV6_V6ONLY of an AF_INET6 socket on the unspecified address; None where not told or without meaning."""

    @property
    def family(self) -> Family:
        """Return the address family, as exactly as the entry tells it."""
        return family_of(self.is_ipv6, self.local_address, self.v6only)

    @property
    def listens(self) -> bool:
        """Tell whether it takes what arrives: TCP in LISTEN, or UDP bound and not connected."""
        return listens(self.transport, self.state) and self.local_port != 0


def family_of(is_ipv6: bool, local_address: str, v6only: bool | None) -> Family:
    """Return the address family of a socket, as exactly as these three tell it."""
    if not is_ipv6:
        return Family.IPV4
    if local_address != "::" or v6only:
        return Family.IPV6
    return Family.IPV6_MAYBE_DUAL if v6only is None else Family.DUAL


def listens(transport: Transport, state: int) -> bool:
    """Tell whether a socket takes what arrives: TCP in LISTEN, or UDP bound and not connected."""
    return state == (TCP_LISTEN if transport == "tcp" else TCP_CLOSE)
