"""The text sources: what a good row becomes, and where a bad one is said to stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import SourceTextError
from quietport.model.page import Source, SourceKind
from quietport.model.port import PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse
from quietport.registry.text import (
    DE_FACTO_COLUMNS,
    MISUSE_COLUMNS,
    PROGRAM_COLUMNS,
    SEARCHED_COLUMNS,
    parse_de_facto,
    parse_misuse,
    parse_ports,
    parse_programs,
    parse_sources,
    parse_tsv,
)

USES = "\t".join(DE_FACTO_COLUMNS) + "\n"
REPORTS = "\t".join(MISUSE_COLUMNS) + "\n"
PROGRAMS = "\t".join(PROGRAM_COLUMNS) + "\n"
PORTS = "\t".join(SEARCHED_COLUMNS) + "\n"


def test_a_software_default_keeps_every_field() -> None:
    text = "# a comment\n" + USES + "\n6379\t6379\ttcp\tRedis\tdata\tredis-conf\tredis.conf\tport 6379\n"
    assert list(parse_de_facto("uses.tsv", text)) == [
        DeFactoUse(PortRange(6379, 6379), Transport.TCP, "Redis", "data", "redis-conf", "redis.conf", "port 6379")
    ]


def test_a_report_of_misuse_has_its_year_as_a_number() -> None:
    text = REPORTS + "3\t4\tudp\tcd00r\t2002\tLast knock\tattack\t\tports (200, 3)\n"
    assert list(parse_misuse("m.tsv", text)) == [
        Misuse(PortRange(3, 4), Transport.UDP, "cd00r", 2002, "Last knock", "attack", "", "ports (200, 3)")
    ]


def test_a_program_may_speak_several_services_or_none() -> None:
    text = PROGRAMS + "nginx\tnginx\thttp https\tdeb\t/a\tlisten 80\nXorg\tX.Org\t\tdeb\t/b\tXorg\n"
    assert list(parse_programs("p.tsv", text)) == [
        KnownProgram("nginx", "nginx", ("http", "https"), "deb", "/a", "listen 80"),
        KnownProgram("Xorg", "X.Org", (), "deb", "/b", "Xorg"),
    ]


def test_a_row_says_where_it_stands_counting_comments_and_empty_lines() -> None:
    text = "# one\n\n" + PORTS + "# four\n851\t851\tudp\r\n"
    row = {"first": "851", "last": "851", "transport": "udp"}
    assert list(parse_tsv("s.tsv", text, SEARCHED_COLUMNS)) == [("s.tsv:5", row)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "s.tsv:1: no header; it should read: first last transport"),
        ("# only a comment\n", "s.tsv:1: no header; it should read: first last transport"),
        ("first\tlast\n", "s.tsv:1: the header should read: first last transport"),
        (PORTS + "1\t2\n", "s.tsv:2: 2 fields where 3 belong"),
        (PORTS + "1\t2\ttcp\t\n", "s.tsv:2: 4 fields where 3 belong"),
        (PORTS + "1 2 tcp\n", "s.tsv:2: 1 fields where 3 belong"),
    ],
)
def test_a_malformed_table_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_tsv("s.tsv", text, SEARCHED_COLUMNS))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("first", "last", "transport"),
    [
        ("65536", "65536", "tcp"),
        ("9", "3", "tcp"),
        ("-1", "3", "tcp"),
        ("", "3", "tcp"),
        ("3", "", "tcp"),
        ("3", "4-5", "tcp"),
        (" 3", "4", "tcp"),
        ("٣", "٣", "tcp"),
        ("3", "3", "TCP"),
        ("3", "3", "xyz"),
        ("3", "3", ""),
    ],
)
def test_what_is_no_port_is_refused_with_its_place(first: str, last: str, transport: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        parse_ports("x.tsv:7", {"first": first, "last": last, "transport": transport})
    assert str(caught.value) == f"x.tsv:7: no port: {first}-{last}/{transport}"


@pytest.mark.parametrize("column", ["software", "use", "source", "words"])
def test_a_software_default_without_a_required_field_is_refused(column: str) -> None:
    good = dict(zip(DE_FACTO_COLUMNS, ("1", "1", "tcp", "S", "u", "src", "", "1"), strict=True))
    row = "\t".join((good | {column: " "}).values())
    with pytest.raises(SourceTextError, match=f"^d.tsv:2: {column} is empty$"):
        list(parse_de_facto("d.tsv", USES + row))


@pytest.mark.parametrize("year", ["", "02", "20O2", "٢٠٠٢", "-999", "9" * 5000])
def test_a_year_has_four_digits(year: str) -> None:
    text = REPORTS + f"3\t3\ttcp\tcd00r\t{year}\tLast knock\tattack\t\tport 3\n"
    with pytest.raises(SourceTextError) as caught:
        list(parse_misuse("m.tsv", text))
    assert str(caught.value) == f"m.tsv:2: no year: {year!r}"


def test_a_source_and_its_quotations() -> None:
    text = """\
