"""What an nftables rule does: its expressions run over unknown packets (linux/netfilter/nf_tables.h).

A rule is a small program on registers. Here a register holds the name of a packet's field, or bytes that are
known; a comparison of a field narrows what the rule takes. An element of a set makes a branch of its own. A rule
that ends by sending packets elsewhere and cannot be followed to where is UNREAD, never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.nat_rule import EVERYTHING, TRANSPORT_NUMBERS, Match, Step, Verdict, parse_range
from quietport.host.netlink import number_of, parse_attributes, text_of
from quietport.host.nft_sets import Element, NftVerdict, parse_data
from quietport.host.xt_nat import address_range, complement, network_text, parse_match, parse_target
from quietport.model.port import PORT_COUNT, PortRange

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPR_NAME, EXPR_DATA, LIST_ELEM = 1, 2, 1
NFT_JUMP, NFT_GOTO, NFT_RETURN, NF_DROP, NF_ACCEPT = -3, -4, -5, 0, 1
NFT_REG_VERDICT, NFT_REG32_00 = 0, 8
META_NFPROTO, META_L4PROTO = 15, 16
NETWORK_HEADER, TRANSPORT_HEADER = 1, 2
CMP_EQ, CMP_NEQ, CMP_LT, CMP_LTE, CMP_GT, CMP_GTE = range(6)
LOOKUP_TARGET, LOOKUP_INVERTED, NAT_DNAT = 3, 1, 1
FAMILY_SIZES = {2: 4, 10: 16}
"""Bytes of an address by NFPROTO_IPV4 and NFPROTO_IPV6."""
MAX_BRANCHES = 4096
"""Ways through one rule that are followed."""

_FIELDS = {
    (NETWORK_HEADER, 9, 1): "protocol",  # IPv4
    (NETWORK_HEADER, 6, 1): "protocol",  # IPv6: next header
    (TRANSPORT_HEADER, 2, 2): "port",
    (TRANSPORT_HEADER, 0, 4): "both ports",
    **{(NETWORK_HEADER, 16, size): "address" for size in range(1, 5)},
    **{(NETWORK_HEADER, 24, size): "address6" for size in range(1, 17)},
}
_ADDRESSES = {"address": 4, "address6": 16}
"""Bytes of a whole address; of a prefix of whole bytes, those alone are looked at."""
_PLAIN = frozenset({"counter", "log", "notrack", "last"})
"""Expressions that leave every packet as it is."""
_ENDING = frozenset({"masq", "reject", "queue", "synproxy"})
"""Expressions that end a rule and send nothing to another port."""

Sets = Callable[[str], "list[Element] | None"]
"""Returns the elements of a set of the rule's table, or None where they cannot be read."""


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


class Rule(NamedTuple):
    """A rule as the kernel tells it."""

    chain: str
    """The chain it stands in; hostile text."""
    expressions: list[tuple[str, dict[int, bytes]]]
    """Name and attributes of each expression."""


def parse_expressions(raw: bytes) -> list[tuple[str, dict[int, bytes]]]:
    """Return name and attributes of each expression of a NFTA_RULE_EXPRESSIONS attribute."""
    found: list[tuple[str, dict[int, bytes]]] = []
    for kind, value in parse_attributes(raw):
        if kind == LIST_ELEM:
            told = dict(parse_attributes(value))
            found.append((text_of(told.get(EXPR_NAME)), dict(parse_attributes(told.get(EXPR_DATA, b"")))))
    return found


def read_rule(rule: Rule, sets: Sets, *, is_ipv6: bool) -> list[Step]:
    """Return the steps that a rule makes; none where it only counts or logs."""
    branches = [Branch(EVERYTHING, {}, is_broken=False)]
    steps: list[Step] = []
    for name, told in rule.expressions:
        following: list[Branch] = []
        for branch in branches:
            step = _end(branch, name, told, is_ipv6=is_ipv6)
            if step is None:
                following += _follow(branch, name, told, sets, steps)
            elif step.verdict is not Verdict.NEXT:
                steps.append(step)
        branches = following
        if len(branches) > MAX_BRANCHES:
            return [Step(EVERYTHING, Verdict.UNREAD)]
    return steps


