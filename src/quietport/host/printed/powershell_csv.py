"""What ``ConvertTo-Csv`` and ``Export-Csv`` make of ``Get-NetTCPConnection`` and ``Get-NetUDPEndpoint``.

``#TYPE ...`` perhaps, a line of names, then rows (RFC 4180); the separator is the comma or the system's own.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from quietport.host.printed.interface import Format
from quietport.host.printed.powershell import ADDRESS, PORT, EndpointRecords

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort
    from quietport.host.printed.socket_line import Findings

SEPARATORS = (",", ";", "\t")


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _header(line: str) -> tuple[list[str], str] | None:
    lower = line.lower()
    if ADDRESS not in lower or PORT not in lower:
        return None
    for separator in SEPARATORS:
        names = [name.strip().lower() for name in _fields(line, separator)]
        if ADDRESS in names and PORT in names:
            return names, separator
    return None


def begins(line: str) -> bool:
    """Tell whether a line is ``#TYPE`` of a class of sockets, or the names of the columns."""
    return (line.startswith("#TYPE ") and "MSFT_Net" in line) or _header(line) is not None


class PowershellCsvBlock:
    """A block of CSV."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._records = EndpointRecords(name_to_port)
        self._names: list[str] = []
        self._separator = ","

    def take(self, line: str) -> bool:
        """Take in the type, the names or a row."""
        if line.startswith("#TYPE "):
            return True
        header = _header(line)
        if header is not None:
            self._names, self._separator = header
            return True
        values = _fields(line, self._separator)
        if not self._names or len(values) != len(self._names):
            return False
        return self._records.add(dict(zip(self._names, values, strict=True)))

    def finish(self) -> Findings:
        """Return what the block told."""
        return self._records.found


FORMAT = Format("Get-NetTCPConnection | ConvertTo-Csv", begins, PowershellCsvBlock)
"""PowerShell's CSV."""
