"""Which entries a person should look at: expired, or fitting nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.declaration import Declaration, DeclarationFlaw, Flaw
from quietport.model.port import Port
from quietport.model.unknown import Unknown
from quietport.policy.find import has_expired
from quietport.policy.match import fits, is_on_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quietport.model.listener import Listener
    from quietport.policy.policy import Policy


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