def _end(branch: Branch, name: str, told: dict[int, bytes], *, is_ipv6: bool) -> Step | None:
    """Return the step that a branch ends in here, or None where it goes on."""
    step: Step | None = None
    if name == "immediate" and _register(told.get(1)) == NFT_REG_VERDICT:
        verdict = parse_data(told.get(2, b""))
        step = _verdict_step(branch.match, verdict if isinstance(verdict, NftVerdict) else None)
    elif name == "redir":
        step = _redirect(branch, told)
    elif name == "nat":
        step = _nat(branch, told)
    elif name == "target":
        target = parse_target(text_of(told.get(1)), number_of(told.get(2)) or 0, told.get(3, b""), is_ipv6=is_ipv6)
        step = Step(branch.match, target.verdict, None, target.to_address, target.to_ports)
        if target.verdict is Verdict.NEXT:
            return None
    elif name in _ENDING:
        step = Step(branch.match, Verdict.STOP)
    if step is not None and branch.is_broken and step.verdict is not Verdict.STOP:
        return Step(branch.match, Verdict.UNREAD)
    return step


def _verdict_step(match: Match, verdict: NftVerdict | None) -> Step:
    if verdict is None:
        return Step(match, Verdict.UNREAD)
    if verdict.code in {NFT_JUMP, NFT_GOTO}:
        return Step(match, Verdict.JUMP, verdict.chain)
    return Step(match, Verdict.STOP if verdict.code in {NFT_RETURN, NF_DROP, NF_ACCEPT} else Verdict.NEXT)


def _redirect(branch: Branch, told: dict[int, bytes]) -> Step:
    try:
        return Step(branch.match, Verdict.REDIRECT, to_ports=_ports(branch, told, 1, 2))
    except ValueError:
        return Step(branch.match, Verdict.UNREAD)


def _nat(branch: Branch, told: dict[int, bytes]) -> Step:
    if number_of(told.get(1)) != NAT_DNAT:
        return Step(branch.match, Verdict.STOP)
    size = FAMILY_SIZES.get(number_of(told.get(2)) or 0, 16)
    try:
        first = _held(branch, told.get(3), size)
        last = _held(branch, told.get(4), size)
        address = None if first is None else address_range(first, last or first)
        return Step(branch.match, Verdict.DNAT, None, address, _ports(branch, told, 5, 6))
    except ValueError:
        return Step(branch.match, Verdict.UNREAD)


def _ports(branch: Branch, told: dict[int, bytes], low: int, high: int) -> PortRange | None:
    """Return the ports in two registers, None where there are none; ValueError where they are not known."""
    first, last = _held(branch, told.get(low), 2), _held(branch, told.get(high), 2)
    if first is None:
        return None
    ports = parse_range(number_of(first), number_of(last))
    if ports is None:
        raise ValueError(told)
    return ports


def _held(branch: Branch, register: bytes | None, size: int) -> bytes | None:
    """Return the bytes that a register holds, None where none is named; ValueError where they are not known."""
    if register is None:
        return None
    value = branch.registers.get(_register(register))
    if not isinstance(value, bytes) or len(value) < size:
        raise ValueError(register)
    return value[:size]


