"""rpm's database as a hash of Berkeley DB, ``Packages`` (libdb 5.3: ``src/dbinc/db_page.h``).

Pages of one size. The first describes the file; on hash pages stand keys and values in turn, and a header, which
is larger than a page, stands on a chain of overflow pages. Only files written on a machine of our own byte order
are read, as rpm itself does; a chain that leaves the file, goes round in a circle or ends early is passed over.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from quietport.host.package.database_root import read_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_META = struct.Struct("=8xIIIIBB6xI")  # page, magic, version, page size, encryption, type, last page
_PAGE = struct.Struct("=8xIIIHHBB")  # page, previous, next, entries, length or end of free space, level, type
_OFF_PAGE = struct.Struct("=4xII")  # type and padding, first page of the chain, length of all
_HASH_MAGIC = 0x0006_1561
_P_HASH_UNSORTED, _P_OVERFLOW, _P_HASHMETA, _P_HASH = 2, 7, 8, 13
_H_KEYDATA, _H_OFFPAGE = 1, 3
_PAGE_SIZES = frozenset(512 << shift for shift in range(8))
_MAX_BLOB_BYTES = 64 * 1024 * 1024


def read_blobs(descriptor: int) -> Iterator[bytes]:
    """Yield the header of each package in an open file; raises ValueError where it is no such database."""
    meta = read_at(descriptor, 512, 0)
    if len(meta) < _META.size:
        raise ValueError("shorter than its first page")
    _, magic, _, page_bytes, encryption, kind, last = _META.unpack_from(meta)
    if magic != _HASH_MAGIC or kind != _P_HASHMETA or page_bytes not in _PAGE_SIZES or encryption:
        raise ValueError("not a hash of Berkeley DB")
    for number in range(1, last + 1):
        page = read_at(descriptor, page_bytes, number * page_bytes)
        if len(page) < page_bytes:
            return
        if page[_PAGE.size - 1] in (_P_HASH, _P_HASH_UNSORTED):
            for value in parse_values(page):
                blob = value if isinstance(value, bytes) else _read_chain(descriptor, page_bytes, *value)
                if blob is not None:
                    yield blob


def parse_values(page: bytes) -> Iterator[bytes | tuple[int, int]]:
    """Yield each value of a hash page, or the first overflow page and the length of one that stands elsewhere.

    Keys and values fill the page from its end, so each ends where the one before it begins.
    """
    count = _PAGE.unpack_from(page)[3]
    places = struct.Struct(f"={min(count, (len(page) - _PAGE.size) // 2)}H").unpack_from(page, _PAGE.size)
    for end, place in zip(places[::2], places[1::2], strict=False):
        if place >= len(page):
            continue
        if page[place] == _H_KEYDATA:
            yield page[place + 1 : end]
        elif page[place] == _H_OFFPAGE and place + _OFF_PAGE.size <= len(page):
            yield _OFF_PAGE.unpack_from(page, place)


def _read_chain(descriptor: int, page_bytes: int, first: int, length: int) -> bytes | None:
    """Return what stands on a chain of overflow pages, or None where it is not all there."""
    if length > _MAX_BLOB_BYTES:
        return None
    parts: list[bytes] = []
    left, number = length, first
    while left > 0 and number:
        page = read_at(descriptor, page_bytes, number * page_bytes)
        if len(page) < page_bytes:
            return None
        _, _, number, _, held, _, kind = _PAGE.unpack_from(page)
        if kind != _P_OVERFLOW or not 0 < held <= page_bytes - _PAGE.size:
            return None
        parts.append(page[_PAGE.size : _PAGE.size + held])
        left -= held
    return b"".join(parts) if left == 0 else None
