"""Everything that is declared and in force, and what of it fits a door."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from quietport.model.declaration import Declaration, DeclarationFlaw, Expired, Flaw
from quietport.model.port import Port
from quietport.model.unknown import Unknown
from quietport.policy.match import fits, is_on_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from quietport.model.listener import Listener
    from quietport.model.port import Transport
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
    asked = [entry for entry in declarations if entry.transport is transport]
    starts = sorted({0, *(entry.ports.first for entry in asked), *(entry.ports.last + 1 for entry in asked)})
    return starts, [tuple(entry for entry in asked if start in entry.ports) or _NOTHING for start in starts]


NO_POLICY = Policy()
"""Nothing is declared."""


def find_declaration(
    policy: Policy, listener: Listener, host: str, today: str
) -> Declaration | Expired | Unknown | None:
    """Return the entry that fits a door on a day (``2027-03-31``), in the order of the files.

    One that still holds goes before one that has expired; Unknown where one would fit, did one but see the holder;
    None where nothing is declared of it. The last day of an entry is one on which it holds.
    """
    entries = policy.covering(listener.port)
    if not entries:
        return None
    expired: Expired | None = None
    unseen: Unknown | None = None
    for entry in entries:
        answer = fits(entry, listener, listener.owners, host)
        if answer is True:
            if not has_expired(entry, today):
                return entry
            expired = expired or Expired(entry)
        elif isinstance(answer, Unknown) and not has_expired(entry, today):
            unseen = unseen or answer
    return unseen or expired


def has_expired(declaration: Declaration, today: str) -> bool:
    """Tell whether the last day of an entry has passed."""
    return declaration.until is not None and declaration.until < today


def find_flaws(
    policy: Policy,
    listeners: Iterable[Listener],
    host: str,
    today: str,
    was_looked_at: Callable[[Port], bool] = lambda _: True,
) -> tuple[DeclarationFlaw, ...]:
    """Return what is wrong with the entries for this host, in their order.

    An entry that has expired is flawed whether something fits it or not. Of one that nothing fits it is said only
    where all its ports were looked at, and no door was there whose holder would have had to be seen.
    """
    answers: dict[Declaration, bool | Unknown] = {}
    for listener in listeners if policy.declarations else ():
        for entry in policy.covering(listener.port):
            if answers.get(entry) is True:
                continue
            answer = fits(entry, listener, listener.owners, host)
            if answer is not False or entry not in answers:
                answers[entry] = answer
    found: list[DeclarationFlaw] = []
    for entry in policy.declarations:
        if not is_on_host(entry, host):
            continue
        answer = answers.get(entry, False)
        if has_expired(entry, today):
            found.append(DeclarationFlaw(entry, Flaw.EXPIRED))
        elif isinstance(answer, Unknown):
            found.append(DeclarationFlaw(entry, Flaw.NOT_TOLD))
        elif not answer and _all_looked_at(entry, was_looked_at):
            found.append(DeclarationFlaw(entry, Flaw.NEVER_MATCHED))
    return tuple(found)


def _all_looked_at(entry: Declaration, was_looked_at: Callable[[Port], bool]) -> bool:
    numbers = range(entry.ports.first, entry.ports.last + 1)
    return all(was_looked_at(Port(number, entry.transport)) for number in numbers)
