"""The past of doors, told: of a whole kind at once, and of those that stand apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.history.known import shown_time
from quietport.history.spell import unpack
from quietport.model.door_key import KERNEL_CHOSEN
from quietport.model.past import DoorPast, KindPast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quietport.history.known import Known
    from quietport.history.spell import Spell
    from quietport.model.past import Change


def door_past(
    kind: str, number: int, first_seen: int, last_seen: int | None, change: Change | None = None, was: str | None = None
) -> DoorPast:
    """Return the past of one door."""
    seen = None if last_seen is None else shown_time(last_seen)
    return DoorPast(f"{number or KERNEL_CHOSEN}/{kind}", shown_time(first_seen), seen, change, was)


def kind_past(
    kind: str, ports: bytes, spells: Sequence[Spell], apart: Mapping[int, DoorPast], known: Known, at: int
) -> KindPast:
    """Return the past of the ports of a kind: that of the largest spell, and beside it all that is otherwise.

    ``spells`` are those that the ports may belong to, ``apart`` what is to be told of single ones.
    """
    if not spells:
        return KindPast(shown_time(at), None, dict(apart))
    largest, *others = sorted(spells, key=lambda spell: len(spell.ports), reverse=True)
    first_seen, last_seen = largest.first_seen, known.last_seen(largest)
    told: dict[int, DoorPast] = {}
    for spell in others:
        theirs = spell.first_seen, known.last_seen(spell)
        if theirs != (first_seen, last_seen):
            told.update({number: door_past(kind, number, *theirs) for number in unpack(spell.ports)})
    told.update(apart)
    here = set(unpack(ports)) if told else set()
    return KindPast(shown_time(first_seen), shown_time(last_seen), {n: told[n] for n in sorted(told) if n in here})
