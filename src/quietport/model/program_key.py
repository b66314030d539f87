"""The program of a door key: who holds a door, in words that stay the same over restarts and upgrades (truth 8).

A path loses its version parts, a container goes by its name or workload and its image and never by its id, an
interpreter by the script it runs, the kernel by what it does. What cannot be told is ``Unknown``, never a guess by
the name that a process gives itself. The text is safe to show and to write: ``escaped`` sees to that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

from quietport.model.owner import Container
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.owner import Owner

VERSION_MARK = "*"
"""Stands where a version stood."""

MAX_LENGTH = 1024
"""Characters of a program; of a longer one the rest becomes a checksum."""

INTERPRETERS = frozenset(
    {"bash", "dash", "deno", "java", "lua", "mono", "node", "nodejs", "perl", "php", "pypy", "python", "ruby", "sh"},
)
"""Names, without version, of programs that are who they are by the script they run."""

_WRITTEN_BY_ALL = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/")  # noqa: S108 - compared, never opened
# A number in such a path is somebody's choice and not a version.

# Patterns are compiled by re when they are first needed, which on most hosts is hardly any of them.
_STORE = r"(?s)/(?P<store>nix|gnu)/store/[0-9a-z]{32}-(?P<name>[^/]*)(?P<rest>.*)"
_STORE_VERSION = r"(?s)-[^A-Za-z/].*"
# nixpkgs: a version begins at the first dash that no letter follows (builtins.parseDrvName); Guix names alike.
_SNAP = r"/snap/(?P<name>[^/]+)/x?[0-9]+/"  # `man 8 snap`: installed revisions, x1 for a local one
_WHOLE = r"v?[0-9]+(?:[._+~-][0-9A-Za-z]+)*"
_DOTTED = r"[0-9]+(?:\.[0-9]+)+(?:[+~_][0-9A-Za-z]+)*"
_DASHED = r"(?<=[-_])[0-9]+(?=[-_]|$)"

_REPLICA = r"(?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$"
# Kubernetes names pods NAME-HASH-RANDOM or NAME-RANDOM from this alphabet (apimachinery, util/rand).
_INVENTED = r"[a-z]+_[a-z]+[0-9]?"
# Docker and podman invent adjective_surname where nobody gave a name (moby, pkg/namesgenerator).

_SERVICE = ".service"
_BYTES = range(0xDC80, 0xDD00)
# Surrogates that stand for one byte which is no UTF-8 (PEP 383).


def program_key(owners: tuple[Owner, ...] | Unknown) -> str | Unknown:
    """Return who holds a socket, as the door key has it; of several holders the eldest, who handed it on."""
    if isinstance(owners, Unknown):
        return owners
    if not owners:
        return Unknown(Reason.NO_OWNER, "owner")
    return _owner_key(min(owners, key=_age))


def _age(owner: Owner) -> tuple[str, int]:
    return owner.started_at if isinstance(owner.started_at, str) else "~", owner.pid


def _owner_key(owner: Owner) -> str | Unknown:
    executable = owner.executable
    if isinstance(executable, Unknown):
        return executable
    if isinstance(owner.container, Container):
        return _container_key(owner.container, executable)
    if executable is None:
        return _limited("kernel:" + escaped(owner.program))
    if isinstance(owner.script, str):
        return _limited("script:" + without_versions(owner.script))
    if isinstance(owner.script, Unknown) and _is_interpreter(executable):
        if owner.script.reason in {Reason.PERMISSION, Reason.EXITED}:
            return owner.script
        if isinstance(owner.unit, str) and owner.unit.endswith(_SERVICE):
            return _limited("unit:" + escaped(owner.unit))
    return _limited(_path_key(executable))


def _is_interpreter(executable: str) -> bool:
    return executable.rpartition("/")[2].rstrip("0123456789.-") in INTERPRETERS


def _path_key(executable: str) -> str:
    """Return a path; what is none is marked, so that it cannot pass for a script or a container."""
    path = without_versions(executable.removesuffix(" (deleted)"))
    is_path = path.startswith("/") or path[1:2] == ":"
    return path if is_path else "name:" + path


def _container_key(container: Container, executable: str | None) -> str:
    name = container.name
    if name is not None and "/" in name:
        name = _workload(name)
    elif name is not None and container.image is not None and re.fullmatch(_INVENTED, name):
        name = None
    if name is None and container.image is None:
        inside = "" if executable is None else _path_key(executable)
        return _limited(f"container:{escaped(container.engine, '@')}:{inside}")
    parts = [name or "", "" if container.image is None else _image(container.image)]
    return _limited("container:" + "@".join(escaped(part, "@") for part in parts))


def _workload(name: str) -> str:
    """Return ``namespace/pod/container`` without what a controller adds to the pod's name."""
    parts = name.split("/")
    if len(parts) > 1:
        parts[1] = re.sub(_REPLICA, "", parts[1])
    return "/".join(parts)


def _image(image: str) -> str:
    """Return an image without its tag and digest (OCI distribution specification, "Pulling manifests")."""
    image = image.partition("@")[0]
    folder, slash, last = image.rpartition("/")
    return folder + slash + last.partition(":")[0]


def without_versions(path: str) -> str:
    """Return a path, escaped, in which ``*`` stands for every part that an upgrade would change.

    Components that are a version (``postgresql/15``), dotted numbers (``python3.11``), numbers between dashes
    (``java-17-openjdk``), the hash and version of a Nix or Guix store, the revision of a snap. Below ``/tmp`` and
    its like a number is no version.
    """
    text = escaped(path, VERSION_MARK)
    if text.startswith(_WRITTEN_BY_ALL):
        return text
    stored = re.fullmatch(_STORE, text) if text.startswith(("/nix/", "/gnu/")) else None
    if stored:
        name = re.sub(_STORE_VERSION, "", stored["name"])
        text = f"/{stored['store']}/store/{name}{stored['rest']}"
    if "/snap/" in text:
        text = re.sub(_SNAP, rf"/snap/\g<name>/{VERSION_MARK}/", text)
    return "/".join(map(_component, text.split("/")))


def _component(text: str) -> str:
    if not any(map(str.isdigit, text)):
        return text
    if re.fullmatch(_WHOLE, text):
        return VERSION_MARK
    return re.sub(_DASHED, VERSION_MARK, re.sub(_DOTTED, VERSION_MARK, text))


def escaped(text: str, also: str = "") -> str:
    """Return text in which nothing hides or moves: what cannot be printed, ``%`` and ``also`` become ``%XX``.

    Two texts never become the same one. Bytes that were no UTF-8 stay those bytes; other surrogates are ``%uD800``.
    """
    if text.isascii() and text.isprintable() and "%" not in text and not any(letter in text for letter in also):
        return text
    return "".join(letter if _is_plain(letter, also) else _escape(letter) for letter in text)


def _is_plain(letter: str, also: str) -> bool:
    return letter.isprintable() and letter != "%" and letter not in also


def _escape(letter: str) -> str:
    code = ord(letter)
    if code in _BYTES:
        return f"%{code - 0xDC00:02X}"
    try:
        return "".join(f"%{byte:02X}" for byte in letter.encode())
    except UnicodeEncodeError:
        return f"%u{code:04X}"


def _limited(text: str) -> str:
    if len(text) <= MAX_LENGTH:
        return text
    return f"{text[:MAX_LENGTH]}%~{crc32(text.encode('utf-8', 'surrogatepass')):08x}"
