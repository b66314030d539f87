"""Which packages are most likely to own a file, by their names alone: only the order that they are read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TELLS_NOTHING = frozenset({"usr", "bin", "sbin", "lib", "lib64", "libexec", "local", "opt", "server", "daemon"})
_SHORTEST = 3
_RARELY = ("lib", "fonts-", "python3-", "linux-headers")
_RARELY_ENDS = ("-dev", "-doc", "-data", "-common")


def sort_by_likelihood(packages: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Return the names of all packages: first those that share a word with a path, last those without programs."""
    words = {word for path in paths for word in words_of(path)}
    likely: list[tuple[int, int, str]] = []
    others: list[tuple[bool, str]] = []
    for name in packages:
        shared = sum(word in name for word in words)
        if shared:
            likely.append((-shared, len(name), name))
        else:
            others.append((name.startswith(_RARELY) or name.endswith(_RARELY_ENDS), name))
    return [name for _, _, name in sorted(likely)] + [name for _, name in sorted(others)]


def words_of(path: str) -> set[str]:
    """Return the words of a path that a package's name may hold: ``ssh`` of ``/usr/sbin/sshd``, ``postgresql``."""
    directories, _, base = path.lower().rpartition("/")
    parts = [part for part in directories.split("/")[-3:] if "-linux-" not in part]
    words = {word for part in (*parts, base) for word in part.replace(".", "-").replace("_", "-").split("-")}
    words |= {word.removesuffix("d") for word in words} | {word.rstrip("0123456789") for word in words}
    return {word for word in words if len(word) >= _SHORTEST and word not in _TELLS_NOTHING}
