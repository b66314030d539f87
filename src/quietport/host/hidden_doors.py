"""The doors of a cross-view: what is hidden, or in one table alone, among the listeners that are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.model.listener import Listener, ListenerState
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.listener_group import OwnersOf
    from quietport.model.cross_view import CrossView, HiddenPort, Mismatch
    from quietport.model.namespace import NetworkNamespace

NO_SOCKET = Unknown(Reason.NOT_SUPPORTED, "owner of a port without a socket in any table")
"""Who holds a hidden port: processes are found by the inode of their socket, and there is none to look for."""
NOT_LOOKED = Unknown(Reason.NOT_LOOKED, "owner")
"""Who holds a socket that only one table lists, where nobody asked."""


def mark_doors(
    listeners: Iterable[Listener],
    view: CrossView,
    owners_of: OwnersOf = lambda _: NOT_LOOKED,
    namespace: NetworkNamespace | Unknown = NO_NAMESPACE,
) -> tuple[Listener, ...]:
    """Return the listeners with those of a mismatch marked as such, and the other doors of the view added.

    In order of port number, transport and address. A listener that only one table lists stands once, as
    MISMATCH; so does the near end of connections that one table leaves out, unless such a listener stands
    on their port. ``owners_of`` finds holders by inode.
    """
    if not view.ports:
        return tuple(listeners)
    marked = {(one.local, one.inode): one for one in view.mismatches}
    doors: list[Listener] = []
    for listener in listeners:
        keys = [(listener.endpoint, inode) for inode in listener.inodes or (0,)]
        found = [key for key in keys if key in marked]
        for key in found:
            del marked[key]
        doors.append(replace(listener, state=ListenerState.MISMATCH) if found else listener)
    doors += [_mismatched(one, owners_of, namespace) for one in _doors_left(view, marked.values())]
    doors += [_hidden(one, namespace) for one in view.hidden]
    return tuple(sorted(doors, key=lambda door: (door.port.number, door.port.transport, door.endpoint.address)))


def _doors_left(view: CrossView, left: Iterable[Mismatch]) -> list[Mismatch]:
    """Return those that are doors of their own: of many connections with one near end only the first."""
    doors = [one for one in left if one.listens]
    ports = {one.local.port for one in view.mismatches if one.listens}
    near_ends = {one.local: one for one in reversed(view.mismatches) if one.local.port not in ports}
    return doors + list(near_ends.values())


def _mismatched(one: Mismatch, owners_of: OwnersOf, namespace: NetworkNamespace | Unknown) -> Listener:
    inodes = [one.inode] if one.inode else []
    return Listener(
        endpoint=one.local,
        family=one.family,
        state=ListenerState.MISMATCH,
        interface=None,
        uid=one.uid,
        inodes=tuple(inodes),
        owners=owners_of(inodes),
        namespace=namespace,
    )


def _hidden(one: HiddenPort, namespace: NetworkNamespace | Unknown) -> Listener:
    return Listener(
        endpoint=one.endpoint,
        family=one.family,
        state=ListenerState.HIDDEN,
        interface=None,
        uid=Unknown(Reason.NOT_SUPPORTED, "user of a port without a socket in any table"),
        inodes=(),
        owners=NO_SOCKET,
        namespace=namespace,
    )
