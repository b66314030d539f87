"""A question to the history: who was there, from when to when, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.history.damage import moved_aside
from quietport.history.folder import FILE
from quietport.history.known import ALL_NAMESPACES, shown_time
from quietport.history.record import SPELL_COLUMNS, read_spells
from quietport.history.retention import KEEP_DAYS
from quietport.history.spell import unpack
from quietport.model.chronicle import Chronicle, Event, EventKind, Stay
from quietport.model.door_key import UNNAMED, parse_door_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from quietport.history.spell import Spell
    from quietport.history.store import Store
    from quietport.model.look import AskedPorts


def empty_chronicle(folder: Path, asked: tuple[str, ...], since: int) -> Chronicle:
    """Return the chronicle of a host that was never looked at."""
    path = folder / FILE
    damaged = tuple(map(str, moved_aside(path)))
    return Chronicle(str(path), asked, shown_time(since), None, None, 0, KEEP_DAYS, (), (), damaged)


def recall(store: Store, host: str, asked: Sequence[tuple[str, AskedPorts]], since: int) -> Chronicle:
    """Return what the history tells of a host: of the ports asked about, or of all where something happened.

    ``asked`` has each port as it was asked, and as what it means; ``since`` is in seconds, UTC.
    """
    names = tuple(text for text, _ in asked)
    ports = [asked_ports for _, asked_ports in asked]
    found = store.connection.execute(
        "SELECT id, first_at, last_at, looks FROM host WHERE identity = ?", (host,)
    ).fetchone()
    if found is None:
        return empty_chronicle(store.path.parent, names, since)
    row, first_at, last_at, looks = found
    looked = dict(store.connection.execute("SELECT namespace, last_at FROM looked WHERE host = ?", (row,)))
    spells = store.connection.execute(
        f"SELECT {SPELL_COLUMNS} FROM kind JOIN spell ON kind = kind.id WHERE host = ? "  # noqa: S608 - our own columns
        "AND (? OR gone_at IS NULL OR gone_at >= ?)",
        (row, bool(asked), since),
    )
    stays = sorted(_stays(read_spells(spells), ports, looked), key=_order)
    events = [event for stay in stays for event in _events(stay) if event.at >= shown_time(since)]
    if not asked:
        events = [event for event in events if event.kind is not EventKind.FIRST_LOOK]
        told = {event.stay for event in events}
        stays = [stay for stay in stays if stay in told]
    return Chronicle(
        str(store.path), names, shown_time(since), shown_time(first_at), shown_time(last_at), looks, KEEP_DAYS,
        tuple(stays), tuple(sorted(events, key=_event_order, reverse=True)), tuple(map(str, moved_aside(store.path))),
    )  # fmt: skip


def _order(stay: Stay) -> tuple[object, ...]:
    return stay.number, stay.kind, stay.since


def _event_order(event: Event) -> tuple[str, int]:
    return event.at, -event.stay.number


def _stays(spells: Iterable[Spell], asked: Sequence[AskedPorts], looked: dict[str, int]) -> Iterator[Stay]:
    for spell in spells:
        kind = parse_door_kind(spell.kind)
        if kind is None:
            continue
        looks = [spell.since, spell.last_seen or 0]
        if spell.gone_at is None:
            looks += [looked.get(name, 0) for name in {ALL_NAMESPACES, kind.namespace} - {UNNAMED}]
        seen = shown_time(max(looks))
        for number in unpack(spell.ports):
            if asked and not any(_is_asked(ports, kind.transport, number) for ports in asked):
                continue
            yield Stay(
                kind, number, shown_time(spell.first_seen), shown_time(spell.since), seen,
                None if spell.gone_at is None else shown_time(spell.gone_at),
                EventKind(spell.began), spell.was, spell.became,
            )  # fmt: skip


def _is_asked(asked: AskedPorts, transport: str, number: int) -> bool:
    return number in asked.ports and (not asked.transports or transport in asked.transports)


def _events(stay: Stay) -> Iterator[Event]:
    """Return how a stay began, and that it ended; where another program took its place, that one's beginning tells."""
    yield Event(stay.since, stay.began, stay)
    if stay.gone_at is not None and stay.became is None:
        yield Event(stay.gone_at, EventKind.GONE, stay)
