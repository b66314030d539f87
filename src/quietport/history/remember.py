"""The whole of remembering a look: whatever is wrong with the history, the look itself has its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.history.damage import FILE_ERRORS, is_damage
from quietport.history.record import look_up, record
from quietport.history.store import Store, open_to_read, open_to_write, put_aside
from quietport.model.errors import DataError
from quietport.model.unknown import Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from quietport.model.look import Look
    from quietport.model.past import Past

_TROUBLES = (*FILE_ERRORS, DataError)


def remember(
    folder: Path, look: Look, seen: Mapping[str, Collection[int]], left_open: list[Store] | None = None
) -> tuple[Past | Unknown, tuple[Unseen, ...]]:
    """Note a look; return the past of what it saw, and what of this could not be done.

    ``seen`` has the numbers of the doors by the text of their kind (``DoorKind``), 0 for a port that the kernel
    chose. Where ``left_open`` is given, the open history is put there and not closed: to close it is to wait for the
    disk, which a process that is about to end need not do.

    Raises nothing: a history that cannot be written is read, one that cannot be read is Unknown, a damaged one is
    moved aside and begun anew, and each of these is in the coverage.
    """
    unseen: list[Unseen] = []
    try:
        try:
            return _note(folder, look, seen, left_open), ()
        except FILE_ERRORS as error:
            aside = put_aside(folder) if is_damage(error) else None
            if aside is None and not is_damage(error):
                raise
            if aside is not None:
                place, problem = aside
                unseen.append(_unseen("unseen.history-damaged", "remedy.history-damaged", f"{place}: {problem}"))
            return _note(folder, look, seen, left_open), tuple(unseen)
    except _TROUBLES as error:
        unseen.append(_not_written(error))
        return _only_read(folder, look, seen), tuple(unseen)


def _note(folder: Path, look: Look, seen: Mapping[str, Collection[int]], left_open: list[Store] | None) -> Past:
    store = open_to_write(folder)
    try:
        return record(store, look, seen)
    finally:
        if left_open is None:
            store.close()
        else:
            left_open.append(store)


def _only_read(folder: Path, look: Look, seen: Mapping[str, Collection[int]]) -> Past | Unknown:
    try:
        with open_to_read(folder) as store:
            return look_up(store, look, seen)
    except _TROUBLES as error:
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.NOT_SUPPORTED
        return Unknown(reason, "history")


def _not_written(error: Exception) -> Unseen:
    return _unseen("unseen.history-not-written", "remedy.history-not-written", str(error), error)


def _unseen(what: str, remedy: str, detail: str, error: Exception | None = None) -> Unseen:
    forbidden = isinstance(error, PermissionError) or "readonly" in str(error)
    return Unseen(what, Reason.PERMISSION if forbidden else Reason.NOT_SUPPORTED, remedy, detail=detail)
