"""The network namespaces of this host, and a way into each.

Three places show them: processes live in them, ``ip netns`` and container engines mount them, and files hold them
open. The first two are looked at: ``/proc/*/ns/net``, one question a process, and the mounts of type nsfs in
``/proc/self/mountinfo``, wherever they are (``man 7 namespaces``, ``man 5 proc_pid_mountinfo``). Not found are those
that only a thread, an open file or a socket in flight keeps: asking every thread would cost more than it tells.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host.process.stat import is_kernel_thread
from quietport.model.namespace import NetworkNamespace
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMED_DIRECTORIES = ("/run/netns/", "/var/run/netns/")
"""Where ``ip netns`` mounts (``man 8 ip-netns``); a mount elsewhere is an engine's, and its name an identifier."""


class FoundNamespace(Struct, frozen=True):
    """A network namespace, and where it can be entered."""

    namespace: NetworkNamespace
    """What it is."""
    path: str
    """A file that stands for it."""


class Namespaces(Struct, frozen=True):
    """The network namespaces that were found."""

    found: list[FoundNamespace]
    """Our own first, then by lowest process, then those that no process lives in, by name."""
    unreadable: int
    """Processes whose namespace this user may not see, kernel threads left out."""

    @property
    def others(self) -> list[FoundNamespace]:
        """Return all but our own."""
        return [found for found in self.found if not found.namespace.is_own]

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """Return what could not be looked at, as coverage tells it."""
        if not self.unreadable:
            return ()
        return (Unseen("unseen.namespaces", Reason.PERMISSION, "remedy.root", self.unreadable),)


def find_namespaces(proc: str = "/proc", pids: Iterable[int] | None = None) -> Namespaces:
    """Return the network namespaces that processes under ``proc`` live in, and those that are mounted.

    ``pids`` are the processes to ask, where they are known already.
    """
    lowest: dict[str, int] = {}
    unreadable = 0
    for pid in sorted(_read_pids(proc) if pids is None else pids):
        try:
            id_ = os.readlink(f"{proc}/{pid}/ns/net")
        except PermissionError:
            unreadable += not is_kernel_thread(proc, pid)
        except OSError:
            continue
        else:
            lowest.setdefault(id_, pid)
    mounted = read_mounted(proc)
    own = _read_own(proc)
    ids = dict.fromkeys([*([own] if own else []), *lowest, *sorted(mounted, key=lambda id_: mounted[id_])])
    return Namespaces([_found(proc, id_, own, lowest.get(id_), mounted.get(id_)) for id_ in ids], unreadable)


def _found(proc: str, id_: str, own: str | None, pid: int | None, path: str | None) -> FoundNamespace:
    namespace = NetworkNamespace(id=id_, name=None if path is None else name_of(path), pid=pid, is_own=id_ == own)
    if path is None:
        path = f"{proc}/{'self' if pid is None else pid}/ns/net"
    return FoundNamespace(namespace, path)


def name_of(path: str) -> str | None:
    """Return the name that ``ip netns`` knows a mounted namespace by, or None where an engine mounted it."""
    directory, slash, name = path.rpartition("/")
    return name if directory + slash in NAMED_DIRECTORIES else None


def parse_mountinfo(text: str) -> dict[str, str]:
    r"""Return a path for each network namespace that is mounted; the path that ``ip netns`` knows goes before others.

    A line reads ``id parent major:minor root path options [fields] - type source options``; blanks in a path
    stand as ``\040``.
    """
    mounted: dict[str, str] = {}
    for line in text.split("\n"):
        if " - nsfs " not in line:
            continue
        fields = line.split(" ")
        if len(fields) < 5 or not fields[3].startswith("net:["):  # noqa: PLR2004 - up to the path
            continue
        path = unescape(fields[4])
        if fields[3] not in mounted or name_of(path) is not None:
            mounted[fields[3]] = path
    return mounted


def unescape(text: str) -> str:
    r"""Return a path of mountinfo with its ``\ooo`` as the characters they stand for (fs/seq_file.c: mangle_path)."""
    if "\\" not in text:
        return text
    first, *rest = text.split("\\")
    pieces = [first]
    for piece in rest:
        is_octal = len(piece) >= 3 and all(digit in "01234567" for digit in piece[:3]) and piece[0] in "0123"  # noqa: PLR2004 - three digits
        pieces.append(chr(int(piece[:3], 8)) + piece[3:] if is_octal else "\\" + piece)
    return "".join(pieces)


def read_mounted(proc: str) -> dict[str, str]:
    """Return a path for each network namespace that is mounted where we can see it."""
    try:
        with open(f"{proc}/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            return parse_mountinfo(file.read())
    except OSError:
        return {}


def _read_own(proc: str) -> str | None:
    """Return the namespace of this thread: another thread of the same process may be elsewhere."""
    for task in ("thread-self", "self"):
        try:
            return os.readlink(f"{proc}/{task}/ns/net")
        except OSError:
            continue
    return None


def _read_pids(proc: str) -> list[int]:
    try:
        names = os.listdir(proc)
    except OSError:
        return []
    return [int(name) for name in names if name.isascii() and name.isdigit()]


def find_by_name(
    name: str, directories: Iterable[str] = NAMED_DIRECTORIES, proc: str = "/proc"
) -> FoundNamespace | None:
    """Return the namespace that ``ip netns`` knows by this name, or None where there is none."""
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        return None
    for directory in directories:
        path = directory + name
        try:
            id_ = f"net:[{os.stat(path).st_ino}]"
        except OSError:
            continue
        return FoundNamespace(NetworkNamespace(id_, name, None, is_own=id_ == _read_own(proc)), path)
    return None


def find_by_pid(pid: int, proc: str = "/proc") -> FoundNamespace | None:
    """Return the namespace that a process lives in, or None where there is no such process.

    Raises PermissionError where this user may not see it.
    """
    try:
        id_ = os.readlink(f"{proc}/{pid}/ns/net")
    except PermissionError:
        raise
    except OSError:
        return None
    return _found(proc, id_, _read_own(proc), pid, read_mounted(proc).get(id_))
