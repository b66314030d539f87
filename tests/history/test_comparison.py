"""Whatever looks see, in whatever order: what must hold of the history afterwards."""

from __future__ import annotations

import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from quietport.history.migration import migrate, scripts
from quietport.history.record import look_up, note, read_known
from quietport.history.spell import pack, unpack
from quietport.history.store import Store
from quietport.model.look import AskedPorts, Look
from quietport.model.past import Change
from quietport.model.port import PortRange

PLACES = ("tcp/ipv4/any/host", "udp/ipv4/any/host", "tcp/ipv4/any/blue")
KNOWN = [f"{place}/{program}" for place in PLACES for program in ("/a", "/b", "/c")]
ALL = [*KNOWN, *(f"{place}/?" for place in PLACES)]

GAP = st.sampled_from([0, 30, 599, 601, 90_000, -50])
NUMBERS = st.sets(st.sampled_from([0, 22, 80, 443]), min_size=1)


def seen(kinds: list[str]) -> st.SearchStrategy[dict[str, set[int]]]:
    return st.dictionaries(st.sampled_from(kinds), NUMBERS, max_size=4)


def opened() -> Store:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 0, scripts())
    return Store(connection, None, may_write=True)  # type: ignore[arg-type] # there is no file


def still_there(store: Store, look: Look) -> list[tuple[str, int]]:
    _, known = read_known(store.connection, look)
    return sorted((spell.kind, number) for spell in known.spells for number in unpack(spell.ports))


@given(st.lists(st.tuples(GAP, seen(KNOWN)), min_size=1, max_size=8))
@settings(deadline=None)
def test_looks_at_everything(looks: list[tuple[int, dict[str, set[int]]]]) -> None:
    store, at, before = opened(), 1_795_000_000, set[tuple[str, int]]()
    for gap, here in looks:
        at += gap
        look = Look(at, "here", all_namespaces=True)
        foretold = look_up(store, look, here)
        past = note(store.connection, look, here)
        if gap >= 0:
            assert past == foretold
        doors = {(kind, number) for kind, numbers in here.items() for number in numbers}
        assert still_there(store, look) == sorted(doors)
        assert set(past.kinds) == set(here)
        fresh = {(door.door_key, door.change) for door in past.changed}
        keys = {f"{number or '*'}/{kind}" for kind, number in doors - before}
        assert {key for key, _ in fresh} <= keys
        assert all(f"{number}/{kind}" in {key for key, _ in fresh} for kind, number in doors - before if number) or (
            past.is_first or gap <= 600
        )
        gone = {door.door_key for door in past.gone}
        lost = {f"{number}/{kind}" for kind, number in before - doors if number}
        taken_over = sum(change is Change.CHANGED for _, change in fresh)
        assert gone <= lost
        assert len(lost) - len(gone) <= taken_over
        assert all(past.door(kind, number).first_seen for kind, number in doors)
        before = doors
    store.connection.close()


ASKED = st.sampled_from([(), (AskedPorts(PortRange(22, 22), ()),), (AskedPorts(PortRange(80, 443), ()),)])
WAYS = st.fixed_dictionaries(
    {
        "asked": ASKED,
        "all_namespaces": st.booleans(),
        "namespaces": st.sampled_from([("host",), ("host", "blue")]),
        "sockets_complete": st.booleans(),
    }
)


@given(st.lists(st.tuples(GAP, WAYS, seen(ALL)), min_size=1, max_size=8))
@settings(deadline=None)
def test_looks_of_any_kind(looks: list[tuple[int, dict[str, object], dict[str, set[int]]]]) -> None:
    store, at = opened(), 1_795_000_000
    for gap, way, here in looks:
        at += gap
        look = Look(at, "here", **way)  # type: ignore[arg-type] # as the strategy has them
        past = note(store.connection, look, here)
        there = still_there(store, look)
        assert len(there) == len(set(there)), "a door is in two spells"
        known = {kind.rpartition("/?")[0] for kind in here if kind.endswith("/?")}
        missing = [
            (kind, number)
            for kind, numbers in here.items()
            for number in numbers
            if (kind, number) not in there and not (kind.endswith("/?") and kind[:-2] in known)
        ]
        assert missing == []
        for kind, numbers in here.items():
            for number in numbers:
                door = past.door(kind, number)
                assert not (kind.endswith("/?") and door.change is Change.CHANGED)
                assert door.door_key == f"{number or '*'}/{kind}"
    problems = store.connection.execute(
        "SELECT id FROM spell WHERE since < first_seen OR gone_at < since OR last_seen > gone_at"
    ).fetchall()
    assert problems == []
    store.connection.close()


@given(st.lists(st.integers(0, 65535)))
def test_numbers_are_packed_each_once_and_in_order(numbers: list[int]) -> None:
    packed = pack(numbers)
    assert unpack(packed) == sorted(set(numbers))
    assert packed == b"".join(number.to_bytes(2, "little") for number in sorted(set(numbers)))


@given(st.binary())
def test_bytes_that_were_not_packed_are_numbers_too(ports: bytes) -> None:
    assert all(0 <= number <= 65535 for number in unpack(ports))
    assert len(unpack(ports)) == len(ports) // 2
