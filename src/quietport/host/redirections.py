"""What answers at a port although nothing listens there (truth 10): all that redirects in one network namespace.

nftables and with it ``iptables-nft``, the older iptables, the kernel's load balancer. What could not be read is
counted and named. Programs on XDP and sk_lookup can redirect too, by code that nobody can read from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.host import ip_vs, legacy_nat, nft_tables
from quietport.host.nat_walk import NatWalk
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.nat_rule import NatTable
    from quietport.host.redirection_entry import RedirectionEntry

_EPERM, _EACCES = 1, 13  # asm-generic/errno-base.h


class Redirecting(NamedTuple):
    """What redirects in one network namespace; plain values, so that it crosses a pipe."""

    entries: list[RedirectionEntry]
    """What was read."""
    unread: int
    """Rules and services that could not be."""
    refused: bool
    """This user may not ask for NAT rules."""
    legacy_unread: bool
    """There is a NAT table of the older iptables, and it could not be read."""


def read_redirections(proc: str = "/proc") -> Redirecting:
    """Return what redirects in this network namespace; raises nothing."""
    tables: list[NatTable] = []
    refused = legacy_unread = False
    try:
        tables += nft_tables.read_nat_tables()
    except OSError as error:
        refused = _is_refusal(error)
    for is_ipv6 in (False, True):
        try:
            if legacy_nat.has_legacy_nat(proc, is_ipv6=is_ipv6):
                tables.append(legacy_nat.read_legacy_nat(is_ipv6=is_ipv6))
        except PermissionError:
            refused = True
        except OSError:
            legacy_unread = True
    entries, unread = follow_tables(tables)
    try:
        services, malformed = ip_vs.read_ip_vs(proc)
    except OSError:
        services, malformed, refused = [], 0, True
    return Redirecting(entries + services, unread + malformed, refused, legacy_unread)


def follow_tables(tables: Iterable[NatTable]) -> tuple[list[RedirectionEntry], int]:
    """Return what these tables redirect, and how many of their rules could not be read."""
    entries: list[RedirectionEntry] = []
    unread = 0
    for table in tables:
        found, missed = NatWalk(table).follow()
        entries += found
        unread += missed
    return entries, unread


def unseen_redirections(found: Iterable[Redirecting], xdp: int) -> tuple[Unseen, ...]:
    """Return what could not be seen in some namespaces; ``xdp`` interfaces have a program that sees packets first."""
    found = tuple(found)
    unread = sum(one.unread for one in found)
    unseen: list[Unseen] = []
    if any(one.refused for one in found):
        unseen.append(Unseen("unseen.nat", Reason.PERMISSION, "remedy.net-admin"))
    if unread:
        unseen.append(Unseen("unseen.nat-rules", Reason.NOT_SUPPORTED, "remedy.nft", unread))
    if any(one.legacy_unread for one in found):
        unseen.append(Unseen("unseen.legacy-nat", Reason.NOT_SUPPORTED, "remedy.iptables-legacy"))
    if xdp:
        unseen.append(Unseen("unseen.xdp", Reason.NOT_SUPPORTED, "remedy.xdp", xdp))
    return tuple(unseen)


def _is_refusal(error: OSError) -> bool:
    return error.errno in (_EPERM, _EACCES)
