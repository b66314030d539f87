"""What a look says beside what was known: what is new, changed, returned, gone, and what is to be written.

Pure: records in, records out. Doors are compared by kind as sets of numbers, and kinds that are as they were are not
even unpacked, so that 20,000 doors that nothing happened to cost a comparison of bytes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from quietport.history.edits import Edits
from quietport.history.known import namespace_of, place_of, program_of, shown_time
from quietport.history.spell import Began, Spell, pack, unpack
from quietport.history.telling import door_past, kind_past
from quietport.model.door_key import CHOSEN_NUMBER, UNKNOWN_PROGRAM
from quietport.model.past import Change, DoorPast, GoneDoor, KindPast, Past

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from quietport.history.known import Known
    from quietport.model.look import Look

    Ended = Callable[[str], list[Spell]]
    """Returns the ended spells of a place, the latest first."""

RESTART_S = 600
"""A door that was gone for less may only have been restarted, or its host."""


class Outcome(Struct, frozen=True):
    """What came of a comparison."""

    past: Past
    """The past of what was seen."""
    edits: Edits
    """What is to be written."""


def compare(known: Known, look: Look, seen: Mapping[str, Collection[int]], ended: Ended) -> Outcome:
    """Return the past of the doors that a look saw, by kind, and what the history has to learn from it."""
    return _Comparison(known, look, seen, ended).outcome()


class _Comparison:
    """One look beside what was known."""

    def __init__(self, known: Known, look: Look, seen: Mapping[str, Collection[int]], ended: Ended) -> None:
        self._known, self._look, self._ask_ended = known, look, ended
        self._seen = {kind: pack(numbers) for kind, numbers in seen.items() if numbers}
        self._open: dict[str, list[Spell]] = defaultdict(list)
        for spell in known.spells:
            self._open[spell.kind].append(spell)
        self._holders: dict[str, dict[int, Spell]] = {}
        self._ended: dict[str, dict[int, list[Spell]]] = {}
        self._lost: dict[str, dict[int, list[Spell]]] = {}
        self._apart: dict[str, dict[int, DoorPast]] = defaultdict(dict)
        self._lent: dict[str, list[Spell]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._edits = Edits()

    def outcome(self) -> Outcome:
        """Return what came of it."""
        self._find_lost()
        for kind, ports in self._seen.items():
            if not self._is_as_it_was(kind, ports):
                self._appeared_all(kind, set(unpack(ports)))
        gone = tuple(self._end_lost())
        self._confirm()
        past = Past(
            is_first=self._known.last_at is None,
            previous_at=None if self._known.last_at is None else shown_time(self._known.last_at),
            kinds={kind: self._kind_past(kind) for kind in self._seen},
            gone=gone,
        )
        return Outcome(past, self._edits)

    def _is_as_it_was(self, kind: str, ports: bytes) -> bool:
        spells = self._open.get(kind, ())
        return len(spells) == 1 and spells[0].ports == ports

    def _unknown_at(self, place: str) -> set[int]:
        """Return the ports of a place at which somebody was seen who is not known."""
        return set(unpack(self._seen.get(f"{place}/{UNKNOWN_PROGRAM}", b"")))

    def _find_lost(self) -> None:
        """Note every open door that the look would have seen and did not; a holder not known may be any."""
        for kind, spells in self._open.items():
            ports = self._seen.get(kind, b"")
            if self._is_as_it_was(kind, ports):
                continue
            place = place_of(kind)
            transport, _, _, namespace = place.split("/")
            here = self._unknown_at(place).union(unpack(ports))
            lost = self._lost.setdefault(place, {})
            for spell in spells:
                for number in set(unpack(spell.ports)) - here:
                    if self._look.would_see(transport, namespace, number):
                        lost.setdefault(number, []).append(spell)

    def _appeared_all(self, kind: str, ports: set[int]) -> None:
        """Decide what the doors are that were not known to be there: one by one where their place has a past."""
        place = place_of(kind)
        fresh = ports.difference(*(unpack(spell.ports) for spell in self._open.get(kind, ())))
        self._find_holders(place)
        self._find_ended(place)
        if program_of(kind) == UNKNOWN_PROGRAM:
            fresh -= self._lend(kind, fresh)
        storied = fresh & (self._holders[place].keys() | self._ended[place].keys())
        for number in storied:
            self._appeared(place, program_of(kind), number)
        self._begin(kind, fresh - storied)

    def _appeared(self, place: str, program: str, number: int) -> None:
        """Decide what a door is whose place has a past."""
        kind = f"{place}/{program}"
        holder = self._holders[place].get(number)
        was_unknown = holder is not None and program_of(holder.kind) == UNKNOWN_PROGRAM
        if holder is not None and was_unknown and not self._is_seen(holder.kind, number):
            self._name(holder, kind, number)
            return
        before = next((spell for spell in self._ended[place].get(number, ()) if spell.kind == kind), None)
        lost = self._find_predecessor(place, program, number)
        if lost is not None:
            self._change(lost, before, kind, number)
        elif before is not None:
            self._come_back(before, number)
        else:
            self._begin(kind, {number})

    def _lend(self, kind: str, numbers: set[int]) -> set[int]:
        """Take doors, whose holder was not seen, to be those that a holder is known of; return which that are."""
        by_holder: dict[int, tuple[Spell, set[int]]] = {}
        for number, holder in self._holders[place_of(kind)].items():
            if number in numbers and holder.kind != kind:
                by_holder.setdefault(holder.row, (holder, set()))[1].add(number)
        self._lent[kind] = [replace(holder, ports=pack(lent)) for holder, lent in by_holder.values()]
        if not self._is_noted(kind):
            for holder, lent in by_holder.values():
                self._edits.move(holder, lent, last_seen=self._look.at)
        return set[int]().union(*(lent for _, lent in by_holder.values()))

    def _find_holders(self, place: str) -> None:
        """Note who holds the ports of a place; one that is not known only where nobody else does."""
        if place in self._holders:
            return
        held = self._holders[place] = {}
        here = [spell for kind, spells in self._open.items() if place_of(kind) == place for spell in spells]
        for spell in sorted(here, key=lambda spell: program_of(spell.kind) != UNKNOWN_PROGRAM):
            held.update(dict.fromkeys(unpack(spell.ports), spell))

    def _find_ended(self, place: str) -> None:
        """Note the ended spells of a place by port, the latest first."""
        if place in self._ended:
            return
        ended: dict[int, list[Spell]] = defaultdict(list)
        for spell in self._ask_ended(place) if self._known.last_at is not None else ():
            for number in unpack(spell.ports):
                ended[number].append(spell)
        self._ended[place] = dict(ended)

    def _name(self, holder: Spell, kind: str, number: int) -> None:
        """Give a door, whose holder was not known, its name: that is no change."""
        self._forget_lost(place_of(kind), number, holder)
        del self._holders[place_of(kind)][number]
        self._edits.move(holder, [number], kind=kind, last_seen=self._seen_at(kind, holder))
        self._apart[kind][number] = door_past(kind, number, holder.first_seen, self._known.last_seen(holder))

    def _forget_lost(self, place: str, number: int, spell: Spell) -> None:
        lost = self._lost.get(place, {}).get(number, [])
        if spell in lost:
            lost.remove(spell)

    def _find_predecessor(self, place: str, program: str, number: int) -> Spell | None:
        """Return who held a port until now, or until so short a time ago that this is its successor.

        A port that the kernel chose has no successor, and who is not known may be the same as before.
        """
        if number == CHOSEN_NUMBER or program == UNKNOWN_PROGRAM:
            return None
        lost: list[Spell] = self._lost.get(place, {}).get(number, [])
        ended = self._ended[place].get(number, [])[:1]
        recent = [spell for spell in ended if self._ended_lately(spell) and not self._is_seen(spell.kind, number)]
        others = (spell for spell in [*lost, *recent] if program_of(spell.kind) not in {program, UNKNOWN_PROGRAM})
        return next(others, None)

    def _ended_lately(self, spell: Spell) -> bool:
        return spell.became is None and self._gap(spell) <= RESTART_S

    def _is_seen(self, kind: str, number: int) -> bool:
        if kind not in self._numbers:
            self._numbers[kind] = set(unpack(self._seen.get(kind, b"")))
        return number in self._numbers[kind]

    def _change(self, lost: Spell, before: Spell | None, kind: str, number: int) -> None:
        """Note that a program took the place of another."""
        at, was, program = self._look.at, program_of(lost.kind), program_of(kind)
        if lost.gone_at is None:
            self._forget_lost(place_of(kind), number, lost)
            self._edits.move(lost, [number], last_seen=self._known.last_seen(lost), gone_at=at, became=program)
        else:
            self._edits.move(lost, [number], became=program)
        first_seen = at if before is None else before.first_seen
        last_seen = None if before is None else before.last_seen
        self._edits.add(Spell(kind, b"", first_seen, at, Began.CHANGED, was), [number])
        self._apart[kind][number] = door_past(kind, number, first_seen, last_seen, Change.CHANGED, was)

    def _come_back(self, before: Spell, number: int) -> None:
        """Note that a door is there again: silently after a restart, and where the kernel chose the port."""
        kind, at = before.kind, self._look.at
        change = None
        if self._gap(before) <= RESTART_S:
            self._edits.move(before, [number], last_seen=None, gone_at=None, became=None)
        else:
            change = None if number == CHOSEN_NUMBER else Change.RETURNED
            self._edits.add(Spell(kind, b"", before.first_seen, at, Began.RETURNED), [number])
        self._apart[kind][number] = door_past(kind, number, before.first_seen, before.last_seen, change)

    def _begin(self, kind: str, numbers: set[int]) -> None:
        """Note doors that were never seen before: new, where a look before this one would have seen them."""
        if not numbers:
            return
        at = self._look.at
        was_looked_at = self._known.looked_at(namespace_of(kind)) is not None
        began = Began.NEW if was_looked_at else Began.FIRST_LOOK
        self._edits.add(Spell(kind, b"", at, at, began), numbers)
        if was_looked_at or self._open.get(kind):
            change = Change.NEW if was_looked_at else None
            self._apart[kind].update({number: door_past(kind, number, at, None, change) for number in numbers})

    def _end_lost(self) -> list[GoneDoor]:
        """End what was lost and not taken over; a port that the kernel chose goes silently."""
        gone: list[tuple[int, GoneDoor]] = []
        for doors in self._lost.values():
            for number, spells in doors.items():
                for spell in spells:
                    last_seen = self._known.last_seen(spell)
                    self._edits.move(spell, [number], last_seen=last_seen, gone_at=self._look.at)
                    if number != CHOSEN_NUMBER:
                        key = f"{number}/{spell.kind}"
                        gone.append((number, GoneDoor(key, shown_time(spell.first_seen), shown_time(last_seen))))
        return [door for _, door in sorted(gone, key=lambda entry: (entry[0], entry[1].door_key))]

    def _confirm(self) -> None:
        """Note when doors were seen, where the look is none of those that are noted for a namespace as a whole."""
        for kind, ports in self._seen.items():
            if not self._is_noted(kind):
                for spell in self._open.get(kind, ()):
                    self._edits.move(
                        spell, set(unpack(spell.ports)).intersection(unpack(ports)), last_seen=self._look.at
                    )

    def _is_noted(self, kind: str) -> bool:
        return self._look.is_whole and self._look.sees_namespace(namespace_of(kind))

    def _seen_at(self, kind: str, spell: Spell) -> int | None:
        return spell.last_seen if self._is_noted(kind) else self._look.at

    def _gap(self, ended: Spell) -> int:
        """Return for how long a door has not been seen; a clock that went backwards makes no gap."""
        return max(0, self._look.at - (ended.since if ended.last_seen is None else ended.last_seen))

    def _kind_past(self, kind: str) -> KindPast:
        spells = [*self._open.get(kind, ()), *self._lent.get(kind, ())]
        return kind_past(kind, self._seen[kind], spells, self._apart.get(kind, {}), self._known, self._look.at)
