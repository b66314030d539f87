"""A registry snapshot: pinned ports of the shipped one, and files that are none."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from quietport.model.errors import DataError
from quietport.model.port import PORT_COUNT, Port, PortRange, Transport
from quietport.model.registration import PastState, Status
from quietport.registry.snapshot import SHIPPED, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TCP, UDP, SCTP, DCCP = Transport


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Open the shipped registry."""
    with Registry(SHIPPED) as opened:
        yield opened


PINNED = [
    (851, TCP, Status.UNASSIGNED, (), PortRange(849, 852)),
    (851, UDP, Status.UNASSIGNED, (), PortRange(849, 852)),
    (851, SCTP, Status.UNASSIGNED, (), PortRange(849, 852)),
    (851, DCCP, Status.UNASSIGNED, (), PortRange(849, 852)),
    (22, TCP, Status.ASSIGNED, ("ssh",), PortRange(22, 22)),
    (22, UDP, Status.ASSIGNED, ("ssh",), PortRange(22, 22)),
    (22, SCTP, Status.ASSIGNED, ("ssh",), PortRange(22, 22)),
    (22, DCCP, Status.NO_ROW, (), None),
    (300, TCP, Status.ASSIGNED, ("tacacss",), PortRange(300, 300)),
    (300, UDP, Status.RESERVED, (), PortRange(300, 300)),
    (6000, TCP, Status.ASSIGNED, ("x11",), PortRange(6000, 6063)),
    (6063, UDP, Status.ASSIGNED, ("x11",), PortRange(6000, 6063)),
    (249, TCP, Status.RESERVED, (), PortRange(249, 255)),
    (251, UDP, Status.RESERVED, (), PortRange(249, 255)),
    (255, DCCP, Status.RESERVED, (), PortRange(249, 255)),
    (716, TCP, Status.NO_ROW, (), None),
    (1008, TCP, Status.NO_ROW, (), None),
    (1008, UDP, Status.ASSIGNED, (), PortRange(1008, 1008)),
    (49151, TCP, Status.RESERVED, (), PortRange(49151, 49151)),
    (49152, TCP, Status.DYNAMIC, (), None),
    (65535, DCCP, Status.DYNAMIC, (), None),
    (585, TCP, Status.WITHDRAWN, (), PortRange(585, 585)),
    (585, UDP, Status.WITHDRAWN, (), PortRange(585, 585)),
    (2, TCP, Status.RESERVED, (), PortRange(2, 2)),
    (0, UDP, Status.RESERVED, (), PortRange(0, 0)),
]


@pytest.mark.parametrize(("number", "transport", "status", "names", "row"), PINNED)
def test_what_the_registry_says_of_pinned_ports(
    registry: Registry, number: int, transport: Transport, status: Status, names: tuple[str, ...], row: PortRange | None
) -> None:
    port = Port(number, transport)
    found = registry.lookup(port)
    assert found.port == port
    assert found.status is status
    assert found.names == names
    assert [held.ports for held in found.rows] == ([row] if row else [])
    assert registry.status(port) is status


def test_the_row_of_851_is_a_statement_that_names_no_transport(registry: Registry) -> None:
    (row,) = registry.lookup(Port(851, TCP)).rows
    assert (row.transport, row.name, row.description) == (None, None, "Unassigned")


@pytest.mark.parametrize("number", [585, 659, 1028, 1783, 2682, 3403, 3404, 9006, 26264])
def test_what_was_withdrawn_is_called_so(registry: Registry, number: int) -> None:
    assert Status.WITHDRAWN in {registry.status(Port(number, TCP)), registry.status(Port(number, UDP))}


def test_every_port_of_every_transport_looked_up_agrees_with_the_plane(registry: Registry) -> None:
    for transport in Transport:
        plane = registry.status_plane(transport)
        assert len(plane) == PORT_COUNT
        for number in range(PORT_COUNT):
            found = registry.lookup(Port(number, transport))
            assert found.status == plane[number]
            assert all(number in row.ports and row.transport in {None, transport} for row in found.rows)


def test_the_counts_over_tcp_fill_the_number_space(registry: Registry) -> None:
    counted = Counter(registry.status_plane(TCP))
    assert sum(counted.values()) == PORT_COUNT
    assert counted[Status.DYNAMIC] == 16_384
    assert counted[Status.ASSIGNED] > 6_000
    assert counted[Status.WITHDRAWN] >= 9


def test_the_past_of_2_is_compressnet(registry: Registry) -> None:
    assert registry.past(Port(2, TCP)) == (PastState("2023-03-13", Status.ASSIGNED, ("compressnet",)),)
    assert registry.past(Port(2, SCTP)) == ()


@pytest.mark.parametrize("transport", Transport)
def test_851_has_no_past(registry: Registry, transport: Transport) -> None:
    assert registry.past(Port(851, transport)) == ()


def test_what_a_date_said_differently_covers_what_its_ports_say(registry: Registry) -> None:
    said = list(registry.past_of("2023-03-13"))
    assert (PortRange(2, 3), TCP, (Status.ASSIGNED, ("compressnet",))) in said
    assert list(registry.past_of("2026-08-17")) == []
    assert list(registry.past_of("")) == []