def _follow(branch: Branch, name: str, told: dict[int, bytes], sets: Sets, steps: list[Step]) -> list[Branch]:
    """Return the branches in which a branch goes on after an expression; a verdict map also makes steps."""
    if name == "meta":
        return [_load(branch, told.get(1), _meta_field(number_of(told.get(2))))] if 1 in told else [branch]
    if name == "payload":
        place = (number_of(told.get(2)), number_of(told.get(3)), number_of(told.get(4)))
        size = place[2] or 0
        zeroed = (place[0] or 0, place[1] or 0, size)
        return [_load(branch, told.get(1), Field(_FIELDS.get(zeroed, "other"), size))] if 1 in told else [branch]
    if name == "immediate":
        value = parse_data(told.get(2, b""))
        return [_store(branch, _register(told.get(1)), value)] if isinstance(value, bytes) else [branch]
    if name == "bitwise":
        return [_load(branch, told.get(2), _masked(branch, told))]
    if name == "cmp":
        return _compare(branch, _register(told.get(1)), number_of(told.get(2)) or 0, parse_data(told.get(3, b"")))
    if name == "range":
        return _compare_range(branch, told)
    if name == "lookup":
        return _look_up(branch, told, sets, steps)
    if name == "match":
        return _match(branch, told)
    if name in _PLAIN or name == "target":
        return [branch]
    # Another source of a value, or another condition. Where it fills a register, what was there is gone.
    narrowed = branch._replace(match=branch.match._replace(is_narrowed=True))
    return [_load(narrowed, told[1], Field("other", 4))] if len(told.get(1, b"")) == 4 else [narrowed]  # noqa: PLR2004 - a register


def _meta_field(key: int | None) -> Field:
    name = {META_NFPROTO: "family", META_L4PROTO: "protocol"}.get(key or 0, "other")
    return Field(name, 4 if name == "other" else 1)


def _register(raw: bytes | None) -> int:
    """Return the number of a register, counted in fours of bytes; the first four names are of sixteen."""
    number = number_of(raw) or 0
    return NFT_REG32_00 + 4 * (number - 1) if 1 <= number <= 4 else number  # noqa: PLR2004 - NFT_REG_1 to NFT_REG_4


def _load(branch: Branch, register: bytes | None, field: Field) -> Branch:
    return branch._replace(registers={**branch.registers, _register(register): field})


