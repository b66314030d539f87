"""From the chains of a NAT table to what they make answer: every way that a packet may go is followed.

Conditions add up along the way, so a chain that is jumped to for one port redirects that port alone. What an
earlier rule accepts is not taken away from a later one: a redirection that is told may be overruled, none that
holds is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from quietport.host.nat.nat_rule import EVERYTHING, WITHOUT_PROTOCOL, Match, NatTable, Step, Verdict
from quietport.host.nat.redirection_entry import RedirectionEntry
from quietport.model.redirection import Mechanism

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 16
"""Jumps within each other that the kernel allows (net/netfilter/nf_tables_core.c: NFT_JUMP_STACK_SIZE)."""
MAX_STEPS = 200_000
"""Steps that are followed in one table; more are counted as not read."""

_MECHANISMS = {Verdict.REDIRECT: Mechanism.REDIRECT, Verdict.DNAT: Mechanism.DNAT}


class NatWalk:
    """Follows packets through one table."""

    def __init__(self, table: NatTable) -> None:
        """Begin nowhere."""
        self._table = table
        self._steps = 0
        self._seen: dict[RedirectionEntry, RedirectionEntry] = {}
        self._unread: set[int] = set()

    def follow(self) -> tuple[list[RedirectionEntry], int]:
        """Return what the table makes answer, and how many rules could not be read.

        What packets from outside meet comes first; what only programs of this host meet is marked.
        """
        for chain in self._table.entries:
            self._walk(chain, EVERYTHING, 0, is_local=False)
        for chain in self._table.local_entries:
            self._walk(chain, EVERYTHING, 0, is_local=True)
        return list(self._seen.values()), self._table.unread + len(self._unread) + (self._steps > MAX_STEPS)

    def _walk(self, chain: str, match: Match, depth: int, *, is_local: bool) -> None:
        for step in self._table.chains.get(chain, ()):
            self._steps += 1
            if self._steps > MAX_STEPS:
                return
            taken = match.narrow(step.match)
            if taken is None:
                continue
            if step.verdict is Verdict.JUMP and step.chain is not None and depth < MAX_DEPTH:
                self._walk(step.chain, taken, depth + 1, is_local=is_local)
            elif step.verdict is Verdict.UNREAD:
                self._unread.add(id(step))
            elif step.verdict in _MECHANISMS:
                self._take(step, taken, chain, is_local=is_local)
            if step.verdict is Verdict.STOP and step.match == EVERYTHING:
                return

    def _take(self, step: Step, taken: Match, chain: str, *, is_local: bool) -> None:
        for entry in _entries(step, taken, f"{self._table.name} {chain}", is_local=is_local):
            self._seen.setdefault(structs.replace(entry, is_local=False), entry)


def _entries(step: Step, taken: Match, rule: str, *, is_local: bool) -> Iterator[RedirectionEntry]:
    for transport in (taken.transport,) if taken.transport else WITHOUT_PROTOCOL:
        yield RedirectionEntry(
            mechanism=str(_MECHANISMS[step.verdict]),
            transport=str(transport),
            address=taken.address,
            first=taken.ports.first,
            last=taken.ports.last,
            to_address=step.to_address,
            to_first=step.to_ports.first if step.to_ports else None,
            to_last=step.to_ports.last if step.to_ports else None,
            rule=rule,
            is_local=is_local,
            is_narrowed=taken.is_narrowed,
        )
