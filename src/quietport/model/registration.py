"""What the registries say of a port: registered, in practice, misused. Never what is observed."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from quietport.model.port import Port, PortRange, Transport


class Status(IntEnum):
    """What IANA's registry says of one port; the value is the byte of the status plane."""

    NO_ROW = 0
    """No row covers the port, which is not the same as a row that says Unassigned."""
    UNASSIGNED = 1
    """A row says Unassigned: a positive statement about a dated row."""
    RESERVED = 2
    """A row says Reserved: kept by IANA for a purpose of its own (RFC 6335, section 6)."""
    ASSIGNED = 3
    """A row gives the port to a service."""
    WITHDRAWN = 4
    """The assignment was de-registered or removed."""
    DYNAMIC = 5
    """49152-65535: never assigned (RFC 6335, section 6)."""

    @property
    def label(self) -> str:
        """Return the word used in machine-readable output: ``no-row``, ``unassigned``..."""
        return self.name.lower().replace("_", "-")


class IanaRow(Struct, frozen=True):
    """One row of IANA's Service Name and Transport Protocol Port Number Registry."""

    ports: PortRange
    """The number or range that the row is about."""
    transport: Transport | None
    """None where the row names no transport."""
    name: str | None
    """Service name; None in rows that give none (Unassigned, Reserved, a few assigned)."""
    description: str
    """As registered, white space folded."""
    reference: str | None
    """RFC or other reference, as ``RFC4253``; several are separated by blanks."""
    assignee: str | None
    """Organisation or person the number was given to."""
    registered: str | None
    """Registration date, as ``2002-02-19`` or ``2002-02``."""
    modified: str | None
    """Modification date, in the same form."""
    unauthorized: str | None
    """IANA's text about reported unauthorised use."""
    notes: str | None
    """Assignment notes."""
    service_code: str | None
    """DCCP service code (RFC 5595)."""


class PastState(Struct, frozen=True):
    """What an older snapshot of IANA's registry said where it differs from the newer ones."""

    as_of: str
    """Date of the older snapshot."""
    status: Status
    """Status in that snapshot."""
    names: tuple[str, ...]
    """Names in that snapshot."""


class RegistrySummary(Struct, frozen=True):
    """What IANA's registry says of a port, as short as a table of doors shows it."""

    status: Status
    """Its status."""
    names: tuple[str, ...]
    """Names of its assigned rows, in registry order."""


class Registration(Struct, frozen=True):
    """What IANA's registry says of one port, as of the snapshot's date."""

    port: Port
    """The port asked for."""
    status: Status
    """Its status; the strongest of its rows (assigned, withdrawn, reserved, unassigned)."""
    names: tuple[str, ...]
    """Names of its assigned rows, in registry order."""
    rows: tuple[IanaRow, ...]
    """Every row that covers the port, in registry order; empty for NO_ROW and most of DYNAMIC."""


class DeFactoUse(Struct, frozen=True):
    """A use of a port by some software's default, with the source that says so."""

    ports: PortRange
    """The number or range the software uses."""
    transport: Transport
    """Over which transport."""
    software: str
    """The product, in its own spelling."""
    use: str
    """What the port is for, a short noun phrase."""
    source: str
    """Id of the source."""
    locator: str
    """File or section inside the source."""
    words: str
    """The words of the source that carry the fact."""


class Misuse(Struct, frozen=True):
    """A report that malware or an attacker's tool used a port; weak evidence by design."""

    ports: PortRange
    """The number or range reported."""
    transport: Transport
    """Over which transport."""
    family: str
    """The malware family or tool."""
    year: int
    """Year of the report."""
    report: str
    """What was reported, in our own words."""
    source: str
    """Id of the source."""
    locator: str
    """Section inside the source."""
    words: str
    """The words of the source that carry the fact."""


class KnownProgram(Struct, frozen=True):
    """An executable that is known as some software, and the services it speaks by design."""

    program: str
    """Base name of the executable."""
    software: str
    """The product, in its own spelling."""
    services: tuple[str, ...]
    """IANA service names, lower case."""
    source: str
    """Id of the source."""
    locator: str
    """File inside the source."""
    words: str
    """The words of the source that carry the fact."""
