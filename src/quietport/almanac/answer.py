"""The answer in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.almanac.subject import alike
from quietport.model.page import Claim, Phrase, Section
from quietport.model.registration import Registration, Status

if TYPE_CHECKING:
    from quietport.almanac.subject import Subject
    from quietport.model.page import Value


def answer_section(subject: Subject) -> Section:
    """Return one sentence: what the registry makes of the port over tcp and udp, or as asked."""
    groups = alike(subject.main)
    sources = _sources(subject, [entry.status for entry, _ in groups])
    if len(groups) == 1:
        entry, transports = groups[0]
        return Section("answer", (Claim(_sentence(entry, transports), sources),))
    first, second = (_clause(entry, transports) for entry, transports in groups)
    says = Phrase("answer.split", {"port": subject.number, "first": first, "second": second})
    return Section("answer", (Claim(says, sources),))


def _sources(subject: Subject, statuses: list[Status]) -> tuple[str, ...]:
    iana = subject.registry.iana_source
    return ("rfc6335",) if statuses == [Status.DYNAMIC] else (iana,)


def _sentence(entry: Registration, transports: tuple[str, ...]) -> Phrase:
    values: dict[str, Value] = {"port": entry.port.number, "transports": transports}
    if entry.status is Status.DYNAMIC:
        return Phrase("answer.dynamic", {"port": entry.port.number})
    if entry.status is not Status.ASSIGNED:
        return Phrase(f"answer.{entry.status.label}", values)
    description = next((row.description.rstrip(".") for row in entry.rows if row.description), "")
    if not entry.names:
        return Phrase("answer.assigned-nameless", values | {"description": description})
    values |= {"names": entry.names}
    if not description or description.casefold() in (name.casefold() for name in entry.names):
        return Phrase("answer.assigned-bare", values)
    return Phrase("answer.assigned", values | {"description": description})


def _clause(entry: Registration, transports: tuple[str, ...]) -> Phrase:
    values: dict[str, Value] = {"transport": transports[0]}
    if entry.status is Status.ASSIGNED and entry.names:
        return Phrase("clause.assigned", values | {"names": entry.names})
    return Phrase(f"clause.{'assigned-nameless' if entry.status is Status.ASSIGNED else entry.status.label}", values)
