"""Gates that make text from outside safe for the medium it leaves by (process names, banners, files).

One gate per medium: a terminal, a TSV field. JSON has its own, in ``json`` itself.
"""

from __future__ import annotations

import re
import unicodedata

_HARMFUL_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Control, format (right-to-left marks, zero-width), private, surrogate, line and paragraph separators."""

_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
# Surrogates that stand for no byte: no decoder makes them, JSON and command lines on Windows can.

MAX_LENGTH = 200
"""Characters of one hostile text that are shown; the rest is counted."""


def readable(text: str) -> str:
    r"""Return text that UTF-8 can carry: undecodable bytes as ``\xNN``, other surrogates as ``\udNNN``."""
    if text.isascii():
        return text
    text = _NO_BYTE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def visible(text: str, limit: int = MAX_LENGTH) -> str:
    r"""Return text in which nothing can move a cursor, reorder a line or hide a letter.

    Control and format characters are written as ``\x1b`` or ``\u202e``; a text over ``limit``
    characters is cut, and says how much is missing.
    """
    text = readable(text)
    if not text.isprintable() or not text.isascii():
        text = "".join(_escaped(letter) for letter in text)
    if len(text) > limit:
        return f"{text[:limit]}… (+{len(text) - limit})"
    return text


def _escaped(letter: str) -> str:
    if unicodedata.category(letter) not in _HARMFUL_CATEGORIES:
        return letter
    code = ord(letter)
    if code <= 0xFF:  # noqa: PLR2004 - one byte
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - one UTF-16 unit


def field(value: object) -> str:
    """Return a value as one field of a tab-separated line: no tab, no line break, nothing hidden."""
    return "" if value is None else visible(str(value), limit=4096)
