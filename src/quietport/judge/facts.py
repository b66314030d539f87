"""The closed vocabulary that rules may ask about: one flat record per door.

Text from outside is kept apart in ``values``, which rules can show and never test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from quietport.judge.compiled import read_roles
from quietport.judge.disguise import disguise_of
from quietport.judge.holder import (
    container_word,
    holds_several,
    owner_class,
    package_name,
    package_word,
    program_name,
    speaking_holder,
    unit_word,
    upgrade_word,
)
from quietport.judge.place import is_hidden, maker_of, place_of
from quietport.judge.relation import Relation, relate
from quietport.judge.role import ROLES
from quietport.model.endpoint import Scope, scope_of
from quietport.model.listener import Connection, Direction, Listener, ListenerState
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, ExecutableFile
from quietport.model.package import Package
from quietport.model.port import PortRange, RangeName, Transport, range_name
from quietport.model.raw_socket import RawKind
from quietport.model.registration import Status
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.judge.holder import Owners
    from quietport.model.declaration import Declaration
    from quietport.model.owner import Owner
    from quietport.model.port import Port
    from quietport.model.raw_socket import RawSocket
    from quietport.model.registration import DeFactoUse, KnownProgram, Misuse, Registration

__all__ = [
    "BINDRESVPORT", "FACT_NAMES", "WORDS", "Context", "Fact", "Facts", "Relation", "connection_facts",
    "listener_facts", "program_name", "raw_socket_facts", "relate", "speaking_holder",
]  # fmt: skip

Fact = bool | str | tuple[str, ...] | Unknown
"""A yes or no, a word, a set of words, or not known."""

BINDRESVPORT = PortRange(512, 1023)
"""Numbers that bindresvport(3) and the like may take."""


class Facts(Struct, frozen=True):
    """What is known of one door when it is judged."""

    kind: str
    """``listener``, ``connection``, ``packet-socket`` or ``raw-socket``."""
    transport: str
    """``tcp``, ``udp``...; ``none`` below the ports."""
    scope: str
    """Class of the local address."""
    state: str
    """State of a listener, direction of a connection."""
    range: str
    """``system``, ``user`` or ``dynamic``; ``none`` below the ports."""
    bindresvport_range: bool
    """Between 512 and 1023."""
    ephemeral: Fact
    """Lies in the range this machine lends to outgoing connections."""
    status: str
    """Status in IANA's registry; ``none`` below the ports."""
    namespace: str
    """``own``, ``other`` or ``unread``: which network namespace it stands in."""
    answers: Fact
    """A connection over loopback was accepted; asked only of a hidden port."""
    owner: str
    """``known``, ``kernel``, ``permission``, ``none`` (nobody holds it) or ``unseen``: could the holder be read?"""
    several_programs: bool
    """Different programs hold the same socket."""
    privileged_user: Fact
    """The holder runs as user 0."""
    program: Fact
    """Base name of the executable; of an attacker's choosing."""
    program_known: Fact
    """The executable's name is in the table of known programs."""
    software: tuple[str, ...]
    """What it is known as, in lower case."""
    roles: Fact
    """What a program of that name is for (``judge.role``)."""
    serves_registered: bool
    """The known program speaks at least one service that has a registered name."""
    services: tuple[str, ...]
    """Those services."""
    agreeing: tuple[str, ...]
    """Those of them that are registered for this port, in lower case."""
    registered_agrees: Fact
    """There are such."""
    de_facto_agrees: Fact
    """A source gives this port as the default of that software."""
    de_facto_known: bool
    """A source gives this port as the default of some software."""
    default_of: tuple[str, ...]
    """That software, in lower case: of those that a rule asks about."""
    malware_listed: bool
    """A report names this port as one that malware used."""
    executable: Fact
    """Where the executable is: ``system``, ``local``, ``home``, ``temporary``, ``memory``, ``kernel`` or ``other``."""
    hidden_place: Fact
    """Its path is made to be overlooked."""
    made_by: Fact
    """The tool that makes such paths: ``go-run``, ``appimage``, ``container-runtime`` or ``none``; a claim."""
    file: Fact
    """What has become of the file: ``present``, ``replaced``, ``gone`` or ``memory``."""
    masked_name: Fact
    """``kernel-thread`` or ``daemon``: the process goes by a name that is not its own; else ``no``."""
    package: str
    """``owned``, ``claimed`` (by its own container), ``none`` or ``unread``."""
    package_agrees: bool
    """The package is named for the software or the service of this port."""
    upgrade: str
    """The package changed ``after-start`` of the process or ``before-start``; ``unread`` where that is not known."""
    unit: str
    """What keeps the process: ``service``, ``session``, ``other``, ``none`` or ``unread``."""
    container: str
    """``yes``, ``no`` or ``unread``: does it run in a container?"""
    scripted: Fact
    """It runs a script or a module."""
    development_server: Fact
    """That script says of itself that it is for development."""
    activation: Fact
    """Who handed it the socket: ``none``, ``systemd`` or ``inetd``."""
    stdin_socket: Fact
    """Its standard input is a network socket."""
    debugger: Fact
    """``node-inspect``, ``jdwp``, ``debugpy``, ``jmx``, ``other`` or ``none``: what its command line opens."""
    debugger_port: Fact
    """``this`` one, ``another``, or ``unsaid``."""
    declared: bool
    """A policy says it should be there."""
    declaration_expired: bool
    """A policy said so until a day that has passed."""


