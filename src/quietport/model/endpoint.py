"""An endpoint: an address and a port, and how far away one may speak to it."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.port import Port


class Scope(StrEnum):
    """What class of address a socket is bound to; a class of address is not reachability."""

    LOOPBACK = "loopback"
    """127.0.0.0/8 or ::1 (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3)."""
    LINK_LOCAL = "link-local"
    """169.254.0.0/16 or fe80::/10 (RFC 3927; RFC 4291, section 2.5.6)."""
    PRIVATE = "private"
    """RFC 1918, fc00::/7 (RFC 4193), 100.64.0.0/10 (RFC 6598)."""
    PUBLIC = "public"
    """Any other single address."""
    ANY = "any"
    """Every address of this host: 0.0.0.0 or ::."""
    MULTICAST = "multicast"
    """224.0.0.0/4 or ff00::/8 (RFC 5771; RFC 4291, section 2.7)."""


_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


@lru_cache(maxsize=4096)
def scope_of(address: str) -> Scope:
    """Return the class of an IPv4 or IPv6 address; an IPv4-mapped one is judged as IPv4.

    Raises ValueError where the text is no address.
    """
    parsed: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_unspecified:
        return Scope.ANY
    if parsed.is_loopback:
        return Scope.LOOPBACK
    if parsed.is_link_local:
        return Scope.LINK_LOCAL
    if parsed.is_multicast:
        return Scope.MULTICAST
    if any(parsed in network for network in _PRIVATE_NETWORKS):
        return Scope.PRIVATE
    return Scope.PUBLIC


class Endpoint(Struct, frozen=True):
    """An IP address and a port."""

    address: str
    """IPv4 or IPv6 address in its usual text form, without brackets or zone."""
    port: Port
    """The port with its transport."""

    @property
    def scope(self) -> Scope:
        """Return what class of address this is."""
        return scope_of(self.address)

    def __str__(self) -> str:
        """Return ``127.0.0.1:80`` or ``[::1]:80``."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port.number}"
