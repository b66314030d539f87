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

_Key = tuple[int, Transport, str, Family, int, int]


def group_listeners(sockets: Iterable[SocketEntry], owners_of: OwnersOf) -> tuple[Listener, ...]:
    """Return the listeners that these listening sockets make, in order of port number, transport and address.

    One listener: same transport, address, port, family, interface and user.
    """
    groups: dict[_Key, list[int]] = {}
    for entry in sockets:
        key = (entry.local_port, entry.transport, entry.local_address, entry.family, entry.interface, entry.uid)
        if key in groups:
            groups[key].append(entry.inode)
        else:
            groups[key] = [entry.inode]
    listeners: list[Listener] = []
    listening = ListenerState.LISTENING
    for key in sorted(groups):
        port, transport, address, family, interface, uid = key
        inodes = groups[key]
        if len(inodes) > 1 or not inodes[0]:
            inodes = sorted(set(inodes) - {0})
        listeners.append(
            Listener(  # in the order of its fields: names cost twice the time, 20,000 times
                Endpoint(address, Port(port, transport)),
                family,
                listening,
                interface_name(interface) if interface else None,
                uid,
                tuple(inodes),
                owners_of(inodes),
            )
        )
    return tuple(listeners)


@lru_cache(maxsize=256)
def interface_name(index: int) -> str:
    """Return the name of an interface, or ``if7`` where index 7 has just gone (as ``ss`` prints it)."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"if{index}"
