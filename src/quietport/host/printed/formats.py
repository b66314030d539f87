"""The forms of output that are read, in the order in which they are tried; JSON is read by ``documents``."""

from __future__ import annotations

from quietport.host.printed import (
    lsof,
    lsof_fields,
    netstat_bsd,
    netstat_linux,
    netstat_windows,
    powershell_csv,
    powershell_list,
    powershell_table,
    sockstat,
    ss,
)

FORMATS = (
    ss.FORMAT,
    netstat_linux.FORMAT,
    netstat_bsd.FORMAT,
    netstat_windows.FORMAT,
    lsof.FORMAT,
    sockstat.FORMAT,
    powershell_csv.FORMAT,
    powershell_table.FORMAT,
    powershell_list.FORMAT,
    lsof_fields.FORMAT,
)
"""The vaguest last: a field of ``lsof -F`` is any letter and any text."""

JSON_NAMES = ("Get-NetTCPConnection | ConvertTo-Json", "quietport check --json")
"""What is read besides."""


def spoken_names() -> str:
    """Return every form by what a person would type to get it."""
    return ", ".join([form.name for form in FORMATS] + list(JSON_NAMES))
