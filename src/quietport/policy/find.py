"""Which entry fits a door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.declaration import Declaration, Expired
from quietport.model.unknown import Unknown
from quietport.policy.match import fits

if TYPE_CHECKING:
    from quietport.model.listener import Listener
    from quietport.policy.policy import Policy


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
