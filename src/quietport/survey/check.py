"""The whole of ``check``: what listens on this host, who holds it, and should it be there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from quietport.judge import connection_facts, listener_facts, read_rules, weigh
from quietport.judge.facts import is_quiet, program_name
from quietport.model.door import CheckReport, Door
from quietport.model.listener import Connection, Direction, Listener
from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import Status
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.model.verdict import Concern, Standing, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quietport.host import HostView
    from quietport.host.facts import PortFacts
    from quietport.judge.facts import Context
    from quietport.model.door import AnyDoor
    from quietport.model.owner import Owner
    from quietport.model.registration import KnownProgram
    from quietport.registry.snapshot import Registry
    from quietport.survey.question import PortQuestion

    HostReader = Callable[[Callable[[Port], bool]], HostView]
    """Reads the host, told which ports are quiet."""


LOOKED_AT = (Transport.TCP, Transport.UDP)
"""The transports whose sockets a host reader shows."""


class FailOn(StrEnum):
    """What makes ``check`` end with 1."""

    SUSPICIOUS = "suspicious"
    """Concern."""
    MISCONFIGURED = "misconfigured"
    """Concern."""
    UNRESOLVED = "unresolved"
    """Concern."""
    UNEXPLAINED = "unexplained"
    """Standing."""
    CUSTOM = "custom"
    """Standing."""
    UNDECLARED = "undeclared"
    """Standing is not ``declared``."""

    def fits(self, verdict: Verdict) -> bool:
        """Tell whether a verdict is of this kind; standing and concern are asked apart."""
        if self is FailOn.UNDECLARED:
            return verdict.standing is not Standing.DECLARED
        return self.value in {str(verdict.standing), str(verdict.concern)}


DEFAULT_FAIL_ON = (FailOn.MISCONFIGURED, FailOn.SUSPICIOUS)


def findings(report: CheckReport, fail_on: tuple[FailOn, ...]) -> tuple[AnyDoor, ...]:
    """Return the doors that the caller wants to fail on."""
    return tuple(door for door in report.doors if any(kind.fits(door.verdict) for kind in fail_on))


def unanswered(report: CheckReport) -> bool:
    """Tell whether the question could not be answered: a door that might be a finding, or sockets, not seen."""
    unresolved = any(door.verdict.concern is Concern.UNRESOLVED for door in report.doors)
    return unresolved or not report.coverage.sockets_complete


def check(
    registry: Registry,
    read_host: HostReader,
    port_facts: PortFacts,
    asked: Sequence[PortQuestion],
    host: str,
    generated_at: str,
) -> CheckReport:
    """Return every listener and every connection to a quiet port, judged: those asked about, or all."""
    planes = {transport: registry.status_plane(transport) for transport in Transport}

    def quiet(port: Port) -> bool:
        return is_quiet(Status(planes[port.transport][port.number]), port.number)

    view = read_host(quiet)
    ephemeral = port_facts.ip_local_port_range
    bench = _Bench(registry, ephemeral)
    listeners = tuple(bench.judge_listener(seen) for seen in view.listeners if is_asked(seen.port, asked))
    connections = tuple(bench.judge_connection(seen) for seen in view.connections if is_asked(quiet_end(seen), asked))
    return CheckReport(
        host=host,
        generated_at=generated_at,
        method=view.method,
        asked=tuple(str(question) for question in asked),
        listeners=listeners,
        connections=connections,
        asked_status=_asked_status(registry, asked),
        coverage=Coverage((*view.coverage.unseen, *_unseen_transports(asked))),
    )


def quiet_end(connection: Connection) -> Port:
    """Return the quiet one of a connection's two ports."""
    end = connection.remote if connection.direction is Direction.OUTBOUND else connection.local
    return end.port


def is_asked(port: Port, asked: Sequence[PortQuestion]) -> bool:
    """Tell whether a port is one of those asked about; every port is where none was named."""
    return not asked or any(
        port.number in question.ports and (not question.transports or port.transport in question.transports)
        for question in asked
    )


def _unseen_transports(asked: Sequence[PortQuestion]) -> tuple[Unseen, ...]:
    if all(transport in LOOKED_AT for question in asked for transport in question.transports):
        return ()
    return (Unseen("unseen.transports", Reason.NOT_SUPPORTED, "remedy.ss"),)


def _asked_status(registry: Registry, asked: Sequence[PortQuestion]) -> Status | None:
    if len(asked) != 1 or len(asked[0].ports) != 1:
        return None
    transports = asked[0].transports or LOOKED_AT
    found = {registry.status(Port(asked[0].ports.first, transport)) for transport in transports}
    return found.pop() if len(found) == 1 else None


class _Bench:
    """Judges doors, those that are alike only once."""

    def __init__(self, registry: Registry, ephemeral: PortRange | Unknown) -> None:
        self._registry = registry
        self._ephemeral = ephemeral
        self._rules = read_rules()
        self._verdicts: dict[object, Verdict] = {}
        self._programs: dict[int, tuple[object, str | Unknown]] = {}

    def judge_listener(self, listener: Listener) -> Door[Listener]:
        registration = self._registry.lookup(listener.port)
        program = self._program(listener.owners)
        alike = (
            listener.scope,
            listener.state,
            id(listener.owners),
            *self._port_class(listener.port),
        )
        verdict = self._verdicts.get(alike)
        if verdict is None:
            uses = self._registry.practice.uses.find(listener.port)
            context = listener_facts(listener, registration, uses, self._known(listener.owners), self._ephemeral)
            verdict = self._verdicts[alike] = self._weigh(context)
        return Door(listener, registration, verdict, program)

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        port = quiet_end(connection)
        registration = self._registry.lookup(port)
        uses = self._registry.practice.uses.find(port)
        context = connection_facts(connection, registration, uses, self._known(connection.owners), self._ephemeral)
        return Door(connection, registration, self._weigh(context), self._program(connection.owners))

    def _weigh(self, context: Context) -> Verdict:
        return weigh(context, self._rules)

    def _port_class(self, port: Port) -> tuple[object, ...]:
        """Return what of a port can matter to a rule: equal for ports that no rule can tell apart."""
        number = port.number
        lent = None if isinstance(self._ephemeral, Unknown) else number in self._ephemeral
        uses = self._registry.practice.uses.find(port)
        return port.transport, self._registry.span_of(port), number < 1024, 512 <= number < 1024, lent, uses  # noqa: PLR2004 - RFC 6335 and bindresvport(3)

    def _program(self, owners: tuple[Owner, ...] | Unknown) -> str | Unknown:
        held = self._programs.get(id(owners))
        if held is None:
            name: str | Unknown = Unknown(Reason.NO_OWNER, "owner")
            if isinstance(owners, Unknown):
                name = owners
            elif owners:
                first = owners[0]
                name = first.executable if isinstance(first.executable, str) else first.program
            held = self._programs[id(owners)] = (owners, name)
        return held[1]

    def _known(self, owners: tuple[Owner, ...] | Unknown) -> tuple[KnownProgram, ...]:
        if isinstance(owners, Unknown) or not owners:
            return ()
        return self._registry.practice.find_programs(program_name(owners[0]))
