"""IANA's registry as text: the parser, the writer and the statuses."""

from __future__ import annotations

import pytest

from quietport.model.errors import SourceTextError
from quietport.model.port import PORT_COUNT, PortRange, Transport
from quietport.model.registration import IanaRow, Status
from quietport.registry.iana import classify, format_csv, parse_csv, parse_xml, status_plane, transports_of

HEADER = (
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n"
)
TCP, UDP, SCTP, DCCP = Transport


def status_of(plane: bytes, number: int, transport: Transport) -> Status:
    """Return one status of a plane."""
    return Status(plane[list(Transport).index(transport) * PORT_COUNT + number])


def row(ports: str, description: str, transport: Transport | None = None, name: str | None = None) -> IanaRow:
    """Return a row that gives nothing else."""
    (parsed,) = parse_csv(f'{HEADER}{name or ""},{ports},{transport or ""},"{description}",,,,,,,,\n')
    return parsed


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
