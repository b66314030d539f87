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
