"""The whole of ``history``: what was seen when, and what has changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from quietport.history.damage import FILE_ERRORS, is_damage
from quietport.history.folder import FILE
from quietport.history.recall import empty_chronicle, recall
from quietport.history.retention import DAY_S, KEEP_DAYS, forget
from quietport.history.store import open_to_read, open_to_write, put_aside
from quietport.model.errors import DataError, UsageError
from quietport.model.look import AskedPorts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from quietport.model.chronicle import Chronicle
    from quietport.survey.question import PortQuestion

RECENT_DAYS = 30
"""How far back ``history`` looks where no port is asked about."""


def parse_since(text: str | None, questions: Sequence[PortQuestion], now: float) -> int:
    """Return the time that ``2026-11-01`` or ``7d`` means, in seconds, UTC; without one, 30 days or all there is.

    Raises UsageError for anything else.
    """
    if text is None:
        return int(now) - (KEEP_DAYS if questions else RECENT_DAYS) * DAY_S
    if text.endswith("d") and text[:-1].isascii() and text[:-1].isdigit() and len(text) <= 5:  # noqa: PLR2004 - 9999d
        return max(0, int(now) - int(text[:-1]) * DAY_S)
    return parse_date(text)


def parse_date(text: str) -> int:
    """Return when a day begins in UTC, in seconds; UsageError where the text is no date."""
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise UsageError(f"{text!r} is neither a date, as 2026-11-01, nor a number of days, as 7d") from error


def history(folder: Path, host: str, questions: Sequence[PortQuestion], since: int) -> Chronicle:
    """Return what the history in a folder tells of a host and of the ports asked about.

    Raises DataError where it cannot be read; a damaged one of ours is moved aside, and the error says where to.
    """
    asked = [(str(question), AskedPorts(question.ports, question.transports)) for question in questions]
    try:
        with open_to_read(folder) as store:
            return recall(store, host, asked, since)
    except FileNotFoundError:
        return empty_chronicle(folder, tuple(text for text, _ in asked), since)
    except FILE_ERRORS as error:
        raise _told(folder, error) from error


def forget_before(folder: Path, before: int) -> int:
    """Forget every door that was gone before a time; return how many. DataError where that cannot be done."""
    if not (folder / FILE).exists():
        return 0
    try:
        with open_to_write(folder) as store, store.writing() as connection:
            return forget(connection, before)
    except FILE_ERRORS as error:
        raise _told(folder, error) from error


def _told(folder: Path, error: Exception) -> DataError:
    """Return an error that says what is wrong with the history, and what was done about it."""
    path = folder / FILE
    if not is_damage(error):
        return DataError(f"{path}: {error}")
    try:
        aside = put_aside(folder)
    except FILE_ERRORS as refusal:
        return DataError(f"{path}: damaged ({error}); it could not be moved aside ({refusal})")
    if aside is None:
        return DataError(f"{path}: {error}; ask again")
    return DataError(f"{path}: damaged ({error}); it was moved to {aside[0]}, and the next look begins a new one")
