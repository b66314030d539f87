"""The kernel's own socket tables, asked over netlink (``man 7 sock_diag``).

``Dump.parse`` turns bytes into entries and does no I/O; ``read_sockets`` asks the kernel.
Numbers are those of Linux on every system, so that recorded bytes can be parsed anywhere.
"""

from __future__ import annotations

import socket
import struct
import sys
from array import array
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from quietport.host.netlink import NETLINK_SOCK_DIAG, NLM_F_DUMP_INTR, Answer, Channel
from quietport.host.socket_entry import SocketEntry
from quietport.host.socket_run import SocketRun, collect_runs
from quietport.model.port import Transport

if TYPE_CHECKING:
    from collections.abc import Iterable

AF_INET, AF_INET6 = 2, 10  # linux/socket.h
SOCK_DIAG_BY_FAMILY = 20  # linux/sock_diag.h
INET_DIAG_SKV6ONLY = 11  # linux/inet_diag.h
IPPROTO = {Transport.TCP: 6, Transport.UDP: 17}  # linux/in.h

_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr
_REQUEST = struct.Struct("=BBBBI 48x")  # struct inet_diag_req_v2 with an empty inet_diag_sockid
_BODY = struct.Struct("=BB2x HH16s16sI8x 12x II")  # struct inet_diag_msg; its ports are in network order
_ATTRIBUTE = struct.Struct("=HH")  # struct rtattr
_LENGTH = struct.Struct("=I")
_MESSAGE_BYTES = _HEADER.size + _BODY.size
_WORD_BYTES = 4
_PORTS_WORD, _INODE_WORD = 5, 21
_KIND_WORDS = (1, 4, *range(6, 15), 20)
# Where sockets of one run agree: kind of message, family and state, addresses, interface, user.
_BODY_WORDS = _MESSAGE_BYTES // _WORD_BYTES


class Dump(Answer):
    """What the kernel tells of one transport and family, as its datagrams come in."""

    def __init__(self, transport: Transport, *, in_runs: bool = False) -> None:
        """Start empty; the answer itself does not name its transport.

        ``in_runs`` says that unconnected sockets are asked for, and wanted in runs.
        """
        super().__init__()
        self._in_runs = in_runs
        self._runs: list[SocketRun] = []
        self.transport = transport
        """The transport that was asked for."""
        self.sockets: list[SocketEntry] = []
        """Entries in the kernel's order."""

    def parse(self, datagram: bytes) -> None:
        """Take in one datagram; whatever is malformed in it is counted in ``damaged``."""
        if not (self._in_runs and self._parse_run(datagram)) and not self._parse_alike(datagram):
            self._parse_each(datagram)

    def runs(self) -> list[SocketRun]:
        """Return the sockets in runs; their remote ends are not told."""
        return [*self._runs, *collect_runs(self.sockets)]

    def _parse_run(self, datagram: bytes) -> bool:
        """Take in a datagram whose sockets differ in port and inode alone, or leave it as it is.

        A field of all of them is one slice, which costs a hundredth of a look at each.
        """
        size = _length_of_all(datagram)
        if not size:
            return False
        words, step, count = memoryview(datagram).cast("I"), size // _WORD_BYTES, len(datagram) // size
        first = _parse_socket(self.transport, datagram, _HEADER.size, size)
        told = range(_BODY_WORDS, step) if first.local_address == "::" else ()  # IPV6_V6ONLY is among the attributes
        if any(words[column::step].tolist().count(words[column]) != count for column in (*_KIND_WORDS, *told)):
            return False
        ports = array("H", words[_PORTS_WORD::step].tobytes())
        kind, flags = words[1] & 0xFFFF, words[1] >> 16
        if (kind, flags & NLM_F_DUMP_INTR) != (SOCK_DIAG_BY_FAMILY, 0) or any(ports[1::2]):
            return False
        if sys.byteorder == "little":
            ports.byteswap()
        self._add_run(first, ports[0::2].tolist(), words[_INODE_WORD::step].tolist())
        return True

    def _add_run(self, first: SocketEntry, ports: list[int], inodes: list[int]) -> None:
        run = next(collect_runs([first]))
        if self._runs and self._runs[-1][:7] == run[:7]:
            self._runs[-1].ports.extend(ports)
            self._runs[-1].inodes.extend(inodes)
        else:
            self._runs.append(run.of(ports, inodes))

    def _parse_alike(self, datagram: bytes) -> bool:
        """Take in a datagram whose messages are all sockets of one length, or leave it as it is.

        Sockets of a kind have the same attributes, so this is what 20,000 of them look like.
        """
        size = _length_of_all(datagram)
        if not size:
            return False
        sockets: list[SocketEntry] = []
        add, text, swap = sockets.append, address_text, socket.ntohs
        new, transport, offset = tuple.__new__, self.transport, 0
        for (
            length, kind, flags, _, _, family, state, port, remote, source, target, interface, uid, inode,
        ) in _message(size).iter_unpack(datagram):  # fmt: skip
            if length != size or kind != SOCK_DIAG_BY_FAMILY or flags & NLM_F_DUMP_INTR:
                return False
            ipv6 = family == AF_INET6
            local = text(source, ipv6)
            v6only = _parse_v6only(datagram, offset + _MESSAGE_BYTES, offset + size) if local == "::" else None
            # A named tuple made without its constructor: a third of the time, 20,000 times.
            entry = (
                transport, ipv6, state, local, swap(port), text(target, ipv6), swap(remote),
                interface, uid, inode, v6only,
            )  # fmt: skip
            add(new(SocketEntry, entry))
            offset += size
        self.sockets += sockets
        return True

    def _parse_each(self, datagram: bytes) -> None:
        super().parse(datagram)
        for kind, body in self.messages:
            if kind == SOCK_DIAG_BY_FAMILY and len(body) >= _BODY.size:
                self.sockets.append(_parse_socket(self.transport, body, 0, len(body)))
            else:
                self.damaged += 1
        self.messages.clear()


