"""The registry itself: what it is made of, what differs, and IANA's newest rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quietport.model.errors import UsageError
from quietport.registry.diff import Difference, States, diff, states_of_registry, states_of_rows, states_on
from quietport.registry.inventory import RegistryStatus, registry_status
from quietport.registry.snapshot import SHIPPED, Registry
from quietport.registry.store import find_passed_over, updated_snapshot
from quietport.registry.update import IANA_CSV, Fetched, UpdateOutcome, apply_update, parse_fetched
from quietport.survey.fetch import fetch

if TYPE_CHECKING:
    from datetime import date

SQLITE_MAGIC = b"SQLite format 3\x00"


def status(registry: Registry, today: date) -> RegistryStatus:
    """Return what the registry is made of, and how old it is today."""
    return registry_status(registry, today, find_passed_over())


def compare(registry: Registry, old: str, new: str) -> tuple[Difference, ...]:
    """Return what differs between two snapshots: ``current``, ``shipped``, a date held, or a file.

    UsageError where one of them names none of these; SourceTextError where a file is malformed.
    """
    return tuple(diff(_states(registry, old), _states(registry, new)))


def _states(registry: Registry, named: str) -> States:
    if named == "current":
        return states_of_registry(registry)
    if named == "shipped":
        with Registry(SHIPPED) as shipped:
            return states_of_registry(shipped)
    held = states_on(registry, named)
    if held is not None:
        return held
    path = Path(named)
    if not path.is_file():
        message = f"{named!r} is neither current, shipped, the date of a snapshot held, nor a file"
        raise UsageError(message)
    content = path.read_bytes()
    if content.startswith(SQLITE_MAGIC):
        with Registry(path) as other:
            return states_of_registry(other)
    return states_of_rows(parse_fetched(path.name, content))


def update(registry: Registry, url: str | None, today: date) -> UpdateOutcome:
    """Fetch IANA's registry and put it in force, whole or not at all.

    Raises DataError, and leaves the snapshot in force as it was, where the server cannot be reached,
    sends something malformed, or something far too small to be the registry.
    """
    address = url or IANA_CSV
    meta = registry.meta if registry.meta.get("fetched_from") == address else {}
    answer = fetch(address, meta.get("fetched_etag"), meta.get("fetched_modified"))
    in_force = registry.sources()[registry.iana_source].as_of
    if answer is None:
        return UpdateOutcome(changed=False, as_of=in_force, differences=(), path=str(registry.path))
    fetched = Fetched(address, answer.content, answer.etag, answer.last_modified, today)
    if fetched.sha256 == registry.meta.get("fetched_sha256"):
        return UpdateOutcome(changed=False, as_of=in_force, differences=(), path=str(registry.path))
    target = updated_snapshot()
    as_of, differences = apply_update(registry, fetched, target)
    return UpdateOutcome(changed=True, as_of=as_of, differences=differences, path=str(target))
