"""The header of an installed rpm package, as its databases hold it (rpm's ``docs/manual/format_header.md``).

Two numbers, an index of entries of 16 bytes, and the data that they point into; all numbers are big-endian.
Everything is checked against the bytes that are there, since in a container they are anyone's.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, VERSION, RELEASE, EPOCH, INSTALLTIME = 1000, 1001, 1002, 1003, 1008  # include/rpm/rpmtag.h
DIRINDEXES, BASENAMES, DIRNAMES = 1116, 1117, 1118
_INT32, _STRING, _STRING_ARRAY, _I18NSTRING = 4, 6, 8, 9
_WANTED = frozenset({NAME, VERSION, RELEASE, EPOCH, INSTALLTIME, DIRINDEXES, BASENAMES, DIRNAMES})

_LENGTHS = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_NUMBER = struct.Struct(">I")


class RpmHeader:
    """One package; what is missing or malformed in it is None."""

    def __init__(self, blob: bytes) -> None:
        """Read the index; raises ValueError where the lengths do not fit the bytes."""
        if len(blob) < _LENGTHS.size:
            raise ValueError("shorter than a header")
        entries, size = _LENGTHS.unpack_from(blob)
        data = _LENGTHS.size + entries * _ENTRY.size
        if data + size > len(blob):
            raise ValueError("longer than the bytes that are there")
        index = _ENTRY.iter_unpack(memoryview(blob)[_LENGTHS.size : data])
        self._data = blob[data : data + size]
        self._index = {tag: (kind, offset, count) for tag, kind, offset, count in index if tag in _WANTED}

    @property
    def name(self) -> bytes | None:
        """Return the name."""
        return self.find_string(NAME)

    @property
    def version(self) -> bytes | None:
        """Return ``epoch:version-release``, the epoch only where there is one."""
        version, release = self.find_string(VERSION), self.find_string(RELEASE)
        if version is None or release is None:
            return version
        epoch = self.find_number(EPOCH)
        return b"%s%s-%s" % (b"" if epoch is None else b"%d:" % epoch, version, release)

    @property
    def installed_at_s(self) -> int | None:
        """Return when it was installed or upgraded, in seconds of Unix time."""
        return self.find_number(INSTALLTIME)

    def find_path(self, number: int) -> bytes | None:
        """Return the path of one of its files, counted from 0."""
        directory = self.find_number(DIRINDEXES, number)
        base = self._find_text(BASENAMES, number)
        parent = None if directory is None else self._find_text(DIRNAMES, directory)
        return None if base is None or parent is None else parent + base

    def find_files(self, base: bytes) -> Iterator[bytes]:
        """Yield the path of each of its files that has this base name."""
        for number, name in enumerate(self.base_names):
            path = self.find_path(number) if name == base else None
            if path is not None:
                yield path

    @property
    def base_names(self) -> list[bytes]:
        """Return the base names of its files."""
        kind, offset, count = self._index.get(BASENAMES, (0, 0, 0))
        return self._data[offset:].split(b"\0", count)[:count] if kind == _STRING_ARRAY else []

    def find_string(self, tag: int) -> bytes | None:
        """Return a text."""
        kind, _, _ = self._index.get(tag, (0, 0, 0))
        return self._find_text(tag, 0) if kind in (_STRING, _I18NSTRING) else None

    def find_number(self, tag: int, number: int = 0) -> int | None:
        """Return one of a row of numbers."""
        kind, offset, count = self._index.get(tag, (0, 0, 0))
        at = offset + number * _NUMBER.size
        if kind != _INT32 or not 0 <= number < count or at + _NUMBER.size > len(self._data):
            return None
        found: int = _NUMBER.unpack_from(self._data, at)[0]
        return found

    def _find_text(self, tag: int, number: int) -> bytes | None:
        """Return one of a row of texts, each of which ends with a zero byte."""
        _, offset, count = self._index.get(tag, (0, 0, 0))
        if not 0 <= number < count or offset >= len(self._data):
            return None
        texts = self._data[offset:].split(b"\0", number + 1)
        return texts[number] if len(texts) > number + 1 else None
