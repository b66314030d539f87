from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package import rpm_header
from quietport.host.package.rpm_header import RpmHeader

RECORDED = Path(__file__).with_name("recorded") / "tinyd.header"  # made by rpm_databases.py with rpm 4.18.0

INT32, STRING, STRING_ARRAY = 4, 6, 8


def make_header(*tags: tuple[int, int, list[int] | list[bytes]], more: bytes = b"") -> bytes:
    """Return a header blob as rpm's documentation describes it."""
    index, data = b"", b""
    for tag, kind, values in tags:
        index += struct.pack(">IIII", tag, kind, len(data), len(values))
        data += b"".join(struct.pack(">I", v) if isinstance(v, int) else v + b"\0" for v in values)
    return struct.pack(">II", len(tags), len(data)) + index + data + more


def test_a_header_that_rpm_wrote() -> None:
    header = RpmHeader(RECORDED.read_bytes())
    assert (header.name, header.version, header.installed_at_s) == (b"tinyd", b"4:1.2-3", 1_795_581_253)
    assert [header.find_path(number) for number in (0, 1, 2, 3, 4)] == [
        b"/opt/tinyd",
        b"/opt/tinyd/tinyd",
        b"/opt/tinyd/tool",
        b"/usr/sbin/tinyd",
        None,
    ]
    assert list(header.find_files(b"tinyd")) == [b"/opt/tinyd", b"/opt/tinyd/tinyd", b"/usr/sbin/tinyd"]
    assert list(header.find_files(b"tiny")) == []


def test_a_header_without_an_epoch_or_a_version() -> None:
    name = (rpm_header.NAME, STRING, [b"x"])
    assert RpmHeader(make_header(name)).version is None
    version = RpmHeader(make_header(name, (rpm_header.VERSION, STRING, [b"1"]), (rpm_header.RELEASE, STRING, [b"2"])))
    assert (version.version, version.installed_at_s) == (b"1-2", None)


@pytest.mark.parametrize(
    "blob", [b"", b"\0" * 7, struct.pack(">II", 1, 0), struct.pack(">II", 2**32 - 1, 2**32 - 1) + b"\0" * 64]
)
def test_lengths_that_do_not_fit(blob: bytes) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        RpmHeader(blob)


def test_entries_that_point_nowhere() -> None:
    index = b"".join(
        struct.pack(">IIII", tag, kind, offset, count)
        for tag, kind, offset, count in (
            (rpm_header.NAME, STRING, 2**32 - 1, 1),
            (rpm_header.VERSION, INT32, 0, 1),
            (rpm_header.EPOCH, INT32, 1, 2**32 - 1),
            (rpm_header.DIRINDEXES, INT32, 0, 2**32 - 1),
            (rpm_header.BASENAMES, STRING_ARRAY, 0, 2**32 - 1),
            (rpm_header.DIRNAMES, STRING_ARRAY, 3, 1),
        )
    )
    header = RpmHeader(struct.pack(">II", 6, 4) + index + b"a\0bc")
    assert (header.name, header.version, header.find_number(rpm_header.EPOCH)) == (None, None, None)
    assert [header.find_path(number) for number in (-1, 0, 1, 2**31)] == [None] * 4
    assert list(header.find_files(b"a")) == []


@given(st.binary())
def test_no_bytes_are_too_strange(blob: bytes) -> None:
    try:
        header = RpmHeader(blob)
    except ValueError:
        return
    assert header.name is None or b"\0" not in header.name


@given(st.data())
def test_no_damage_is_too_strange(data: st.DataObject) -> None:
    blob = bytearray(RECORDED.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        blob[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    try:
        header = RpmHeader(bytes(blob[: data.draw(st.integers(0, len(blob)))]))
    except ValueError:
        return
    for path in (header.name, header.version, *header.find_files(b"tinyd"), *map(header.find_path, range(5))):
        assert path is None or b"\0" not in path


BASE = st.binary(min_size=1, max_size=5).map(lambda raw: raw.replace(b"\0", b"0").replace(b"/", b"-"))


@given(st.lists(st.tuples(st.integers(0, 2), BASE)), st.lists(BASE, min_size=3, max_size=3))
def test_every_file_is_found_by_number_and_by_name(files: list[tuple[int, bytes]], parents: list[bytes]) -> None:
    header = RpmHeader(
        make_header(
            (rpm_header.DIRINDEXES, INT32, [directory for directory, _ in files]),
            (rpm_header.BASENAMES, STRING_ARRAY, [base for _, base in files]),
            (rpm_header.DIRNAMES, STRING_ARRAY, [b"/%s/" % parent for parent in parents]),
            more=b"what follows is not the header's",
        )
    )
    paths = [b"/%s/%s" % (parents[directory], base) for directory, base in files]
    assert [header.find_path(number) for number in range(len(files))] == paths
    assert all(path in header.find_files(path.rpartition(b"/")[2]) for path in paths)
