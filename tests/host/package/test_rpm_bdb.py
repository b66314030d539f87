from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.rpm_bdb import parse_values, read_blobs
from quietport.host.package.rpm_header import RpmHeader

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="rpm is of Unix"),
    pytest.mark.skipif(sys.byteorder == "big", reason="recorded on a machine of the other byte order"),
]

RECORDED = Path(__file__).with_name("recorded") / "Packages.bdb"  # made by rpm_databases.py with db5.3_load 5.3.28
NUMBER_OF_PACKAGES = struct.pack("<I", 2)


def read(content: bytes) -> list[bytes]:
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        return list(read_blobs(file.fileno()))


def test_a_database_that_libdb_wrote() -> None:
    blobs = sorted(read(RECORDED.read_bytes()), key=len)
    assert blobs[0] == NUMBER_OF_PACKAGES
    assert [RpmHeader(blob).name for blob in blobs[1:]] == [b"tinyd", b"manyd"]
    assert blobs[1] == RECORDED.with_name("tinyd.header").read_bytes()


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, RECORDED.with_name("tinyd.header").read_bytes()])
def test_what_is_no_such_database(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"shorter|not a hash"):
        read(content)


def test_a_file_that_was_cut_off_has_what_is_whole() -> None:
    content = RECORDED.read_bytes()
    found = [len(read(content[:size])) for size in range(512, len(content) + 512, 512)]
    assert (found[0], found[-1]) == (0, 3)
    whole = set(read(content))
    assert all(set(read(content[:size])) <= whole for size in range(512, len(content), 300))


def test_a_chain_that_goes_round_in_a_circle_ends() -> None:
    content = bytearray(RECORDED.read_bytes())
    for page in range(512, len(content), 512):
        if content[page + 25] == 7:
            struct.pack_into("<I", content, page + 16, page // 512)
    whole = {len(blob) for blob in read(RECORDED.read_bytes())}
    assert NUMBER_OF_PACKAGES in read(bytes(content))
    assert {len(blob) for blob in read(bytes(content))} < whole


@given(st.binary())
def test_no_page_is_too_strange(body: bytes) -> None:
    page = (bytes(20) + body).ljust(512, b"\1")
    for value in parse_values(page):
        assert isinstance(value, bytes) or len(value) == 2


@given(st.data())
def test_no_damage_is_too_strange(data: st.DataObject) -> None:
    content = bytearray(RECORDED.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        blobs = read(bytes(content))
    except ValueError:
        return
    assert sum(map(len, blobs)) <= len(content) * len(content)


def test_the_descriptor_stays_open() -> None:
    descriptor = os.open(RECORDED, os.O_RDONLY)
    assert len(list(read_blobs(descriptor))) == 3
    os.close(descriptor)
