"""What a look changes in the history, gathered by row, so that ports that change alike stay together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from quietport.history.spell import Spell, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Edits:
    """Rows that lose ports, and spells that gain them."""

    def __init__(self) -> None:
        """Begin with nothing to write."""
        self._taken: dict[int, tuple[Spell, set[int]]] = {}
        self._given: dict[Spell, set[int]] = defaultdict(set)

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self._taken or self._given)

    def move(self, spell: Spell, numbers: Iterable[int], **changes: Any) -> None:  # noqa: ANN401 - fields of a Spell
        """Take ports out of a spell, and give them to one that is the same but for some fields; each port once."""
        held = self._taken.setdefault(spell.row, (spell, set()))[1]
        moved = set(numbers) - held
        held |= moved
        self.add(replace(spell, **changes), moved)

    def add(self, spell: Spell, numbers: Iterable[int]) -> None:
        """Give ports to a spell, whatever ports and row the given one has."""
        self._given[replace(spell, ports=b"", row=0)].update(numbers)

    @property
    def shrunk(self) -> Iterator[Spell]:
        """Return every row that loses ports, with those it keeps; none kept is a row to delete."""
        for spell, numbers in self._taken.values():
            yield replace(spell, ports=pack(set(unpack(spell.ports)) - numbers))

    @property
    def begun(self) -> Iterator[Spell]:
        """Return the spells to write beside those that are there."""
        return (replace(spell, ports=pack(numbers)) for spell, numbers in self._given.items() if numbers)
