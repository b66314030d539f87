"""The closed vocabulary that rules may ask about: one flat record per door.

Text from outside is kept apart in ``values``, which rules can show and never test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.judge.place import place_of
from quietport.model.listener import Connection, Listener
from quietport.model.owner import ExecutableFile
from quietport.model.port import Port, PortRange, range_name
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.owner import Owner
    from quietport.model.registration import DeFactoUse, KnownProgram, Registration

Fact = bool | str | tuple[str, ...] | Unknown
"""A yes or no, a word, a set of words, or not known."""

BINDRESVPORT = PortRange(512, 1023)
"""Numbers that bindresvport(3) and the like may take."""


class Facts(Struct, frozen=True):
    """What is known of one door when it is judged."""

    kind: str
    """``listener`` or ``connection``."""
    transport: str
    """``tcp``, ``udp``..."""
    scope: str
    """Class of the local address."""
    state: str
    """State of a listener, direction of a connection."""
    range: str
    """``system``, ``user`` or ``dynamic``."""
    bindresvport_range: bool
    """Between 512 and 1023."""
    ephemeral: Fact
    """Lies in the range this machine lends to outgoing connections."""
    status: str
    """Status in IANA's registry."""
    owner: str
    """``known``, ``kernel``, ``permission``, ``none`` (nobody holds it) or ``unseen``: could the holder be read?"""
    privileged_user: Fact
    """The holder runs as user 0."""
    program: Fact
    """Base name of the executable; of an attacker's choosing."""
    program_known: Fact
    """The executable's name is in the table of known programs."""
    serves_registered: bool
    """The known program speaks at least one service that has a registered name."""
    services: tuple[str, ...]
    """Those services."""
    registered_agrees: Fact
    """One of those services is registered for this port."""
    de_facto_agrees: Fact
    """A source gives this port as the default of that software."""
    de_facto_known: bool
    """A source gives this port as the default of some software."""
    executable: Fact
    """Where the executable is: ``system``, ``local``, ``home``, ``temporary``, ``memory``, ``other`` or ``untold``."""
    deleted: Fact
    """The executable's path no longer leads to the file that runs."""


FACT_NAMES = frozenset(Facts.__struct_fields__)
"""Every name that a rule may ask about."""


class Context(Struct, frozen=True):
    """Facts, and the values that sentences about them are made from."""

    facts: Facts
    """What rules test."""
    values: dict[str, str]
    """What sentences show: program, services, executable; hostile text."""


def listener_facts(
    listener: Listener,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
) -> Context:
    """Return what is known of a listener."""
    return _context("listener", listener, str(listener.state), registration, uses, programs, ephemeral)


def connection_facts(
    connection: Connection,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
) -> Context:
    """Return what is known of a connection; port facts are about its quiet end."""
    return _context("connection", connection, str(connection.direction), registration, uses, programs, ephemeral)


def _context(
    kind: str,
    door: Listener | Connection,
    state: str,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
) -> Context:
    port = registration.port
    owner = door.owners[0] if isinstance(door.owners, tuple) and door.owners else None
    unread = Unknown(Reason.PERMISSION, "owner") if owner is None else None
    services = tuple(dict.fromkeys(service for program in programs for service in program.services))
    relation = relate(registration.names, uses, programs)
    local = door.scope if isinstance(door, Listener) else door.local.scope
    facts = Facts(
        kind=kind,
        transport=str(port.transport),
        scope=str(local),
        state=state,
        range=str(range_name(port.number)),
        bindresvport_range=port.number in BINDRESVPORT,
        ephemeral=ephemeral if isinstance(ephemeral, Unknown) else port.number in ephemeral,
        status=registration.status.label,
        owner=_owner_class(door.owners),
        privileged_user=unread or _is_root(owner),
        program=unread or program_name(owner),
        program_known=unread or bool(programs),
        serves_registered=bool(services),
        services=services,
        registered_agrees=unread or bool(relation.agreeing),
        de_facto_agrees=unread or relation.is_default,
        de_facto_known=relation.known,
        executable=unread or place_of(owner),
        deleted=unread or _is_deleted(owner),
    )
    return Context(facts, _values(owner, relation, services, port))


class Relation(Struct, frozen=True):
    """How a program stands to a port: all that a verdict can take from names, uses and programs."""

    agreeing: tuple[str, ...]
    """Registered names of the port that the program speaks."""
    software: tuple[str, ...]
    """What the program is; those whose default the port is, where there are some."""
    is_default: bool
    """The port is a default of that software."""
    known: bool
    """The port is some software's default."""


def relate(names: Sequence[str], uses: Sequence[DeFactoUse], programs: Sequence[KnownProgram]) -> Relation:
    """Return how a program stands to a port of these names and uses."""
    services = {service for program in programs for service in program.services}
    defaults = {use.software.casefold() for use in uses}
    meant = [program.software for program in programs if program.software.casefold() in defaults]
    return Relation(
        agreeing=tuple(name for name in names if name.casefold() in services),
        software=tuple(dict.fromkeys(meant or [program.software for program in programs])),
        is_default=bool(meant),
        known=bool(uses),
    )


def _is_deleted(owner: Owner | None) -> Fact:
    if owner is None or isinstance(owner.file, Unknown):
        return Unknown(Reason.NOT_SUPPORTED, "file of the owner")
    return owner.file in {ExecutableFile.REPLACED, ExecutableFile.GONE}


def _owner_class(owners: tuple[Owner, ...] | Unknown) -> str:
    if isinstance(owners, Unknown):
        return {Reason.PERMISSION: "permission", Reason.NO_OWNER: "none"}.get(owners.reason, "unseen")
    if not owners:
        return "none"
    return "kernel" if owners[0].executable is None else "known"


def _is_root(owner: Owner | None) -> Fact:
    if owner is None or isinstance(owner.uid, Unknown):
        return Unknown(Reason.PERMISSION, "user of the owner")
    return owner.uid == 0


def program_name(owner: Owner | None) -> str:
    """Return the base name of an owner's executable, else the name the process goes by."""
    if owner is None:
        return ""
    if isinstance(owner.executable, str):
        return owner.executable.rpartition("/")[2].rpartition("\\")[2] or owner.executable or owner.program
    return owner.program


def _values(owner: Owner | None, relation: Relation, services: tuple[str, ...], port: Port) -> dict[str, str]:
    values = {
        "program": (program_name(owner) or f"process {owner.pid}") if owner else "",
        "software": " / ".join(relation.software),
        "services": ", ".join(services),
        "names": ", ".join(relation.agreeing),
        "executable": owner.executable if owner and isinstance(owner.executable, str) else "",
        "transport": str(port.transport),
    }
    return {key: value for key, value in values.items() if value}
