"""From printed sockets to listeners and connections: several lines, and several tools, may tell of one door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.printed_owners import NO_COLUMN, NOT_SHOWN, UNTOLD, PrintedOwners
from quietport.host.printed.socket_line import PrintedState
from quietport.host.quiet_connections import Bound, select_quiet
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Family, Listener, ListenerState
from quietport.model.port import Port

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.host.printed.socket_line import Findings, SocketLine
    from quietport.host.view import Quiet
    from quietport.model.unknown import Unknown

STATES = {PrintedState.LISTENS: ListenerState.LISTENING, PrintedState.BOUND: ListenerState.BOUND}


class PrintedDoors:
    """The doors that blocks of output tell of."""

    def __init__(self, blocks: Sequence[Findings], quiet: Quiet | None) -> None:
        """Put together what stands on several lines."""
        self.owners = PrintedOwners(line for block in blocks for line in block.sockets)
        """Who holds them."""
        self._listening: dict[tuple[object, ...], list[tuple[Findings, SocketLine]]] = {}
        self._connected: dict[tuple[object, ...], list[tuple[Findings, SocketLine]]] = {}
        for block in blocks:
            for line in block.sockets:
                is_connected = line.state is PrintedState.CONNECTED
                table = self._connected if is_connected else self._listening
                table.setdefault(_key(line), []).append((block, line))
        self.shows_connections = bool(self._connected)
        """Some connection was printed, to whatever port."""
        self.listeners = tuple(self._listener(self._listening[key]) for key in _ordered(self._listening))
        """In order of port number, transport and address."""
        self.connections = () if quiet is None else tuple(self._connections(quiet))
        """From or to quiet ports, in the same order, of the local end."""

    def _listener(self, told: list[tuple[Findings, SocketLine]]) -> Listener:
        lines = [line for _, line in told]
        first = lines[0]
        uid = next((line.uid for line in lines if line.uid is not None), None)
        return Listener(
            endpoint=Endpoint(first.local_address, Port(first.local_port, first.transport)),
            family=next((line.family for line in lines if line.family is not Family.IPV6_MAYBE_DUAL), first.family),
            state=STATES[first.state],
            interface=first.interface,
            uid=UNTOLD if uid is None else uid,
            sockets=_socket_count(told),
            owners=self.owners.find(lines, _nobody(told)),
        )

    def _connections(self, quiet: Quiet) -> Iterable[Connection]:
        lines = (told[0][1] for told in self._listening.values())
        bound = Bound((line.transport, line.local_address, (line.local_port,)) for line in lines)
        established = (self._connected[key][0][1] for key in _ordered(self._connected))
        for line, direction in select_quiet(established, bound, quiet):
            told = self._connected[_key(line)]
            yield Connection(
                local=Endpoint(line.local_address, Port(line.local_port, line.transport)),
                remote=Endpoint(line.remote_address, Port(line.remote_port, line.transport)),
                direction=direction,
                uid=UNTOLD if line.uid is None else line.uid,
                inode=line.inode,
                owners=self.owners.find([line for _, line in told], _nobody(told)),
            )


def _key(line: SocketLine) -> tuple[object, ...]:
    """Return what is the same on every line that tells of one door, whoever printed it."""
    return (
        line.local_port, line.transport, line.local_address, line.remote_address, line.remote_port,
        line.interface or "", line.state.name,
    )  # fmt: skip


def _ordered(table: dict[tuple[object, ...], list[tuple[Findings, SocketLine]]]) -> list[tuple[object, ...]]:
    return sorted(table)


def _nobody(told: list[tuple[Findings, SocketLine]]) -> Unknown:
    return NOT_SHOWN if any(block.tells_pids for block, _ in told) else NO_COLUMN


def _socket_count(told: list[tuple[Findings, SocketLine]]) -> int:
    """Return how many sockets a door is: two tools tell of the same ones, so it is as many as one of them tells of."""
    by_block: dict[int, int] = {}
    for block, _ in told:
        by_block[id(block)] = by_block.get(id(block), 0) + 1
    return max(by_block.values())
