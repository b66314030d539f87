"""Software's defaults, reported misuse, known programs, searched lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, Misuse, Status
from quietport.registry.practice import EXPANDED, PortIndex
from quietport.registry.snapshot import SHIPPED, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

TCP, UDP, SCTP, DCCP = Transport


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Open the shipped registry."""
    with Registry(SHIPPED) as opened:
        yield opened


def use(first: int, last: int, transport: Transport = TCP) -> DeFactoUse:
    """Return a use of a range."""
    return DeFactoUse(PortRange(first, last), transport, f"{first}-{last}", "use", "source", "", "words")


def indexed(*rows: DeFactoUse) -> PortIndex[DeFactoUse]:
    """Return an index of rows as a query finds them."""
    found = [(r.ports.first, r.ports.last, r.transport, r.software, r.use, r.source, "", r.words) for r in rows]
    return PortIndex(found, DeFactoUse)


def test_narrower_ranges_come_first_also_beside_wide_ones() -> None:
    wide, middle, single = use(0, 65535), use(100, 300), use(200, 200)
    index = indexed(wide, single, middle)
    assert index.rows == (single, middle, wide)
    assert index.find(Port(200, TCP)) == (single, middle, wide)
    assert index.find(Port(100, TCP)) == (middle, wide)
    assert index.find(Port(301, TCP)) == (wide,)


@pytest.mark.parametrize("length", [1, EXPANDED, EXPANDED + 1])
def test_both_ends_of_a_range_belong_to_it_however_it_is_indexed(length: int) -> None:
    row = use(1000, 1000 + length - 1)
    index = indexed(row)
    assert index.find(Port(999, TCP)) == ()
    assert index.find(Port(1000, TCP)) == (row,)
    assert index.find(Port(1000 + length - 1, TCP)) == (row,)
    assert index.find(Port(1000 + length, TCP)) == ()


@pytest.mark.parametrize("last", [851, 2000])
def test_a_transport_is_part_of_the_port(last: int) -> None:
    index = indexed(use(851, last, UDP))
    assert index.find(Port(851, TCP)) == ()
    assert index.find(Port(851, UDP)) == (use(851, last, UDP),)


def test_asking_leaves_no_trace_in_the_index() -> None:
    index = indexed(use(1, 1))
    assert index.find(Port(2, TCP)) == index.find(Port(2, TCP)) == ()


def test_software_uses_many_ports_that_the_registry_does_not_assign(registry: Registry) -> None:
    singles = {Port(row.ports.first, row.transport) for row in registry.practice.uses.rows if len(row.ports) == 1}
    assert len([port for port in singles if registry.status(port) is not Status.ASSIGNED]) >= 350


def test_misuse_is_held_for_several_families(registry: Registry) -> None:
    rows = registry.practice.misuse.rows
    assert len(rows) >= 25
    assert len({row.family for row in rows}) >= 15
    assert all(1985 <= row.year <= 2026 for row in rows)


def test_every_row_cites_a_known_source_in_words_with_its_port(registry: Registry) -> None:
    sources = registry.sources()
    rows: tuple[DeFactoUse | Misuse, ...] = (*registry.practice.uses.rows, *registry.practice.misuse.rows)
    assert [row for row in rows if row.source not in sources] == []
    named = [row for row in rows if re.search(rf"(?<![0-9]){row.ports.first}(?![0-9])", row.words)]
    assert [row for row in rows if row not in named] == []
    assert [row for row in rows if len(row.words) > 160 or "\n" in row.words] == []


def test_pinned_uses(registry: Registry) -> None:
    assert "Grafana" in {row.software for row in registry.practice.uses.find(Port(3000, TCP))}
    assert "Redis" in {row.software for row in registry.practice.uses.find(Port(26379, TCP))}
    assert [row.family for row in registry.practice.misuse.find(Port(3, TCP))] == ["cd00r"]
    for transport in Transport:
        assert registry.practice.uses.find(Port(851, transport)) == ()
        assert registry.practice.misuse.find(Port(851, transport)) == ()


def test_the_only_lists_searched_that_name_22_are_real_sources(registry: Registry) -> None:
    naming = registry.practice.naming(Port(22, TCP))
    assert {"firewalld", "ufw", "netbase", "wireshark"} <= naming
    assert naming <= set(registry.sources())
    assert registry.practice.naming(Port(851, TCP)) == frozenset()


def test_a_list_is_searched_exactly_if_its_source_is_called_complete(registry: Registry) -> None:
    held = {source for (source,) in registry.ask("SELECT DISTINCT source FROM searched")}
    assert held == {id_ for id_, source in registry.sources().items() if source.complete}


def test_known_programs_go_by_the_exact_name(registry: Registry) -> None:
    assert {entry.services for entry in registry.practice.find_programs("sshd")} == {("ssh",)}
    assert registry.practice.find_programs("SSHD") == ()
    assert registry.practice.find_programs("") == ()
    assert registry.practice.find_programs("sshd ") == ()


def test_every_service_of_a_program_is_a_name_of_ianas(registry: Registry) -> None:
    names = {name.lower() for (name,) in registry.ask("SELECT name FROM iana_row WHERE name IS NOT NULL")}
    spoken = {s for (services,) in registry.ask("SELECT services FROM program") for s in services.split()}
    assert spoken - names == set()


def test_many_questions_about_lists_are_answered_like_the_first() -> None:
    ports = [Port(number, over) for number in (*range(20, 60), 6063, 65535) for over in (TCP, UDP)]
    once = []
    for port in ports:
        with Registry(SHIPPED) as fresh:
            once.append(fresh.practice.naming(port))
    with Registry(SHIPPED) as asked_often:
        assert [asked_often.practice.naming(port) for port in ports] == once
