"""What the history tells of what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.history.recall import empty_chronicle, recall
from quietport.history.retention import forget
from quietport.history.store import open_to_read, open_to_write
from quietport.model.chronicle import Chronicle, Event, EventKind, Stay
from quietport.model.door_key import DoorKind
from quietport.model.look import AskedPorts
from quietport.model.port import PortRange, Transport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = 1_795_000_000
A, B, UDP = (
    DoorKind("tcp", "ipv4", "any", "host", "/a"),
    DoorKind("tcp", "ipv4", "any", "host", "/b"),
    DoorKind("udp", "ipv4", "any", "host", "/a"),
)
T0, T1, T2, T3 = (f"2026-11-18T11:{minute:02}:40Z" for minute in (6, 7, 8, 9))


def history_of(folder: Path, *ports: str, since: int = START) -> Chronicle:
    asked = []
    for text in ports:
        number, _, transport = text.partition("/")
        transports = (Transport(transport),) if transport else ()
        asked.append((text, AskedPorts(PortRange(int(number), int(number)), transports)))
    with open_to_read(folder) as store:
        return recall(store, "here", asked, since)


def some_looks(look_at: Callable[..., object]) -> None:
    look_at(0, {str(A): [22, 80], str(UDP): [80]})
    look_at(1, {str(A): [22], str(B): [80], str(UDP): [80]})
    look_at(2, {str(A): [22], str(UDP): [80, 53, 0]})
    look_at(3, {str(A): [22], str(UDP): [80, 53]})


def test_what_changed_latest_first(look_at: Callable[..., object], tmp_path: Path) -> None:
    some_looks(look_at)
    found = history_of(tmp_path)
    assert (found.first_look, found.last_look, found.looks, found.keep_days) == (T0, T3, 4, 400)
    assert (found.path, found.asked, found.since, found.damaged) == (str(tmp_path / "history.sqlite"), (), T0, ())
    assert [(event.at, str(event.kind), event.stay.door_key) for event in found.events] == [
        (T3, "gone", "*/udp/ipv4/any/host//a"),
        (T2, "new", "*/udp/ipv4/any/host//a"),
        (T2, "new", "53/udp/ipv4/any/host//a"),
        (T2, "gone", "80/tcp/ipv4/any/host//b"),
        (T1, "changed", "80/tcp/ipv4/any/host//b"),
    ]
    assert [stay.port for stay in found.stays] == ["*/udp", "53/udp", "80/tcp"]
    assert history_of(tmp_path, since=START + 150).events[0].at == T3
    assert len(history_of(tmp_path, since=START + 150).events) == 1


def test_who_held_a_port(look_at: Callable[..., object], tmp_path: Path) -> None:
    some_looks(look_at)
    found = history_of(tmp_path, "80/tcp")
    first = Stay(A, 80, T0, T0, T0, T1, EventKind.FIRST_LOOK, None, "/b")
    then = Stay(B, 80, T1, T1, T1, T2, EventKind.CHANGED, "/a", None)
    assert found.stays == (first, then)
    assert found.events == (
        Event(T2, EventKind.GONE, then),
        Event(T1, EventKind.CHANGED, then),
        Event(T0, EventKind.FIRST_LOOK, first),
    )
    assert [stay.door_key for stay in history_of(tmp_path, "80").stays] == [
        "80/tcp/ipv4/any/host//a",
        "80/tcp/ipv4/any/host//b",
        "80/udp/ipv4/any/host//a",
    ]
    (there,) = history_of(tmp_path, "53/udp").stays
    assert there == Stay(UDP, 53, T2, T2, T3, None, EventKind.NEW, None, None)
    assert history_of(tmp_path, "443", "8").stays == ()


def test_a_port_is_a_number_and_no_bytes(look_at: Callable[..., object], tmp_path: Path) -> None:
    look_at(0, {str(A): [0x1234, 0x3456]})
    assert history_of(tmp_path, str(0x3412), str(0x5634), str(0x1256), "0").stays == ()
    assert len(history_of(tmp_path, str(0x1234)).stays) == 1


def test_a_host_that_was_never_looked_at(look_at: Callable[..., object], tmp_path: Path) -> None:
    look_at(0, {str(A): [22]})
    with open_to_read(tmp_path) as store:
        assert recall(store, "there", (), START) == empty_chronicle(tmp_path, (), START)
    assert empty_chronicle(tmp_path, ("22",), START) == Chronicle(
        str(tmp_path / "history.sqlite"), ("22",), T0, None, None, 0, 400, (), (), ()
    )


def test_what_is_forgotten_is_not_in_the_file_any_more(look_at: Callable[..., object], tmp_path: Path) -> None:
    secret = DoorKind("tcp", "ipv4", "any", "host", "/home/a/secret-program")
    look_at(0, {str(A): [22, 80], str(secret): [8080, 8081]})
    look_at(1, {str(A): [22, 80]})
    assert b"secret-program" in (tmp_path / "history.sqlite").read_bytes()
    with open_to_write(tmp_path) as store, store.writing() as connection:
        assert forget(connection, START + 60) == 0
    with open_to_write(tmp_path) as store, store.writing() as connection:
        assert forget(connection, START + 61) == 2
    assert b"secret-program" not in (tmp_path / "history.sqlite").read_bytes()
    assert [stay.number for stay in history_of(tmp_path, "22", "80", "8080").stays] == [22, 80]
