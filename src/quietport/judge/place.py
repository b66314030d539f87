"""Where an executable lies, as far as its path tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.owner import Owner

PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("memory", ("/memfd:", "memfd:")),
    ("temporary", ("/tmp/", "/var/tmp/", "/dev/shm/", "/private/tmp/", "/run/user/")),  # noqa: S108 - names to look for
    ("local", ("/usr/local/", "/opt/", "/nix/", "/snap/", "/Applications/", "/opt/homebrew/")),
    ("home", ("/home/", "/root/", "/Users/")),
    (
        "system",
        (
            "/usr/",
            "/bin/",
            "/sbin/",
            "/lib/",
            "/lib32/",
            "/lib64/",
            "/libx32/",
            "/System/",
            "/Library/",
            "C:\\Windows\\",
            "C:\\Program Files",
        ),
    ),
)
"""Word and path prefixes (Filesystem Hierarchy Standard 3.0), first match wins."""

MAKERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("go-run", ("/tmp/go-build", "/var/tmp/go-build")),  # noqa: S108 - names to look for
    ("appimage", ("/tmp/.mount_", "/memfd:appimage", "memfd:appimage")),  # noqa: S108 - names to look for
    ("container-runtime", ("/memfd:runc_cloned:", "memfd:runc_cloned:")),
)
"""Path prefixes that a known tool makes (``go run``, AppImage, runc); anybody may write the same."""

SIGNS = ("shared-memory", "among-keys", "misleading")
"""What ``path_signs`` may find."""

_KEYS = frozenset({".ssh", ".gnupg"})
# Folders that hold keys and settings, and no program (ssh(1), gpg(1)).

_MISLEADING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX 9): they turn a line around.

UNTOLD = "unread"
"""Stands for a path that could not be read."""


def place_of(owner: Owner | None) -> str | Unknown:
    """Return the word for where an executable lies; ``other`` where no prefix fits, ``kernel`` without a file.

    ``untold`` where whoever told of the process tells of no executable at all, as ``ss`` and ``netstat`` do: that is
    known of the source, and says nothing of the program, which may be anywhere.
    """
    if owner is None or owner.executable is None:
        return "kernel"
    if isinstance(owner.executable, Unknown):
        return "untold" if owner.executable.reason is Reason.NOT_SUPPORTED else owner.executable
    path = owner.executable
    return next((word for word, prefixes in PLACES if path.startswith(prefixes)), "other")


def maker_of(path: str) -> str:
    """Return the tool that makes paths of this form, or ``none``; a claim, since the path is freely chosen."""
    return next((word for word, prefixes in MAKERS if path.startswith(prefixes)), "none")


def path_signs(path: str) -> tuple[str, ...]:
    """Return what else is odd about a path: ``shared-memory``, ``among-keys``, ``misleading``.

    Misleading are control characters and those that turn the line around: they serve to be read wrongly. The others
    that are not seen (joiners, marks of direction) are part of how some languages are written.
    """
    found = [
        path.startswith("/dev/shm/"),  # noqa: S108 - a name to look for
        not _KEYS.isdisjoint(path.split("/")[:-1]),
        any(letter < " " or "\x7f" <= letter <= "\x9f" or letter in _MISLEADING for letter in path),
    ]
    return tuple(sign for sign, is_so in zip(SIGNS, found, strict=True) if is_so)


def is_hidden(path: str, place: str) -> bool:
    """Tell whether a path is made to be overlooked: dots only, blanks at an end, or a dot where none belongs.

    In a home, folders whose names begin with a dot hold programs every day; only a file of that kind counts.
    """
    if place == "memory":
        return False
    parts = path.split("/")
    if any(part.strip(" \t\xa0") != part or (len(part) > 2 and not part.strip(".")) for part in parts):  # noqa: PLR2004 - after . and ..
        return True
    name = parts[-1]
    if not _KEYS.isdisjoint(parts[:-1]) and any(part.startswith(".") and part not in _KEYS for part in parts):
        return True
    if (
        name.startswith(".") and name.strip(".") and not name.endswith("-wrapped")
    ):  # as Nix calls the program behind a wrapper
        return True
    if place not in {"temporary", "system"} or maker_of(path) != "none":
        return False
    return any(part.startswith(".") for part in parts[:-1])
