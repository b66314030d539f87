"""The page of a port with what is there on a made-up host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quietport.host.facts import PortFacts
from quietport.model.door import CheckReport
from quietport.model.endpoint import Endpoint
from quietport.model.errors import NoSuchEntryError
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.registry.snapshot import Registry
from quietport.survey.explain import Explanation, explain, with_host
from quietport.survey.question import NameQuestion, parse_question
from quietport.words.phrasebook import phrasebook

Look = Callable[..., CheckReport]
OWNERS_UNSEEN = Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", 3)
INTERRUPTED = Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", 1)
MINE = Owner(
    42, "mine", "/home/a/mine", file=ExecutableFile.PRESENT, uid=1000, user="a", started_at="2026-11-23T09:00:00Z"
)


def here(explanation: Explanation) -> list[str]:
    (section,) = [section for section in explanation.page.sections if section.id == "here"]
    return [phrasebook("en").render(claim.says) for claim in section.claims]


def ask(registry: Registry, text: str) -> Explanation:
    return explain(registry, text, parse_question(text))


@pytest.mark.parametrize(
    ("asked", "unseen", "said"),
    [
        ("851", (), "Nothing is listening on 851, which is what you would expect of an unassigned port."),
        ("851", (OWNERS_UNSEEN,), "Nothing is listening on 851, which is what you would expect of an unassigned port."),
        ("851", (INTERRUPTED,), "Nothing was seen listening on 851."),
        ("1023", (), "Nothing is listening on 1023, which is what you would expect of a reserved port."),
        ("22", (), "Nothing is listening on 22."),
        ("9/sctp", (), "Nothing was seen listening on 9."),
    ],
)
def test_silence_is_an_answer_only_where_every_socket_was_seen(
    registry: Registry, facts: PortFacts, look: Look, asked: str, unseen: tuple[Unseen, ...], said: str
) -> None:
    report = look(asked, coverage=Coverage(unseen))
    assert here(with_host(ask(registry, asked), report, facts))[0] == said


def test_what_is_there_is_told_with_its_verdict_and_its_source(
    registry: Registry, facts: PortFacts, look: Look
) -> None:
    endpoint = Endpoint("127.0.0.1", Port(4000, Transport.TCP))
    doors = tuple(
        Listener(endpoint, Family.IPV4, ListenerState.LISTENING, None, 0, 1, owners)
        for owners in ((MINE,), Unknown(Reason.PERMISSION, "owner"))
    )
    report = look("4000", listeners=doors, coverage=Coverage((OWNERS_UNSEEN,)))
    explanation = with_host(ask(registry, "4000"), report, facts)
    assert [section.id for section in explanation.page.sections[:3]] == ["answer", "here", "registry"]
    assert here(explanation) == [
        "/home/a/mine listens on 127.0.0.1:4000, tcp: custom.",
        "Something listens on 127.0.0.1:4000, tcp, and its owner cannot be seen: unexplained.",
        (
            "Not everything could be looked at. The open files of 3 processes could not be read. "
            "It takes CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH to see them; root has both "
            "unless a sandbox took them away."
        ),
        "Here, any user may bind 4000: unprivileged ports start at 1024.",
        "Here, 4000 lies outside 32768-60999, the numbers lent to outgoing connections.",
    ]
    assert [
        (source.id, source.name, source.as_of) for source in explanation.page.sources if "this-host" in source.id
    ] == [
        ("this-host-sockets", "here: sock_diag", "2026-11-23T10:00:00Z"),
        ("this-host-settings", "here: /proc/sys/net/ipv4", "2026-11-23T10:00:00Z"),
    ]


def test_open_connections_are_counted(registry: Registry, facts: PortFacts, look: Look) -> None:
    ends = [Endpoint("10.0.0.1", Port(number, Transport.TCP)) for number in (40000, 851)]
    report = look("851", connections=(Connection(ends[0], ends[1], Direction.OUTBOUND, 0, 7, (MINE,)),))
    assert "1 connection from or to port 851 is open." in here(with_host(ask(registry, "851"), report, facts))


def test_settings_of_this_machine_are_told_only_where_they_could_be_read(registry: Registry, look: Look) -> None:
    unread = Unknown(Reason.NOT_SUPPORTED, "x")
    told = [
        here(with_host(ask(registry, "851"), look("851"), facts))[1:]
        for facts in (
            PortFacts("darwin", unread, unread, unread),
            PortFacts("linux", 80, PortRange(800, 900), (PortRange(851, 851),)),
        )
    ]
    assert told == [
        [],
        [
            "Here, any user may bind 851: unprivileged ports start at 80.",
            "Here, 851 lies in 800-900, the numbers lent to outgoing connections.",
            "Here, 851 is kept out of that lending (net.ipv4.ip_local_reserved_ports).",
        ],
    ]


@pytest.mark.parametrize(
    ("asked", "ports"),
    [
        ("851", ["851/tcp", "851/udp", "851/sctp", "851/dccp"]),
        ("851/udp", ["851/udp"]),
        ("ssh", ["22/tcp", "22/udp", "22/sctp", "22/dccp"]),
        ("SSH", ["22/tcp", "22/udp", "22/sctp", "22/dccp"]),
        ("6000-6063", []),
        ("x11", []),
    ],
)
def test_an_explanation_names_the_registrations_it_is_about(registry: Registry, asked: str, ports: list[str]) -> None:
    assert [str(entry.port) for entry in ask(registry, asked).registrations] == ports


def test_a_name_that_nobody_goes_by_is_met_with_the_nearest(registry: Registry) -> None:
    with pytest.raises(NoSuchEntryError) as caught:
        explain(registry, "sshh", NameQuestion("sshh"))
    assert (caught.value.name, caught.value.nearest[0]) == ("sshh", "ssh")
