"""Files of dpkg packages that were put elsewhere than their packages say (``man 1 dpkg-divert``)."""

from __future__ import annotations

from msgspec import Struct

LOCAL = ":"
"""Stands where an administrator diverted the file, and no package: then no package owns what lies there."""


class Diversion(Struct, frozen=True):
    """One file that is elsewhere."""

    path: str
    """Where packages say that it is."""
    diverted_to: str
    """Where it is, unless it is the file of ``package``."""
    package: str
    """The package whose own file has taken its place, or ``LOCAL``."""


def parse_diversions(content: bytes) -> list[Diversion]:
    """Return the entries of ``/var/lib/dpkg/diversions``: three lines each; one that is cut off is left out."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    return [Diversion(*lines[at : at + 3]) for at in range(0, len(lines) - 3, 3)]
