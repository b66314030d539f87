"""What a NAT rule does, whoever keeps it: nftables, or the older iptables.

A table is chains by name; a chain is steps in order. ``nat_walk`` follows packets through them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from quietport.model.port import PORT_COUNT, PortRange, Transport

ALL_PORTS = PortRange(0, PORT_COUNT - 1)
TRANSPORT_NUMBERS = {6: Transport.TCP, 17: Transport.UDP, 33: Transport.DCCP, 132: Transport.SCTP, 136: Transport.UDP}
"""Transports by their IP protocol number (linux/in.h); UDP-Lite has the ports of UDP."""
WITHOUT_PROTOCOL = (Transport.TCP, Transport.UDP)
"""What a rule that names no protocol is shown for."""


class Verdict(StrEnum):
    """What becomes of a packet that a step takes."""

    NEXT = "next"
    """Nothing: the next step sees it."""
    STOP = "stop"
    """It leaves the table as it is, or returns to the chain that it came from."""
    JUMP = "jump"
    """It goes through another chain, and comes back."""
    REDIRECT = "redirect"
    """It is sent to a port of this host."""
    DNAT = "dnat"
    """It is sent to another address."""
    UNREAD = "unread"
    """It is sent elsewhere, and it could not be read where, or which packets are."""


class Match(NamedTuple):
    """Which packets a step takes, as far as ports are concerned."""

    transport: Transport | None = None
    """Of one transport, or of any."""
    ports: PortRange = ALL_PORTS
    """Destination ports."""
    address: str | None = None
    """Destination address, or a network as ``192.0.2.0/24``; None for every one."""
    is_narrowed: bool = False
    """It has other conditions, which are not told: interface, source, mark, probability."""
    is_other_protocol: bool = False
    """It takes packets without ports only, as ICMP."""

    def narrow(self, other: Match) -> Match | None:
        """Return what both take, or None where that is nothing."""
        first, last = max(self.ports.first, other.ports.first), min(self.ports.last, other.ports.last)
        differ = self.transport is not None and other.transport is not None and self.transport != other.transport
        if first > last or differ or self.is_other_protocol or other.is_other_protocol:
            return None
        two_addresses = self.address is not None and other.address not in (None, self.address)
        return Match(
            other.transport or self.transport,
            PortRange(first, last),
            other.address or self.address,
            self.is_narrowed or other.is_narrowed or two_addresses,
        )


EVERYTHING = Match()
"""Takes every packet."""


class Step(NamedTuple):
    """One rule, or the part of it that one element of a set makes."""

    match: Match
    """Which packets it takes."""
    verdict: Verdict
    """What becomes of them."""
    chain: str | None = None
    """The chain it jumps to."""
    to_address: str | None = None
    """The address it sends to."""
    to_ports: PortRange | None = None
    """The ports it sends to; None for the same."""


class NatTable(NamedTuple):
    """One table with NAT in it."""

    name: str
    """Family and name, as ``ip nat``; hostile text."""
    chains: dict[str, list[Step]]
    """Its chains by name."""
    entries: list[str]
    """The chains that packets from outside enter."""
    local_entries: list[str]
    """The chains that packets of this host's own programs enter."""
    unread: int = 0
    """Rules that were not looked at."""


def parse_range(first: int | None, last: int | None) -> PortRange | None:
    """Return the ports from one number to another, or None where there is no first or they are none."""
    if not first:
        return None
    last = last or first
    return PortRange(first, last) if first <= last < PORT_COUNT else None
