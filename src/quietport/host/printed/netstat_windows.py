r"""``netstat -ano`` of Windows, also with ``-b``, ``-q`` and ``-t``, in any language.

``TCP Local:port Foreign:port STATE [PID] [Offload]`` and ``UDP Local:port *:* [PID]``

Titles and states are in the language of the system and in its OEM code page. Whoever has a foreign port 0 listens.
With ``-b`` lines with the service and ``[program.exe]`` follow their row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import family_of, find_ends, find_pid
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

TRANSPORTS = {"TCP": Transport.TCP, "UDP": Transport.UDP, "TCPv6": Transport.TCP, "UDPv6": Transport.UDP}
ESTABLISHED = frozenset({"ESTABLISHED", "HERGESTELLT"})
"""English and German; most other languages keep the English words."""
OTHER_STATES = frozenset(
    [
        "CLOSED",
        "SYN_SENT",
        "SYN_RECEIVED",
        "FIN_WAIT_1",
        "FIN_WAIT_2",
        "CLOSE_WAIT",
        "CLOSING",
        "LAST_ACK",
        "TIME_WAIT",
        "DELETE_TCB",
        "WARTEND",
        "SCHLIESSEN_WARTEN",
        "SYN_GESENDET",
        "FIN_WARTEN_1",
        "FIN_WARTEN_2",
        "LETZTE_BEST",
        "SCHLIESSEN",
    ]
)
SYSTEM = Holder(4, "System", is_kernel=True)
"""Process 4 is the kernel itself on every Windows since XP: SMB and http.sys."""

_LINES_BELOW = 2  # with -b: a service, a program


def _split(line: str) -> list[str] | None:
    fields = line.split()
    if len(fields) < 3 or fields[0] not in TRANSPORTS or ":" not in fields[1] or ":" not in fields[2]:  # noqa: PLR2004
        return None
    return fields


def _is_header(line: str) -> bool:
    return line.split()[:3] == ["Proto", "Local", "Address"] and not line.startswith("Proto Recv")


def begins(line: str) -> bool:
    """Tell whether a line is the header in English, or a row."""
    return _split(line) is not None or (_is_header(line) and "Recv-Q" not in line)


def windows_holder(pid: int, program: str = "") -> Holder:
    """Return the process of that id."""
    return SYSTEM if pid == SYSTEM.pid else Holder(pid, program)


class WindowsNetstatBlock:
    """A block of ``netstat`` of Windows."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._name_to_port = name_to_port
        self._found = Findings("netstat")
        self._row_kept = False
        self._lines_due = 0

    def take(self, line: str) -> bool:
        """Take in a header, a row, or what ``-b`` says of the row before."""
        fields = _split(line)
        if fields is not None:
            self._lines_due = _LINES_BELOW
            self._row_kept = self._take_row(*fields)
            return True
        if _is_header(line):
            return True
        return self._lines_due > 0 and self._take_program(line)

    def _take_row(self, protocol: str, local: str, foreign: str, *rest: str) -> bool:
        """Tell whether a socket was made of the row."""
        transport = TRANSPORTS[protocol]
        state = self._state(transport, foreign, rest[0] if rest else "")
        if state is None:
            return False
        is_ipv6 = local.count(":") > 1
        ends = find_ends(local, foreign, transport, self._name_to_port, is_ipv6=is_ipv6)
        if ends is None:
            self._found.names_unread += 1
            return False
        if not ends.local_port:
            return False
        pid = next((pid for word in rest if (pid := find_pid(word)) is not None), None)
        self._found.tells_pids |= pid is not None
        self._found.sockets.append(
            make_line(transport, family_of(ends.local.text), state, ends, () if pid is None else (windows_holder(pid),))
        )
        return True

    def _state(self, transport: Transport, foreign: str, word: str) -> PrintedState | None:
        if transport is Transport.UDP:
            return PrintedState.LISTENS if foreign == "*:*" else PrintedState.CONNECTED
        if foreign.endswith(":0"):
            return PrintedState.BOUND if word == "BOUND" else PrintedState.LISTENS
        if word in ESTABLISHED:
            return PrintedState.CONNECTED
        self._found.states_unread += word not in OTHER_STATES
        return None

    def _take_program(self, line: str) -> bool:
        """Take in ``[sshd.exe]``, or the name of a service or the excuse that stands before or in place of it."""
        text = line.strip()
        is_program = text.startswith("[") and text.endswith("]")
        if self._row_kept and is_program:
            last = self._found.sockets[-1]
            named = tuple(one if one.is_kernel else one._replace(program=text[1:-1]) for one in last.holders)
            self._found.sockets[-1] = last._replace(holders=named)
            self._found.tells_programs |= bool(named)
        self._lines_due = 0 if is_program else self._lines_due - 1
        return is_program or line.startswith(" ")

    def finish(self) -> Findings:
        """Return what the block told."""
        return self._found


FORMAT = Format("netstat -ano", begins, WindowsNetstatBlock, is_titled=True)
"""``netstat`` of Windows."""
