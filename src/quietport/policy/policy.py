"""Everything that is declared and in force, ready to be asked by port."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.declaration import Declaration
    from quietport.model.port import Port, Transport
    from quietport.model.unknown import Unseen

_NOTHING: tuple[Declaration, ...] = ()


class Policy:
    """The declarations of every policy file in force."""

    def __init__(
        self,
        declarations: Sequence[Declaration] = (),
        files: tuple[str, ...] = (),
        unseen: tuple[Unseen, ...] = (),
    ) -> None:
        """Keep declarations in the order of their files, and make them ready to be asked by port."""
        self.declarations = tuple(declarations)
        """Every entry."""
        self.files = files
        """The files in force, in the order in which they are read."""
        self.unseen = unseen
        """Files that are there and were not obeyed, with the reason."""
        self._steps = {transport: _steps(self.declarations, transport) for transport in self._transports()}

    def _transports(self) -> set[Transport]:
        return {declaration.transport for declaration in self.declarations}

    def covering(self, port: Port) -> tuple[Declaration, ...]:
        """Return the entries that name a port, whatever else they ask for; the same tuple for ports that are alike."""
        steps = self._steps.get(port.transport)
        if steps is None:
            return _NOTHING
        starts, sets = steps
        return sets[bisect_right(starts, port.number) - 1]


def _steps(
    declarations: tuple[Declaration, ...], transport: Transport
) -> tuple[list[int], list[tuple[Declaration, ...]]]:
    """Return the numbers at which the set of entries changes, and the set from each of them on.

    No entry is one and the same tuple, so that two ports about which nothing is declared are alike.
    """
    begins: dict[int, list[int]] = {0: []}
    ends: dict[int, list[int]] = {}
    for index, entry in enumerate(declarations):
        if entry.transport is transport:
            begins.setdefault(entry.ports.first, []).append(index)
            ends.setdefault(entry.ports.last + 1, []).append(index)
    starts = sorted({*begins, *ends})
    sets: list[tuple[Declaration, ...]] = []
    open_: set[int] = set()
    for start in starts:
        open_.difference_update(ends.get(start, ()))
        open_.update(begins.get(start, ()))
        sets.append(tuple(declarations[index] for index in sorted(open_)) or _NOTHING)
    return starts, sets


NO_POLICY = Policy()
"""Nothing is declared."""