FACT_NAMES = frozenset(Facts.__struct_fields__)
"""Every name that a rule may ask about."""

_DEBUGGERS = ("node-inspect", "jdwp", "debugpy", "jmx")
_YES_OR_NO = frozenset({True, False})

WORDS: dict[str, frozenset[str | bool]] = {
    **{
        name: _YES_OR_NO
        for name, kind in Facts.__annotations__.items()
        if kind == "bool" or name in {"ephemeral", "answers", "privileged_user", "program_known", "registered_agrees"}
    },
    **dict.fromkeys(("de_facto_agrees", "hidden_place", "scripted", "development_server", "stdin_socket"), _YES_OR_NO),
    "kind": frozenset({"listener", "connection", "packet-socket", "raw-socket"}),
    "transport": frozenset({*map(str, Transport), "none"}),
    "scope": frozenset(map(str, Scope)),
    "state": frozenset({*map(str, ListenerState), *map(str, Direction)}),
    "range": frozenset({*map(str, RangeName), "none"}),
    "status": frozenset({*(status.label for status in Status), "none"}),
    "namespace": frozenset({"own", "other", "unread"}),
    "owner": frozenset({"known", "kernel", "permission", "none", "unseen"}),
    "roles": frozenset(ROLES),
    "executable": frozenset({"system", "local", "home", "temporary", "memory", "other", "kernel"}),
    "made_by": frozenset({"go-run", "appimage", "container-runtime", "none"}),
    "file": frozenset(map(str, ExecutableFile)),
    "masked_name": frozenset({"kernel-thread", "daemon", "no"}),
    "package": frozenset({"owned", "claimed", "none", "unread"}),
    "container": frozenset({"yes", "no", "unread"}),
    "upgrade": frozenset({"after-start", "before-start", "unread"}),
    "unit": frozenset({"service", "session", "other", "none", "unread"}),
    "activation": frozenset(map(str, Activation)),
    "debugger": frozenset({*_DEBUGGERS, "other", "none"}),
    "debugger_port": frozenset({"this", "another", "unsaid"}),
}
"""For each fact of a closed vocabulary, every word it can be: a rule that asks for another could never match."""


class Context(Struct, frozen=True):
    """Facts, and the values that sentences about them are made from."""

    facts: Facts
    """What rules test."""
    values: dict[str, str]
    """What sentences show: program, services, executable; hostile text."""


NOT_ASKED = Unknown(Reason.NOT_LOOKED, "answer over loopback")
"""Stands where nobody tried to connect."""


def listener_facts(
    listener: Listener,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
    *,
    misuse: Sequence[Misuse] = (),
    declaration: Declaration | None = None,
    declaration_expired: bool = False,
    alias_programs: Sequence[KnownProgram] = (),
    answers: bool | Unknown = NOT_ASKED,
) -> Context:
    """Return what is known of a listener.

    ``programs`` and ``alias_programs`` are known by the executable of the holder that speaks for it
    (``speaking_holder``), and by the name it goes by; ``declaration`` is the entry of a policy that fits.
    """
    holder = _holder(listener.owners, programs, alias_programs, registration.port)
    standing = _relation(listener.owners, registration, uses, programs, misuse)
    declared = _declared(declaration, expired=declaration_expired)
    facts = Facts(
        kind="listener",
        scope=str(listener.scope),
        state=str(listener.state),
        namespace=_namespace(listener.namespace),
        answers=answers,
        **_port_facts(registration, ephemeral),
        **standing.facts,
        **declared.facts,
        **holder.facts,
    )
    return Context(facts, {**holder.values, **standing.values, **declared.values})


