r"""Bytes from anywhere as lines of text.

UTF-8, or what a byte order mark says: PowerShell's ``>`` writes UTF-16. Without a mark UTF-16 is known by its NUL
bytes. A byte that is no UTF-8 stays visible as ``\xff``, as it does where a process's name is read from the kernel;
which code page it was meant in is not told, and no number or address has such bytes.
"""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING

from quietport.model.errors import SurveyError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 64 * 1024
"""Letters of a line that is looked at: a socket with 2,000 holders has fewer."""
SNIFFED = 512
"""Bytes by which UTF-16 without a mark, and what is no text, are known."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def find_encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding, and how many bytes its mark takes; SurveyError for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    head = data[: SNIFFED - SNIFFED % 2]
    nulls = head.count(0)
    if nulls and nulls == head[1::2].count(0) and nulls * 3 > len(head):
        return "utf-16-le", 0
    if nulls and nulls == head[::2].count(0) and nulls * 3 > len(head):
        return "utf-16-be", 0
    if nulls:
        message = "this is no text: it has NUL bytes; expected is what ss, netstat, lsof or the like printed"
        raise SurveyError(message)
    return "utf-8", 0


def read_lines(data: bytes) -> Iterator[str | None]:
    """Yield the lines without their ends, None for one that is too long to be looked at."""
    encoding, begin = find_encoding(data)
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, errors="backslashreplace", newline="\n")
    if begin:
        stream.read(1)
    while line := stream.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE or line.endswith("\n"):
            yield line.rstrip("\r\n").removeprefix("\ufeff")
            continue
        while line and not line.endswith("\n"):
            line = stream.readline(MAX_LINE)
        yield None


def is_json(data: bytes) -> bool:
    """Tell whether the first letter is one that a JSON object or list begins with; a whole document may be one line."""
    encoding, begin = find_encoding(data)
    head = data[begin : begin + SNIFFED].decode(encoding, "backslashreplace").lstrip()
    return head.startswith(("{", "["))


def read_text(data: bytes) -> str:
    """Return the whole text."""
    encoding, begin = find_encoding(data)
    return data[begin:].decode(encoding, "backslashreplace")
