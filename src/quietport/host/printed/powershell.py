"""What ``Get-NetTCPConnection`` and ``Get-NetUDPEndpoint`` tell of one socket, however it was printed.

Properties and their values are those of the CIM classes MSFT_NetTCPConnection and MSFT_NetUDPEndpoint, in English on
every Windows. A record names no transport: a remote end or a state is of TCP. ``Select-Object`` that leaves both out
leaves nothing to tell them by, unless the record is whole or the default view of UDP, which has two columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import Address, Ends, family_of, find_pid, find_port, parse_address
from quietport.host.printed.netstat_windows import windows_holder
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.port import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quietport.host.printed.interface import NameToPort

STATES = {
    "2": PrintedState.LISTENS,
    "listen": PrintedState.LISTENS,
    "5": PrintedState.CONNECTED,
    "established": PrintedState.CONNECTED,
    "100": PrintedState.BOUND,
    "bound": PrintedState.BOUND,
}
"""Values of MSFT_NetTCPConnection.State that we tell of, as ConvertTo-Json writes them and as words."""
OTHER_STATES = frozenset(
    [
        *map(str, (1, 3, 4, 6, 7, 8, 9, 10, 11, 12)),
        "closed",
        "synsent",
        "synreceived",
        "finwait1",
        "finwait2",
        "closewait",
        "closing",
        "lastack",
        "timewait",
        "deletetcb",
    ]
)
ADDRESS, PORT = "localaddress", "localport"
_PROGRAM = ("processname", "process", "name")
_TCP_ONLY = ("state", "remoteport", "remoteaddress")
_WHOLE = 6  # properties that nobody selects by hand


class EndpointRecords:
    """The sockets that records of either cmdlet stand for."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin with none."""
        self._name_to_port = name_to_port
        self.found = Findings("powershell")
        """What was told."""

    def add(self, record: Mapping[str, str]) -> bool:
        """Add a record, its properties by name in small letters; False where it is none that can be understood."""
        transport = self._transport(record)
        address = _find_address(record.get(ADDRESS, ""))
        if transport is None or address is None or PORT not in record:
            return False
        port = find_port(record[PORT], transport, self._name_to_port)
        state = self._state(record) if transport is Transport.TCP else PrintedState.LISTENS
        remote = _find_address(record.get("remoteaddress", "")) or Address("", "")
        remote_port = find_port(record.get("remoteport") or "0", transport, self._name_to_port)
        if port is None or remote_port is None or (state is PrintedState.CONNECTED and not remote.text):
            return False
        if state is not None and port:
            ends = Ends(address, port, remote, remote_port)
            self.found.sockets.append(make_line(transport, family_of(address.text), state, ends, self._holders(record)))
        return True

    def _transport(self, record: Mapping[str, str]) -> Transport | None:
        if any(record.get(name) for name in _TCP_ONLY):
            return Transport.TCP
        is_udp = len(record) >= _WHOLE or set(record) == {ADDRESS, PORT}
        return Transport.UDP if is_udp else None

    def _state(self, record: Mapping[str, str]) -> PrintedState | None:
        """Return what the state means; where none was selected, whoever has no remote port listens."""
        word = record.get("state", "").lower()
        if not word:
            return PrintedState.LISTENS if record.get("remoteport") == "0" else PrintedState.CONNECTED
        self.found.states_unread += word not in STATES and word not in OTHER_STATES
        return STATES.get(word)

    def _holders(self, record: Mapping[str, str]) -> tuple[Holder, ...]:
        pid = find_pid(record.get("owningprocess", ""))
        if pid is None:
            return ()
        program = next((record[name] for name in _PROGRAM if record.get(name)), "")
        self.found.tells_pids = True
        self.found.tells_programs |= bool(program)
        return (windows_holder(pid, program),)


def _find_address(text: str) -> Address | None:
    return parse_address(text) if text else None