[firewalld]
kind = "package"
name = "firewalld 1.3.3, service definitions"
index = "debian"
package = "firewalld"
version = "1.3.3-1"
sha256 = "ab"
as_of = 2023-06-10
opened = 2026-11-23
complete = true
words = { ranges = "0-1023" }
details_from = "other"
"""
    (entry,) = parse_sources("s.toml", text)
    assert entry.source == Source(
        id="firewalld",
        kind=SourceKind.PACKAGE,
        name="firewalld 1.3.3, service definitions",
        as_of="2023-06-10",
        opened="2026-11-23",
        url=None,
        package="debian:firewalld=1.3.3-1",
        locator=None,
        sha256="ab",
        complete=True,
    )
    assert entry.words == {"ranges": "0-1023"}
    assert entry.details_from == "other"


GOOD_SOURCE = 'kind = "page"\nname = "n"\nas_of = 2026-01-01\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[a\n", "s.toml"),
        ("[a]\nx = " + "9" * 5000, "s.toml"),
        ("a = 1", "s.toml [a]"),
        ("[a]\n", "s.toml [a]"),
        ("[a]\n" + GOOD_SOURCE.replace("page", "rumour"), "s.toml [a]"),
        ("[a]\n" + GOOD_SOURCE.replace("2026-01-01", '"lately"'), "s.toml [a]"),
        ("[a]\n" + GOOD_SOURCE + 'package = "x"\n', "s.toml [a]"),
        ("[a]\n" + GOOD_SOURCE + "words = 3\n", "s.toml [a]"),
        ("[A_b]\n" + GOOD_SOURCE, "s.toml [A_b]"),
    ],
)
def test_a_malformed_source_names_file_and_table(text: str, place: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_sources("s.toml", text))
    assert caught.value.place == place


FIELDS = st.lists(st.sampled_from(["1", "851", "65536", "tcp", "udp", "", "-1", "2002", "x", "٣", "\r"]), max_size=10)
ROWS = st.lists(FIELDS.map("\t".join), max_size=5).map("\n".join)


@given(st.one_of(st.text(), ROWS.map(lambda rows: USES + rows), st.text().map(lambda text: USES + text)))
def test_any_text_of_uses_is_rows_or_a_source_text_error(text: str) -> None:
    try:
        rows = list(parse_de_facto("d.tsv", text))
    except SourceTextError as error:
        assert error.place.startswith("d.tsv:")
    else:
        assert len(rows) <= text.count("\n")


@given(st.one_of(st.text(), ROWS.map(lambda rows: REPORTS + rows), st.text().map(lambda text: REPORTS + text)))
def test_any_text_of_reports_is_rows_or_a_source_text_error(text: str) -> None:
    try:
        rows = list(parse_misuse("m.tsv", text))
    except SourceTextError as error:
        assert error.place.startswith("m.tsv:")
    else:
        assert all(1000 <= row.year <= 9999 or str(row.year).zfill(4) in text for row in rows)


@given(st.one_of(st.text(), ROWS.map(lambda rows: PROGRAMS + rows), st.text().map(lambda text: PROGRAMS + text)))
def test_any_text_of_programs_is_rows_or_a_source_text_error(text: str) -> None:
    try:
        rows = list(parse_programs("p.tsv", text))
    except SourceTextError as error:
        assert error.place.startswith("p.tsv:")
    else:
        assert all(row.program and row.words for row in rows)


TOML_VALUES = st.sampled_from(['"page"', "1", "2026-01-01", "{}", "[]", '"2026-01-01"', '{ a = "b" }', "true", "1e999"])
TOML_KEYS = st.sampled_from(
    ["kind", "name", "as_of", "words", "package", "index", "version", "complete", "details_from"]
)
TABLES = st.dictionaries(TOML_KEYS, TOML_VALUES).map(lambda table: "\n".join(f"{k} = {v}" for k, v in table.items()))


@given(st.one_of(st.text(), TABLES.map(lambda table: f"[a]\n{table}\n"), TABLES))
def test_any_text_of_sources_is_sources_or_a_source_text_error(text: str) -> None:
    try:
        entries = list(parse_sources("s.toml", text))
    except SourceTextError as error:
        assert error.place.startswith("s.toml")
    else:
        assert all(len(entry.source.as_of) == len("2026-01-01") for entry in entries)


def test_a_deeply_nested_source_is_refused() -> None:
    with pytest.raises(SourceTextError):
        list(parse_sources("s.toml", "a = " + "[" * 100_000))
