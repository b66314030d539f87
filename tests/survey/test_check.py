"""``check`` on hosts that are made up: which doors are judged, and what the answer is worth."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest

from quietport.host.facts import PortFacts
from quietport.host.view import HostView
from quietport.model.door import CheckReport, door_key
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, Transport
from quietport.model.registration import Status
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.registry.snapshot import Registry
from quietport.survey.check import check, unanswered
from quietport.survey.fail_on import DEFAULT_FAIL_ON, FailOn, findings

Look = Callable[..., CheckReport]


def owner(program: str, executable: str | Unknown | None, *, pid: int = 42, deleted: bool = False) -> Owner:
    return Owner(
        pid,
        program,
        executable,
        ExecutableFile.GONE if deleted else ExecutableFile.PRESENT,
        1000,
        "a",
        "2026-11-23T09:00:00Z",
    )


SSHD = owner("sshd", "/usr/sbin/sshd")
MINE = owner("mine", "/home/a/mine")
HIDDEN = owner("kworker", "/memfd:x", deleted=True)
NOBODY_READ = Unknown(Reason.PERMISSION, "owner")
OWNERS_UNSEEN = Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", 3)
INTERRUPTED = Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", 1)


def listener(port: str, owners: tuple[Owner, ...] | Unknown = (MINE,), address: str = "127.0.0.1") -> Listener:
    number, _, transport = port.partition("/")
    endpoint = Endpoint(address, Port(int(number), Transport(transport)))
    return Listener(endpoint, Family.IPV4, ListenerState.LISTENING, None, 0, 1, owners)


def connection(direction: Direction, local: int, remote: int) -> Connection:
    ends = [
        Endpoint(address, Port(number, Transport.TCP))
        for address, number in (("10.0.0.1", local), ("10.0.0.2", remote))
    ]
    return Connection(ends[0], ends[1], direction, 0, 7, (MINE,))


def words(report: CheckReport) -> list[tuple[str, str, str]]:
    return [(str(door.port), str(door.verdict.standing), str(door.verdict.concern)) for door in report.doors]


def test_every_listener_is_joined_with_its_registration_and_judged(look: Look) -> None:
    report = look(
        listeners=(
            listener("22/tcp", (SSHD,), "0.0.0.0"),
            listener("851/tcp", NOBODY_READ, "0.0.0.0"),
            listener("852/tcp", (HIDDEN,), "0.0.0.0"),
            listener("4000/tcp"),
        )
    )
    assert words(report) == [
        ("22/tcp", "expected", "none"),
        ("851/tcp", "unexplained", "unresolved"),
        ("852/tcp", "unexplained", "suspicious"),
        ("4000/tcp", "custom", "none"),
    ]
    assert [door.registration.status for door in report.listeners] == [
        Status.ASSIGNED,
        Status.UNASSIGNED,
        Status.UNASSIGNED,
        Status.ASSIGNED,
    ]
    assert [str(door.port) for door in report.findings] == ["852/tcp", "851/tcp"]
    assert [str(door.port) for door in report.settled] == ["22/tcp", "4000/tcp"]
    assert report.counts == (("suspicious", 1), ("unresolved", 1), ("custom", 1), ("expected", 1))


def test_a_connection_is_judged_by_its_quiet_end(look: Look) -> None:
    report = look(
        connections=(
            connection(Direction.OUTBOUND, 40000, 851),
            connection(Direction.LOCAL_QUIET, 700, 2049),
            connection(Direction.INBOUND, 852, 40000),
        )
    )
    assert [(str(door.port), door.where) for door in report.connections] == [
        ("851/tcp", "10.0.0.1:40000 -> 10.0.0.2:851"),
        ("700/tcp", "10.0.0.1:700 -> 10.0.0.2:2049"),
        ("852/tcp", "10.0.0.1:852 <- 10.0.0.2:40000"),
    ]
    assert str(report.connections[0].verdict.concern) == "unresolved"


def test_doors_that_are_alike_are_judged_once(look: Look) -> None:
    mine, other = (MINE,), (owner("mine", "/home/b/mine"),)
    several = tuple(listener(f"{number}/tcp", mine) for number in (58001, 58002, 58003))
    report = look(listeners=(*several, listener("58004/tcp", other), listener("58005/tcp", mine, "0.0.0.0")))
    first, second, third, others, wider = (door.verdict for door in report.listeners)
    assert first is second is third
    restarted = look(listeners=(several[0], listener("58004/tcp", (owner("mine", "/home/a/mine", pid=44),)))).listeners
    assert restarted[0].verdict is restarted[1].verdict
    assert others is not first
    assert wider is not first


@pytest.mark.parametrize(("one", "another"), [(511, 512), (1023, 1024), (32767, 32768), (60999, 61000), (849, 853)])
def test_ports_that_a_rule_can_tell_apart_are_judged_apart(look: Look, one: int, another: int) -> None:
    owners = (MINE,)
    report = look(listeners=(listener(f"{one}/udp", owners), listener(f"{another}/udp", owners)))
    assert report.listeners[0].verdict is not report.listeners[1].verdict


def test_a_door_goes_by_the_same_key_after_a_restart(look: Look) -> None:
    before, after = (
        look(listeners=(listener("4000/tcp", (owner("mine", "/home/a/mine", pid=pid),)),)).listeners[0]
        for pid in (42, 977)
    )
    assert door_key(before) == door_key(after) == "4000/tcp/ipv4/loopback//home/a/mine"


@pytest.mark.parametrize(
    ("owners", "key"),
    [
        (NOBODY_READ, "4000/tcp/ipv4/loopback/?"),
        ((), "4000/tcp/ipv4/loopback/?"),
        ((owner("mine", NOBODY_READ),), "4000/tcp/ipv4/loopback/mine"),
        ((owner("nfsd", None),), "4000/tcp/ipv4/loopback/nfsd"),
    ],
)
def test_a_door_key_says_so_where_the_program_is_not_known(
    look: Look, owners: tuple[Owner, ...] | Unknown, key: str
) -> None:
    assert door_key(look(listeners=(listener("4000/tcp", owners),)).listeners[0]) == key


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((), ["338/tcp", "3389/tcp", "3389/udp", "33890/tcp", "63389/tcp"]),
        (("3389",), ["3389/tcp", "3389/udp"]),
        (("3389/udp",), ["3389/udp"]),
        (("338", "63389"), ["338/tcp", "63389/tcp"]),
        (("3000-34000",), ["3389/tcp", "3389/udp", "33890/tcp"]),
        (("389",), []),
    ],
)
def test_ports_asked_about_are_numbers_and_not_text(look: Look, asked: tuple[str, ...], shown: list[str]) -> None:
    here = ("338/tcp", "3389/tcp", "3389/udp", "33890/tcp", "63389/tcp")
    report = look(*asked, listeners=tuple(map(listener, here)))
    assert [str(door.port) for door in report.listeners] == shown
    assert report.asked == asked


def test_a_connection_is_asked_about_by_its_quiet_end(look: Look) -> None:
    both = (connection(Direction.OUTBOUND, 852, 851), connection(Direction.LOCAL_QUIET, 851, 443))
    assert [door.where for door in look("851", connections=both).connections] == [
        "10.0.0.1:852 -> 10.0.0.2:851",
        "10.0.0.1:851 -> 10.0.0.2:443",
    ]
    assert look("443", connections=both).connections == ()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (("851",), Status.UNASSIGNED),
        (("851/udp",), Status.UNASSIGNED),
        (("1023",), Status.RESERVED),
        (("300",), None),
        (("300/tcp",), Status.ASSIGNED),
        (("851", "852"), None),
        (("849-852",), None),
        ((), None),
    ],
)
def test_the_status_of_the_one_port_asked_about(look: Look, asked: tuple[str, ...], status: Status | None) -> None:
    assert look(*asked).asked_status is status


def test_the_host_is_told_which_ports_are_quiet(registry: Registry, facts: PortFacts) -> None:
    asked: dict[int, bool] = {}

    def read_host(quiet: Callable[[Port], bool]) -> HostView:
        asked.update(
            {number: quiet(Port(number, Transport.TCP)) for number in (0, 22, 300, 716, 851, 1023, 1024, 8080)}
        )
        return HostView((), (), Coverage(), "sock_diag")

    check(registry, read_host, facts, [], "here", "2026-11-23T10:00:00Z")
    assert asked == {0: False, 22: False, 300: False, 716: True, 851: True, 1023: True, 1024: False, 8080: False}


def test_what_to_fail_on_asks_for_standing_and_concern_apart(look: Look) -> None:
    report = look(
        listeners=(
            listener("22/tcp", (SSHD,), "0.0.0.0"),
            listener("851/tcp", NOBODY_READ, "0.0.0.0"),
            listener("852/tcp", (HIDDEN,), "0.0.0.0"),
            listener("4000/tcp"),
        )
    )
    assert {kind.value: [door.port.number for door in findings(report, (kind,))] for kind in FailOn} == {
        "suspicious": [852],
        "misconfigured": [],
        "unresolved": [851],
        "unexplained": [851, 852],
        "custom": [4000],
        "undeclared": [22, 851, 852, 4000],
    }
    assert [door.port.number for door in findings(report, DEFAULT_FAIL_ON)] == [852]
    assert findings(report, ()) == ()


@pytest.mark.parametrize(
    ("owners", "port", "spoilt"),
    [(NOBODY_READ, "851/tcp", True), (NOBODY_READ, "22/tcp", False), ((MINE,), "4000/tcp", False)],
)
def test_an_owner_not_seen_spoils_only_an_answer_that_needed_it(
    look: Look, owners: tuple[Owner, ...] | Unknown, port: str, spoilt: bool
) -> None:
    report = look(listeners=(listener(port, owners),), coverage=Coverage((OWNERS_UNSEEN,)))
    assert unanswered(report) is spoilt


@pytest.mark.parametrize(
    ("unseen", "spoilt"),
    [
        ((), False),
        ((OWNERS_UNSEEN,), False),
        ((Unseen("unseen.hidepid", Reason.PERMISSION, "remedy.root"),), False),
        ((Unseen("unseen.sock-diag", Reason.NOT_SUPPORTED, "remedy.inet-diag"),), False),
        ((INTERRUPTED,), True),
        ((OWNERS_UNSEEN, INTERRUPTED), True),
    ],
)
def test_a_quiet_port_is_an_answer_only_where_every_socket_was_seen(
    look: Look, unseen: tuple[Unseen, ...], spoilt: bool
) -> None:
    assert unanswered(look("851", coverage=Coverage(unseen))) is spoilt


def test_a_transport_that_is_not_looked_at_is_named(look: Look) -> None:
    assert [entry.what for entry in look("9/sctp").coverage.unseen] == ["unseen.transports"]
    assert unanswered(look("9/sctp"))
    assert look("9", "9/udp").coverage.unseen == ()


def test_a_name_from_outside_can_not_break_a_sentence(look: Look) -> None:
    for program in ("", "{pid}", "%s", "\x1b[2J", "x" * 4096):
        report = look(listeners=(listener("4000/tcp", (owner(program, None),)),))
        assert report.listeners[0].verdict.evidence


def test_nothing_is_judged_where_nothing_is_there(look: Look) -> None:
    with patch("quietport.judge.weigh.weigh", side_effect=AssertionError):
        report = look("851")
    assert (report.doors, report.findings, report.counts) == ((), (), ())
