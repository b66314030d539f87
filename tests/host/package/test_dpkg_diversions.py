from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.dpkg_diversions import LOCAL, Diversion, parse_diversions

LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


def test_diversions_by_a_package_and_by_an_administrator() -> None:
    content = b"/usr/bin/pg_config\n/usr/bin/pg_config.libpq-dev\npostgresql-common\n/bin/sh\n/bin/sh.real\n:\n"
    assert parse_diversions(content) == [
        Diversion("/usr/bin/pg_config", "/usr/bin/pg_config.libpq-dev", "postgresql-common"),
        Diversion("/bin/sh", "/bin/sh.real", LOCAL),
    ]


def test_what_is_cut_off_is_left_out() -> None:
    assert parse_diversions(b"/a\n/a.real\nx\n/b\n/b.real") == [Diversion("/a", "/a.real", "x")]


@given(st.lists(st.tuples(LINE, LINE, LINE)))
def test_whatever_was_written_is_read_again(entries: list[tuple[str, str, str]]) -> None:
    content = "".join(f"{line}\n" for entry in entries for line in entry).encode()
    assert parse_diversions(content) == [Diversion(*entry) for entry in entries]


@given(st.binary())
def test_no_bytes_are_too_strange(content: bytes) -> None:
    assert len(parse_diversions(content)) == content.count(b"\n") // 3
