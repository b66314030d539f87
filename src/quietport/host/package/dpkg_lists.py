"""The lists of the files of dpkg's packages, and the search for some files in all of them.

A list holds one path a line. A file may go by several names there: directories that are merged, and files that
were diverted. Few names are searched for one by one, many by cutting a list into lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host.package.database_root import read_regular
from quietport.host.package.dpkg_diversions import Diversion, parse_diversions
from quietport.model.unknown import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.host.package.database_root import DatabaseRoot

DPKG = "var/lib/dpkg"
"""Where dpkg keeps what it knows."""
_FEW = 2
"""To search a list for more than this many names costs more than to cut it into lines once."""


class Sought(Struct, frozen=True):
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


class ListFile(Struct, frozen=True):
    """The list that a path was found in."""

    name: str
    """Its name without ``.list``."""
    mtime_s: float
    """When it was written: at the package's last installation or upgrade."""


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
                file = read_regular(f"{name}.list", directory)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.unread = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.NOT_SUPPORTED
                continue
            self.look(file.content, ListFile(name, file.mtime_s))

    def look(self, content: bytes, listed: ListFile) -> None:
        """Look into one list."""
        left = self._left
        if len(left) > _FEW:
            lines = self._lines.intersection(content.split(b"\n"))
            left = [sought for sought in left if not sought.spellings.isdisjoint(lines)] if lines else []
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
