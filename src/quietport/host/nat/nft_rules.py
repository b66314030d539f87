"""What an nftables rule does: its expressions run over unknown packets (linux/netfilter/nf_tables.h).

A rule is a small program on registers (``nft_registers``). An element of a set makes a branch of its own. A rule
that ends by sending packets elsewhere and cannot be followed to where is UNREAD, never left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from quietport.host.nat.nat_rule import EVERYTHING, Match, Step, Verdict
from quietport.host.nat.nft_registers import (
    FIELDS,
    Branch,
    Field,
    compare,
    compare_range,
    fields_from,
    held,
    held_ports,
    inside,
    load,
    masked,
    meta_field,
    narrow,
    outside,
    register_number,
    store,
    take,
)
from quietport.host.nat.nft_sets import Element, NftVerdict, parse_data
from quietport.host.nat.xt_nat import address_range, parse_match, parse_target
from quietport.host.netlink import number_of, parse_attributes, text_of

EXPR_NAME, EXPR_DATA, LIST_ELEM = 1, 2, 1
NFT_JUMP, NFT_GOTO, NFT_RETURN, NF_DROP, NF_ACCEPT = -3, -4, -5, 0, 1
NFT_REG_VERDICT = 0
LOOKUP_TARGET, LOOKUP_INVERTED, NAT_DNAT = 3, 1, 1
FAMILY_SIZES = {2: 4, 10: 16}
"""Bytes of an address by NFPROTO_IPV4 and NFPROTO_IPV6."""
MAX_BRANCHES = 4096
"""Ways through one rule that are followed."""

_PLAIN = frozenset({"counter", "log", "notrack", "last"})
"""Expressions that leave every packet as it is."""
_ENDING = frozenset({"masq", "reject", "queue", "synproxy"})
"""Expressions that end a rule and send nothing to another port."""

Sets = Callable[[str], "list[Element] | None"]
"""Returns the elements of a set of the rule's table, or None where they cannot be read."""


class Rule(NamedTuple):
    """A rule as the kernel tells it."""

    chain: str
    """The chain it stands in; hostile text."""
    expressions: list[tuple[str, dict[int, bytes]]]
    """Name and attributes of each expression."""


def parse_expressions(raw: bytes) -> list[tuple[str, dict[int, bytes]]]:
    """Return name and attributes of each expression of a NFTA_RULE_EXPRESSIONS attribute."""
    return [_parse_expression(value) for kind, value in parse_attributes(raw) if kind == LIST_ELEM]


@lru_cache(maxsize=4096)
def _parse_expression(raw: bytes) -> tuple[str, dict[int, bytes]]:
    """Return name and attributes of one expression; thousands of rules are made of the same few."""
    told = dict(parse_attributes(raw))
    return text_of(told.get(EXPR_NAME)), dict(parse_attributes(told.get(EXPR_DATA, b"")))


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
    if name == "immediate" and register_number(told.get(1)) == NFT_REG_VERDICT:
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
        return Step(branch.match, Verdict.REDIRECT, to_ports=held_ports(branch, told, 1, 2))
    except ValueError:
        return Step(branch.match, Verdict.UNREAD)


def _nat(branch: Branch, told: dict[int, bytes]) -> Step:
    if number_of(told.get(1)) != NAT_DNAT:
        return Step(branch.match, Verdict.STOP)
    size = FAMILY_SIZES.get(number_of(told.get(2)) or 0, 16)
    try:
        first = held(branch, told.get(3), size)
        last = held(branch, told.get(4), size)
        address = None if first is None else address_range(first, last or first)
        return Step(branch.match, Verdict.DNAT, None, address, held_ports(branch, told, 5, 6))
    except ValueError:
        return Step(branch.match, Verdict.UNREAD)


def _follow(branch: Branch, name: str, told: dict[int, bytes], sets: Sets, steps: list[Step]) -> list[Branch]:
    """Return the branches in which a branch goes on after an expression; a verdict map also makes steps."""
    if name == "meta":
        return [load(branch, told.get(1), meta_field(number_of(told.get(2))))] if 1 in told else [branch]
    if name == "payload":
        place = (number_of(told.get(2)), number_of(told.get(3)), number_of(told.get(4)))
        size = place[2] or 0
        zeroed = (place[0] or 0, place[1] or 0, size)
        return [load(branch, told.get(1), Field(FIELDS.get(zeroed, "other"), size))] if 1 in told else [branch]
    if name == "immediate":
        value = parse_data(told.get(2, b""))
        return [store(branch, register_number(told.get(1)), value)] if isinstance(value, bytes) else [branch]
    if name == "bitwise":
        return [load(branch, told.get(2), masked(branch, told))]
    if name == "cmp":
        return compare(branch, register_number(told.get(1)), number_of(told.get(2)) or 0, parse_data(told.get(3, b"")))
    if name == "range":
        return compare_range(branch, told)
    if name == "lookup":
        return _look_up(branch, told, sets, steps)
    if name == "match":
        return _match(branch, told)
    if name in _PLAIN or name == "target":
        return [branch]
    # Another source of a value, or another condition. Where it fills a register, what was there is gone.
    other = narrow(branch)
    return [load(other, told[1], Field("other", 4))] if len(told.get(1, b"")) == 4 else [other]  # noqa: PLR2004 - a register


def _look_up(branch: Branch, told: dict[int, bytes], sets: Sets, steps: list[Step]) -> list[Branch]:
    elements = sets(text_of(told.get(1)))
    fields = list(fields_from(branch, register_number(told.get(2))))
    is_map = LOOKUP_TARGET in told
    target = register_number(told[LOOKUP_TARGET]) if is_map else -1
    inverted = bool((number_of(told.get(5)) or 0) & LOOKUP_INVERTED)
    if elements is None:
        broken = branch._replace(is_broken=True)
        if target == NFT_REG_VERDICT:
            steps.append(Step(branch.match, Verdict.UNREAD))
        return [broken]
    if inverted:
        return outside(branch, fields, elements)
    following: list[Branch] = []
    for element in elements if target == NFT_REG_VERDICT else elements[: MAX_BRANCHES + 1]:
        for within in inside(branch, fields, element):
            if target == NFT_REG_VERDICT:
                verdict = element.data if isinstance(element.data, NftVerdict) else None
                steps.append(_verdict_step(within.match, verdict))
            elif is_map and isinstance(element.data, bytes):
                following.append(store(within, target, element.data))
            else:
                following.append(within)
    return [branch] if target == NFT_REG_VERDICT else following


def _match(branch: Branch, told: dict[int, bytes]) -> list[Branch]:
    matches = parse_match(text_of(told.get(1)), number_of(told.get(2)) or 0, told.get(3, b""))
    if matches is None:
        return [branch._replace(is_broken=True)]
    return [after for match in matches for after in take(branch, match)]
