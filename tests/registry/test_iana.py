"""IANA's registry as text: the parser, the writer, the statuses, and the snapshot that is shipped."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import SourceTextError
from quietport.model.port import PORT_COUNT, Port, PortRange, Transport
from quietport.model.registration import IanaRow, Status
from quietport.registry.iana import classify, format_csv, parse_csv, parse_xml, status_plane, transports_of

DATA = Path(__file__).parents[2] / "data"
HEADER = (
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n"
)
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


def row(ports: str, description: str, transport: Transport | None = None, name: str | None = None) -> IanaRow:
    """Return a row that gives nothing else."""
    (parsed,) = parse_csv(f'{HEADER}{name or ""},{ports},{transport or ""},"{description}",,,,,,,,\n')
    return parsed


def covering(rows: list[IanaRow], number: int) -> list[tuple[str, Transport | None, str | None, str]]:
    """Return what the rows that cover a number say."""
    return [(str(row.ports), row.transport, row.name, row.description) for row in rows if number in row.ports]


# The snapshot that is shipped.


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
    assert by_name["domain-s", TCP].reference == "RFC7858 RFC8094 RFC9250"
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


# Statuses.


@pytest.mark.parametrize(
    ("description", "status"),
    [
        ("Unassigned", Status.UNASSIGNED),
        ("unassigned", Status.UNASSIGNED),
        ("Unassigned [was netstat]", Status.UNASSIGNED),
        ("Unassigned (FRP-Released 12/7/00)", Status.UNASSIGNED),
        ("(unassigned) Possibly assigned", Status.UNASSIGNED),
        ("Reserved", Status.RESERVED),
        ("Reserved - IANA", Status.RESERVED),
        ("IANA Reserved", Status.RESERVED),
        ("De-registered", Status.WITHDRAWN),
        ("De-Registered", Status.WITHDRAWN),
        ("Removed", Status.WITHDRAWN),
        ("Removed on 2006-05-25", Status.WITHDRAWN),
        ("Deprecated", Status.WITHDRAWN),
        ("De-Commissioned Port", Status.WITHDRAWN),
        ("Decomissioned Port 04/14/00, ms", Status.WITHDRAWN),
        ("Reserved for a future enhancement of STUN-BEHAVIOR", Status.ASSIGNED),
        ("RemoteWare Unassigned", Status.ASSIGNED),
        ("PR Register", Status.ASSIGNED),
        ("Removed-host manager", Status.ASSIGNED),
        ("Possibly used by Sun Solaris????", Status.ASSIGNED),
        ("", Status.ASSIGNED),
    ],
)
def test_status_is_read_from_the_words(description: str, status: Status) -> None:
    assert classify(row("7", description)) is status


def test_a_row_speaks_for_the_transport_it_names() -> None:
    assert transports_of(row("7", "Unassigned", SCTP)) == (SCTP,)


@pytest.mark.parametrize(
    ("description", "transports"),
    [
        ("Unassigned", (TCP, UDP, SCTP, DCCP)),
        ("Reserved", (TCP, UDP, SCTP, DCCP)),
        ("Removed", (TCP, UDP)),
        ("Active Networks", (TCP, UDP)),
    ],
)
def test_a_row_without_a_transport_speaks_for(description: str, transports: tuple[Transport, ...]) -> None:
    assert transports_of(row("7", description)) == transports


def test_the_strongest_status_holds_whatever_the_order_of_rows() -> None:
    weakest_first = [
        row("10-14", "Unassigned"),
        row("11-14", "Reserved"),
        row("12-14", "Removed"),
        row("13-14", "A service", TCP, "a"),
    ]
    expected = [Status.NO_ROW, Status.UNASSIGNED, Status.RESERVED, Status.WITHDRAWN, Status.ASSIGNED, Status.ASSIGNED]
    for rows in (weakest_first, weakest_first[::-1]):
        assert [status_of(status_plane(rows), number, TCP) for number in range(9, 15)] == expected


def test_a_dynamic_port_stays_dynamic_unless_it_is_assigned() -> None:
    plane = status_plane([row("49150-49160", "Unassigned"), row("49160", "A service", UDP, "a")])
    assert status_of(plane, 49_151, UDP) is Status.UNASSIGNED
    assert status_of(plane, 49_152, UDP) is Status.DYNAMIC
    assert status_of(plane, 49_160, UDP) is Status.ASSIGNED
    assert status_of(plane, 49_160, TCP) is Status.DYNAMIC


def test_no_rows_give_a_whole_plane() -> None:
    assert status_plane([]) == (bytes(49_152) + bytes([Status.DYNAMIC]) * 16_384) * 4


# The formats.

SAMPLE_CSV = (
    HEADER
    + """,0,tcp,Reserved,[Jon_Postel],[Jon_Postel],,,[RFC6335],,,
