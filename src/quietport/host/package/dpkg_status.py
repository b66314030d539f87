"""The versions of dpkg's packages, out of ``/var/lib/dpkg/status`` (``man 5 deb-control``)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host.package.dpkg_lists import DPKG
from quietport.host.package.text import package_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.package.database_root import DatabaseRoot


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
        names = os.listdir(directory)
    finally:
        os.close(directory)
    return [f"updates/{name}" for name in sorted(names) if name.isdigit()]


def parse_versions(status: bytes, names: frozenset[str]) -> dict[str, str]:
    """Return the version of each of these packages that the status file names."""
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
