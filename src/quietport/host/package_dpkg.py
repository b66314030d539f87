"""Which package of Debian's dpkg owns a file, out of ``/var/lib/dpkg`` (``man 1 dpkg``, ``man 1 dpkg-divert``).

``info/NAME.list`` or ``info/NAME:ARCH.list`` holds one path a line. To say that no package owns a path every list
has to be read, for all paths that are asked about together; where one is owned, the lists of the packages whose
names are most like it are read first. Measured with 728 packages: 2 ms for an owned executable, 10 ms for one that
is not, and 40 ms for ``dpkg -S``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.database_root import read_regular
from quietport.host.dpkg_diversions import Diversion, parse_diversions
from quietport.host.likely_packages import sort_by_likelihood
from quietport.host.owners import rfc3339
from quietport.host.package_text import package_text
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.host.database_root import DatabaseRoot
    from quietport.host.package_database import Found

DPKG = "var/lib/dpkg"
INFO = f"{DPKG}/info"
"""Where the lists lie; no list, no such database: small images go without."""
_FEW = 4
"""To search a list for more than this many names costs more than to cut it into lines once."""


class Sought(NamedTuple):
    """One file that is looked for in the lists."""

    path: str
    """As it was asked for."""
    spellings: frozenset[bytes]
    """The lines that name it."""
    tail: bytes
    """What all these lines end in, from a slash on, with the line's end."""
    only: str | None = None
    """The package that alone may own it: the one that diverted the files of all others."""
    never: str | None = None
    """The package that does not own it: its own file was not diverted."""


class ListFile(NamedTuple):
    """The list that a path was found in."""

    name: str
    """Its name without ``.list``."""
    mtime_s: float
    """When it was written: at the package's last installation or upgrade."""


def find_packages(root: DatabaseRoot, paths: Iterable[str]) -> dict[str, Found]:
    """Return the package of each path, None where no package owns it; raises FileNotFoundError without a database."""
    directory = root.open_directory(INFO)
    try:
        names = [name[:-5] for name in os.listdir(directory) if name.endswith(".list")]  # noqa: PTH208 - pathlib costs 8 ms to import
        if not names:
            raise FileNotFoundError(INFO)
        search = Search(seek(root, paths))
        search.read(directory, sort_by_likelihood(names, paths))
    finally:
        os.close(directory)
    versions = read_versions(root, [found.name for found in search.found.values()])
    nothing = Unknown(search.unread, "lists of the dpkg database") if search.unread else None
    found: dict[str, Found] = dict.fromkeys(paths, nothing)
    for path, listed in search.found.items():
        name, version = package_text(listed.name.partition(":")[0]), versions.get(listed.name)
        found[path] = Package("dpkg", name, version, root.is_claim, rfc3339(listed.mtime_s))
    return found


