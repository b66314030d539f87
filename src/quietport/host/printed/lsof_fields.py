"""``lsof -F``: a field a line, its letter first (``man 8 lsof``, OUTPUT FOR OTHER PROGRAMS).

``p`` begins a process, ``f`` a file; ``c`` command, ``u`` user id, ``L`` user, ``t`` type, ``d`` device, ``P``
transport, ``n`` name, ``TST=`` state. ``-F0`` ends fields with NUL bytes instead; such output is bytes, not lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import find_pid, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.lsof import FAMILIES, InternetFile, LsofSockets, split_name, unescape
from quietport.host.printed.socket_line import Findings, Holder

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

LETTERS = frozenset("aCcDdFfGgiKklLMmNnopPRrSsTtuxZz")
"""The letters that a field can begin with."""
WITH_BLANKS = frozenset("cMn")
"""Those whose values may have blanks in them: command, task, name."""


def begins(line: str) -> bool:
    """Tell whether a line is the first of lsof's fields: a process set."""
    return line[:1] == "p" and find_pid(line[1:]) is not None


class LsofFieldsBlock:
    """A block of lsof's fields."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._sockets = LsofSockets(name_to_port)
        self._process: dict[str, str] = {}
        self._file: dict[str, str] = {}
        self._in_file = False

    def take(self, line: str) -> bool:
        """Take in a field."""
        letter, value = line[:1], line[1:]
        if letter == "p" and find_pid(value) is not None:
            self._flush()
            self._process, self._in_file = {"p": value}, False
            return True
        if letter not in LETTERS or not self._process or (letter not in WITH_BLANKS and len(value.split()) > 1):
            return False
        if letter == "f":
            self._flush()
            self._in_file = True
        if letter == "T":
            letter, _, value = f"T{value}".partition("=")
        (self._file if self._in_file else self._process).setdefault(letter, value)
        return True

    def _flush(self) -> None:
        """Add the file that is complete now."""
        file, self._file = self._file, {}
        pid = find_pid(self._process.get("p", ""))
        if pid is None or file.get("t") not in FAMILIES:
            return
        uid = self._process.get("u", "")
        holder = Holder(
            pid,
            unescape(self._process.get("c", "")),
            self._process.get("L"),
            int(uid) if is_number(uid) else None,
        )
        name, state = split_name(file.get("n", ""))
        self._sockets.add(
            InternetFile(
                holder, FAMILIES[file["t"]], file.get("d", ""), file.get("P", ""), name, file.get("TST", state)
            )
        )

    def finish(self) -> Findings:
        """Return what the block told."""
        self._flush()
        return self._sockets.finish()


FORMAT = Format("lsof -nP -i -F", begins, LsofFieldsBlock)
"""The fields of ``lsof``."""
