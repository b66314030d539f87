"""Pages put together from their sections, with the sources they cite."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from quietport.almanac.answer import answer_section
from quietport.almanac.howto import howto_section
from quietport.almanac.meaning import meaning_section, system_section
from quietport.almanac.neighbours import neighbours_section
from quietport.almanac.practice import misuse_section, practice_section, use_claims
from quietport.almanac.registration import registry_section, row_claim
from quietport.almanac.security import security_section
from quietport.almanac.subject import COMMON, read_subject
from quietport.model.errors import NoSuchEntryError
from quietport.model.page import Claim, Page, Phrase, Section, Source
from quietport.model.port import PortRange, Transport
from quietport.model.registration import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.model.registration import DeFactoUse
    from quietport.registry.snapshot import Registry

SECTIONS = (
    answer_section,
    registry_section,
    meaning_section,
    practice_section,
    misuse_section,
    system_section,
    security_section,
    howto_section,
    neighbours_section,
)
"""The sections of a port's page, in the same order for every kind of port."""


def build_page(title: Phrase, sections: Iterable[Section], known: dict[str, Source]) -> Page:
    """Return a page with the sources its claims cite, in the order of first citation.

    KeyError where a claim cites a source that is not known.
    """
    sections = tuple(section for section in sections if section.claims)
    cited = dict.fromkeys(id_ for section in sections for claim in section.claims for id_ in claim.sources)
    return Page(title, sections, tuple(known[id_] for id_ in cited))


def port_page(registry: Registry, number: int, transports: tuple[Transport, ...] = tuple(Transport)) -> Page:
    """Return the page of a port number over some transports (default: all four)."""
    subject = read_subject(registry, number, transports)
    title = Phrase("title.port", {"port": number})
    if len(transports) == 1:
        title = Phrase("title.one-transport", {"port": number, "transport": str(transports[0])})
    return build_page(title, (make(subject) for make in SECTIONS), registry.sources())


def range_page(registry: Registry, ports: PortRange, transports: tuple[Transport, ...] = COMMON) -> Page:
    """Return the page of a run of numbers: counts by status, then every row and default in it."""
    iana = registry.iana_source
    rows = dict.fromkeys(
        row for transport in transports for entry in registry.spans_in(ports, transport) for row in entry.rows
    )
    sections = [
        Section("answer", tuple(_counted(registry, ports, transport) for transport in transports)),
        Section("registry", tuple(row_claim(row, iana) for row in rows)),
        Section("practice", use_claims(_uses_in(registry, ports, transports))),
    ]
    return build_page(Phrase("title.range", {"ports": str(ports)}), sections, registry.sources())


def _counted(registry: Registry, ports: PortRange, transport: Transport) -> Claim:
    counts = Counter(registry.status_plane(transport)[ports.first : ports.last + 1])
    spelt = tuple(Phrase(f"count.{Status(status).label}", {"count": count}) for status, count in counts.most_common())
    says = Phrase("answer.range", {"ports": str(ports), "transports": (str(transport),), "counts": spelt})
    return Claim(says, (registry.iana_source, "rfc6335"))


def _uses_in(registry: Registry, ports: PortRange, transports: tuple[Transport, ...]) -> list[DeFactoUse]:
    uses = registry.practice.uses.rows
    inside = [use for use in uses if use.transport in transports and use.ports.first <= ports.last]
    return sorted((use for use in inside if use.ports.last >= ports.first), key=lambda use: (use.ports, use.software))


def service_page(registry: Registry, name: str) -> Page:
    """Return the page of a service or software by its name; letter case does not matter.

    A name of one port number is answered with the page of that number. Raises NoSuchEntryError,
    with the names spelt most like it, where neither IANA nor any source of defaults knows it.
    """
    ports = registry.ports_named(name)
    if ports:
        names = (name.casefold(), *registry.lookup(ports[0]).names)
        shown = next((known for known in names[1:] if known.casefold() == names[0]), name)
        answer = Claim(
            Phrase("answer.service", {"name": shown, "ports": tuple(map(str, ports))}), (registry.iana_source,)
        )
        return _named_page(registry, shown, answer, tuple(dict.fromkeys(port.number for port in ports)))
    uses = _uses_named(registry, name)
    if not uses:
        from quietport.registry.search import nearest_names  # noqa: PLC0415 - only for a name that is none

        raise NoSuchEntryError(name, nearest_names(registry, name))
    spelt = tuple(dict.fromkeys(f"{use.ports}/{use.transport}" for use in uses))
    says = Phrase("answer.software", {"name": uses[0].software, "ports": spelt})
    answer = Claim(says, tuple(dict.fromkeys(use.source for use in uses)))
    single = all(len(use.ports) == 1 for use in uses)
    numbers = tuple(dict.fromkeys(use.ports.first for use in uses)) if single else ()
    return _named_page(registry, uses[0].software, answer, numbers)


def _named_page(registry: Registry, name: str, answer: Claim, numbers: tuple[int, ...]) -> Page:
    title = Phrase("title.service", {"name": name})
    if len(numbers) == 1:
        page = port_page(registry, numbers[0])
        first, *rest = page.sections
        return build_page(title, [Section("answer", (answer, *first.claims)), *rest], registry.sources())
    subjects = [read_subject(registry, number, COMMON) for number in numbers]
    answers = tuple(claim for subject in subjects for claim in answer_section(subject).claims)
    rows = dict.fromkeys(row for subject in subjects for entry in subject.registrations for row in entry.rows)
    sections = [
        Section("answer", (answer, *answers)),
        Section("registry", tuple(row_claim(row, registry.iana_source) for row in rows)),
        Section("practice", use_claims(_uses_named(registry, name))),
    ]
    return build_page(title, sections, registry.sources())


def _uses_named(registry: Registry, name: str) -> list[DeFactoUse]:
    uses = [use for use in registry.practice.uses.rows if use.software.casefold() == name.casefold()]
    return sorted(uses, key=lambda use: (use.ports, use.transport))
