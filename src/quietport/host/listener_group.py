"""Sockets that are one door: an SO_REUSEPORT group becomes one listener with several inodes."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import TYPE_CHECKING

from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.port import Port, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quietport.host.socket_entry import SocketEntry
    from quietport.model.owner import Owner
    from quietport.model.unknown import Unknown

    OwnersOf = Callable[[list[int]], tuple[Owner, ...] | Unknown]
    """Finds who holds any of these inodes."""

_Key = tuple[Transport, str, Family, int, int]


def group_listeners(sockets: Iterable[SocketEntry], owners_of: OwnersOf) -> tuple[Listener, ...]:
    """Return the listeners that these listening sockets make, in order of port number, transport and address.

    One listener: same transport, address, port, family, interface and user.
    """
    by_port: dict[int, list[SocketEntry]] = {}
    for entry in sockets:
        by_port.setdefault(entry.local_port, []).append(entry)
    listeners: list[Listener] = []
    for port in sorted(by_port):
        entries = by_port[port]
        if len(entries) == 1:
            (entry,) = entries
            listeners.append(_listener(entry, [entry.inode] if entry.inode else [], owners_of))
            continue
        groups: dict[_Key, list[SocketEntry]] = {}
        for entry in entries:
            key = (entry.transport, entry.local_address, entry.family, entry.interface, entry.uid)
            groups.setdefault(key, []).append(entry)
        for key in sorted(groups):
            inodes = sorted({entry.inode for entry in groups[key]} - {0})
            listeners.append(_listener(groups[key][0], inodes, owners_of))
    return tuple(listeners)


def _listener(entry: SocketEntry, inodes: list[int], owners_of: OwnersOf) -> Listener:
    return Listener(  # in the order of its fields: names cost twice the time, 20,000 times
        Endpoint(entry.local_address, Port(entry.local_port, entry.transport)),
        entry.family if entry.is_ipv6 else Family.IPV4,
        ListenerState.LISTENING,
        interface_name(entry.interface) if entry.interface else None,
        entry.uid,
        tuple(inodes),
        owners_of(inodes),
    )


@lru_cache(maxsize=256)
def interface_name(index: int) -> str:
    """Return the name of an interface, or ``if7`` where index 7 has just gone (as ``ss`` prints it)."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"if{index}"
