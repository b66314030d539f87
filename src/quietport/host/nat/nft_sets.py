"""The elements of nftables sets and maps: ports, addresses and what they lead to.

Bytes in, records out (linux/netfilter/nf_tables.h). A set of intervals lists where each begins and where it ends
as elements of their own; a set of concatenations pads each part to four bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.host.netlink import Message, number_of, parse_attributes, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

NFGENMSG_BYTES = 4
"""struct nfgenmsg before the attributes (linux/netfilter/nfnetlink.h)."""
SET_ELEM_LIST_ELEMENTS, LIST_ELEM = 3, 1
ELEM_KEY, ELEM_DATA, ELEM_FLAGS, ELEM_KEY_END = 1, 2, 3, 10
ELEM_IS_END, ELEM_IS_CATCHALL = 1, 2
DATA_VALUE, DATA_VERDICT, VERDICT_CODE, VERDICT_CHAIN = 1, 2, 1, 2


class NftVerdict(NamedTuple):
    """What an immediate or an element of a verdict map says."""

    code: int
    """NFT_JUMP and the like, or NF_ACCEPT, NF_DROP."""
    chain: str
    """The chain of a jump; hostile text."""


class Element(NamedTuple):
    """One element of a set."""

    first: bytes | None
    """The key, or the lowest of an interval; None for the one that takes everything else."""
    last: bytes | None
    """The highest of an interval."""
    data: bytes | NftVerdict | None
    """What a map leads to."""


def parse_data(raw: bytes) -> bytes | NftVerdict | None:
    """Return the value or the verdict in a NFTA_DATA attribute, or None where it has neither."""
    told = dict(parse_attributes(raw))
    if DATA_VERDICT in told:
        verdict = dict(parse_attributes(told[DATA_VERDICT]))
        code = int.from_bytes(verdict.get(VERDICT_CODE, b""), "big", signed=True)
        return NftVerdict(code, text_of(verdict.get(VERDICT_CHAIN)))
    return told.get(DATA_VALUE)


def parse_elements(messages: Iterable[Message], *, has_intervals: bool) -> list[Element]:
    """Return the elements of a set in the order of their keys; the kernel's own differs from time to time."""
    return sorted(_unsorted(messages, has_intervals=has_intervals), key=lambda element: element.first or b"\xff" * 64)


def _unsorted(messages: Iterable[Message], *, has_intervals: bool) -> list[Element]:
    told = [dict(parse_attributes(raw)) for _, body in messages for raw in _elements(body)]
    if not has_intervals:
        return [_element(one, _key(one.get(ELEM_KEY_END))) for one in told]
    ends = sorted(key for one in told if _flags(one) & ELEM_IS_END and (key := _key(one.get(ELEM_KEY))) is not None)
    found: list[Element] = []
    for one in told:
        if _flags(one) & ELEM_IS_END:
            continue
        element = _element(one, _key(one.get(ELEM_KEY_END)))
        if element.last is None and element.first is not None:
            element = element._replace(last=_before(ends, element.first))
        found.append(element)
    return found


def _elements(body: bytes) -> Iterable[bytes]:
    for kind, value in parse_attributes(body, NFGENMSG_BYTES):
        if kind == SET_ELEM_LIST_ELEMENTS:
            yield from (element for inner, element in parse_attributes(value) if inner == LIST_ELEM)


def _element(told: dict[int, bytes], last: bytes | None) -> Element:
    first = None if _flags(told) & ELEM_IS_CATCHALL else _key(told.get(ELEM_KEY))
    data = parse_data(told[ELEM_DATA]) if ELEM_DATA in told else None
    return Element(first, last, data)


def _flags(told: dict[int, bytes]) -> int:
    return number_of(told.get(ELEM_FLAGS)) or 0


def _key(raw: bytes | None) -> bytes | None:
    value = parse_data(raw) if raw is not None else None
    return value if isinstance(value, bytes) else None


def _before(ends: list[bytes], first: bytes) -> bytes:
    """Return the last key before the interval that begins with ``first`` ends; an open one has no end."""
    from bisect import bisect_right  # noqa: PLC0415 - only where there is a set of intervals

    at = bisect_right(ends, first)
    if at == len(ends) or len(ends[at]) != len(first):
        return b"\xff" * len(first)
    return (int.from_bytes(ends[at], "big") - 1).to_bytes(len(first), "big")
