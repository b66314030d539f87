"""What is known of a door, told apart from what others wrote."""

from __future__ import annotations

import msgspec
import pytest

from quietport.judge import connection_facts, listener_facts, raw_socket_facts
from quietport.judge.facts import Facts, program_name
from quietport.model.declaration import Declaration, Expired
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, PortRange, Transport
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse, Registration, Status
from quietport.model.unknown import Reason, Unknown

SSH = Port(22, Transport.TCP)
SSHD = Owner(
    41,
    "sshd",
    "/usr/sbin/sshd",
    file=ExecutableFile.PRESENT,
    uid=0,
    user="root",
    started_at="2026-11-23T10:00:00Z",
    ancestors=(),
    script=None,
    unit="ssh.service",
    container=None,
    package=Package("dpkg", "openssh-server", "1:9.2p1-2", is_claim=False, changed_at="2026-11-01T00:00:00Z"),
    activation=Activation.NONE,
    stdin_socket=False,
    debugger=None,
    debugger_port=None,
    runs_shell=False,
)
HOST = NetworkNamespace("net:[1]", None, 1, is_own=True)
OPENSSH = KnownProgram("sshd", "OpenSSH", ("ssh", "sftp"), "debian", "f", "w")
LENT = PortRange(32768, 60999)


def listener(port: Port, owners: tuple[Owner, ...] | Unknown, address: str = "0.0.0.0") -> Listener:
    return Listener(Endpoint(address, port), Family.IPV4, ListenerState.LISTENING, None, 0, 1, owners, HOST)


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
        client_end=False,
        status="assigned",
        namespace="own",
        owner="known",
        several_programs=False,
        several_sockets=False,
        privileged_user=True,
        program="sshd",
        program_known=True,
        software=("openssh",),
        roles=(),
        serves_registered=True,
        services=("ssh", "sftp"),
        agreeing=("ssh",),
        registered_agrees=True,
        de_facto_agrees=False,
        de_facto_known=False,
        default_of=(),
        malware_listed=False,
        executable="system",
        hidden_place=False,
        path_signs=(),
        made_by="none",
        file="present",
        masked_name="no",
        package="owned",
        package_agrees=False,
        upgrade="before-start",
        unit="service",
        container="no",
        scripted=False,
        development_server=False,
        activation="none",
        stdin_socket=False,
        runs_shell=False,
        debugger="none",
        debugger_port="unsaid",
        declared=False,
        declaration_expired=False,
    )
    assert context.values == {
        "program": "sshd",
        "alias": "sshd",
        "package": "openssh-server",
        "unit": "ssh.service",
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
    asked += ("roles", "hidden_place", "path_signs", "made_by", "file", "masked_name", "scripted", "development_server")
    asked += ("activation", "stdin_socket", "runs_shell", "debugger", "debugger_port")
    assert (facts.owner, facts.package, facts.upgrade, facts.unit, facts.container) == ("permission", *["unread"] * 4)
    assert [name for name in asked if not isinstance(getattr(facts, name), Unknown)] == []
    assert context.values == {"transport": "tcp"}


def test_what_nobody_looked_for_satisfies_nothing() -> None:
    bare = Owner(41, "x", "/usr/bin/x", file=ExecutableFile.PRESENT, uid=0, user="root", started_at="x")
    facts = listener_facts(listener(SSH, (bare,)), Registration(SSH, Status.ASSIGNED, ("ssh",), ()), [], [], LENT).facts
    asked = ("scripted", "development_server", "activation", "stdin_socket", "debugger", "debugger_port")
    assert [name for name in asked if not isinstance(getattr(facts, name), Unknown)] == []
    assert (facts.package, facts.upgrade, facts.unit, facts.container) == tuple(["unread"] * 4)


@pytest.mark.parametrize(("kind", "said"), [(RawKind.PACKET, "packet-socket"), (RawKind.RAW, "raw-socket")])
def test_a_socket_below_the_ports_has_no_number(kind: RawKind, said: str) -> None:
    context = raw_socket_facts(RawSocket(kind, "packet", 3, "eth0", None, 0, 7, (SSHD,), HOST), [OPENSSH])
    facts = context.facts
    assert (facts.kind, facts.transport, facts.range, facts.status, facts.scope) == (
        said,
        "none",
        "none",
        "none",
        "any",
    )
    assert (facts.program_known, facts.registered_agrees, facts.debugger_port) == (True, False, "unsaid")
    assert context.values["software"] == "OpenSSH"


def test_reports_of_misuse_are_shown_by_family() -> None:
    port = Port(4444, Transport.TCP)
    reports = [Misuse(PortRange(4444, 4444), Transport.TCP, name, 2004, "r", "s", "l", "w") for name in ("A", "B", "A")]
    registration = Registration(port, Status.ASSIGNED, ("krb524",), ())
    context = listener_facts(listener(port, (SSHD,)), registration, [], [], LENT, misuse=reports)
    assert (context.facts.malware_listed, context.values["families"]) == (True, "A, B")


ENTRY = Declaration(Transport.TCP, PortRange(22, 22), "ours", "/etc/quietport.toml", 3, until="2026-01-31")


@pytest.mark.parametrize(
    ("found", "said", "shown"),
    [
        (ENTRY, (True, False), {"because": "ours", "policy": "/etc/quietport.toml:3", "until": "2026-01-31"}),
        (Expired(ENTRY), (False, True), {"because": "ours", "policy": "/etc/quietport.toml:3", "until": "2026-01-31"}),
        (Unknown(Reason.PERMISSION, "owner"), (False, False), {}),
        (None, (False, False), {}),
    ],
)
def test_a_declaration_declares_until_it_ends(
    found: Declaration | Expired | Unknown | None, said: tuple[bool, bool], shown: dict[str, str]
) -> None:
    registration = Registration(SSH, Status.ASSIGNED, ("ssh",), ())
    context = listener_facts(listener(SSH, (SSHD,)), registration, [], [], LENT, declaration=found)
    assert (context.facts.declared, context.facts.declaration_expired) == said
    assert {key: context.values[key] for key in ("because", "policy", "until") if key in context.values} == shown


@pytest.mark.parametrize(
    ("debugger", "number", "said"),
    [
        (None, None, ("none", "unsaid")),
        ("jdwp", 22, ("jdwp", "this")),
        ("jdwp", 5005, ("jdwp", "another")),
        ("jdwp", None, ("jdwp", "unsaid")),
        ("gdb", None, ("other", "unsaid")),
    ],
)
def test_which_port_is_the_debuggers(debugger: str | None, number: int | None, said: tuple[str, str]) -> None:
    owner = msgspec.structs.replace(SSHD, debugger=debugger, debugger_port=number)
    registration = Registration(SSH, Status.ASSIGNED, ("ssh",), ())
    facts = listener_facts(listener(SSH, (owner,)), registration, [], [], LENT).facts
    assert (facts.debugger, facts.debugger_port) == said


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
