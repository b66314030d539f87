"""Put a newer copy of IANA's registry in force beside everything else a snapshot holds. No network here."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from contextlib import suppress
from datetime import date
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.errors import DataError, SourceTextError
from quietport.registry import iana
from quietport.registry.compile import IanaText, put_iana
from quietport.registry.diff import Difference, diff, states_of_registry, states_of_rows

if TYPE_CHECKING:
    from pathlib import Path

    from quietport.model.registration import IanaRow
    from quietport.registry.snapshot import Registry

IANA_CSV = "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv"
"""Where IANA publishes the registry."""

LEAST_SHARE = 0.9
"""A copy with fewer rows than this share of ours is taken for damaged: the registry only grows."""


class Fetched(Struct, frozen=True, dict=True):
    """A copy of IANA's registry as it came from a server."""

    url: str
    """Where from."""
    content: bytes
    """CSV or XML."""
    etag: str | None
    """The server's ETag header."""
    last_modified: str | None
    """The server's Last-Modified header."""
    today: date
    """The day it was fetched."""

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def as_of(self) -> str:
        """Return its date: what IANA's XML says, else what the server says, else the day it was fetched.

        A date that is none, or still to come, is not believed.
        """
        said = re.search(rb"<updated>(\d{4}-\d\d-\d\d)</updated>", self.content[:4096])
        try:
            if said:
                found = date.fromisoformat(said[1].decode("ascii"))
            else:
                found = parsedate_to_datetime(self.last_modified or "").date()
        except (ValueError, OverflowError):
            return self.today.isoformat()
        return min(found, self.today).isoformat()


class UpdateOutcome(Struct, frozen=True):
    """What ``registry update`` has done."""

    changed: bool
    """False where the server said that nothing is new, or sent what we have."""
    as_of: str
    """Date of the snapshot now in force."""
    differences: tuple[Difference, ...]
    """What differs from the one before."""
    path: str
    """Where the snapshot is kept."""


def parse_fetched(name: str, content: bytes) -> list[IanaRow]:
    """Return the rows of IANA's CSV or XML, recognised by content; SourceTextError names the place."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceTextError(name, f"is not UTF-8 at byte {error.start}") from error
    parse = iana.parse_xml if text.lstrip().startswith("<") else iana.parse_csv
    try:
        return list(parse(text))
    except SourceTextError as error:
        raise SourceTextError(f"{name}, {error.place}", error.problem) from error
    except RecursionError as error:
        raise SourceTextError(name, "is nested too deeply") from error


def apply_update(registry: Registry, fetched: Fetched, target: Path) -> tuple[str, tuple[Difference, ...]]:
    """Write a snapshot with the fetched rows in place of the old ones; return its date and what differs.

    The old state becomes part of the past where it differs. The file is replaced at once at the end:
    on any failure the old one stays. DataError also for a copy that is older than the one in force.
    """
    rows = parse_fetched(fetched.url, fetched.content)
    in_force = registry.sources()[registry.iana_source].as_of
    if fetched.as_of < in_force:
        message = f"{fetched.url}: of {fetched.as_of}, older than the registry in force ({in_force}), which stays"
        raise DataError(message)
    had = registry.row_counts()["iana_row"]
    if len(rows) < had * LEAST_SHARE:
        message = f"{fetched.url}: {len(rows)} rows where the registry in force has {had}; it is left as it is"
        raise DataError(message)
    differences = tuple(diff(states_of_registry(registry), states_of_rows(rows)))
    draft = target.with_suffix(".draft")
    try:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copyfile(registry.path, draft)
        draft.chmod(0o644)
        _rewrite(draft, registry, fetched, rows, differences)
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        message = f"{target}: {error}; the registry in force is unchanged"
        raise DataError(message) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return fetched.as_of, differences


def _rewrite(
    draft: Path, registry: Registry, fetched: Fetched, rows: list[IanaRow], differences: tuple[Difference, ...]
) -> None:
    source, before = f"iana-{fetched.as_of}", registry.sources()[registry.iana_source]
    connection = sqlite3.connect(draft)
    try:
        with connection:
            put_iana(connection, IanaText(source, tuple(rows)))
            connection.execute(
                "INSERT OR REPLACE INTO source VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    source, "registry", before.name, fetched.as_of, fetched.today.isoformat(), fetched.url,
                    None, None, fetched.sha256, 0,
                ),
            )  # fmt: skip
            if source != registry.iana_source:
                connection.executemany(
                    "INSERT INTO iana_past VALUES (?,?,?,?,?,?)",
                    [
                        (d.ports.first, d.ports.last, d.transport, before.as_of, d.old[0].label, " ".join(d.old[1]))
                        for d in differences
                    ],
                )
            fetched_meta = {
                "fetched_from": fetched.url,
                "fetched_sha256": fetched.sha256,
                "fetched_etag": fetched.etag,
                "fetched_modified": fetched.last_modified,
                "iana_details_source": source,
            }
            connection.execute("DELETE FROM meta WHERE key LIKE 'fetched%'")
            connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?,?)",
                [(key, value) for key, value in fetched_meta.items() if value is not None],
            )
    finally:
        connection.close()