class Search:
    """A search for some files in many lists, which ends when all are found."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        """Find nothing yet."""
        self.found: dict[str, ListFile] = {}
        """The first list that each path was found in."""
        self.unread: Reason | None = None
        """Why a list could not be read, where one could not: then what was not found may stand there."""
        self._keep(list(sought))

    def read(self, directory: int, names: Iterable[str]) -> None:
        """Look into the lists of these names until nothing is left to find."""
        for name in names:
            if not self._left:
                return
            try:
                content, mtime_s = read_regular(f"{name}.list", directory)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.unread = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.NOT_SUPPORTED
                continue
            self.look(content, ListFile(name, mtime_s))

    def look(self, content: bytes, listed: ListFile) -> None:
        """Look into one list."""
        if len(self._groups) <= _FEW:
            left = [sought for mark, group in self._groups if mark in content for sought in group]
        else:
            left = self._left
        if len(left) > _FEW:
            lines = self._lines.intersection(content.split(b"\n"))
            left = [sought for sought in left if not sought.spellings.isdisjoint(lines)]
        package = listed.name.partition(":")[0]
        hits = [
            sought
            for sought in left
            if sought.only in (None, package) and sought.never != package and holds(content, sought)
        ]
        if hits:
            self.found.update({sought.path: listed for sought in hits})
            self._keep([sought for sought in self._left if sought.path not in self.found])

    def _keep(self, left: list[Sought]) -> None:
        self._left = left
        self._groups = _group(left)
        self._lines = frozenset(line for sought in left for line in sought.spellings)


def holds(content: bytes, sought: Sought) -> bool:
    """Tell whether a list has a line that names the file."""
    at = content.find(sought.tail)
    while at >= 0:
        start = content.rfind(b"\n", 0, at) + 1
        end = at + len(sought.tail)
        if content[start : end - 1] in sought.spellings:
            return True
        at = content.find(sought.tail, end - 1)
    return False


def read_versions(root: DatabaseRoot, names: Iterable[str]) -> dict[str, str]:
    """Return the installed version of packages that are named as their lists are, ``libc6:amd64``.

    What a dpkg at work has not written into the status file yet stands in ``updates``, a numbered file a change.
    """
    wanted = frozenset(names)
    if not wanted:
        return {}
    found: dict[str, str] = {}
    for name in ("status", *_read_updates(root)):
        try:
            content = root.read(f"{DPKG}/{name}").content
        except OSError:
            continue
        found.update(parse_versions(content, wanted))
    return found


def _read_updates(root: DatabaseRoot) -> list[str]:
    try:
        directory = root.open_directory(f"{DPKG}/updates")
    except OSError:
        return []
    try:
        names = os.listdir(directory)  # noqa: PTH208 - pathlib costs 8 ms to import
    finally:
        os.close(directory)
    return [f"updates/{name}" for name in sorted(names) if name.isdigit()]


def parse_versions(status: bytes, names: frozenset[str]) -> dict[str, str]:
    """Return the version of each of these packages that the status file names (``man 5 deb-control``)."""
    wanted = {name.partition(":")[0].encode() for name in names}
    found: dict[str, str] = {}
    for paragraph in status.split(b"\n\n"):
        first = paragraph.lstrip(b"\n").partition(b"\n")[0]
        if first[:9] != b"Package: " or first[9:] not in wanted:
            continue
        fields = dict(line.split(b": ", 1) for line in paragraph.split(b"\n") if b": " in line and line[:1] != b" ")
        version = fields.get(b"Version")
        name = package_text(first[9:])
        for spelling in (name, f"{name}:{package_text(fields.get(b'Architecture', b''))}"):
            if version and spelling in names:
                found[spelling] = package_text(version)
    return found


def seek(root: DatabaseRoot, paths: Iterable[str]) -> list[Sought]:
    """Return what to look for in the lists: every name that each file may have there."""
    try:
        diversions = parse_diversions(root.read(f"{DPKG}/diversions").content)
    except OSError:
        diversions = []
    return [sought for path in paths if "\n" not in path for sought in _seek_one(root, path, diversions)]


def _seek_one(root: DatabaseRoot, path: str, diversions: list[Diversion]) -> list[Sought]:
    """Return the names that a file may have in the lists: its own, and the one that it was diverted from."""
    spellings = root.spell(path)
    only = next((diversion.package for diversion in diversions if diversion.path in spellings), None)
    return [
        _sought(path, spellings, only=only),
        *(
            _sought(path, root.spell(diversion.path), never=diversion.package)
            for diversion in diversions
            if diversion.diverted_to in spellings
        ),
    ]


def _sought(path: str, spellings: list[str], only: str | None = None, never: str | None = None) -> Sought:
    lines = [spelling.encode("utf-8", "surrogateescape") + b"\n" for spelling in spellings]
    shortest = min(lines, key=len)
    tail = shortest
    while not all(line.endswith(tail) for line in lines):
        tail = tail[tail.index(b"/", 1) :]
    return Sought(path, frozenset(line[:-1] for line in lines), tail, only, never)


def _group(left: list[Sought]) -> list[tuple[bytes, list[Sought]]]:
    """Return the files by a mark that a list has to hold to name any: their directory, where they share one."""
    groups: dict[bytes, list[Sought]] = {}
    for sought in left:
        groups.setdefault(sought.tail[: sought.tail.rfind(b"/") + 1], []).append(sought)
    return [(group[0].tail if len(group) == 1 else mark, group) for mark, group in groups.items()]
