"""One look into the history: read what is known, compare, write what came of it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quietport.history import retention
from quietport.history.comparison import Outcome, compare
from quietport.history.damage import DamagedError, check_whole
from quietport.history.known import ALL_NAMESPACES, Known, place_of, program_of
from quietport.history.spell import Began, Spell
from quietport.model.door_key import UNNAMED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from quietport.history.edits import Edits
    from quietport.history.store import Store
    from quietport.model.look import Look
    from quietport.model.past import Past

SPELL_COLUMNS = (
    "kind.place || '/' || kind.program, ports, first_seen, since, began, was, last_seen, gone_at, became, spell.id"
)
"""What ``read_spells`` needs, in the order of a Spell's fields."""


def record(store: Store, look: Look, seen: Mapping[str, Collection[int]]) -> Past:
    """Return the past of what a look saw, and note the look; raises sqlite3.Error or OSError, and nothing was noted."""
    with store.writing() as connection:
        return note(connection, look, seen)


def note(connection: sqlite3.Connection, look: Look, seen: Mapping[str, Collection[int]]) -> Past:
    """Return the past of what a look saw, and note the look, as a part of a transaction."""
    _set_clock_back(connection, look)
    host, known = read_known(connection, look)
    outcome = _compare(connection, host, known, look, seen)
    if outcome.edits or retention.is_another_day(look.at, known.last_at):
        # It takes longer than all else: a look that changes nothing checks no more than it reads, once a day apart.
        check_whole(connection)
    if host is None:
        host = _add_host(connection, look)
    else:
        connection.execute("UPDATE host SET last_at = ?, looks = looks + 1 WHERE id = ?", (look.at, host))
    if outcome.edits:
        _write(connection, host, outcome.edits)
    _note_namespaces(connection, host, look)
    retention.keep_house(connection, look.at, known.last_at)
    return outcome.past


def look_up(store: Store, look: Look, seen: Mapping[str, Collection[int]]) -> Past:
    """Return the past of what a look saw, and note nothing."""
    host, known = read_known(store.connection, look)
    return _compare(store.connection, host, known, look, seen).past


def _compare(
    connection: sqlite3.Connection, host: int | None, known: Known, look: Look, seen: Mapping[str, Collection[int]]
) -> Outcome:
    def ended(place: str) -> list[Spell]:
        asked = connection.execute(
            f"SELECT {SPELL_COLUMNS} FROM kind JOIN spell ON kind = kind.id "  # noqa: S608 - our own columns
            "WHERE host = ? AND place = ? AND gone_at IS NOT NULL ORDER BY spell.id DESC",
            (host, place),
        )
        return sorted(read_spells(asked), key=lambda spell: spell.gone_at or 0, reverse=True)

    return compare(known, look, seen, ended)


def read_known(connection: sqlite3.Connection, look: Look) -> tuple[int | None, Known]:
    """Return the number of a host, None where it was never looked at, and what is known of it."""
    found = connection.execute("SELECT id, last_at FROM host WHERE identity = ?", (look.host,)).fetchone()
    if found is None:
        return None, Known((), {}, None)
    host, last_at = found
    looked = connection.execute("SELECT namespace, last_at FROM looked WHERE host = ?", (host,))
    spells = connection.execute(
        f"SELECT {SPELL_COLUMNS} FROM kind JOIN spell ON kind = kind.id "  # noqa: S608 - our own columns
        "WHERE host = ? AND gone_at IS NULL ORDER BY spell.id",
        (host,),
    )
    return host, Known(tuple(read_spells(spells)), dict(looked), last_at)


def read_spells(rows: Iterable[tuple[Any, ...]]) -> Iterator[Spell]:
    """Return rows of SPELL_COLUMNS as spells; DamagedError where one is none."""
    for kind, ports, first_seen, since, began, *rest in rows:
        try:
            yield Spell(kind, ports, first_seen, since, Began(began), *rest)
        except ValueError as error:
            raise DamagedError(f"a spell that began {error}") from error


def _set_clock_back(connection: sqlite3.Connection, look: Look) -> None:
    """Where the clock has gone backwards, take what seems to lie ahead to have been at the time of this look."""
    ahead = connection.execute(
        "SELECT id FROM host WHERE identity = ? AND last_at > ?", (look.host, look.at)
    ).fetchone()
    if ahead is None:
        return
    values = {"at": look.at, "host": ahead[0]}
    for table, columns, where in (
        ("host", ("first_at", "last_at"), "id = :host"),
        ("looked", ("first_at", "last_at"), "host = :host"),
        ("spell", ("first_seen", "since", "last_seen", "gone_at"), "kind IN (SELECT id FROM kind WHERE host = :host)"),
    ):
        # min() of a NULL is NULL: what has no time gets none.
        clipped = ", ".join(f"{column} = min({column}, :at)" for column in columns)
        connection.execute(f"UPDATE {table} SET {clipped} WHERE {where}", values)  # noqa: S608 - our own names


def _add_host(connection: sqlite3.Connection, look: Look) -> int:
    added = connection.execute(
        "INSERT INTO host (identity, first_at, last_at, looks) VALUES (?, ?, ?, 1)", (look.host, look.at, look.at)
    )
    return int(added.lastrowid or 0)


def _note_namespaces(connection: sqlite3.Connection, host: int, look: Look) -> None:
    if not look.is_whole:
        return
    namespaces = [name for name in look.namespaces if name != UNNAMED]
    namespaces += [ALL_NAMESPACES] if look.all_namespaces else []
    connection.executemany(
        "INSERT INTO looked VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at",
        [(host, namespace, look.at, look.at) for namespace in namespaces],
    )


def _write(connection: sqlite3.Connection, host: int, edits: Edits) -> None:
    for spell in edits.shrunk:
        if spell.ports:
            connection.execute("UPDATE spell SET ports = ? WHERE id = ?", (spell.ports, spell.row))
        else:
            connection.execute("DELETE FROM spell WHERE id = ?", (spell.row,))
    for spell in edits.begun:
        connection.execute(
            "INSERT INTO spell (kind, ports, first_seen, since, began, was, last_seen, gone_at, became) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                _kind_row(connection, host, spell.kind), spell.ports, spell.first_seen, spell.since,
                str(spell.began), spell.was, spell.last_seen, spell.gone_at, spell.became,
            ),
        )  # fmt: skip


def _kind_row(connection: sqlite3.Connection, host: int, kind: str) -> int:
    named = (host, place_of(kind), program_of(kind))
    connection.execute("INSERT INTO kind (host, place, program) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", named)
    (row,) = connection.execute("SELECT id FROM kind WHERE host = ? AND place = ? AND program = ?", named).fetchone()
    return int(row)
