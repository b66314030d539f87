"""The package that a path itself names: snap's and nix's files lie in a directory of their package and version.

That is true as far as nobody but root can write there, as with any package manager's database. Flatpak's and
Homebrew's directories belong to users, or are seen only from inside the sandbox: they say nothing.
"""

from __future__ import annotations

import os
import stat

from quietport.model.package import Package

_HASH_LETTERS = 32  # https://nix.dev/manual/nix/stable/protocols/store-path


def find_in_path(root: str, path: str) -> Package | None:
    """Return the package that the path of an executable names, where only root can write its directory."""
    package = parse_path(path)
    if package is None:
        return None
    directory = "/".join(path.split("/")[:4])
    try:
        status = os.lstat(root.rstrip("/") + directory)
    except OSError:
        return None
    is_roots = status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return package if is_roots and stat.S_ISDIR(status.st_mode) else None


def parse_path(path: str) -> Package | None:
    """Return what ``/snap/NAME/REVISION/...`` or ``/nix/store/HASH-NAME-VERSION/...`` names, or None."""
    parts = path.split("/")
    if len(parts) < 5 or parts[0] or not parts[3]:  # noqa: PLR2004 - slash, two parts, the package's, a file
        return None
    if parts[1] == "snap" and parts[2]:
        return Package("snap", parts[2], parts[3], is_claim=False)
    hashed, dash, full_name = parts[3].partition("-")
    if parts[1:3] != ["nix", "store"] or len(hashed) != _HASH_LETTERS or not dash or not full_name:
        return None
    name, version = split_nix_name(full_name)
    return Package("nix", name, version, is_claim=False)


def split_nix_name(text: str) -> tuple[str, str | None]:
    """Return name and version: the version begins at the first dash that no letter follows (nix's ``DrvName``)."""
    for at, letter in enumerate(text[:-1]):
        if letter == "-" and at and not text[at + 1].isalpha():
            return text[:at], text[at + 1 :]
    return text, None
