"""What software really does with a port, what was reported of it, and where it was looked for in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Form, Phrase, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.almanac.subject import Subject
    from quietport.model.page import Source, Value
    from quietport.model.registration import DeFactoUse

BACKDOOR_LISTS = frozenset({"rkhunter", "chkrootkit", "psad"})
"""Searched lists that are about malware; the others are about software."""


def practice_section(subject: Subject) -> Section:
    """Return software's defaults on the port, each with its source, and where there are none."""
    found = [use for port in subject.ports for use in subject.registry.practice.uses.find(port)]
    return Section("practice", (*use_claims(found), *_searches(subject, bool(found))))


def use_claims(uses: Iterable[DeFactoUse]) -> tuple[Claim, ...]:
    """Return one claim for each software and port, with every source that says so."""
    alike: dict[tuple[str, str, str], list[DeFactoUse]] = {}
    for use in dict.fromkeys(uses):
        alike.setdefault((use.software.casefold(), str(use.ports), str(use.transport)), []).append(use)
    claims = []
    for (_, ports, transport), (use, *more) in alike.items():
        says = Phrase(
            "practice.use", {"software": use.software, "use": use.use, "ports": ports, "transport": transport}
        )
        claims.append(Claim(says, tuple(dict.fromkeys(one.source for one in (use, *more))), Form.ROW))
    return tuple(claims)


def _searches(subject: Subject, found: bool) -> Iterator[Claim]:
    lists = [source for source in _searched(subject) if source.id not in BACKDOOR_LISTS]
    ports = tuple(entry.port for entry in subject.main)
    transports = tuple(str(port.transport) for port in ports)
    naming = frozenset().union(*(subject.registry.practice.naming(port) for port in ports))
    silent = [source for source in lists if source.id not in naming]
    if silent:
        says = Phrase(
            "practice.searched",
            {"count": len(silent), "names": tuple(source.short_name for source in silent), "transports": transports},
        )
        yield Claim(says, tuple(source.id for source in silent))
    named = [source for source in lists if source.id in naming]
    if named and not found:
        says = Phrase(
            "practice.listed", {"names": tuple(source.short_name for source in named), "transports": transports}
        )
        yield Claim(says, tuple(source.id for source in named))


def misuse_section(subject: Subject) -> Section:
    """Return reported misuse, each with its report, or where it was looked for in vain."""
    reports = [report for port in subject.ports for report in subject.registry.practice.misuse.find(port)]
    claims = []
    for report in dict.fromkeys(reports):
        values: dict[str, Value] = {
            "family": report.family,
            "year": report.year,
            "ports": str(report.ports),
            "transport": str(report.transport),
            "report": report.report,
        }
        claims.append(Claim(Phrase("misuse.report", values), (report.source,), Form.ROW))
    claims.extend(_backdoor_lists(subject, bool(reports)))
    return Section("misuse", tuple(claims))


def _backdoor_lists(subject: Subject, reported: bool) -> Iterator[Claim]:
    lists = [source for source in _searched(subject) if source.id in BACKDOOR_LISTS]
    naming = frozenset().union(*(subject.registry.practice.naming(port) for port in subject.ports))
    named = [source for source in lists if source.id in naming]
    silent = [source for source in lists if source.id not in naming]
    if named:
        says = Phrase("misuse.listed", {"port": subject.number, "names": tuple(source.short_name for source in named)})
        yield Claim(says, tuple(source.id for source in named))
    if silent and not reported:
        says = Phrase("misuse.none", {"port": subject.number, "names": tuple(source.short_name for source in silent)})
        yield Claim(says, tuple(source.id for source in silent))
    if reported or named:
        yield Claim(Phrase("misuse.caution", {}), ("rfc6335",))


def _searched(subject: Subject) -> list[Source]:
    return [source for source in subject.registry.sources().values() if source.complete]
