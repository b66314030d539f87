"""Sockets that are one door: an SO_REUSEPORT group becomes one listener with several sockets."""

from __future__ import annotations

import socket
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from quietport.model.listener import ListenerRun, ListenerState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from quietport.host.holders import HeldRun
    from quietport.host.socket_run import SocketRun
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.unknown import Unknown


class OwnersOf(Protocol):
    """Finds who some processes are."""

    def __call__(self, pids: tuple[int, ...], *, has_file: bool) -> tuple[Owner, ...] | Unknown:
        """Return them, or why they are not known."""


def group_listeners(
    held: Iterable[HeldRun],
    owners_of: OwnersOf,
    namespace: NetworkNamespace | Unknown,
    state: ListenerState = ListenerState.LISTENING,
    *,
    is_lite: bool = False,
    interfaces: Mapping[int, str] | None = None,
) -> tuple[ListenerRun, ...]:
    """Return the listeners that these sockets make.

    One listener: same transport, address, port, family, interface and user. ``interfaces`` names the interfaces of
    their namespace by index, where it is not our own: an index means nothing elsewhere.
    """
    kinds: dict[tuple[object, ...], list[HeldRun]] = {}
    for one in held:
        kinds.setdefault(_kind(one.run), []).append(one)
    return tuple(
        ListenerRun(
            address=alike[0].run.local_address,
            transport=alike[0].run.transport,
            family=alike[0].run.family,
            state=state,
            interface=_interface(alike[0].run.interface, interfaces),
            uid=alike[0].run.uid,
            sockets=sockets,
            owners=owners_of(pids, has_file=bool(sockets)),
            namespace=namespace,
            numbers=tuple(numbers),
            is_lite=is_lite,
        )
        for alike in kinds.values()
        for sockets, pids, numbers in _groups(alike)
    )


def _kind(run: SocketRun) -> tuple[object, ...]:
    return run.transport, run.local_address, run.family, run.interface, run.uid


def _groups(alike: list[HeldRun]) -> Iterator[tuple[int, tuple[int, ...], list[int]]]:
    """Yield number of sockets, holders and ascending port numbers of the listeners that sockets of one kind make."""
    numbers = set(chain.from_iterable(one.run.ports for one in alike))
    if len(numbers) == sum(len(one.run.ports) for one in alike) and all(all(one.run.inodes) for one in alike):
        for one in alike:
            yield 1, one.pids, sorted(one.run.ports)
        return
    yield from _shared_ports(alike)


def _shared_ports(alike: list[HeldRun]) -> Iterator[tuple[int, tuple[int, ...], list[int]]]:
    inodes: dict[int, set[int]] = {}
    holders: dict[int, set[int]] = {}
    for one in alike:
        for port, inode in zip(one.run.ports, one.run.inodes, strict=True):
            inodes.setdefault(port, set()).update({inode} - {0})
            holders.setdefault(port, set()).update(one.pids)
    groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for port in sorted(inodes):
        groups.setdefault((len(inodes[port]), tuple(sorted(holders[port]))), []).append(port)
    for (sockets, pids), ports in groups.items():
        yield sockets, pids, ports


def _interface(index: int, interfaces: Mapping[int, str] | None) -> str | None:
    if not index:
        return None
    return interface_name(index) if interfaces is None else interfaces.get(index, f"if{index}")


@lru_cache(maxsize=256)
def interface_name(index: int) -> str:
    """Return the name of an interface, or ``if7`` where index 7 has just gone (as ``ss`` prints it)."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"if{index}"
