"""What answers at a port although nothing listens there: the kernel sends it elsewhere (truth 10)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.listener import Listener
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.port import PortRange, Transport
    from quietport.model.unknown import Unknown


class Mechanism(StrEnum):
    """What sends packets elsewhere."""

    REDIRECT = "redirect"
    """A NAT rule to a port of this host (nftables ``redirect``, iptables ``REDIRECT``)."""
    DNAT = "dnat"
    """A NAT rule to another address (nftables ``dnat``, iptables ``DNAT``): as published container ports are."""
    IPVS = "ipvs"
    """A virtual service of the kernel's load balancer (``/proc/net/ip_vs``)."""


class Redirection(Struct, frozen=True):
    """One rule that makes a port answer."""

    mechanism: Mechanism
    """What does it."""
    transport: Transport
    """Of the packets it takes."""
    address: str | None
    """Destination address that it takes packets for, or None for every one."""
    ports: PortRange
    """Destination ports that it takes packets for."""
    to_address: str | None
    """Where they go, or None for this host."""
    to_ports: PortRange | None
    """The ports they go to, or None for the same."""
    rule: str
    """The table and chain, or the service, that it stands in; hostile text."""
    namespace: NetworkNamespace | Unknown
    """Where it is."""
    is_local: bool = False
    """Only packets of this host's own programs are taken; nobody outside meets it."""
    is_narrowed: bool = False
    """It has other conditions, which are not told: an interface, a source, a mark, a share of the packets."""


class Behind(Struct, frozen=True):
    """A redirection and what gets its packets."""

    redirection: Redirection
    """The rule."""
    listeners: tuple[Listener, ...] | Unknown
    """Listeners that its packets go to, none where nothing listens there; Unknown where they leave this host, or
    go to so many ports that none in particular is behind it."""
