"""The registers of an nftables rule, and what comparing them makes of the packets it takes.

A register holds the name of a packet's field, or bytes that are known. A comparison of a field narrows what a
branch of the rule takes; one that is about something else is only noted (linux/netfilter/nf_tables.h).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.nat.nat_rule import TRANSPORT_NUMBERS, Match, parse_range
from quietport.host.nat.nft_sets import Element, NftVerdict, parse_data
from quietport.host.nat.xt_nat import complement, network_text
from quietport.host.netlink import number_of
from quietport.model.port import PORT_COUNT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

NFT_REG32_00 = 8
META_NFPROTO, META_L4PROTO = 15, 16
NETWORK_HEADER, TRANSPORT_HEADER = 1, 2
CMP_EQ, CMP_NEQ, CMP_LT, CMP_LTE, CMP_GT, CMP_GTE = range(6)

FIELDS = {
    (NETWORK_HEADER, 9, 1): "protocol",  # IPv4
    (NETWORK_HEADER, 6, 1): "protocol",  # IPv6: next header
    (TRANSPORT_HEADER, 2, 2): "port",
    (TRANSPORT_HEADER, 0, 4): "both ports",
    **{(NETWORK_HEADER, 16, size): "address" for size in range(1, 5)},
    **{(NETWORK_HEADER, 24, size): "address6" for size in range(1, 17)},
}
"""What a payload of a header, an offset and a length is."""
_ADDRESSES = {"address": 4, "address6": 16}
"""Bytes of a whole address; of a prefix of whole bytes, those alone are looked at."""


class Field(NamedTuple):
    """A register that holds part of a packet."""

    name: str
    """``protocol``, ``port``, ``both ports``, ``address``, ``address6``, ``family`` or ``other``."""
    size: int
    """Its bytes."""
    mask: bytes | None = None
    """The bits of it that are looked at; None for all."""


class Branch(NamedTuple):
    """One way through a rule, so far."""

    match: Match
    """What takes it."""
    registers: Mapping[int, Field | bytes]
    """What the registers hold, by number of four bytes."""
    is_broken: bool
    """A condition on ports could not be read."""


def register_number(raw: bytes | None) -> int:
    """Return the number of a register, counted in fours of bytes; the first four names are of sixteen."""
    number = number_of(raw) or 0
    return NFT_REG32_00 + 4 * (number - 1) if 1 <= number <= 4 else number  # noqa: PLR2004 - NFT_REG_1 to NFT_REG_4


def load(branch: Branch, register: bytes | None, field: Field) -> Branch:
    """Return the branch with part of a packet in a register."""
    return branch._replace(registers={**branch.registers, register_number(register): field})


def store(branch: Branch, register: int, value: bytes) -> Branch:
    """Return the branch with bytes in a register, and what follows of them in those behind it."""
    pieces = {register + at // 4: value[at:] for at in range(0, len(value), 4)}
    return branch._replace(registers={**branch.registers, **pieces})


def held(branch: Branch, register: bytes | None, size: int) -> bytes | None:
    """Return the bytes that a register holds, None where none is named; ValueError where they are not known."""
    if register is None:
        return None
    value = branch.registers.get(register_number(register))
    if not isinstance(value, bytes) or len(value) < size:
        raise ValueError(register)
    return value[:size]


def held_ports(branch: Branch, told: dict[int, bytes], low: int, high: int) -> PortRange | None:
    """Return the ports in two registers, None where there are none; ValueError where they are not known."""
    first, last = held(branch, told.get(low), 2), held(branch, told.get(high), 2)
    if first is None:
        return None
    ports = parse_range(number_of(first), number_of(last))
    if ports is None:
        raise ValueError(told)
    return ports


def meta_field(key: int | None) -> Field:
    """Return what a key of ``meta`` loads."""
    name = {META_NFPROTO: "family", META_L4PROTO: "protocol"}.get(key or 0, "other")
    return Field(name, 4 if name == "other" else 1)


def masked(branch: Branch, told: dict[int, bytes]) -> Field:
    """Return what a ``bitwise`` leaves: an address under a mask, or nothing that is known."""
    source = branch.registers.get(register_number(told.get(1)))
    mask, xor = parse_data(told.get(4, b"")), parse_data(told.get(5, b""))
    if isinstance(source, Field) and source.name in _ADDRESSES and isinstance(mask, bytes) and not any(xor or b""):
        return source._replace(mask=mask[: source.size])
    return Field("other", source.size if isinstance(source, Field) else 4)


def compare(branch: Branch, register: int, operator: int, value: bytes | NftVerdict | None) -> list[Branch]:
    """Return the branches after a ``cmp``: none where no packet passes, two where what passes has a gap."""
    field = branch.registers.get(register)
    if not isinstance(field, Field) or not isinstance(value, bytes) or len(value) < field.size:
        return [narrow(branch)]
    if field.name == "port":
        return _with_ports(branch, _compared_ports(operator, int.from_bytes(value[:2], "big")))
    if operator == CMP_EQ:
        return _equal(branch, field, value)
    return [narrow(branch)]


def _compared_ports(operator: int, number: int) -> list[PortRange]:
    last = PORT_COUNT - 1
    runs = {
        CMP_EQ: [(number, number)],
        CMP_NEQ: [(0, number - 1), (number + 1, last)],
        CMP_LT: [(0, number - 1)],
        CMP_LTE: [(0, number)],
        CMP_GT: [(number + 1, last)],
        CMP_GTE: [(number, last)],
    }.get(operator, [(0, last)])
    return [PortRange(low, high) for low, high in runs if 0 <= low <= high <= last]


def _equal(branch: Branch, field: Field, value: bytes) -> list[Branch]:
    """Return the branch where a field has a value; nothing where no packet with ports has it."""
    if field.name == "protocol":
        transport = TRANSPORT_NUMBERS.get(value[0])
        return take(branch, Match(transport, is_other_protocol=transport is None))
    if field.name == "both ports":
        port = int.from_bytes(value[2:4], "big")
        return take(branch, Match(ports=PortRange(port, port), is_narrowed=True))
    if field.name in _ADDRESSES:
        return take(branch, _address_match(field, value))
    return [branch] if field.name == "family" else [narrow(branch)]


def _address_match(field: Field, value: bytes) -> Match:
    """Return what takes an address; a prefix of whole bytes is compared as the bytes alone."""
    whole = _ADDRESSES[field.name]
    raw = value[: field.size].ljust(whole, b"\0")
    mask = (field.mask or b"\xff" * field.size).ljust(whole, b"\0")
    text = network_text(raw, mask)
    return Match(address=text, is_narrowed=text is None)


def compare_range(branch: Branch, told: dict[int, bytes]) -> list[Branch]:
    """Return the branches after a ``range``."""
    field = branch.registers.get(register_number(told.get(1)))
    first, last = parse_data(told.get(3, b"")), parse_data(told.get(4, b""))
    if (
        not isinstance(field, Field)
        or field.name != "port"
        or not isinstance(first, bytes)
        or not isinstance(last, bytes)
    ):
        return [narrow(branch)]
    low, high = int.from_bytes(first[:2], "big"), int.from_bytes(last[:2], "big")
    ports = [PortRange(low, high)] if low <= high else []
    return _with_ports(branch, complement(ports) if number_of(told.get(2)) else ports)


def fields_from(branch: Branch, register: int) -> Iterator[Field]:
    """Yield the fields that stand one behind the other from a register on."""
    while isinstance(field := branch.registers.get(register), Field):
        yield field
        register += max(1, (field.size + 3) // 4)


def inside(branch: Branch, fields: list[Field], element: Element) -> list[Branch]:
    """Return the branch where the fields are what an element of a set says."""
    if element.first is None:
        return [branch]
    if not fields:
        return [narrow(branch)]
    branches = [branch]
    at = 0
    for field in fields:
        if at >= len(element.first):
            break
        first, last = (raw[at : at + field.size] for raw in (element.first, element.last or element.first))
        branches = [after for before in branches for after in _between(before, field, first, last)]
        at += (field.size + 3) & ~3
    return branches


def _between(branch: Branch, field: Field, first: bytes, last: bytes) -> list[Branch]:
    if len(first) < field.size or len(last) < field.size:
        return [branch._replace(is_broken=True)]
    if field.name == "port":
        low, high = int.from_bytes(first, "big"), int.from_bytes(last, "big")
        return _with_ports(branch, [PortRange(low, high)] if low <= high else [])
    return _equal(branch, field, first) if first == last else [narrow(branch)]


def outside(branch: Branch, fields: list[Field], elements: list[Element]) -> list[Branch]:
    """Return the branches where the fields are in no element of a set."""
    if [field.name for field in fields[:1]] != ["port"] or any(element.first is None for element in elements):
        return [narrow(branch)]
    keys = [(element.first or b"", element.last or element.first or b"") for element in elements]
    if any(len(first) != 2 or len(last) != 2 or first > last for first, last in keys):  # noqa: PLR2004 - a port alone
        return [narrow(branch)]
    ports = [PortRange(int.from_bytes(first, "big"), int.from_bytes(last, "big")) for first, last in keys]
    return _with_ports(branch, complement(ports))


def _with_ports(branch: Branch, ports: list[PortRange]) -> list[Branch]:
    return [after for run in ports for after in take(branch, Match(ports=run))]


def take(branch: Branch, match: Match) -> list[Branch]:
    """Return the branch that takes only what a match takes too, or nothing."""
    both = branch.match.narrow(match)
    return [] if both is None else [branch._replace(match=both)]


def narrow(branch: Branch) -> Branch:
    """Return the branch with another condition, which is not told."""
    return branch._replace(match=branch.match._replace(is_narrowed=True))