def connection_facts(
    connection: Connection,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
    *,
    misuse: Sequence[Misuse] = (),
    declaration: Declaration | None = None,
    declaration_expired: bool = False,
    alias_programs: Sequence[KnownProgram] = (),
) -> Context:
    """Return what is known of a connection; port facts are about its quiet end."""
    holder = _holder(connection.owners, programs, alias_programs, registration.port)
    standing = _relation(connection.owners, registration, uses, programs, misuse)
    declared = _declared(declaration, expired=declaration_expired)
    facts = Facts(
        kind="connection",
        scope=str(connection.local.scope),
        state=str(connection.direction),
        namespace=_namespace(connection.namespace),
        answers=NOT_ASKED,
        **_port_facts(registration, ephemeral),
        **standing.facts,
        **declared.facts,
        **holder.facts,
    )
    return Context(facts, {**holder.values, **standing.values, **declared.values})


def raw_socket_facts(
    raw: RawSocket,
    programs: Sequence[KnownProgram],
    *,
    alias_programs: Sequence[KnownProgram] = (),
) -> Context:
    """Return what is known of a socket below the ports."""
    holder = _holder(raw.owners, programs, alias_programs, None)
    known = relate((), (), programs, package_name(speaking_holder(raw.owners)))
    facts = Facts(
        kind="packet-socket" if raw.kind is RawKind.PACKET else "raw-socket",
        scope=str(scope_of(raw.address)) if raw.address else str(Scope.ANY),
        state=str(ListenerState.LISTENING),
        namespace=_namespace(raw.namespace),
        answers=NOT_ASKED,
        transport="none",
        range="none",
        bindresvport_range=False,
        ephemeral=False,
        status="none",
        **_related(known, programs, (), unread=holder.unread).facts,
        **_declared(None, expired=False).facts,
        **holder.facts,
    )
    values = {"software": " / ".join(known.software)} if known.software else {}
    return Context(facts, {**holder.values, **values})


class _Part(Struct, frozen=True):
    """Some of the facts, with the values that belong to them."""

    facts: dict[str, Any]
    values: dict[str, str]
    unread: Unknown | None = None


def _port_facts(registration: Registration, ephemeral: PortRange | Unknown) -> dict[str, Any]:
    port = registration.port
    return {
        "transport": str(port.transport),
        "range": str(range_name(port.number)),
        "bindresvport_range": port.number in BINDRESVPORT,
        "ephemeral": ephemeral if isinstance(ephemeral, Unknown) else port.number in ephemeral,
        "status": registration.status.label,
    }


def _relation(
    owners: Owners,
    registration: Registration,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    misuse: Sequence[Misuse],
) -> _Part:
    holder = speaking_holder(owners)
    unread = Unknown(Reason.PERMISSION, "owner") if holder is None else None
    relation = relate(registration.names, uses, programs, package_name(holder))
    part = _related(relation, programs, misuse, unread=unread)
    values = {
        "software": " / ".join(relation.software),
        "names": ", ".join(relation.agreeing),
        "services": ", ".join(part.facts["services"]),
        "defaults": ", ".join(
            dict.fromkeys(use.software for use in uses if use.software.casefold() in relation.default_of)
        ),
        "families": ", ".join(dict.fromkeys(report.family for report in misuse)),
        "transport": str(registration.port.transport),
    }
    return _Part(part.facts, {key: value for key, value in values.items() if value})


def _related(
    relation: Relation, programs: Sequence[KnownProgram], misuse: Sequence[Misuse], *, unread: Unknown | None
) -> _Part:
    services = tuple(dict.fromkeys(service for program in programs for service in program.services))
    facts = {
        "program_known": unread or bool(programs),
        "software": tuple(name.casefold() for name in relation.software),
        "serves_registered": bool(services),
        "services": services,
        "agreeing": tuple(name.casefold() for name in relation.agreeing),
        "registered_agrees": unread or bool(relation.agreeing),
        "de_facto_agrees": unread or relation.is_default,
        "de_facto_known": relation.known,
        "default_of": relation.default_of,
        "package_agrees": relation.package_agrees,
        "malware_listed": bool(misuse),
    }
    return _Part(facts, {})


