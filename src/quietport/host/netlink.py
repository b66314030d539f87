"""Questions to the kernel over netlink, and its answers cut into messages and attributes (``man 7 netlink``).

``Answer.parse`` and ``parse_attributes`` turn bytes into pieces and do no I/O; ``Channel`` asks the kernel.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

AF_NETLINK, NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER, NETLINK_GENERIC = 16, 0, 4, 12, 16  # linux/netlink.h
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR = 0x01, 0x04, 0x300, 0x10  # linux/netlink.h
NLMSG_ERROR, NLMSG_DONE = 0x2, 0x3  # linux/netlink.h
Message = tuple[int, bytes]
"""One message of an answer: its kind, by the numbers of the protocol, and what follows its header."""

NLA_TYPE_MASK = 0x3FFF
"""Without the two flags that an attribute's kind may carry (NLA_F_NESTED, NLA_F_NET_BYTEORDER)."""

RECEIVE_BYTES = 256 * 1024
"""The kernel fills at most 32 KiB a datagram; larger costs nothing and survives a change of that."""
TIMEOUT_S = 5.0
"""A kernel that answers does so within milliseconds."""
ATTEMPTS = 3
"""How often a table is asked for that changed while it was told."""

_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr
_ATTRIBUTE = struct.Struct("=HH")  # struct nlattr
_ERROR = struct.Struct("=i")


class Answer:
    """What the kernel tells, as its datagrams come in."""

    def __init__(self) -> None:
        """Start empty."""
        self.messages: list[Message] = []
        """In the kernel's order; those that end the answer are left out."""
        self.done = False
        """The kernel said that this was all."""
        self.interrupted = False
        """What was asked for changed meanwhile: something may be missing or told twice."""
        self.damaged = 0
        """Messages that were cut off, and were left out."""
        self.error = 0
        """The errno that the kernel answered, or 0."""

    def parse(self, datagram: bytes) -> None:
        """Take in one datagram; whatever is malformed in it is counted in ``damaged``."""
        offset, end = 0, len(datagram)
        while end - offset >= _HEADER.size:
            length, kind, flags, _, _ = _HEADER.unpack_from(datagram, offset)
            if not _HEADER.size <= length <= end - offset:
                self.damaged += 1
                return
            body = datagram[offset + _HEADER.size : offset + length]
            self.interrupted = self.interrupted or flags & NLM_F_DUMP_INTR != 0
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                self._parse_end(kind, body)
            else:
                self.messages.append((kind, body))
            offset += (length + 3) & ~3
        if offset < end:
            self.damaged += 1

    def _parse_end(self, kind: int, body: bytes) -> None:
        self.done = True
        if len(body) >= _ERROR.size:
            self.error = abs(_ERROR.unpack_from(body)[0])
        elif kind == NLMSG_ERROR:
            self.damaged += 1


AnswerT = TypeVar("AnswerT", bound=Answer)


def parse_attributes(raw: bytes, offset: int = 0) -> list[tuple[int, bytes]]:
    """Return kind and value of each attribute from ``offset`` on; the first that is malformed ends them."""
    found: list[tuple[int, bytes]] = []
    last, unpack = len(raw) - _ATTRIBUTE.size, _ATTRIBUTE.unpack_from
    while offset <= last:
        length, kind = unpack(raw, offset)
        value = raw[offset + 4 : offset + length]
        if length < 4 or len(value) != length - 4:  # noqa: PLR2004 - the size of a header; not looked up 400,000 times
            break
        found.append((kind & NLA_TYPE_MASK, value))
        offset += (length + 3) & ~3
    return found


def attribute(kind: int, value: bytes) -> bytes:
    """Return an attribute with its header and padding."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def text_of(value: bytes | None) -> str:
    """Return the text of a string attribute, without the zero that ends it; hostile text."""
    return (value or b"").split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def number_of(value: bytes | None) -> int | None:
    """Return the number of an attribute in network order, or None where there is none."""
    return int.from_bytes(value, "big") if value else None


class Channel:
    """A netlink socket of one protocol, in the network namespace of the thread that opens it."""

    def __init__(self, protocol: int) -> None:
        """Open it; OSError where this kernel has no such protocol."""
        self._socket = socket.socket(AF_NETLINK, socket.SOCK_RAW, protocol)
        self._socket.settimeout(TIMEOUT_S)

    def __enter__(self) -> Self:
        """Return the channel, to be closed in the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._socket.close()

    def dump(self, kind: int, body: bytes) -> Answer:
        """Return all that the kernel has of a kind, asked again while it changes under the answer.

        Raises OSError where the kernel does not answer, or answers with an error.
        """
        return self.dump_into(kind, body, Answer)

    def dump_into(self, kind: int, body: bytes, begin: Callable[[], AnswerT]) -> AnswerT:
        """Return the same as an answer that ``begin`` makes, which takes in datagrams in its own way."""
        for _ in range(ATTEMPTS):
            answer = self._ask(kind, body, NLM_F_DUMP, begin())
            if not answer.interrupted:
                break
        return answer

    def get(self, kind: int, body: bytes) -> Answer:
        """Return the answer to a question about one thing; raises as ``dump`` does."""
        return self._ask(kind, body, NLM_F_ACK, Answer())

    def _ask(self, kind: int, body: bytes, flags: int, answer: AnswerT) -> AnswerT:
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, NLM_F_REQUEST | flags, 0, 0) + body)
        while not answer.done:
            answer.parse(self._socket.recv(RECEIVE_BYTES))
        if answer.error:
            raise OSError(answer.error, os.strerror(answer.error))
        return answer
