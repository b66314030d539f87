"""Which package of Alpine's apk owns a file, out of ``lib/apk/db/installed``.

One file of records, each ended by an empty line. A line is a letter, a colon and a text: ``P:`` name, ``V:``
version, ``F:`` a directory without the first slash, ``R:`` a file in it. When a package was installed is not told.
Source: https://wiki.alpinelinux.org/wiki/Apk_spec, section "Installed Database V2".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.package.text import package_text
from quietport.model.package import Package

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.host.package.database import Found
    from quietport.host.package.database_root import DatabaseRoot

PLACES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
"""Where it lies; the second since apk 3, and where directories are merged."""


def find_packages(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    """Return the package of each path, None where no package owns it; raises FileNotFoundError without a database."""
    place = next(filter(root.holds, PLACES), PLACES[0])
    content = b"\n" + root.read(place).content
    found: dict[str, Found] = {}
    for path in paths:
        record = next((held for spelling in root.spell(path) if (held := find_record(content, spelling))), None)
        found[path] = None if record is None else make_package(record, is_claim=root.is_claim)
    return found


def find_record(content: bytes, path: str) -> bytes | None:
    """Return the record, up to the file, of the package that has a file; the content begins with a line's end."""
    directory, _, base = path[1:].encode("utf-8", "surrogateescape").rpartition(b"/")
    if b"\n" in directory or b"\n" in base:
        return None
    line = b"\nR:%s\n" % base
    at = content.find(line)
    while at >= 0:
        start = max(content.rfind(b"\n\n", 0, at), 0)
        above = content.rfind(b"\nF:", start, at)
        if above >= 0 and content[above + 3 : content.find(b"\n", above + 1)] == directory:
            return content[start:at]
        at = content.find(line, at + 1)
    return None


def make_package(record: bytes, *, is_claim: bool) -> Package | None:
    """Return the package that a record is about, or None where it has no name."""
    name, version = _field(record, b"\nP:"), _field(record, b"\nV:")
    return Package("apk", name, version, is_claim) if name else None


def _field(record: bytes, mark: bytes) -> str | None:
    at = record.find(mark)
    return None if at < 0 else package_text(record[at + len(mark) :].partition(b"\n")[0])
