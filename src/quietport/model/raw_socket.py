"""Sockets below the ports: packet sockets see every frame, raw sockets every packet of a protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.unknown import Unknown


class RawKind(StrEnum):
    """What a socket without a port receives."""

    PACKET = "packet"
    """AF_PACKET: whole frames of an interface (``man 7 packet``)."""
    RAW = "raw"
    """SOCK_RAW of AF_INET or AF_INET6: packets of one IP protocol (``man 7 raw``)."""


class RawSocket(Struct, frozen=True):
    """A socket that listens without a port: it is in no table of TCP or UDP (truth 10)."""

    kind: RawKind
    """Packet or raw."""
    family: str
    """``packet``, ``ipv4`` or ``ipv6``."""
    protocol: int
    """ETH_P_* for a packet socket (3 is every frame), else the IP protocol number."""
    interface: str | None
    """The interface it is bound to, or None for all."""
    address: str | None
    """Local address of a raw socket, or None."""
    uid: int | Unknown
    """User id it was made by."""
    inode: int
    """Socket inode."""
    owners: tuple[Owner, ...] | Unknown
    """Every process that holds it, lowest pid first."""
    namespace: NetworkNamespace | Unknown
    """Where it is."""
