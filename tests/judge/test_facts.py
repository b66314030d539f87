"""What is known of a door, told apart from what others wrote."""

from __future__ import annotations

import pytest

from quietport.judge.facts import Facts, connection_facts, listener_facts, program_name
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Registration, Status
from quietport.model.unknown import Reason, Unknown

SSH = Port(22, Transport.TCP)
SSHD = Owner(
    41, "sshd", "/usr/sbin/sshd", file=ExecutableFile.PRESENT, uid=0, user="root", started_at="2026-11-23T10:00:00Z"
)
OPENSSH = KnownProgram("sshd", "OpenSSH", ("ssh", "sftp"), "debian", "f", "w")
LENT = PortRange(32768, 60999)


def listener(port: Port, owners: tuple[Owner, ...] | Unknown, address: str = "0.0.0.0") -> Listener:
    return Listener(Endpoint(address, port), Family.IPV4, ListenerState.LISTENING, None, 0, (7,), owners)


def test_a_registered_service_on_its_port() -> None:
    context = listener_facts(
        listener(SSH, (SSHD,)), Registration(SSH, Status.ASSIGNED, ("SSH",), ()), [], [OPENSSH], LENT
    )
    assert context.facts == Facts(
        kind="listener",
        transport="tcp",
        scope="any",
        state="listening",
        range="system",
        bindresvport_range=False,
        ephemeral=False,
        status="assigned",
        owner="known",
        privileged_user=True,
        program="sshd",
        program_known=True,
        serves_registered=True,
        services=("ssh", "sftp"),
        registered_agrees=True,
        de_facto_agrees=False,
        de_facto_known=False,
        executable="system",
        deleted=False,
    )
    assert context.values == {
        "program": "sshd",
        "software": "OpenSSH",
        "services": "ssh, sftp",
        "names": "SSH",
        "executable": "/usr/sbin/sshd",
        "transport": "tcp",
    }


def test_of_an_owner_that_may_not_be_read_nothing_is_guessed() -> None:
    unread = Unknown(Reason.PERMISSION, "owner")
    context = listener_facts(listener(SSH, unread), Registration(SSH, Status.ASSIGNED, ("ssh",), ()), [], [], LENT)
    facts = context.facts
    asked = ("privileged_user", "program", "program_known", "registered_agrees", "de_facto_agrees", "executable")
    assert facts.owner == "permission"
    assert [isinstance(getattr(facts, name), Unknown) for name in (*asked, "deleted")] == [True] * 7
    assert context.values == {"transport": "tcp"}


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        ((SSHD,), "known"),
        ((Owner(2, "nfsd", None, file=ExecutableFile.PRESENT, uid=0, user="root", started_at="x"),), "kernel"),
        ((), "none"),
        (Unknown(Reason.NO_OWNER, "owner"), "none"),
        (Unknown(Reason.PERMISSION, "owner"), "permission"),
        (Unknown(Reason.EXITED, "owner"), "unseen"),
        (Unknown(Reason.NOT_SUPPORTED, "owner"), "unseen"),
    ],
)
def test_who_was_not_seen_is_told_apart_from_who_is_not_there(owners: tuple[Owner, ...] | Unknown, said: str) -> None:
    registration = Registration(SSH, Status.ASSIGNED, ("ssh",), ())
    assert listener_facts(listener(SSH, owners), registration, [], [], LENT).facts.owner == said


def test_of_several_products_of_one_name_the_one_whose_default_it_is_is_meant() -> None:
    port = Port(8080, Transport.TCP)
    programs = [KnownProgram("java", name, (), "s", "l", "w") for name in ("Jenkins", "Tomcat")]
    use = DeFactoUse(PortRange(8080, 8080), Transport.TCP, "tomcat", "web", "s", "l", "w")
    context = listener_facts(
        listener(port, (SSHD,)), Registration(port, Status.ASSIGNED, ("http-alt",), ()), [use], programs, LENT
    )
    assert (context.facts.de_facto_agrees, context.values["software"]) == (True, "Tomcat")


def test_a_connection_is_judged_by_its_quiet_end() -> None:
    quiet = Port(851, Transport.TCP)
    connection = Connection(
        Endpoint("10.0.0.1", Port(40000, Transport.TCP)),
        Endpoint("192.0.2.1", quiet),
        Direction.OUTBOUND,
        0,
        7,
        (SSHD,),
    )
    facts = connection_facts(connection, Registration(quiet, Status.UNASSIGNED, (), ()), [], [], LENT).facts
    assert (facts.kind, facts.state, facts.range, facts.bindresvport_range, facts.scope, facts.ephemeral) == (
        "connection",
        "outbound",
        "system",
        True,
        "private",
        False,
    )


@pytest.mark.parametrize(("number", "inside"), [(511, False), (512, True), (1023, True), (1024, False)])
def test_the_bounds_of_bindresvport(number: int, inside: bool) -> None:
    port = Port(number, Transport.UDP)
    context = listener_facts(listener(port, ()), Registration(port, Status.UNASSIGNED, (), ()), [], [], LENT)
    assert context.facts.bindresvport_range is inside


@pytest.mark.parametrize(
    ("executable", "program", "name"),
    [
        ("/usr/sbin/sshd", "x", "sshd"),
        ("C:\\Windows\\svchost.exe", "x", "svchost.exe"),
        ("/", "x", "/"),
        ("", "x", "x"),
        (None, "nfsd", "nfsd"),
        (Unknown(Reason.PERMISSION, "executable"), "sshd", "sshd"),
    ],
)
def test_the_name_of_a_program(executable: str | Unknown | None, program: str, name: str) -> None:
    owner = Owner(1, program, executable, file=ExecutableFile.PRESENT, uid=0, user=None, started_at="x")
    assert program_name(owner) == name


def test_a_process_without_a_name_is_shown_by_its_number() -> None:
    nameless = Owner(
        41, "", Unknown(Reason.PERMISSION, "exe"), file=ExecutableFile.PRESENT, uid=0, user=None, started_at="x"
    )
    registration = Registration(SSH, Status.ASSIGNED, ("ssh",), ())
    values = listener_facts(listener(SSH, (nameless,)), registration, [], [], LENT).values
    assert values["program"] == "process 41"