discard,9,dccp,Discard,[Eddie_Kohler],[Eddie_Kohler],,,[RFC4340],1145656131,,
smtp,25,tcp,Simple Mail Transfer,[IESG],[IETF_Chair],,2017-06-05,[RFC5321],,,
a-bc,80-81,tcp,"Two lines
IANA said, ""so"".",[A_B][C],[A_B][C],2006-05,,[RFC1][RFC2],,Unauthorized use (see [RFC4146]),A note
,849-852,,Unassigned,,,,,,,,
srv-only,,tcp,No port,[A_B],[A_B],,,,,,
x,9105,udp,X,,,,,"[Some One <x&example.org> 15 June 2009][ISO/IEC 13818-6]",,,Ask <y&example.org> first
"""
)
SAMPLE_XML = """<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet type="text/xsl" href="service-names-port-numbers.xsl"?>
<registry xmlns="http://www.iana.org/assignments" id="service-names-port-numbers">
  <title>Service Name and Transport Protocol Port Number Registry</title>
  <updated>2019-12-20</updated>
  <xref type="rfc" data="rfc6335"/>
  <note>See <xref type="rfc" data="rfc6335"/>.</note>
  <record>
    <protocol>tcp</protocol>
    <xref type="person" data="Jon_Postel"/>
    <description>Reserved</description>
    <number>0</number>
    <xref type="rfc" data="rfc6335"/>
  </record>
  <record>
    <name>discard</name>
    <protocol>dccp</protocol>
    <xref type="person" data="Eddie_Kohler"/>
    <xref type="rfc" data="rfc4340"/>
    <description>Discard</description>
    <number>9</number>
    <sc>1145656131</sc>
  </record>
  <record updated="2017-06-05">
    <name>smtp</name>
    <protocol>tcp</protocol>
    <assignee>
      <xref type="person" data="IESG"/>
    </assignee>
    <xref type="person" data="IETF_Chair"/>
    <xref type="rfc" data="rfc5321"/>
    <description>Simple Mail Transfer</description>
    <number>25</number>
  </record>
  <record date="2006-05">
    <name>a-bc</name>
    <protocol>tcp</protocol>
    <xref type="person" data="A_B"/>
    <xref type="person" data="C"/>
    <xref type="rfc" data="rfc1"/>
    <xref type="rfc" data="rfc2"/>
    <description>Two lines<br/><br/>IANA said, "so".</description>
    <number>80-81</number>
    <unauthorized>Unauthorized use (see <xref type="rfc" data="rfc4146"/>)</unauthorized>
    <note>A
    note</note>
  </record>
  <record>
    <description>Unassigned</description>
    <number>849-852</number>
  </record>
  <record>
    <name>srv-only</name>
    <protocol>tcp</protocol>
    <description>No port</description>
  </record>
  <record>
    <name>x</name>
    <protocol>udp</protocol>
    <description>X</description>
    <number>9105</number>
    <xref type="text">Some One &lt;x&amp;example.org&gt; 15 June 2009</xref>
    <xref type="text">ISO/IEC 13818-6</xref>
    <note>Ask &lt;y&amp;example.org&gt; first</note>
  </record>
  <people>
    <person id="Jon_Postel"><name>Jon Postel</name></person>
  </people>
