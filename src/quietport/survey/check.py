"""The whole of ``check``: what listens on this host, who holds it, and should it be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.model.door import CheckReport, Door, DoorRun, RawDoor
from quietport.model.listener import Connection, ListenerRun
from quietport.model.port import Port, Transport
from quietport.model.registration import Status
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.model.verdict import Concern
from quietport.policy.policy import NO_POLICY
from quietport.survey.question import PortQuestion, is_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quietport.host.facts import PortFacts
    from quietport.host.view import HostView
    from quietport.model.declaration import DeclarationFlaw
    from quietport.model.redirection import Redirection
    from quietport.policy.policy import Policy
    from quietport.registry.snapshot import Registry

    HostReader = Callable[[Callable[[Port], bool]], HostView]
    """Reads the host, told which ports are quiet."""


_DAY = len("2026-11-25")

LOOKED_AT = (Transport.TCP, Transport.UDP)
"""The transports whose sockets a host reader shows."""


def unanswered(report: CheckReport) -> bool:
    """Tell whether something unseen stood in the way: sockets, or the holder of a door that would be a finding."""
    unresolved = [run.run.owners for run in report.runs if run.verdict.concern is Concern.UNRESOLVED]
    unresolved += [door.owners for door in report.connections if door.verdict.concern is Concern.UNRESOLVED]
    return any(isinstance(owners, Unknown) for owners in unresolved) or not report.coverage.sockets_complete


def check(
    registry: Registry,
    read_host: HostReader,
    port_facts: PortFacts,
    asked: Sequence[PortQuestion],
    host: str,
    generated_at: str,
    policy: Policy = NO_POLICY,
) -> CheckReport:
    """Return every listener and every connection to a quiet port, judged: those asked about, or all."""
    view = read_host(registry.is_quiet)
    seen_runs = [run for run in (_asked_run(run, asked) for run in view.runs) if run.numbers]
    seen_connections = [seen for seen in view.connections if is_asked(seen.quiet_port, asked)]
    runs: tuple[DoorRun, ...] = ()
    connections: tuple[Door[Connection], ...] = ()
    raw_sockets: tuple[RawDoor, ...] = ()
    raw_seen = () if asked else view.raw_sockets
    if seen_runs or seen_connections or raw_seen:
        from quietport.survey.bench import Bench  # noqa: PLC0415 - a quiet port needs no judge
        from quietport.survey.doors_seen import with_keys  # noqa: PLC0415

        bench = Bench(registry, port_facts.ip_local_port_range, policy, host, generated_at[:_DAY])
        judged = (doors for run in seen_runs for doors in bench.judge_run(run))
        runs = with_keys(judged, port_facts.ip_local_port_range)
        connections = tuple(map(bench.judge_connection, seen_connections))
        raw_sockets = tuple(map(bench.judge_raw_socket, raw_seen))
    return CheckReport(
        host=host,
        generated_at=generated_at,
        method=view.method,
        asked=tuple(str(question) for question in asked),
        runs=runs,
        connections=connections,
        asked_status=_asked_status(registry, asked),
        namespace=view.namespace,
        cross_view=view.cross_view,
        raw_sockets=raw_sockets,
        redirections=tuple(one for one in view.redirections if _is_asked_rule(one.redirection, asked)),
        coverage=Coverage((*policy.unseen, *view.coverage.unseen, *_unseen_transports(asked))),
        namespaces=view.namespaces,
        all_namespaces=view.all_namespaces,
        policy_files=policy.files,
        flaws=_flaws(policy, view, asked, host, generated_at),
    )


def _is_asked_rule(rule: Redirection, asked: Sequence[PortQuestion]) -> bool:
    return not asked or any(
        is_asked(Port(n, rule.transport), asked) for n in range(rule.ports.first, rule.ports.last + 1)
    )


def _flaws(
    policy: Policy, view: HostView, asked: Sequence[PortQuestion], host: str, generated_at: str
) -> tuple[DeclarationFlaw, ...]:
    if not policy.declarations:
        return ()
    from quietport.policy.flaws import find_flaws  # noqa: PLC0415 - most hosts have declared nothing

    seen = view.coverage.sockets_complete
    today = generated_at[:_DAY]
    return find_flaws(policy, view.listeners, host, today, lambda port: seen and is_asked(port, asked))


def _asked_run(run: ListenerRun, asked: Sequence[PortQuestion]) -> ListenerRun:
    if not asked:
        return run
    return replace(run, numbers=tuple(n for n in run.numbers if is_asked(Port(n, run.transport), asked)))


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
