"""Names and versions out of package databases; inside a container they are whatever its maker wrote."""

from __future__ import annotations

_MAX_LETTERS = 256
"""Longer than any name or version that a package manager takes."""


def package_text(raw: bytes | str) -> str:
    """Return a name or version as text that can be encoded again, cut off beyond what any package has."""
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    return text.encode("utf-8", "backslashreplace").decode()[:_MAX_LETTERS]
