"""Sockets that differ in nothing but their port and inode, told of together.

A busy program holds thousands of them; told one by one they cost more than everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.host.socket_entry import SocketEntry, family_of, listens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.model.listener import Family
    from quietport.model.port import Transport


class SocketRun(NamedTuple):
    """A run of unconnected sockets, as ``sock_diag`` or ``/proc/net`` tells of them."""

    transport: Transport
    """TCP or UDP."""
    is_ipv6: bool
    """They are of AF_INET6."""
    state: int
    """The kernel's number for their state."""
    local_address: str
    """Address they are bound to."""
    interface: int
    """Index of the interface they are bound to, or 0."""
    uid: int
    """User id they were made by."""
    v6only: bool | None
    """IPV6_V6ONLY of AF_INET6 sockets on the unspecified address; None where not told or without meaning."""
    ports: list[int]
    """The port of each, in the kernel's order."""
    inodes: list[int]
    """The inode of each, in the same order; 0 where no file refers to it."""

    @property
    def family(self) -> Family:
        """Return the address family, as exactly as the kernel told it."""
        return family_of(self.is_ipv6, self.local_address, self.v6only)

    @property
    def listens(self) -> bool:
        """Tell whether they take what arrives."""
        return listens(self.transport, self.state)

    @property
    def place(self) -> tuple[Transport, str, list[int]]:
        """Return where they stand: transport, address, ports."""
        return self.transport, self.local_address, self.ports

    def of(self, ports: list[int], inodes: list[int]) -> SocketRun:
        """Return a run of the same kind with other ports and inodes."""
        return SocketRun(*self[:7], ports, inodes)


def collect_runs(entries: Iterable[SocketEntry]) -> Iterator[SocketRun]:
    """Yield the runs that these sockets make, in the order in which each begins; their remote ends are not told."""
    runs: dict[tuple[object, ...], SocketRun] = {}
    for entry in entries:
        transport, is_ipv6, state, address, port, _, _, interface, uid, inode, v6only = entry
        key = transport, is_ipv6, state, address, interface, uid, v6only
        run = runs.get(key)
        if run is None:
            run = runs[key] = SocketRun(*key, [], [])
        run.ports.append(port)
        run.inodes.append(inode)
    yield from runs.values()
