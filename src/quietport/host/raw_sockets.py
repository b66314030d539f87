"""Packet and raw sockets as records: what listens without a port (truth 10).

Raw sockets are read from ``/proc/net/raw`` and ``raw6``, whose lines are those of the UDP table with the IP
protocol in the place of the port (``man 5 proc_net``, net/ipv4/raw.c); most kernels have no diag for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.proc_net import parse_table
from quietport.host.raw_entry import RawEntry
from quietport.model.port import Transport
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner

_UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
_NO_UID = Unknown(Reason.NOT_SUPPORTED, "user of a packet socket")


def parse_raw_table(text: str, *, is_ipv6: bool) -> tuple[list[RawEntry], int]:
    """Return the raw sockets that the text of one table lists, and how many lines are malformed."""
    table = parse_table(text, Transport.UDP, is_ipv6=is_ipv6)
    entries = [
        RawEntry(
            str(RawKind.RAW),
            "ipv6" if is_ipv6 else "ipv4",
            entry.local_port,
            entry.interface,
            None if entry.local_address in _UNSPECIFIED else entry.local_address,
            entry.uid,
            entry.inode,
        )
        for entry in table.sockets
    ]
    return entries, table.damaged


def read_raw_sockets(proc: str = "/proc") -> tuple[list[RawEntry], int]:
    """Return the raw sockets of this network namespace, and how many lines were malformed.

    The table of IPv6 is missing where the kernel has none. Raises OSError where a table cannot be read.
    """
    entries: list[RawEntry] = []
    damaged = 0
    for name, is_ipv6 in (("raw", False), ("raw6", True)):
        try:
            with open(f"{proc}/net/{name}", encoding="ascii", errors="replace") as file:
                found, malformed = parse_raw_table(file.read(), is_ipv6=is_ipv6)
        except FileNotFoundError:
            if is_ipv6:
                continue
            raise
        entries += found
        damaged += malformed
    return entries, damaged


def make_raw_sockets(
    entries: Iterable[RawEntry],
    owners_of: Callable[[int], tuple[Owner, ...] | Unknown],
    interfaces: Mapping[int, str],
    namespace: NetworkNamespace | Unknown,
) -> tuple[RawSocket, ...]:
    """Return the records of these sockets, packet sockets first, by protocol and inode.

    ``interfaces`` names the interfaces of that namespace by index: the index means nothing elsewhere.
    """
    return tuple(
        RawSocket(
            kind=RawKind(entry.kind),
            family=entry.family,
            protocol=entry.protocol,
            interface=interfaces.get(entry.interface, f"if{entry.interface}") if entry.interface else None,
            address=entry.address,
            uid=_NO_UID if entry.uid is None else entry.uid,
            inode=entry.inode,
            owners=owners_of(entry.inode),
            namespace=namespace,
        )
        for entry in sorted(entries, key=lambda entry: (entry.kind, entry.family, entry.protocol, entry.inode))
    )
