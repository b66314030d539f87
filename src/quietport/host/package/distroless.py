"""Which package owns a file of an image without dpkg, out of ``/var/lib/dpkg/status.d``.

Images that are put together out of Debian's packages ("distroless") have a file of the status a package there, and
beside it the package's ``.md5sums``: a sum, two blanks, and a path without its first slash. When a package was put
in is not told: all files are of 1970.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host.package.database_root import read_regular
from quietport.host.package.dpkg_lists import DPKG, ListFile, Search, seek
from quietport.host.package.text import package_text
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.host.package.database import Found
    from quietport.host.package.database_root import DatabaseRoot

_SUMS = ".md5sums"
_SUM_LETTERS = 34


def find_packages(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    """Return the package of each path, None where no package owns it; raises FileNotFoundError without a database."""
    directory = root.open_directory(f"{DPKG}/status.d")
    try:
        names = os.listdir(directory)
        listed = sorted(name.removesuffix(_SUMS) for name in names if name.endswith(_SUMS))
        search = Search(seek(root, paths))
        for name in listed:
            _look(search, directory, name)
        found: dict[str, Found] = dict.fromkeys(paths, None if listed else _UNLISTED)
        for path, held in search.found.items():
            found[path] = _read_package(root, directory, held.name)
    finally:
        os.close(directory)
    return found


_UNLISTED = Unknown(Reason.NOT_SUPPORTED, "files of the packages of an image without dpkg")


def list_of_sums(content: bytes) -> bytes:
    """Return the paths that a file of sums names, one a line as dpkg's own lists have them."""
    return b"".join(
        b"/%s\n" % line[_SUM_LETTERS:].removeprefix(b"./").lstrip(b"/") for line in content.split(b"\n") if line
    )


def _look(search: Search, directory: int, name: str) -> None:
    try:
        file = read_regular(name + _SUMS, directory)
    except OSError:
        return
    search.look(list_of_sums(file.content), ListFile(name, file.mtime_s))


def _read_package(root: DatabaseRoot, directory: int, name: str) -> Package:
    """Return the package that a file of the status describes, under the name of that file where it has no other."""
    try:
        paragraph = read_regular(name, directory).content.partition(b"\n\n")[0]
    except OSError:
        paragraph = b""
    fields = dict(line.split(b": ", 1) for line in paragraph.split(b"\n") if b": " in line)
    version = fields.get(b"Version")
    return Package(
        manager="dpkg",
        name=package_text(fields.get(b"Package", name.encode("utf-8", "surrogateescape"))),
        version=package_text(version) if version else None,
        is_claim=root.is_claim,
    )
