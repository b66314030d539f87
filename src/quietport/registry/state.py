"""Status and names of a port, as a value and as words."""

from __future__ import annotations

from quietport.model.page import Phrase
from quietport.model.registration import Status

State = tuple[Status, tuple[str, ...]]
"""Status and names of a port."""


def state_phrase(status: Status, names: tuple[str, ...]) -> Phrase:
    """Return a status and its names as words that stand after a colon: ``assigned to compressnet``."""
    if status is Status.ASSIGNED and names:
        return Phrase("state.assigned", {"names": names})
    return Phrase(f"state.{'assigned-nameless' if status is Status.ASSIGNED else status.label}", {})
