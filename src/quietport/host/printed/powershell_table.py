"""The table that PowerShell prints of ``Get-NetTCPConnection`` and ``Get-NetUDPEndpoint``.

A line of names, a line of dashes, then rows. A column begins where its dashes do, and words begin at its left or end
at its right: so a row is cut where the dashes begin. Where the window was narrow a value ends in ``…`` or ``...``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from quietport.host.printed.interface import Format
from quietport.host.printed.powershell import EndpointRecords

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort
    from quietport.host.printed.socket_line import Findings


def _names(line: str) -> list[str]:
    names = line.lower().split()
    return names if "localaddress" in names and "localport" in names and ":" not in line and "," not in line else []


def begins(line: str) -> bool:
    """Tell whether a line is the names of the columns."""
    return bool(_names(line))


class PowershellTableBlock:
    """A block of PowerShell's table."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._records = EndpointRecords(name_to_port)
        self._names: list[str] = []
        self._starts: list[int] = []

    def take(self, line: str) -> bool:
        """Take in names, dashes or a row."""
        names = _names(line)
        if names:
            # Other names are another table, which may have a column that this one has not.
            is_first, self._names = not self._names, names
            return is_first
        if not self._starts:
            dashes = line.split()
            if not dashes or any(word.strip("-") for word in dashes) or len(dashes) != len(self._names):
                return False
            self._starts = [at for at in range(len(line)) if line[at] == "-" and line[at - 1 : at] != "-"]
            return True
        return bool(line.strip()) and self._take_row(line)

    def _take_row(self, line: str) -> bool:
        bounds = pairwise([*self._starts, len(line)])
        values = [line[begin:end].strip() for begin, end in bounds]
        record = dict(zip(self._names, values, strict=True))
        if record.get("localaddress", "").endswith(("…", "...")):
            self._records.found.addresses_cut += 1
            return True
        return self._records.add(record)

    def finish(self) -> Findings:
        """Return what the block told."""
        return self._records.found


FORMAT = Format("Get-NetTCPConnection", begins, PowershellTableBlock)
"""PowerShell's ``Format-Table``."""
