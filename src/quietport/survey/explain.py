"""The page of a port, and what is there on this host right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.almanac import build_page, port_page, range_page, service_page
from quietport.model.page import Claim, Form, Page, Phrase, Section, Source, SourceKind
from quietport.model.port import Port, Transport
from quietport.model.registration import Registration, Status
from quietport.model.unknown import Unknown
from quietport.survey.question import NameQuestion, PortQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.host.facts import PortFacts
    from quietport.model.door import CheckReport, Door
    from quietport.model.listener import Listener
    from quietport.model.page import Value
    from quietport.registry.snapshot import Registry

SOCKETS_HERE = "this-host-sockets"
"""Source id of what was seen listening."""

FACTS_HERE = "this-host-settings"
"""Source id of this machine's own settings."""


SETTINGS = {"linux": "/proc/sys/net/ipv4", "darwin": "sysctl net.inet.ip.portrange", "win32": "netsh int ipv4"}
"""Where each system keeps its settings about ports."""


class Explanation(Struct, frozen=True):
    """A page, and the registrations it is about."""

    asked: str
    """The question as given."""
    page: Page
    """The page, with a section about this host where one was looked at."""
    registrations: tuple[Registration, ...]
    """What the registry says of the port over each transport; empty for a range or several ports."""


def explain(registry: Registry, asked: str, question: PortQuestion | NameQuestion) -> Explanation:
    """Return the page that answers a question; NoSuchEntryError where a name is not known."""
    if isinstance(question, NameQuestion):
        page = service_page(registry, question.name)
        numbers = {port.number for port in registry.ports_named(question.name)}
        return Explanation(asked, page, _registrations(registry, numbers.pop()) if len(numbers) == 1 else ())
    if len(question.ports) > 1:
        page = range_page(registry, question.ports, question.transports or (Transport.TCP, Transport.UDP))
        return Explanation(asked, page, ())
    transports = question.transports or tuple(Transport)
    number = question.ports.first
    return Explanation(asked, port_page(registry, number, transports), _registrations(registry, number, transports))


def _registrations(
    registry: Registry, number: int, transports: tuple[Transport, ...] = tuple(Transport)
) -> tuple[Registration, ...]:
    return tuple(registry.lookup(Port(number, transport)) for transport in transports)


def with_host(explanation: Explanation, report: CheckReport, facts: PortFacts) -> Explanation:
    """Return the explanation with a section about this host after the answer."""
    number = explanation.registrations[0].port.number
    sources = {
        SOCKETS_HERE: _observed(SOCKETS_HERE, f"{report.host}: {report.method}", report.generated_at),
        FACTS_HERE: _observed(
            FACTS_HERE, f"{report.host}: {SETTINGS.get(facts.system, facts.system)}", report.generated_at
        ),
    }
    claims = (*_listening(report, number), *_settings(facts, number))
    first, *rest = explanation.page.sections
    known = {source.id: source for source in explanation.page.sources} | sources
    page = build_page(explanation.page.title, [first, Section("here", claims), *rest], known)
    return Explanation(explanation.asked, page, explanation.registrations)


def _observed(id_: str, name: str, at: str) -> Source:
    return Source(id_, SourceKind.OBSERVATION, name, at, None, None, None, None, None, complete=False)


def _listening(report: CheckReport, number: int) -> Iterator[Claim]:
    here = (SOCKETS_HERE,)
    if not report.listeners:
        yield Claim(Phrase(_quiet_id(report), {"port": number}), here)
    for entry in report.listeners:
        yield Claim(_listener_phrase(entry), here, Form.ROW)
    if report.connections:
        yield Claim(Phrase("here.connections", {"count": len(report.connections), "port": number}), here)
    for unseen in report.coverage.unseen:
        what = Phrase(unseen.what, {} if unseen.count is None else {"count": unseen.count})
        yield Claim(Phrase("here.unseen", {"what": what, "remedy": Phrase(unseen.remedy, {})}), here)


def _quiet_id(report: CheckReport) -> str:
    if not report.coverage.sockets_complete:
        return "here.none-seen"
    status = report.asked_status
    return f"here.quiet.{status.label}" if status in {Status.UNASSIGNED, Status.RESERVED} else "here.quiet"


def _listener_phrase(entry: Door[Listener]) -> Phrase:
    listener = entry.seen
    values: dict[str, Value] = {
        "address": str(listener.endpoint),
        "transport": str(listener.port.transport),
        "verdict": Phrase(f"verdict.{entry.verdict.word}", {}),
    }
    if isinstance(entry.program, Unknown):
        return Phrase("here.listener-unknown", values)
    return Phrase("here.listener", values | {"program": entry.program})


def _settings(facts: PortFacts, number: int) -> Iterator[Claim]:
    here = (FACTS_HERE,)
    start = facts.ip_unprivileged_port_start
    if not isinstance(start, Unknown):
        key = "privileged" if number < start else "unprivileged"
        yield Claim(Phrase(f"here.{key}", {"port": number, "start": start}), here)
    lent = facts.ip_local_port_range
    if not isinstance(lent, Unknown):
        key = "ephemeral" if number in lent else "not-ephemeral"
        yield Claim(Phrase(f"here.{key}", {"port": number, "ports": str(lent)}), here)
    kept = facts.ip_local_reserved_ports
    if not isinstance(kept, Unknown) and any(number in ports for ports in kept):
        yield Claim(Phrase("here.reserved-locally", {"port": number}), here)
