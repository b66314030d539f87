"""Whatever the text: rows or a SourceTextError; whatever the rows: they are read back as written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import SourceTextError
from quietport.model.port import PORT_COUNT, PortRange, Transport
from quietport.model.registration import IanaRow, Status
from quietport.registry.iana import COLUMNS, classify, format_csv, parse_csv, parse_xml, status_plane, transports_of

HEADER = ",".join(COLUMNS) + "\n"
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
        "<note>", "</note>", "1", "tcp", "&amp;", "&a;", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a>", "\0", "\n",
    ])
).map("".join)  # fmt: skip


@given(st.text() | XML_PIECES | XML_PIECES.map(lambda text: f"<registry>{text}</registry>"))
def test_any_text_gives_rows_or_a_source_text_error_as_xml(text: str) -> None:
    try:
        rows = list(parse_xml(text))
    except SourceTextError:
        return
    assert all(isinstance(row, IanaRow) for row in rows)
