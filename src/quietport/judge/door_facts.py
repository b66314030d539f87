"""What is known of a door, gathered into facts: a listener, a connection, a socket below the ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quietport.judge.facts import BINDRESVPORT, Context, Facts
from quietport.judge.holder import package_name, speaking_holder
from quietport.judge.holder_facts import Part, holder_part
from quietport.judge.relation import Relation, relate
from quietport.model.declaration import Declaration, Expired
from quietport.model.endpoint import Scope, scope_of
from quietport.model.listener import ListenerState
from quietport.model.port import Transport, range_name
from quietport.model.raw_socket import RawKind
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.listener import Connection, Listener
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.port import Port, PortRange
    from quietport.model.raw_socket import RawSocket
    from quietport.model.registration import DeFactoUse, KnownProgram, Misuse, RegistrySummary


def listener_facts(
    listener: Listener,
    registration: RegistrySummary,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
    *,
    misuse: Sequence[Misuse] = (),
    declaration: Declaration | Expired | Unknown | None = None,
    alias_programs: Sequence[KnownProgram] = (),
) -> Context:
    """Return what is known of a listener.

    ``programs`` and ``alias_programs`` are known by the executable of the holder that speaks for it
    (``speaking_holder``), and by the name it goes by; ``declaration`` is the entry of a policy that fits.
    """
    seen: dict[str, Any] = {"kind": "listener", "scope": str(listener.scope), "state": str(listener.state)}
    seen |= {"several_sockets": listener.sockets > 1}
    holder = holder_part(listener.owners, programs, alias_programs, listener.port)
    return _at_a_port(
        seen | {"namespace": _namespace(listener.namespace)} | _port_facts(listener.port, registration, ephemeral),
        holder,
        _relation(holder, registration, uses, programs, misuse),
        _declared(declaration),
    )


def listener_likeness(
    listener: Listener,
    registration: RegistrySummary,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
    *,
    misuse: Sequence[Misuse] = (),
    declaration: Declaration | Expired | Unknown | None = None,
) -> tuple[object, ...]:
    """Return what is equal for two listeners of one holder only if no rule and no sentence can tell them apart."""
    holder, port = speaking_holder(listener.owners), listener.port
    return (
        listener.scope, listener.state, listener.sockets > 1, _namespace(listener.namespace),
        *_port_facts(port, registration, ephemeral).values(),
        relate(registration.names, uses, programs, package_name(holder)),
        tuple(dict.fromkeys(report.family for report in misuse)),
        holder is not None and holder.debugger_port == port.number,
        declaration,
    )  # fmt: skip


def connection_facts(
    connection: Connection,
    registration: RegistrySummary,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    ephemeral: PortRange | Unknown,
    *,
    misuse: Sequence[Misuse] = (),
    declaration: Declaration | Expired | Unknown | None = None,
    alias_programs: Sequence[KnownProgram] = (),
) -> Context:
    """Return what is known of a connection; port facts are about its quiet end."""
    seen: dict[str, Any] = {"kind": "connection", "scope": str(connection.local.scope)}
    seen |= {"state": str(connection.direction), "several_sockets": False}
    holder = holder_part(connection.owners, programs, alias_programs, connection.quiet_port)
    return _at_a_port(
        {**seen, "namespace": _namespace(connection.namespace)}
        | _port_facts(connection.quiet_port, registration, ephemeral),
        holder,
        _relation(holder, registration, uses, programs, misuse),
        _declared(declaration),
    )


def _at_a_port(seen: dict[str, Any], holder: Part, relation: Part, declared: Part) -> Context:
    return Context(
        Facts(**seen, **relation.facts, **declared.facts, **holder.facts),
        {"transport": seen["transport"], **holder.values, **relation.values, **declared.values},
    )


def raw_socket_facts(
    raw: RawSocket,
    programs: Sequence[KnownProgram],
    *,
    alias_programs: Sequence[KnownProgram] = (),
) -> Context:
    """Return what is known of a socket below the ports."""
    holder = holder_part(raw.owners, programs, alias_programs, None)
    known = relate((), (), programs)
    facts = Facts(
        kind="packet-socket" if raw.kind is RawKind.PACKET else "raw-socket",
        scope=str(scope_of(raw.address)) if raw.address else str(Scope.ANY),
        state=str(ListenerState.LISTENING),
        namespace=_namespace(raw.namespace),
        transport="none",
        range="none",
        bindresvport_range=False,
        ephemeral=False,
        client_end=False,
        several_sockets=False,
        status="none",
        **_related(known, programs, (), unread=holder.unread).facts,
        **_declared(None).facts,
        **holder.facts,
    )
    values = {"software": " / ".join(known.software)} if known.software else {}
    return Context(facts, {**holder.values, **values})


def _port_facts(port: Port, registration: RegistrySummary, ephemeral: PortRange | Unknown) -> dict[str, Any]:
    lent = ephemeral if isinstance(ephemeral, Unknown) else port.number in ephemeral
    return {
        "transport": str(port.transport),
        "range": str(range_name(port.number)),
        "bindresvport_range": port.number in BINDRESVPORT,
        "ephemeral": lent,
        "client_end": lent is True and port.transport is Transport.UDP,
        "status": registration.status.label,
    }


def _relation(
    holder: Part,
    registration: RegistrySummary,
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    misuse: Sequence[Misuse],
) -> Part:
    relation = relate(registration.names, uses, programs, holder.package)
    part = _related(relation, programs, misuse, unread=holder.unread)
    values = {
        "software": " / ".join(relation.software),
        "names": ", ".join(relation.agreeing),
        "services": ", ".join(part.facts["services"]),
        "defaults": ", ".join(
            dict.fromkeys(use.software for use in uses if use.software.casefold() in relation.default_of)
        ),
        "families": ", ".join(dict.fromkeys(report.family for report in misuse)),
    }
    return Part(part.facts, {key: value for key, value in values.items() if value})


def _related(
    relation: Relation, programs: Sequence[KnownProgram], misuse: Sequence[Misuse], *, unread: Unknown | None
) -> Part:
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
    return Part(facts, {})


def _declared(found: Declaration | Expired | Unknown | None) -> Part:
    entry = found.declaration if isinstance(found, Expired) else found
    facts = {"declared": isinstance(found, Declaration), "declaration_expired": isinstance(found, Expired)}
    if not isinstance(entry, Declaration):
        return Part(facts, {})
    values = {"because": entry.because, "policy": f"{entry.file}:{entry.line}", "until": entry.until}
    return Part(facts, {key: value for key, value in values.items() if value})


def _namespace(namespace: NetworkNamespace | Unknown) -> str:
    if isinstance(namespace, Unknown):
        return "unread"
    return "own" if namespace.is_own else "other"
