"""rpm's database in its own format, ``Packages.db`` (rpm's ``lib/backend/ndb/rpmpkg.c``).

A header of 32 bytes, pages of slots of 16 bytes, and blobs that the slots point to, in blocks of 16 bytes. All
numbers are little-endian; a slot that points outside the file, or to something else than a blob, is passed over.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from quietport.host.package.database_root import read_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = struct.Struct("<4sIII16x")  # magic, version, generation, pages of slots
_SLOT = struct.Struct("<4sIII")  # magic, package, first block, number of blocks
_BLOB = struct.Struct("<4sIII")  # magic, package, generation, length
_PAGE_BYTES = 4096
_BLOCK_BYTES = 16
_MAX_PAGES = 1024
"""A quarter of a million packages."""
_MAX_BLOB_BYTES = 64 * 1024 * 1024


def read_blobs(descriptor: int) -> Iterator[bytes]:
    """Yield the header of each package in an open file; raises ValueError where it is no such database."""
    header = read_at(descriptor, _HEADER.size, 0)
    if len(header) < _HEADER.size:
        raise ValueError("shorter than its header")
    magic, version, _, pages = _HEADER.unpack(header)
    if (magic, version) != (b"RpmP", 0) or not 0 < pages <= _MAX_PAGES:
        raise ValueError("not an ndb database")
    slots = read_at(descriptor, pages * _PAGE_BYTES - _HEADER.size, _HEADER.size)
    usable = memoryview(slots)[: len(slots) // _SLOT.size * _SLOT.size]
    for magic, package, block, blocks in _SLOT.iter_unpack(usable):
        if magic == b"Slot" and package and blocks:
            blob = _read_blob(descriptor, package, block * _BLOCK_BYTES, blocks * _BLOCK_BYTES)
            if blob is not None:
                yield blob


def _read_blob(descriptor: int, package: int, offset: int, size: int) -> bytes | None:
    if size > _MAX_BLOB_BYTES:
        return None
    held = read_at(descriptor, size, offset)
    if len(held) < _BLOB.size:
        return None
    magic, number, _, length = _BLOB.unpack_from(held)
    if magic != b"BlbS" or number != package or length > len(held) - _BLOB.size:
        return None
    return held[_BLOB.size : _BLOB.size + length]
