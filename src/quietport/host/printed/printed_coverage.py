"""What printed output cannot tell, and what of it was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.printed_owners import NO_COLUMN, NOT_SHOWN
from quietport.model.listener import Family
from quietport.model.port import Transport
from quietport.model.unknown import Reason, Unseen
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.host.printed.printed_doors import PrintedDoors
    from quietport.host.printed.recognise import Unread
    from quietport.host.printed.socket_line import Findings

SHOWN_LETTERS = 80
"""Letters of a line that was not understood that are shown."""


def find_unread(blocks: Sequence[Findings], unread: Unread, damaged: int) -> list[Unseen]:
    """Return what was printed and not understood; sockets may be among it."""
    lost = unread.count + damaged + sum(block.records_unread for block in blocks)
    detail = " | ".join(visible(line, SHOWN_LETTERS) for line in unread.first) or None
    counted = (
        ("unseen.printed-lines", "remedy.printed-lines", lost, detail),
        ("unseen.printed-names", "remedy.printed-numbers", sum(block.names_unread for block in blocks), None),
        ("unseen.printed-cut", "remedy.printed-wide", sum(block.addresses_cut for block in blocks), None),
        ("unseen.printed-states", "remedy.printed-english", sum(block.states_unread for block in blocks), None),
    )
    return [Unseen(what, Reason.NOT_SUPPORTED, remedy, count, text) for what, remedy, count, text in counted if count]


def find_untold(blocks: Sequence[Findings], doors: PrintedDoors, *, connections: bool) -> list[Unseen]:
    """Return what such output cannot tell, of the doors that it does tell of."""
    return [
        *_transports(blocks),
        *_owners(blocks, doors),
        *([] if doors.shows_connections or not connections else [_NO_CONNECTIONS]),
        *_families(doors),
        Unseen("unseen.printed-details", Reason.NOT_SUPPORTED, "remedy.printed-json"),
    ]


_NO_CONNECTIONS = Unseen("unseen.printed-connections", Reason.NOT_LOOKED, "remedy.printed-all")


def _transports(blocks: Sequence[Findings]) -> list[Unseen]:
    """Return that TCP or UDP was perhaps not asked for, where nothing of it was printed."""
    seen = {line.transport for block in blocks for line in block.sockets}
    if any(block.tells_both for block in blocks) or {Transport.TCP, Transport.UDP} <= seen:
        return []
    what = "unseen.printed-udp" if Transport.UDP not in seen else "unseen.printed-tcp"
    return [Unseen(what, Reason.NOT_LOOKED, "remedy.printed-both")]


def _owners(blocks: Sequence[Findings], doors: PrintedDoors) -> list[Unseen]:
    held = [listener.owners for listener in doors.listeners]
    counted = (
        ("unseen.printed-owners", Reason.NOT_SUPPORTED, "remedy.printed-pids", held.count(NO_COLUMN)),
        ("unseen.owners-of-sockets", Reason.PERMISSION, "remedy.printed-root", held.count(NOT_SHOWN)),
        ("unseen.printed-programs", Reason.NOT_SUPPORTED, "remedy.printed-programs", doors.owners.nameless),
        (
            "unseen.printed-programs-cut",
            Reason.NOT_SUPPORTED,
            "remedy.printed-whole-names",
            sum(block.programs_cut for block in blocks),
        ),
    )
    return [Unseen(what, reason, remedy, count) for what, reason, remedy, count in counted if count]


def _families(doors: PrintedDoors) -> list[Unseen]:
    unsure = sum(listener.family is Family.IPV6_MAYBE_DUAL for listener in doors.listeners)
    return [Unseen("unseen.printed-v6only", Reason.NOT_SUPPORTED, "remedy.printed-ss", unsure)] if unsure else []
