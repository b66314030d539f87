"""A port is a number together with its transport (RFC 6335, section 6)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from quietport.model.errors import BadPortError

PORT_COUNT = 65_536
"""Numbers in the port field of TCP, UDP, SCTP and DCCP: 16 bits (RFC 9293, section 3.1)."""


class Transport(StrEnum):
    """The transport protocols that IANA registers port numbers for."""

    TCP = "tcp"
    """Transmission Control Protocol, RFC 9293."""
    UDP = "udp"
    """User Datagram Protocol, RFC 768."""
    SCTP = "sctp"
    """Stream Control Transmission Protocol, RFC 9260."""
    DCCP = "dccp"
    """Datagram Congestion Control Protocol, RFC 4340."""


class RangeName(StrEnum):
    """The three ranges of the number space (RFC 6335, section 6)."""

    SYSTEM = "system"
    """0-1023, System Ports; older name: Well Known Ports."""
    USER = "user"
    """1024-49151, User Ports; older name: Registered Ports."""
    DYNAMIC = "dynamic"
    """49152-65535, Dynamic Ports; older names: Private or Ephemeral Ports."""


class Port(Struct, frozen=True, order=True):
    """A port number with its transport; the only way a port crosses a module boundary."""

    number: int
    """0 to 65535."""
    transport: Transport
    """The transport whose number this is: 53/tcp and 53/udp are two ports."""

    def __post_init__(self) -> None:
        """Refuse a number that does not fit the port field."""
        if not 0 <= self.number < PORT_COUNT:
            raise BadPortError(str(self.number))

    def __str__(self) -> str:
        """Return the customary spelling, ``851/tcp``."""
        return f"{self.number}/{self.transport}"


class PortRange(Struct, frozen=True, order=True):
    """An inclusive run of port numbers, of no transport in particular."""

    first: int
    """Lowest number of the run."""
    last: int
    """Highest number of the run; equal to ``first`` for a single number."""

    def __post_init__(self) -> None:
        """Refuse numbers outside the port field and a run that goes backwards."""
        if not 0 <= self.first <= self.last < PORT_COUNT:
            raise BadPortError(f"{self.first}-{self.last}")

    def __contains__(self, number: object) -> bool:
        """Tell whether a port number lies in the run; exact integers, never text."""
        return isinstance(number, int) and self.first <= number <= self.last

    def __len__(self) -> int:
        """Return how many numbers the run holds."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """Return ``849-852``, or ``851`` for a single number."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


RANGES: dict[RangeName, PortRange] = {
    RangeName.SYSTEM: PortRange(0, 1023),
    RangeName.USER: PortRange(1024, 49151),
    RangeName.DYNAMIC: PortRange(49152, 65535),
}
"""The bounds of the three ranges (RFC 6335, section 6)."""


def range_name(number: int) -> RangeName:
    """Return the name of the range that a port number lies in."""
    if number <= RANGES[RangeName.SYSTEM].last:
        return RangeName.SYSTEM
    return RangeName.USER if number <= RANGES[RangeName.USER].last else RangeName.DYNAMIC


def parse_port_range(text: str) -> PortRange:
    """Return the run of numbers that ``851`` or ``6000-6063`` names.

    Raises BadPortError for anything else: signs, blanks, other digits than ASCII, 65536, 9-3.
    """
    first, dash, last = text.partition("-")
    if not _is_number(first) or (dash and not _is_number(last)):
        raise BadPortError(text)
    numbers = int(first), int(last if dash else first)
    if not numbers[0] <= numbers[1] < PORT_COUNT:
        raise BadPortError(text)
    return PortRange(*numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5  # noqa: PLR2004 - 65535 has five digits
