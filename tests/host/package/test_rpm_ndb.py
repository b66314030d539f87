"""Debian's rpm writes no ndb: the files here are laid out as rpm's ``lib/backend/ndb/rpmpkg.c`` does it."""

from __future__ import annotations

import struct
import sys
import zlib
from tempfile import TemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.rpm_ndb import read_blobs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rpm is of Unix")


def make_database(blobs: list[bytes], pages: int = 1) -> bytes:
    """Return ``Packages.db`` with these packages, numbered from 1, in blocks after the pages of slots."""
    slots = struct.pack("<4sIII16x", b"RpmP", 0, 7, pages)
    body = b""
    for number, blob in enumerate(blobs, 1):
        held = struct.pack("<4sIII", b"BlbS", number, 7, len(blob)) + blob
        tail = struct.pack("<III", zlib.adler32(held), len(blob), 0x45626C42)
        held = held + bytes(-(len(held) + len(tail)) % 16) + tail
        slots += struct.pack("<4sIII", b"Slot", number, (pages * 4096 + len(body)) // 16, len(held) // 16)
        body += held
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    return slots + free * ((pages * 4096 - len(slots)) // 16) + body


def read(content: bytes) -> list[bytes]:
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        return list(read_blobs(file.fileno()))


@given(st.lists(st.binary(), max_size=5), st.integers(1, 3))
def test_every_package_is_read_again(blobs: list[bytes], pages: int) -> None:
    assert read(make_database(blobs, pages)) == blobs


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RpmP",
        bytes(4096),
        struct.pack("<4sIII16x", b"RpmP", 1, 7, 1),
        struct.pack("<4sIII16x", b"RpmP", 0, 7, 0),
        struct.pack("<4sIII16x", b"RpmP", 0, 7, 2**32 - 1),
    ],
)
def test_what_is_no_such_database(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"shorter|not an ndb"):
        read(content)


def test_slots_that_point_elsewhere_are_passed_over() -> None:
    header = struct.pack("<4sIII16x", b"RpmP", 0, 7, 1)
    blob = struct.pack("<4sIII", b"BlbS", 1, 7, 2**32 - 1)
    slots = b"".join(
        struct.pack("<4sIII", b"Slot", number, block, blocks)
        for number, block, blocks in ((1, 256, 1), (1, 2**32 - 1, 1), (1, 0, 2**32 - 1), (2, 256, 1), (1, 0, 4))
    )
    assert read((header + slots).ljust(4096, b"\0") + blob) == []


@given(st.data())
def test_no_damage_is_too_strange(data: st.DataObject) -> None:
    content = bytearray(make_database([b"header of one", b"header of another"]))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        blobs = read(bytes(content[: data.draw(st.integers(0, len(content)))]))
    except ValueError:
        return
    assert sum(map(len, blobs)) <= 256 * len(content)