</registry>
"""


def test_csv_rows_are_folded_unbracketed_and_impersonal() -> None:
    rows = list(parse_csv(SAMPLE_CSV))
    assert [str(row.ports) for row in rows] == ["0", "9", "25", "80-81", "849-852", "9105"]
    assert rows[3] == IanaRow(
        ports=PortRange(80, 81),
        transport=TCP,
        name="a-bc",
        description='Two lines IANA said, "so".',
        reference="RFC1 RFC2",
        assignee="A_B C",
        registered="2006-05",
        modified=None,
        unauthorized="Unauthorized use (see [RFC4146])",
        notes="A note",
        service_code=None,
    )
    assert (rows[5].reference, rows[5].notes) == ("ISO/IEC_13818-6", "Ask first")


def test_xml_gives_the_same_rows_as_csv() -> None:
    assert list(parse_xml(SAMPLE_XML)) == list(parse_csv(SAMPLE_CSV))


def test_the_csv_that_is_written_is_ianas_without_contacts() -> None:
    assert format_csv(list(parse_csv(SAMPLE_CSV))[:2]) == (
        HEADER
        + ",0,tcp,Reserved,[Jon_Postel],,,,[RFC6335],,,\n"
        + "discard,9,dccp,Discard,[Eddie_Kohler],,,,[RFC4340],1145656131,,\n"
    )


@pytest.mark.parametrize(
    ("rows", "place", "problem"),
    [
        ("ssh,22,tcp,SSH,,,,,,,,\nssh,22x,tcp,SSH,,,,,,,,\n", "line 3", "no port number: '22x'"),
        ("ssh,65536,tcp,SSH,,,,,,,,\n", "line 2", "no port number: '65536'"),
        ("ssh,-1,tcp,SSH,,,,,,,,\n", "line 2", "no port number: '-1'"),
        ("ssh,30-22,tcp,SSH,,,,,,,,\n", "line 2", "no port number: '30-22'"),
        ('a,1,tcp,"two\nlines",,,,,,,,\nssh,22,quic,SSH,,,,,,,,\n', "line 4", "unknown transport: 'quic'"),
        ("ssh,22,tcp,SSH,,,,,,,\n", "line 2", "11 columns instead of 12"),
        ("\nssh,22,tcp,Acme, Inc,,,,,,,,\n", "line 3", "13 columns instead of 12"),
        ('ssh,22,tcp,"SSH,,,,,,,,\n', "line 2", "unexpected end of data"),
    ],
)
def test_a_malformed_csv_row_is_named_by_its_line(rows: str, place: str, problem: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_csv(HEADER + rows))
    assert (caught.value.place, caught.value.problem) == (place, problem)


@pytest.mark.parametrize("text", ["", "\n", "Service Name,Port Number\n", HEADER.lower(), "<html></html>"])
def test_another_header_is_refused(text: str) -> None:
    with pytest.raises(SourceTextError, match=r"^line 1: not IANA's header"):
        list(parse_csv(text))


def test_a_malformed_record_is_named_by_its_line() -> None:
    line = SAMPLE_XML.splitlines().index('  <record updated="2017-06-05">') + 1
    with pytest.raises(SourceTextError) as caught:
        list(parse_xml(SAMPLE_XML.replace("<number>25<", "<number>smtp<")))
    assert (caught.value.place, caught.value.problem) == (f"line {line}", "no port number: 'smtp'")


def test_xml_that_is_cut_off_is_refused_with_its_line() -> None:
    cut = SAMPLE_XML[: SAMPLE_XML.index("<name>smtp")]
    with pytest.raises(SourceTextError, match=rf"^line {cut.count(chr(10)) + 1}: "):
        list(parse_xml(cut))


@pytest.mark.parametrize(
    "declaration", ['<!DOCTYPE registry [<!ENTITY a "b">]>', "<!doctype registry>", '<!ENTITY a SYSTEM "file:///x">']
)
def test_a_document_type_is_refused_before_parsing(declaration: str) -> None:
    with pytest.raises(SourceTextError, match=r"^line 2: a document type declaration or entity is refused"):
        list(parse_xml(f"<?xml version='1.0'?>\n{declaration}\n<registry>&a;</registry>"))


def test_other_xml_is_refused() -> None:
    with pytest.raises(SourceTextError, match="not IANA's registry: 'html'"):
        list(parse_xml("<html><record><number>1</number></record></html>"))


# Properties.

WORDS = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"])).map(
    lambda text: " ".join(text.split())
)
TOKENS = st.lists(
    st.text(st.characters(exclude_characters="<>[]_", exclude_categories=["Cs", "Z", "C"]), min_size=1, max_size=20)
).map(lambda tokens: " ".join(" ".join(tokens).split()) or None)
ROWS = st.builds(
    IanaRow,
    ports=st.tuples(st.integers(0, 65_535), st.integers(0, 65_535)).map(lambda pair: PortRange(min(pair), max(pair))),
    transport=st.sampled_from([None, *Transport]),
    name=WORDS.map(lambda text: text or None),
    description=WORDS,
    reference=TOKENS,
    assignee=TOKENS,
    registered=WORDS.map(lambda text: text or None),
    modified=WORDS.map(lambda text: text or None),
    unauthorized=WORDS.map(lambda text: text or None),
    notes=WORDS.map(lambda text: text or None),
    service_code=WORDS.map(lambda text: text or None),
)


@given(st.lists(ROWS))
def test_what_is_written_is_read_back(rows: list[IanaRow]) -> None:
    assert list(parse_csv(format_csv(rows))) == rows


@given(st.lists(ROWS, max_size=5))
def test_every_row_has_a_status_and_transports(rows: list[IanaRow]) -> None:
    assert all(classify(row) in {Status.ASSIGNED, Status.UNASSIGNED, Status.RESERVED, Status.WITHDRAWN} for row in rows)
    assert all(transports_of(row) for row in rows)
    assert len(status_plane(rows)) == 4 * PORT_COUNT


@given(st.text() | st.text(alphabet=',"\n\r17tcpudp-[]<>&;\0').map(lambda text: HEADER + text))
def test_any_text_gives_rows_or_a_source_text_error_as_csv(text: str) -> None:
    try:
        rows = list(parse_csv(text))
    except SourceTextError:
        return
    assert list(parse_csv(format_csv(rows))) == rows


XML_PIECES = st.lists(
    st.sampled_from([
        "<record>", "</record>", "<number>", "</number>", "<protocol>", "</protocol>", "<xref type='rfc' data='rfc1'/>",
        "<note>", "</note>", "1", "tcp", "&amp;", "&a;", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a>", "\0", "\n", "é",
    ])
).map("".join)  # fmt: skip


@given(st.text() | XML_PIECES | XML_PIECES.map(lambda text: f"<registry>{text}</registry>"))
def test_any_text_gives_rows_or_a_source_text_error_as_xml(text: str) -> None:
    try:
        rows = list(parse_xml(text))
    except SourceTextError:
        return
    assert all(isinstance(row, IanaRow) for row in rows)
