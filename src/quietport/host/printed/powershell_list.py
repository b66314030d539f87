"""What PowerShell's ``Format-List`` prints of ``Get-NetTCPConnection`` and ``Get-NetUDPEndpoint``.

``Name : value``, a property a line, an empty line between records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.interface import Format
from quietport.host.printed.powershell import ADDRESS, PORT, EndpointRecords

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort
    from quietport.host.printed.socket_line import Findings

PROPERTIES = frozenset(
    [
        "aggregationbehavior", "appliedsetting", "availablerequestedstates", "caption", "cimclass",
        "ciminstanceproperties", "cimsystemproperties", "communicationstatus", "creationtime", "description",
        "detailedstatus", "directionality", "elementname", "enableddefault", "enabledstate", "healthstate",
        "installdate", "instanceid", "localaddress", "localport", "name", "offloadstate", "operatingstatus",
        "operationalstatus", "otherenabledstate", "owningprocess", "primarystatus", "process", "processname",
        "pscomputername", "remoteaddress", "remoteport", "requestedstate", "state", "status", "statusdescriptions",
        "timeoflaststatechange", "transitioningtostate",
    ]
)  # fmt: skip
"""Properties of the two classes, and those that people add."""


def _split(line: str) -> tuple[str, str] | None:
    name, colon, value = line.partition(":")
    # Values begin in one column: the names are padded, and one blank follows the colon.
    if not colon or not name.endswith(" ") or name.strip().lower() not in PROPERTIES:
        return None
    return name.strip().lower(), value.strip()


def begins(line: str) -> bool:
    """Tell whether a line is a property of a socket."""
    return _split(line) is not None


class PowershellListBlock:
    """A block of PowerShell's list."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._records = EndpointRecords(name_to_port)
        self._record: dict[str, str] = {}
        self._lost = 0

    def take(self, line: str) -> bool:
        """Take in a property; an empty line, or a property that was there, ends a record."""
        split = _split(line)
        if split is None:
            if line.strip():
                # A value that goes on stands below its beginning.
                return bool(self._record) and line.startswith("   ")
            self._flush()
            return True
        if split[0] in self._record:
            self._flush()
        self._record[split[0]] = split[1]
        return True

    def _flush(self) -> None:
        record, self._record = self._record, {}
        if record and not (ADDRESS in record and PORT in record and self._records.add(record)):
            self._records.found.records_unread += 1

    def finish(self) -> Findings:
        """Return what the block told."""
        self._flush()
        return self._records.found


FORMAT = Format("Get-NetTCPConnection | Format-List", begins, PowershellListBlock)
"""PowerShell's ``Format-List``."""
