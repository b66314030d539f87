"""How long the history remembers, and its daily housework."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from quietport.history.spell import pack, unpack

if TYPE_CHECKING:
    import sqlite3

KEEP_DAYS = 400
"""Days that a door which is gone is remembered: a year, and what happens once a year."""

DAY_S = 86_400

_ALIKE = "kind, first_seen, since, began, was, last_seen, gone_at, became"
_OF_LOST_HOSTS = "kind IN (SELECT kind.id FROM kind JOIN host ON host.id = host WHERE last_at < :before)"
# Hosts, and namespaces of this one, that nobody has looked at for so long.
_LOOKED_SINCE = """
    SELECT max(looked.last_at) FROM kind JOIN looked ON looked.host = kind.host
    WHERE kind.id = spell.kind
      AND (looked.namespace = '*' OR substr(kind.place, -length(looked.namespace) - 1) = '/' || looked.namespace)
"""


def is_another_day(at: int, last_at: int | None) -> bool:
    """Tell whether a look is the first one of a day."""
    return last_at is not None and at // DAY_S != last_at // DAY_S


def keep_house(connection: sqlite3.Connection, at: int, last_at: int | None) -> None:
    """Once a day, forget what ended too long ago, and put rows together that tell the same."""
    if is_another_day(at, last_at):
        before = at - KEEP_DAYS * DAY_S
        connection.execute(f"UPDATE spell SET gone_at = :before - 1 WHERE {_OF_LOST_HOSTS}", {"before": before})  # noqa: S608
        forget(connection, before)
        connection.execute("DELETE FROM host WHERE last_at < ?", (before,))
        connection.execute("DELETE FROM looked WHERE host NOT IN (SELECT id FROM host)")
        merge_alike(connection)


def forget(connection: sqlite3.Connection, before: int) -> int:
    """Delete every spell that ended before a time, and kinds without a spell; return how many doors it was.

    What is deleted is overwritten in the file (``PRAGMA secure_delete``).
    """
    connection.execute("PRAGMA secure_delete = ON")
    (doors,) = connection.execute(
        "SELECT ifnull(sum(length(ports) / 2), 0) FROM spell WHERE gone_at < ?", (before,)
    ).fetchone()
    connection.execute("DELETE FROM spell WHERE gone_at < ?", (before,))
    connection.execute("DELETE FROM kind WHERE id NOT IN (SELECT kind FROM spell)")
    return int(doors)


def merge_alike(connection: sqlite3.Connection) -> None:
    """Put ports back into one row that a look at some ports had set apart, and that have the same story."""
    connection.execute(
        f"UPDATE spell SET last_seen = NULL WHERE gone_at IS NULL AND last_seen <= ({_LOOKED_SINCE})"  # noqa: S608
    )
    groups: dict[tuple[object, ...], list[tuple[int, bytes]]] = defaultdict(list)
    for row, ports, *alike in connection.execute(f"SELECT id, ports, {_ALIKE} FROM spell ORDER BY id"):  # noqa: S608
        groups[tuple(alike)].append((row, ports))
    for group in (group for group in groups.values() if len(group) > 1):
        (first, _), *others = group
        ports = pack(number for _, packed in group for number in unpack(packed))
        connection.execute("UPDATE spell SET ports = ? WHERE id = ?", (ports, first))
        connection.executemany("DELETE FROM spell WHERE id = ?", [(row,) for row, _ in others])