def test_neighbours_are_the_nearest_assigned_ports(registry: Registry) -> None:
    assert registry.neighbour(Port(851, TCP), -1) == Port(848, TCP)
    assert registry.neighbour(Port(851, TCP), 1) == Port(853, TCP)
    assert registry.neighbour(Port(22, TCP), -1) == Port(21, TCP)
    assert registry.neighbour(Port(22, TCP), 1) == Port(23, TCP)
    assert registry.neighbour(Port(0, TCP), -1) is None
    assert registry.neighbour(Port(65535, TCP), 1) is None


def test_ports_by_service_name_letter_case_aside(registry: Registry) -> None:
    ssh = (Port(22, SCTP), Port(22, TCP), Port(22, UDP))
    assert registry.ports_named("ssh") == ssh
    assert registry.ports_named("SsH") == ssh
    assert registry.ports_named("x11") == tuple(Port(n, t) for n in range(6000, 6064) for t in (TCP, UDP))


@pytest.mark.parametrize("name", ["", "sshh", "%", "' OR 1=1 --", "compressnet"])
def test_a_name_that_no_port_has(registry: Registry, name: str) -> None:
    assert registry.ports_named(name) == ()


def test_the_run_around_a_port(registry: Registry) -> None:
    assert registry.span_range(Port(851, TCP)) == PortRange(849, 852)
    assert registry.span_range(Port(6010, UDP)) == PortRange(6000, 6063)
    assert registry.span_range(Port(60000, SCTP)) == PortRange(49152, 65535)
    assert registry.span_range(Port(22, TCP)) == PortRange(22, 22)


def test_ports_of_one_run_share_its_number_and_no_others_do(registry: Registry) -> None:
    assert registry.span_of(Port(849, TCP)) == registry.span_of(Port(852, TCP))
    assert registry.span_of(Port(852, TCP)) != registry.span_of(Port(853, TCP))
    assert registry.span_of(Port(849, TCP)) != registry.span_of(Port(849, UDP))


def test_runs_within_a_range_begin_where_the_range_begins(registry: Registry) -> None:
    found = registry.spans_in(PortRange(850, 854), TCP)
    assert [(str(entry.port), entry.status.label) for entry in found] == [
        ("850/tcp", "unassigned"),
        ("853/tcp", "assigned"),
        ("854/tcp", "assigned"),
    ]


def test_sources_and_their_quotations(registry: Registry) -> None:
    sources = registry.sources()
    assert sources[registry.iana_source].as_of == "2026-08-17"
    assert list(sources) == sorted(sources)
    words = registry.quotation("attack-t1036-005", "definition")
    assert words is not None
    assert words.startswith("Adversaries may match or approximate the name")
    assert registry.quotation("attack-t1036-005", "nothing") is None


def damaged(tmp_path: Path, *statements: str) -> Path:
    """Return a copy of the shipped registry after some statements."""
    path = tmp_path / "copy.sqlite"
    shutil.copyfile(SHIPPED, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


def look_up_everything(path: Path) -> None:
    """Open a snapshot and read every row of it over TCP."""
    with Registry(path) as registry:
        for number in range(PORT_COUNT):
            registry.lookup(Port(number, TCP))


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\x00", b"SQLite format 3\x00" * 999]
)
def test_a_file_that_is_no_snapshot_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.sqlite"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        Registry(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "missing #1%.sqlite"
    with pytest.raises(DataError) as caught:
        Registry(path)
    assert str(caught.value).startswith(f"{path}: unable to open database file")
    assert not path.exists()


def test_a_file_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.sqlite"
    path.write_bytes(SHIPPED.read_bytes()[: SHIPPED.stat().st_size // 2])
    with pytest.raises(DataError, match=r"cut\.sqlite: "):
        look_up_everything(path)


def test_damage_found_by_a_later_question_is_a_data_error(tmp_path: Path) -> None:
    path = damaged(tmp_path, "DELETE FROM iana_row", "DROP TABLE iana_past", "DELETE FROM span WHERE id > 1")
    with Registry(path) as registry:
        assert registry.status(Port(22, TCP)) is Status.ASSIGNED
        with pytest.raises(DataError, match=r"copy\.sqlite: a row is missing"):
            registry.lookup(Port(22, TCP))
        with pytest.raises(DataError, match=r"copy\.sqlite: no such table: iana_past"):
            registry.past(Port(22, TCP))


def test_another_schema_is_refused_by_its_number(tmp_path: Path) -> None:
    path = damaged(tmp_path, "UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(DataError) as caught:
        Registry(path)
    assert str(caught.value) == f"{path}: schema 99, this quietport reads 2"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE meta",
        "DELETE FROM plane WHERE transport = 'sctp'",
        "UPDATE plane SET status = x'0102' WHERE transport = 'tcp'",
        "UPDATE plane SET status = zeroblob(65537) WHERE transport = 'tcp'",
        "UPDATE plane SET span = x'010203' WHERE transport = 'udp'",
        "UPDATE plane SET span = zeroblob(2) WHERE transport = 'udp'",
        "UPDATE plane SET span = 'text' WHERE transport = 'udp'",
        "UPDATE plane SET status = 65536 WHERE transport = 'udp'",
        "UPDATE plane SET status = CAST(replace(hex(zeroblob(32768)), '0', 'z') AS BLOB) WHERE transport = 'tcp'",
    ],
)
def test_damaged_planes_are_refused_when_the_file_is_opened(tmp_path: Path, statement: str) -> None:
    path = damaged(tmp_path, statement)
    with pytest.raises(DataError) as caught:
        Registry(path)
    assert str(caught.value).startswith(f"{path}: ")