def _declared(declaration: Declaration | None, *, expired: bool) -> _Part:
    if declaration is None:
        return _Part({"declared": False, "declaration_expired": False}, {})
    values = {"because": declaration.because, "policy": f"{declaration.file}:{declaration.line}"}
    if declaration.until:
        values["until"] = declaration.until
    return _Part({"declared": not expired, "declaration_expired": expired and declaration.until is not None}, values)


def _namespace(namespace: NetworkNamespace | Unknown) -> str:
    if isinstance(namespace, Unknown):
        return "unread"
    return "own" if namespace.is_own else "other"


def _holder(
    owners: Owners,
    programs: Sequence[KnownProgram],
    alias_programs: Sequence[KnownProgram],
    port: Port | None,
) -> _Part:
    owner = speaking_holder(owners)
    facts: dict[str, Any] = {
        "owner": owner_class(owners),
        "several_programs": holds_several(owners),
        "package": package_word(owner),
        "upgrade": upgrade_word(owner),
        "unit": unit_word(owner),
        "container": container_word(owner),
    }
    if owner is None:
        unread = Unknown(Reason.PERMISSION, "owner")
        return _Part({**facts, **dict.fromkeys(_OF_THE_HOLDER, unread)}, {}, unread)
    roles, name, script = read_roles(), program_name(owner), owner.script
    facts |= {
        "privileged_user": owner.uid if isinstance(owner.uid, Unknown) else owner.uid == 0,
        "program": name,
        "roles": roles.find(name),
        "file": owner.file if isinstance(owner.file, Unknown) else str(owner.file),
        "masked_name": disguise_of(owner, programs, alias_programs, roles),
        "scripted": script if isinstance(script, Unknown) else script is not None,
        "development_server": _is_development_server(script),
        "activation": owner.activation if isinstance(owner.activation, Unknown) else str(owner.activation),
        "stdin_socket": owner.stdin_socket,
        **_path_facts(owner),
        **_debugger_facts(owner, port),
    }
    return _Part(facts, _holder_values(owner, name))


_OF_THE_HOLDER = (
    "privileged_user", "program", "roles", "file", "masked_name", "scripted", "development_server",
    "activation", "stdin_socket", "executable", "hidden_place", "made_by", "debugger", "debugger_port",
)  # fmt: skip
"""Facts that are not known where the holder is not."""


def _path_facts(owner: Owner) -> dict[str, Any]:
    place, path = place_of(owner), owner.executable
    if isinstance(place, Unknown) or not isinstance(path, str):
        return {"executable": place, "hidden_place": place if isinstance(place, Unknown) else False, "made_by": "none"}
    return {"executable": place, "hidden_place": is_hidden(path, place), "made_by": maker_of(path)}


def _is_development_server(script: str | Unknown | None) -> Fact:
    if isinstance(script, Unknown):
        return script
    return script is not None and "development-server" in read_roles().find(script.rpartition("/")[2])


def _debugger_facts(owner: Owner, port: Port | None) -> dict[str, Any]:
    debugger, number = owner.debugger, owner.debugger_port
    if isinstance(debugger, Unknown):
        return {"debugger": debugger, "debugger_port": debugger}
    word = "none" if debugger is None else debugger if debugger in _DEBUGGERS else "other"
    if not isinstance(number, int):
        return {"debugger": word, "debugger_port": number if isinstance(number, Unknown) else "unsaid"}
    return {"debugger": word, "debugger_port": "this" if port is not None and port.number == number else "another"}


def _holder_values(owner: Owner, name: str) -> dict[str, str]:
    values = {
        "program": name or f"process {owner.pid}",
        "alias": owner.program,
        "executable": owner.executable if isinstance(owner.executable, str) else "",
        "package": owner.package.name if isinstance(owner.package, Package) else "",
        "unit": owner.unit if isinstance(owner.unit, str) else "",
        "script": owner.script if isinstance(owner.script, str) else "",
        "debugger": owner.debugger if isinstance(owner.debugger, str) else "",
    }
    return {key: value for key, value in values.items() if value}
