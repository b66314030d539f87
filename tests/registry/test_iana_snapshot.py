"""The snapshot of IANA's registry and the history that stand in data/."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from quietport.model.port import PORT_COUNT, Port, PortRange, Transport
from quietport.model.registration import IanaRow, Status
from quietport.registry.iana import classify, format_csv, parse_csv, status_plane

DATA = Path(__file__).parents[2] / "data"
TCP, UDP, SCTP, DCCP = Transport
ASSIGNS = {Status.ASSIGNED, Status.WITHDRAWN}


@pytest.fixture(scope="module")
def shipped() -> list[IanaRow]:
    """Return the rows of the snapshot in data/."""
    return list(parse_csv((DATA / "iana" / "2026-08-17.csv").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def plane(shipped: list[IanaRow]) -> bytes:
    """Return the status of every port in the snapshot in data/."""
    return status_plane(shipped)


def status_of(plane: bytes, number: int, transport: Transport) -> Status:
    """Return one status of a plane."""
    return Status(plane[list(Transport).index(transport) * PORT_COUNT + number])


def covering(rows: list[IanaRow], number: int) -> list[tuple[str, Transport | None, str | None, str]]:
    """Return what the rows that cover a number say."""
    return [(str(row.ports), row.transport, row.name, row.description) for row in rows if number in row.ports]


def test_the_snapshot_has_every_row_of_the_registry_of_that_day(shipped: list[IanaRow]) -> None:
    assert len(shipped) == 13_463
    assert Counter(row.transport for row in shipped) == {TCP: 6242, UDP: 6234, SCTP: 91, DCCP: 10, None: 886}
    assert Counter(map(classify, shipped)) == {
        Status.ASSIGNED: 11_753,
        Status.UNASSIGNED: 889,
        Status.RESERVED: 809,
        Status.WITHDRAWN: 12,
    }


def test_no_two_rows_of_the_snapshot_say_the_same(shipped: list[IanaRow]) -> None:
    keys = Counter((row.name and row.name.lower(), row.ports, row.transport) for row in shipped)
    assert {key for key, count in keys.items() if count > 1} == set()


def test_distinct_ports_of_rows_that_name_a_transport_and_neither_reserve_nor_leave_unassigned(
    shipped: list[IanaRow],
) -> None:
    """Ranges are counted number by number; the three withdrawn ones are 2905/udp, 7626/udp and 14001/udp."""
    status = {
        Port(number, row.transport): classify(row)
        for row in sorted(shipped, key=lambda row: classify(row) is Status.ASSIGNED)
        if row.transport is not None and classify(row) in ASSIGNS
        for number in range(row.ports.first, row.ports.last + 1)
    }
    assert len(status) == 11_638
    withdrawn = {port for port, held in status.items() if held is Status.WITHDRAWN}
    assert withdrawn == {Port(2905, UDP), Port(7626, UDP), Port(14001, UDP)}


def test_system_ports_of_tcp_by_status(plane: bytes) -> None:
    assert Counter(map(Status, plane[:1024])) == {
        Status.UNASSIGNED: 282,
        Status.RESERVED: 49,
        Status.ASSIGNED: 689,
        Status.WITHDRAWN: 2,
        Status.NO_ROW: 2,
    }
    assert [number for number in range(1024) if plane[number] == Status.NO_ROW] == [716, 1008]


def test_system_ports_of_udp_by_status(plane: bytes) -> None:
    assert Counter(map(Status, plane[PORT_COUNT : PORT_COUNT + 1024])) == {
        Status.UNASSIGNED: 282,
        Status.RESERVED: 54,
        Status.ASSIGNED: 686,
        Status.WITHDRAWN: 2,
    }


def test_851_is_unassigned_by_a_range_row_for_every_transport(shipped: list[IanaRow], plane: bytes) -> None:
    assert covering(shipped, 851) == [("849-852", None, None, "Unassigned")]
    assert {status_of(plane, 851, transport) for transport in Transport} == {Status.UNASSIGNED}


def test_251_is_reserved_by_a_range_row(shipped: list[IanaRow], plane: bytes) -> None:
    assert covering(shipped, 251) == [("249-255", None, None, "Reserved")]
    assert {status_of(plane, 251, transport) for transport in Transport} == {Status.RESERVED}


def test_300_is_assigned_for_tcp_only(shipped: list[IanaRow], plane: bytes) -> None:
    assert covering(shipped, 300) == [
        ("300", TCP, "tacacss", "TLS Secure Login Host Protocol (TACACSS)"),
        ("300", UDP, None, "Reserved"),
    ]
    assert [status_of(plane, 300, transport) for transport in Transport] == [
        Status.ASSIGNED,
        Status.RESERVED,
        Status.NO_ROW,
        Status.NO_ROW,
    ]


def test_6063_is_x11_by_a_range_row(shipped: list[IanaRow], plane: bytes) -> None:
    assert covering(shipped, 6063) == [
        ("6000-6063", TCP, "x11", "X Window System"),
        ("6000-6063", UDP, "x11", "X Window System"),
    ]
    assert status_of(plane, 6063, TCP) is Status.ASSIGNED


@pytest.mark.parametrize("number", [585, 659, 1028, 1783, 2682, 3403, 3404, 9006, 26264])
def test_withdrawn_without_a_transport_holds_for_tcp_and_udp(plane: bytes, number: int) -> None:
    assert [status_of(plane, number, transport) for transport in Transport] == [
        Status.WITHDRAWN,
        Status.WITHDRAWN,
        Status.NO_ROW,
        Status.NO_ROW,
    ]


def test_possibly_assigned_is_unassigned(plane: bytes) -> None:
    assert {status_of(plane, 2825, transport) for transport in Transport} == {Status.UNASSIGNED}


def test_sctp_and_dccp_have_rows_of_their_own(shipped: list[IanaRow], plane: bytes) -> None:
    assert covering(shipped, 9)[2:] == [("9", SCTP, "discard", "Discard"), ("9", DCCP, "discard", "Discard")]
    assert [status_of(plane, 29169, transport) for transport in Transport] == [
        Status.NO_ROW,
        Status.NO_ROW,
        Status.ASSIGNED,
        Status.NO_ROW,
    ]
    assert next(row for row in shipped if row.transport is DCCP).service_code == "1145656131"


def test_dynamic_ports_have_no_rows(shipped: list[IanaRow], plane: bytes) -> None:
    assert max(row.ports.last for row in shipped) == 49_151
    assert status_of(plane, 49_151, TCP) is Status.RESERVED
    for transport in Transport:
        assert status_of(plane, 49_152, transport) is Status.DYNAMIC
        assert status_of(plane, 65_535, transport) is Status.DYNAMIC


def test_names_are_spelt_as_iana_spells_them_and_none_is_made_up(shipped: list[IanaRow]) -> None:
    names = {row.name for row in shipped}
    assert {"ftp-data", "EtherNet-IP-1", "sql*net", "whois++", "edi_service"} <= names
    assert names.isdisjoint({"unassigned", "reserved", "removed", "any_private_mail_system", "possibly_assigned"})
    assert covering(shipped, 24) == [
        ("24", TCP, None, "any private mail system"),
        ("24", UDP, None, "any private mail system"),
    ]


def test_a_row_has_the_details_that_the_older_snapshot_gives(shipped: list[IanaRow]) -> None:
    assert next(row for row in shipped if row.name == "rtimeviewer") == IanaRow(
        ports=PortRange(6900, 6900),
        transport=TCP,
        name="rtimeviewer",
        description="R*TIME Viewer Data Interface",
        reference=None,
        assignee="Curtiss-Wright_Corporation",
        registered="2016-12-14",
        modified=None,
        unauthorized=None,
        notes=None,
        service_code=None,
    )


def test_references_are_out_of_the_description(shipped: list[IanaRow]) -> None:
    by_name = {(row.name, row.transport): row for row in shipped}
    assert by_name["ftp", TCP].description == "File Transfer Protocol [Control]"
    assert by_name["ftp", TCP].reference == "RFC959"
    assert by_name["domain-s", UDP].reference == "RFC7858 RFC8094 RFC9250"
    assert not [row for row in shipped if ":rfc:" in row.description]


def test_no_contact_and_no_address_of_a_person_is_shipped(shipped: list[IanaRow]) -> None:
    text = (DATA / "iana" / "2026-08-17.csv").read_text(encoding="utf-8")
    assert "@" not in text
    assert "feil&" not in text
    assert text == format_csv(shipped)


def test_the_snapshots_are_sources() -> None:
    sources = tomllib.loads((DATA / "sources" / "iana.toml").read_text(encoding="utf-8"))
    assert set(sources) == {"iana-2026-08-17", "iana-2023-03-13", "iana-2018-06-06", "iana-2015-07-24"}
    assert {source["kind"] for source in sources.values()} == {"registry"}
    assert all(id_ == f"iana-{source['as_of']}" for id_, source in sources.items())


def test_history_tells_what_older_snapshots_said_and_nothing_of_851() -> None:
    lines = (DATA / "iana" / "history.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "first\tlast\ttransport\tas_of\tstatus\tnames"
    assert {
        "2\t3\ttcp\t2023-03-13\tassigned\tcompressnet",
        "300\t300\ttcp\t2023-03-13\tunassigned\t",
        "831\t831\tudp\t2023-03-13\tassigned\tnetconf-beep",
        "832\t832\ttcp\t2023-03-13\tassigned\tnetconfsoaphttp",
        "833\t833\ttcp\t2023-03-13\tassigned\tnetconfsoapbeep",
    } <= set(lines)
    bounds = [tuple(map(int, line.split("\t")[:2])) for line in lines[1:]]
    assert not [span for span in bounds if span[0] <= 851 <= span[1]]
    assert [line.split("\t")[3] for line in lines if line.startswith("2\t")] == ["2023-03-13", "2023-03-13"]
