"""What a port's page is about: a number, the transports asked for, and what the registry says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.port import Port, Transport

if TYPE_CHECKING:
    from quietport.model.registration import Registration
    from quietport.registry.snapshot import Registry

COMMON = (Transport.TCP, Transport.UDP)
"""The transports that an answer is about unless another one was asked for."""


class Subject(Struct, frozen=True):
    """A port number with what the registry says of it over each transport."""

    registry: Registry
    """The snapshot."""
    number: int
    """The port number."""
    registrations: tuple[Registration, ...]
    """One for each transport in question, in the order of ``Transport``."""

    @property
    def transports(self) -> tuple[Transport, ...]:
        """Return the transports in question."""
        return tuple(entry.port.transport for entry in self.registrations)

    @property
    def main(self) -> tuple[Registration, ...]:
        """Return the registrations that the answer is about: tcp and udp, or those asked for."""
        common = tuple(entry for entry in self.registrations if entry.port.transport in COMMON)
        return common or self.registrations

    @property
    def ports(self) -> tuple[Port, ...]:
        """Return the ports in question."""
        return tuple(entry.port for entry in self.registrations)


def read_subject(registry: Registry, number: int, transports: tuple[Transport, ...]) -> Subject:
    """Return a port number with what the registry says of it over some transports."""
    return Subject(registry, number, tuple(registry.lookup(Port(number, transport)) for transport in transports))


def alike(entries: tuple[Registration, ...]) -> list[tuple[Registration, tuple[str, ...]]]:
    """Return the different answers, each with the transports it is given for, in order of transport."""
    groups: dict[tuple[int, tuple[str, ...]], list[Registration]] = {}
    for entry in entries:
        groups.setdefault(_said(entry), []).append(entry)
    return [(members[0], tuple(str(entry.port.transport) for entry in members)) for members in groups.values()]


def _said(entry: Registration) -> tuple[int, tuple[str, ...]]:
    return int(entry.status), tuple(name.casefold() for name in entry.names)
