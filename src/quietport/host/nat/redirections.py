"""What answers at a port although nothing listens there (truth 10): all that redirects in one network namespace.

nftables and with it ``iptables-nft``, the older iptables, the kernel's load balancer. What could not be read is
counted and named. Programs on XDP and sk_lookup can redirect too, by code that nobody can read from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from quietport.host.netlink import NETLINK_NETFILTER, Channel
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.host.nat.nat_rule import NatTable
    from quietport.host.nat.redirection_entry import RedirectionEntry

NFT_GETCHAIN = 10 << 8 | 4
"""NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN (linux/netfilter/nf_tables.h)."""
ALL_FAMILIES = bytes(4)
"""struct nfgenmsg that asks for the chains of every family."""
_EPERM, _EACCES = 1, 13  # asm-generic/errno-base.h


class Redirecting(Struct, frozen=True):
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
    """Return what redirects in this network namespace; raises nothing.

    What reads the rules is imported only where there are some: most hosts have none.
    """
    tables: list[NatTable] = []
    refused, legacy_unread = _read_nft(tables), False
    for name, is_ipv6 in (("ip_tables_names", False), ("ip6_tables_names", True)):
        try:
            if "nat" in _lines(f"{proc}/net/{name}"):
                from quietport.host.nat.legacy_nat import read_legacy_nat  # noqa: PLC0415 - as said

                tables.append(read_legacy_nat(is_ipv6=is_ipv6))
        except PermissionError:
            refused = True
        except OSError:
            legacy_unread = True
    entries, unread = follow_tables(tables)
    services = _lines_or_none(f"{proc}/net/ip_vs")
    if services:
        from quietport.host.nat.ip_vs import parse_ip_vs  # noqa: PLC0415 - as said

        found, malformed = parse_ip_vs(services)
        entries, unread = entries + found, unread + malformed
    return Redirecting(entries, unread, refused or services is None, legacy_unread)


def _read_nft(tables: list[NatTable]) -> bool:
    """Add the NAT tables of nftables, where it has any; tell whether this user may not ask."""
    try:
        with Channel(NETLINK_NETFILTER) as channel:
            chains = channel.dump(NFT_GETCHAIN, ALL_FAMILIES).messages
        if any(b"nat\0" in body for _, body in chains):
            from quietport.host.nat.nft_tables import read_nat_tables  # noqa: PLC0415 - as said

            tables += read_nat_tables()
    except OSError as error:
        return error.errno in (_EPERM, _EACCES)
    return False


def follow_tables(tables: Sequence[NatTable]) -> tuple[list[RedirectionEntry], int]:
    """Return what these tables redirect, and how many of their rules could not be read."""
    entries: list[RedirectionEntry] = []
    unread = 0
    if tables:
        from quietport.host.nat.nat_walk import NatWalk  # noqa: PLC0415 - most hosts have none

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


def _lines(path: str) -> list[str]:
    """Return the lines of a file, none where it is not there; raises PermissionError."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().split("\n")
    except PermissionError:
        raise
    except OSError:
        return []


def _lines_or_none(path: str) -> str | None:
    """Return the text of a file, none of it where it is not there, None where this user may not read it."""
    try:
        return "\n".join(_lines(path))
    except PermissionError:
        return None


def unpack_entries(rows: list[tuple[Any, ...]]) -> list[RedirectionEntry]:
    """Return the redirections that came through a pipe as plain tuples."""
    if not rows:
        return []
    from quietport.host.nat.redirection_entry import RedirectionEntry  # noqa: PLC0415 - most hosts have none

    return [RedirectionEntry(*row) for row in rows]