def _store(branch: Branch, register: int, value: bytes) -> Branch:
    """Return the branch with bytes in a register, and what follows of them in those behind it."""
    pieces = {register + at // 4: value[at:] for at in range(0, len(value), 4)}
    return branch._replace(registers={**branch.registers, **pieces})


def _masked(branch: Branch, told: dict[int, bytes]) -> Field:
    source = branch.registers.get(_register(told.get(1)))
    mask, xor = parse_data(told.get(4, b"")), parse_data(told.get(5, b""))
    if isinstance(source, Field) and source.name in _ADDRESSES and isinstance(mask, bytes) and not any(xor or b""):
        return source._replace(mask=mask[: source.size])
    return Field("other", source.size if isinstance(source, Field) else 4)


def _compare(branch: Branch, register: int, operator: int, value: bytes | NftVerdict | None) -> list[Branch]:
    field = branch.registers.get(register)
    if not isinstance(field, Field) or not isinstance(value, bytes) or len(value) < field.size:
        return [_narrowed(branch)]
    if field.name == "port":
        return _with_ports(branch, _compared_ports(operator, int.from_bytes(value[:2], "big")))
    if operator == CMP_EQ:
        return _equal(branch, field, value)
    return [_narrowed(branch)]


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
        return _taken(branch, Match(transport, is_other_protocol=transport is None))
    if field.name == "both ports":
        port = int.from_bytes(value[2:4], "big")
        return _taken(branch, Match(ports=PortRange(port, port), is_narrowed=True))
    if field.name in _ADDRESSES:
        return _taken(branch, _address_match(field, value))
    return [branch] if field.name == "family" else [_narrowed(branch)]


def _address_match(field: Field, value: bytes) -> Match:
    """Return what takes an address; a prefix of whole bytes is compared as the bytes alone."""
    whole = _ADDRESSES[field.name]
    raw = value[: field.size].ljust(whole, b"\0")
    mask = (field.mask or b"\xff" * field.size).ljust(whole, b"\0")
    text = network_text(raw, mask)
    return Match(address=text, is_narrowed=text is None)


def _compare_range(branch: Branch, told: dict[int, bytes]) -> list[Branch]:
    field = branch.registers.get(_register(told.get(1)))
    first, last = parse_data(told.get(3, b"")), parse_data(told.get(4, b""))
    if (
        not isinstance(field, Field)
        or field.name != "port"
        or not isinstance(first, bytes)
        or not isinstance(last, bytes)
    ):
        return [_narrowed(branch)]
    low, high = int.from_bytes(first[:2], "big"), int.from_bytes(last[:2], "big")
    ports = [PortRange(low, high)] if low <= high else []
    return _with_ports(branch, complement(ports) if number_of(told.get(2)) else ports)


def _look_up(branch: Branch, told: dict[int, bytes], sets: Sets, steps: list[Step]) -> list[Branch]:
    elements = sets(text_of(told.get(1)))
    fields = list(_fields_from(branch, _register(told.get(2))))
    is_map = LOOKUP_TARGET in told
    target = _register(told[LOOKUP_TARGET]) if is_map else -1
    inverted = bool((number_of(told.get(5)) or 0) & LOOKUP_INVERTED)
    if elements is None:
        broken = branch._replace(is_broken=True)
        if target == NFT_REG_VERDICT:
            steps.append(Step(branch.match, Verdict.UNREAD))
        return [broken]
    if inverted:
        return _outside(branch, fields, elements)
    following: list[Branch] = []
    for element in elements[: MAX_BRANCHES + 1]:
        for taken in _inside(branch, fields, element):
            if target == NFT_REG_VERDICT:
                verdict = element.data if isinstance(element.data, NftVerdict) else None
                steps.append(_verdict_step(taken.match, verdict))
            elif is_map and isinstance(element.data, bytes):
                following.append(_store(taken, target, element.data))
            else:
                following.append(taken)
    return [branch] if target == NFT_REG_VERDICT else following


def _fields_from(branch: Branch, register: int) -> Iterator[Field]:
    """Yield the fields that stand one behind the other from a register on."""
    while isinstance(field := branch.registers.get(register), Field):
        yield field
        register += max(1, (field.size + 3) // 4)


def _inside(branch: Branch, fields: list[Field], element: Element) -> list[Branch]:
    """Return the branch where the fields are what an element of a set says."""
    if element.first is None:
        return [branch]
    if not fields:
        return [_narrowed(branch)]
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
    return _equal(branch, field, first) if first == last else [_narrowed(branch)]


def _outside(branch: Branch, fields: list[Field], elements: list[Element]) -> list[Branch]:
    if [field.name for field in fields[:1]] != ["port"] or any(element.first is None for element in elements):
        return [_narrowed(branch)]
    keys = [(element.first or b"", element.last or element.first or b"") for element in elements]
    if any(len(first) != 2 or len(last) != 2 or first > last for first, last in keys):  # noqa: PLR2004 - a port alone
        return [_narrowed(branch)]
    ports = [PortRange(int.from_bytes(first, "big"), int.from_bytes(last, "big")) for first, last in keys]
    return _with_ports(branch, complement(ports))


def _match(branch: Branch, told: dict[int, bytes]) -> list[Branch]:
    matches = parse_match(text_of(told.get(1)), number_of(told.get(2)) or 0, told.get(3, b""))
    if matches is None:
        return [branch._replace(is_broken=True)]
    return [after for match in matches for after in _taken(branch, match)]


def _with_ports(branch: Branch, ports: list[PortRange]) -> list[Branch]:
    return [after for run in ports for after in _taken(branch, Match(ports=run))]


def _taken(branch: Branch, match: Match) -> list[Branch]:
    both = branch.match.narrow(match)
    return [] if both is None else [branch._replace(match=both)]


def _narrowed(branch: Branch) -> Branch:
    return branch._replace(match=branch.match._replace(is_narrowed=True))
