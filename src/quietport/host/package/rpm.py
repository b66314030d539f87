"""Which package of rpm owns a file, out of rpm's database in any of its three formats.

SQLite (Fedora since 33, RHEL since 9) has an index of base names, and answers in 1 ms; the formats before it,
``Packages.db`` (SUSE, ``rpm_ndb``) and ``Packages`` (RHEL up to 8, ``rpm_bdb``), are read through for all files
that are asked about together.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host.package.rpm_header import RpmHeader
from quietport.host.package.text import package_text
from quietport.host.process.owners import rfc3339
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from quietport.host.package.database import Found
    from quietport.host.package.database_root import DatabaseRoot

DIRECTORIES = ("usr/lib/sysimage/rpm", "var/lib/rpm")
"""Where distributions keep it; on many the second is a link to the first."""

_FEW = 2
"""To look for more names than this costs more than to take all names out of a header."""

Spelt = dict[str, frozenset[bytes]]
"""The paths that a database may have for each file that is asked about."""


def find_packages(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    """Return the package of each path, None where no package owns it; raises FileNotFoundError without a database."""
    spelt = {
        path: frozenset(spelling.encode("utf-8", "surrogateescape") for spelling in root.spell(path)) for path in paths
    }
    for directory in DIRECTORIES:
        for name, read in _FORMATS:
            if root.holds(f"{directory}/{name}"):
                return read(root, f"{directory}/{name}", spelt)
    raise FileNotFoundError(DIRECTORIES[0])


def make_package(header: RpmHeader, root: DatabaseRoot) -> Package | None:
    """Return the package that a header describes, or None where it has no name."""
    name, version, installed_at_s = header.name, header.version, header.installed_at_s
    if not name:
        return None
    return Package(
        manager="rpm",
        name=package_text(name),
        version=None if version is None else package_text(version),
        is_claim=root.is_claim,
        changed_at=None if installed_at_s is None else rfc3339(installed_at_s),
    )


def search_blobs(root: DatabaseRoot, blobs: Iterable[bytes], spelt: Spelt) -> dict[str, Found]:
    """Return the package of each path, out of the headers of all packages; one that is malformed owns nothing.

    Few names are looked for in the bytes of each header, for many its names are taken out once.
    """
    found: dict[str, Found] = dict.fromkeys(spelt)
    left = {path: path.rpartition("/")[2].encode("utf-8", "surrogateescape") for path in spelt}
    for blob in blobs:
        if len(left) <= _FEW and not any(base + b"\0" in blob for base in left.values()):
            continue
        header = _parse(blob)
        if header is None:
            continue
        names = frozenset(header.base_names)
        for path in [path for path, base in left.items() if base in names]:
            if not spelt[path].isdisjoint(header.find_files(left[path])):
                found[path] = make_package(header, root)
                del left[path]
        if not left:
            break
    return found


def _parse(blob: bytes) -> RpmHeader | None:
    try:
        return RpmHeader(blob)
    except ValueError:
        return None


def _read_sqlite(root: DatabaseRoot, path: str, spelt: Spelt) -> dict[str, Found]:
    from quietport.host.package.rpm_sqlite import DAMAGES, RpmSqlite  # noqa: PLC0415 - one format, one import

    try:
        with RpmSqlite(root, path) as database:
            return {asked: _find(root, database.find_headers, asked, spelt[asked]) for asked in spelt}
    except DAMAGES:
        return dict.fromkeys(spelt, Unknown(Reason.NOT_SUPPORTED, "rpm database"))


def _find(
    root: DatabaseRoot,
    find_headers: Callable[[str], Iterator[tuple[bytes, int]]],
    path: str,
    spellings: frozenset[bytes],
) -> Found:
    for blob, number in find_headers(path.rpartition("/")[2]):
        header = _parse(blob)
        if header is not None and header.find_path(number) in spellings:
            return make_package(header, root)
    return None


def _read_ndb(root: DatabaseRoot, path: str, spelt: Spelt) -> dict[str, Found]:
    from quietport.host.package.rpm_ndb import read_blobs  # noqa: PLC0415 - one format, one import

    return _read_through(root, path, spelt, read_blobs)


def _read_bdb(root: DatabaseRoot, path: str, spelt: Spelt) -> dict[str, Found]:
    from quietport.host.package.rpm_bdb import read_blobs  # noqa: PLC0415 - one format, one import

    return _read_through(root, path, spelt, read_blobs)


def _read_through(
    root: DatabaseRoot, path: str, spelt: Spelt, read_blobs: Callable[[int], Iterator[bytes]]
) -> dict[str, Found]:
    descriptor = root.open_regular(path)
    try:
        return search_blobs(root, read_blobs(descriptor), spelt)
    except ValueError:
        return dict.fromkeys(spelt, Unknown(Reason.NOT_SUPPORTED, "rpm database"))
    finally:
        os.close(descriptor)


_FORMATS = (("rpmdb.sqlite", _read_sqlite), ("Packages.db", _read_ndb), ("Packages", _read_bdb))
"""The file of each format; one that was converted keeps no file of the format before."""