def _length_of_all(datagram: bytes) -> int:
    """Return the length of every message of a datagram, as far as the first tells, or 0."""
    if len(datagram) < _MESSAGE_BYTES:
        return 0
    size: int = _LENGTH.unpack_from(datagram)[0]
    return 0 if size < _MESSAGE_BYTES or size % _WORD_BYTES or len(datagram) % size else size


@lru_cache(maxsize=64)
def _message(size: int) -> struct.Struct:
    """Return a whole message of a size: header, body, and attributes that are passed over."""
    return struct.Struct(f"=IHHII BB2x HH16s16sI8x 12x II {size - _MESSAGE_BYTES}x")


def _parse_socket(transport: Transport, raw: bytes, offset: int, end: int) -> SocketEntry:
    """Return the socket whose body begins at an offset; its attributes follow, up to the end."""
    family, state, local_port, remote_port, source, destination, interface, uid, inode = _BODY.unpack_from(raw, offset)
    is_ipv6 = family == AF_INET6
    local_address = address_text(source, is_ipv6)
    return SocketEntry(
        transport,
        is_ipv6,
        state,
        local_address,
        socket.ntohs(local_port),
        address_text(destination, is_ipv6),
        socket.ntohs(remote_port),
        interface,
        uid,
        inode,
        _parse_v6only(raw, offset + _BODY.size, end) if local_address == "::" else None,
    )


def _parse_v6only(datagram: bytes, offset: int, end: int) -> bool | None:
    while end - offset > _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(datagram, offset)
        if not _ATTRIBUTE.size <= length <= end - offset:
            return None
        if kind == INET_DIAG_SKV6ONLY and length > _ATTRIBUTE.size:
            return datagram[offset + _ATTRIBUTE.size] != 0
        offset += (length + 3) & ~3
    return None


@lru_cache(maxsize=4096)
def address_text(raw: bytes, is_ipv6: bool) -> str:
    """Return the usual text of the 16 bytes that hold an address, in network order."""
    return socket.inet_ntop(socket.AF_INET6, raw) if is_ipv6 else socket.inet_ntop(socket.AF_INET, raw[:4])


def read_sockets(wanted: Iterable[tuple[Transport, int]], *, in_runs: bool = False) -> list[Dump]:
    """Return every socket of this network namespace: one dump for each transport and set of states.

    ``wanted`` pairs a transport with a mask of states (``1 << TCP_LISTEN``); both families are asked for each.
    ``in_runs`` tells that the states are of unconnected sockets, and ``Dump.runs`` is what will be looked at.
    Raises OSError where the kernel does not answer, or answers with an error.
    """
    with Channel(NETLINK_SOCK_DIAG) as channel:
        return [
            channel.dump_into(
                SOCK_DIAG_BY_FAMILY,
                _REQUEST.pack(family, IPPROTO[transport], 0, 0, states),
                partial(Dump, transport, in_runs=in_runs),
            )
            for transport, states in wanted
            for family in (AF_INET, AF_INET6)
        ]
