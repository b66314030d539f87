"""What one look tells the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from quietport.model.door import CheckReport
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.past import Change
from quietport.model.port import Port, Transport
from quietport.model.unknown import Unknown
from quietport.survey.question import parse_port_question
from quietport.survey.remembering import remember_look

START = 1_795_000_000
Look = Callable[..., CheckReport]


def owner(name: str, pid: int = 42) -> tuple[Owner, ...]:
    return (Owner(pid, name, f"/usr/bin/{name}", ExecutableFile.PRESENT, 1000, "a", f"2026-11-2{pid % 10}T09:00:00Z"),)


def listener(number: int, owners: tuple[Owner, ...], transport: Transport = Transport.TCP) -> Listener:
    end = Endpoint("127.0.0.1", Port(number, transport))
    return Listener(end, Family.IPV4, ListenerState.LISTENING, None, 0, 1, owners)


@pytest.fixture
def told(look: Look, tmp_path: Path) -> Callable[..., list[tuple[int, object, object]]]:
    """Return port, since and change of every door, seconds after the start; and put what is gone last."""

    def tell(second: int, *listeners: Listener, asked: tuple[str, ...] = ()) -> list[tuple[int, object, object]]:
        questions = [parse_port_question(text) for text in asked]
        report = remember_look(look(*asked, listeners=listeners), tmp_path, questions, START + second)
        assert not isinstance(report.past, Unknown)
        gone: list[tuple[int, object, object]] = [
            (int(door.door_key.partition("/")[0]), door.first_seen, "gone") for door in report.past.gone
        ]
        return [(door.port.number, door.since, door.change) for door in report.listeners] + gone

    return tell


AT = {0: "2026-11-18T11:06:40Z", 60: "2026-11-18T11:07:40Z", 120: "2026-11-18T11:08:40Z"}


def test_at_first_nothing_is_new_and_then_what_came_went_and_changed_hands(
    told: Callable[..., list[tuple[int, object, object]]],
) -> None:
    many = [listener(number, owner("mine")) for number in (8001, 8002, 8003)]
    assert told(0, *many) == [(number, AT[0], None) for number in (8001, 8002, 8003)]
    assert told(60, *many) == [(number, AT[0], None) for number in (8001, 8002, 8003)]
    assert told(120, many[0], listener(8002, owner("other")), listener(8004, owner("mine"))) == [
        (8001, AT[0], None),
        (8002, AT[120], Change.CHANGED),
        (8004, AT[120], Change.NEW),
        (8003, AT[0], "gone"),
    ]


def test_a_restart_and_a_look_at_another_port_are_no_news(
    told: Callable[..., list[tuple[int, object, object]]],
) -> None:
    told(0, listener(8001, owner("mine")), listener(8002, owner("mine")))
    assert told(60, listener(8001, owner("mine", 43)), listener(8002, owner("mine", 43))) == [
        (8001, AT[0], None),
        (8002, AT[0], None),
    ]
    assert told(120, listener(8001, owner("mine", 44)), asked=("8001",)) == [(8001, AT[0], None)]


def test_a_clients_socket_is_no_door(told: Callable[..., list[tuple[int, object, object]]]) -> None:
    told(0)
    assert told(60, listener(40001, owner("mine"), Transport.UDP)) == [(40001, None, None)]


def test_a_history_that_cannot_be_kept_is_in_the_coverage_and_the_answer_stands(look: Look, tmp_path: Path) -> None:
    place = tmp_path / "no-folder"
    place.write_text("")
    report = remember_look(look(listeners=(listener(8001, owner("mine")),)), place, [], START)
    assert isinstance(report.past, Unknown)
    assert [(door.since, door.change) for door in report.listeners] == [(report.past, report.past)]
    assert [entry.what for entry in report.coverage.unseen] == ["unseen.history-not-written"]
    assert replace(report, runs=(), past=report.past).coverage.sockets_complete
