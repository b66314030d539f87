"""Who holds a socket."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.package import Package


class ExecutableFile(StrEnum):
    """What has become of the file that a process was started from."""

    PRESENT = "present"
    """The path leads to the file that runs."""
    REPLACED = "replaced"
    """The path leads to another file: as after an upgrade, until the program is started again."""
    GONE = "gone"
    """The path leads nowhere."""
    MEMORY = "memory"
    """There never was a path: the file was made by memfd_create(2)."""


class Activation(StrEnum):
    """Who handed a process the socket it serves, where it did not make it itself."""

    NONE = "none"
    """Nobody that could be told: it made the socket itself, or inherited it."""
    SYSTEMD = "systemd"
    """A systemd socket unit: LISTEN_FDS is in its environment, or process 1 holds the socket too."""
    INETD = "inetd"
    """An inetd, xinetd or the like: the parent is one, and the socket is its standard input."""


class Ancestor(Struct, frozen=True):
    """One process above another; every text in it is hostile."""

    pid: int
    """Process id."""
    program: str
    """The name it goes by."""


class Container(Struct, frozen=True):
    """The container that a process runs in, as its control group and the engine's own files tell."""

    engine: str
    """``docker``, ``podman``, ``containerd``, ``cri-o``, ``kubernetes``, ``lxc``, ``runc``, ``crun``,
    ``systemd-nspawn``."""
    id: str
    """The engine's identifier, in full."""
    name: str | None = None
    """The name that people gave it, or the workload (``namespace/pod/container``); None where it is not readable."""
    image: str | None = None
    """The image that it was made from; None where it is not readable."""


def base_name(path: str) -> str:
    """Return the last part of a path; a backslash parts only one of Windows, elsewhere it is a letter of a name."""
    is_windows = path[1:3] == ":\\" or path.startswith("\\\\")
    return path.rpartition("\\" if is_windows else "/")[2]


NOT_LOOKED = Unknown(Reason.NOT_LOOKED, "not asked for")
"""Stands in a field that nobody looked for."""


class Owner(Struct, frozen=True):
    """One process that holds a socket; every text in it is hostile."""

    pid: int
    """Process id, in the pid namespace we look from."""
    program: str
    """The name the process goes by (``/proc/PID/comm``): at most 15 bytes, freely chosen by it."""
    executable: str | Unknown | None
    """Path of the executable, without `` (deleted)``; None for a kernel thread."""
    file: ExecutableFile | Unknown
    """What has become of that file."""
    uid: int | Unknown
    """Effective user id."""
    user: str | Unknown | None
    """Its name in the user database; None where it has none."""
    started_at: str | Unknown
    """When it started, RFC 3339 in UTC."""
    ancestors: tuple[Ancestor, ...] | Unknown = NOT_LOOKED
    """Its parent, the parent's parent and so on, nearest first, at most 16; a chain that does not end with process 1
    was cut off there."""
    command: tuple[str, ...] | Unknown = NOT_LOOKED
    """Its command line, secrets masked; held only where it was asked for."""
    script: str | Unknown | None = NOT_LOOKED
    """For an interpreter, what it runs: a script as it was written, ``-m http.server``, a Java class, ``-`` for
    standard input, ``-c`` or ``-e`` for code on the command line; None for another program, or an interactive one."""
    unit: str | Unknown | None = NOT_LOOKED
    """The systemd unit it belongs to, as ``ssh.service``; one of a user's own manager as
    ``user@1000.service/foo.service``; None where it belongs to none."""
    container: Container | Unknown | None = NOT_LOOKED
    """The container it runs in; None where it runs in none."""
    package: Package | Unknown | None = NOT_LOOKED
    """The package that owns the executable; None where none does."""
    activation: Activation | Unknown = NOT_LOOKED
    """Who handed it the socket."""
    stdin_socket: bool | Unknown = NOT_LOOKED
    """Its standard input is a network socket, as inetd does it, and a reverse shell."""
    debugger: str | Unknown | None = NOT_LOOKED
    """The debugging interface its command line opens: ``node-inspect``, ``jdwp``, ``debugpy``, ``jmx``; or None."""
    debugger_port: int | Unknown | None = NOT_LOOKED
    """The port that its command line gives that interface; None where it gives none."""
    runs_shell: bool | Unknown = NOT_LOOKED
    """Its command line tells a relay to join whoever is connected to a shell (``nc -e /bin/sh``, ``socat EXEC:sh``)."""
