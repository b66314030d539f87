"""What intruders and oversights look like: the verdict a careful administrator would give, and why."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.model.listener import Direction, ListenerState
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, Container, ExecutableFile
from quietport.model.raw_socket import RawKind
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Verdict

ANY, LOOP, PRIVATE = "0.0.0.0", "127.0.0.1", "10.0.0.5"
GONE, REPLACED, MEMORY = ExecutableFile.GONE, ExecutableFile.REPLACED, ExecutableFile.MEMORY


def rules(verdict: Verdict) -> list[str]:
    return [piece.rule for piece in verdict.evidence if piece.decibans]


def test_a_binary_named_like_a_kernel_thread(bench: Any) -> None:
    for name in ("kworker/0:1", "[kworker/u8:2]", "ksoftirqd/0", "migration/3", "kthreadd"):
        owner = bench.owner("/home/a/x", program=name)
        verdict = bench.listener("4000/tcp", (owner,))
        assert (verdict.word, rules(verdict)[0]) == ("suspicious", "kernel-thread-disguise")
    copied = bench.owner("/usr/local/bin/kworker", program="kworker")
    assert bench.listener("4000/tcp", (copied,), LOOP).word == "suspicious"


def test_a_program_from_memory_on_a_quiet_system_port(bench: Any) -> None:
    verdict = bench.listener("851/tcp", (bench.owner("/memfd:x", file=MEMORY),))
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["executable-in-memory", "stranger-on-quiet-system-port", "server-in-memory"],
    )


def test_a_program_from_memory_alone_is_asked_about(bench: Any) -> None:
    verdict = bench.listener("4000/tcp", (bench.owner("/memfd:x", file=MEMORY),), LOOP)
    assert (verdict.word, verdict.settles) == ("unresolved", "settle.file")
    assert bench.listener("4000/tcp", (bench.owner("/memfd:x", file=MEMORY),), PRIVATE).word == "suspicious"


def test_a_dropped_binary_that_deleted_itself(bench: Any) -> None:
    verdict = bench.listener("4000/tcp", (bench.owner("/tmp/x", file=GONE),))
    assert (verdict.word, rules(verdict)) == ("suspicious", ["executable-in-temporary-place", "file-gone"])


@pytest.mark.parametrize("path", ["/tmp/.x/y", "/dev/shm/.sshd", "/var/tmp/.../x", "/tmp/ /x"])
def test_a_hidden_file_in_a_temporary_place(bench: Any, path: str) -> None:
    verdict = bench.listener("4000/tcp", (bench.owner(path),))
    shared = ["executable-in-shared-memory"] if path.startswith("/dev/shm/") else []
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["executable-in-hidden-place", *shared, "executable-in-temporary-place"],
    )


def test_a_name_does_not_make_a_daemon(bench: Any) -> None:
    for path in ("/tmp/sshd", "/dev/shm/sshd"):
        verdict = bench.listener("22/tcp", (bench.owner(path),))
        assert (verdict.word, verdict.standing) == ("suspicious", "unexplained")
    tried = bench.owner("/tmp/redis-7/src/redis-server")
    for port, address in (("6379/tcp", ANY), ("6379/tcp", LOOP), ("22/tcp", LOOP)):
        assert bench.listener(port, (tried,), address).concern in {"unresolved", "misconfigured"}


def test_shared_memory_is_no_place_for_a_program(bench: Any) -> None:
    verdict = bench.listener("4000/tcp", (bench.owner("/dev/shm/httpd"),))
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["executable-in-shared-memory", "executable-in-temporary-place"],
    )


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/home/kim/.ssh/.x/agent", "suspicious"),
        ("/root/.gnupg/agent", "unresolved"),
        ("/home/kim/.ssh-tools/agent", "custom"),
    ],
)
def test_a_server_among_the_keys_of_a_user(bench: Any, path: str, word: str) -> None:
    assert bench.listener("28145/tcp", (bench.owner(path),)).word == word


@pytest.mark.parametrize("sign", ["\n", "\x1b[2J", "\x7f", "\x9b", "\u202e", "\u2066"])
def test_a_path_that_is_made_to_be_read_wrongly(bench: Any, sign: str) -> None:
    verdict = bench.listener("4000/tcp", (bench.owner(f"/opt/agent/a{sign}b", program="a"),), LOOP)
    assert (verdict.word, rules(verdict)[0]) == ("suspicious", "misleading-path")


@pytest.mark.parametrize("letters", ["\u200d", "\u200c", "\u200f", "\u05e9", "\u0301", "\xa0x"])
def test_letters_that_languages_need_are_letters(bench: Any, letters: str) -> None:
    assert bench.listener("4000/tcp", (bench.owner(f"/opt/agent/a{letters}b", program="a"),), LOOP).word == "custom"


def test_a_program_that_no_package_put_there_and_whose_file_is_gone(bench: Any) -> None:
    gone = bench.listener("28133/tcp", (bench.owner("/usr/local/bin/x", file=GONE),))
    assert (gone.word, rules(gone)) == ("unresolved", ["unpackaged-file-gone", "chose-a-free-port"])
    packaged = bench.listener("28133/tcp", (bench.owner("/opt/x/x", "x", file=GONE),))
    assert packaged.concern == "none"


@pytest.mark.parametrize(("path", "package"), [("/usr/bin/ncat", "ncat"), ("/bin/busybox", "busybox")])
def test_a_relay_that_was_told_to_give_a_shell(bench: Any, path: str, package: str) -> None:
    relay = bench.owner(path, package, runs_shell=True)
    waiting = bench.listener("4446/tcp", (relay,), LOOP)
    assert (waiting.word, rules(waiting)[0]) == ("suspicious", "relay-gives-a-shell")
    called = bench.connection("40000/tcp", (relay,), Direction.INBOUND, local="851/tcp")
    assert (called.word, rules(called)[0]) == ("suspicious", "relay-gives-a-shell")


def test_a_relay_at_the_quiet_end_of_a_connection(bench: Any) -> None:
    relay = bench.owner("/usr/bin/ncat", "ncat")
    verdict = bench.connection("40000/tcp", (relay,), Direction.LOCAL_QUIET, local="852/tcp")
    assert (verdict.word, rules(verdict)) == ("unresolved", ["relay-on-a-quiet-end"])


def test_a_second_program_takes_part_of_the_calls(bench: Any) -> None:
    served = bench.owner("/usr/sbin/nginx", "nginx", pid=100), bench.owner("/usr/bin/x", "x", pid=200)
    assert bench.listener("8080/tcp", served, sockets=2).word == "unresolved"
    assert bench.listener("8080/tcp", served).concern == "none"
    assert bench.listener("8080/tcp", (served[0], served[0]), sockets=2).concern == "none"


@pytest.mark.parametrize("path", ["/usr/bin/bash", "/usr/bin/dash", "/usr/bin/zsh"])
def test_a_shell_that_listens_to_whoever_is_connected(bench: Any, path: str) -> None:
    shell = bench.owner(path, "bash", stdin_socket=True)
    assert (bench.listener("4444/tcp", (shell,)).word, rules(bench.listener("4444/tcp", (shell,)))[0]) == (
        "suspicious",
        "shell-behind-a-socket",
    )
    reverse = bench.connection("851/tcp", (shell,))
    assert (reverse.word, rules(reverse)) == (
        "suspicious",
        ["shell-behind-a-socket", "connection-to-quiet-system-port"],
    )


def test_a_shell_that_shares_the_socket_of_a_daemon_speaks_for_it(bench: Any) -> None:
    server = bench.owner("/usr/sbin/nginx", "nginx", pid=100)
    shell = bench.owner("/usr/bin/dash", "dash", pid=900, stdin_socket=True)
    assert rules(bench.listener("80/tcp", (server, shell)))[0] == "shell-behind-a-socket"


def test_a_reverse_shell_through_dev_tcp(bench: Any) -> None:
    verdict = bench.connection("851/tcp", (bench.owner("/usr/bin/bash", "bash"),))
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["connection-to-quiet-system-port", "shell-holds-a-socket"],
    )


def test_an_interpreter_fed_from_the_network(bench: Any) -> None:
    owner = bench.owner("/usr/bin/python3.11", "python3.11-minimal", stdin_socket=True)
    assert bench.listener("4000/tcp", (owner,)).word == "unresolved"
    assert bench.listener("851/tcp", (owner,)).word == "suspicious"


def test_netcat_waits_for_somebody(bench: Any) -> None:
    netcat = bench.owner("/usr/bin/nc.traditional", "netcat-traditional", unit="session-3.scope")
    assert (bench.listener("9001/tcp", (netcat,)).word, bench.listener("9001/tcp", (netcat,)).settles) == (
        "unresolved",
        "settle.command",
    )
    assert bench.listener("851/tcp", (netcat,)).word == "suspicious"
    assert bench.listener("9001/tcp", (netcat,), LOOP).concern == "none"


def test_a_stranger_on_a_quiet_system_port(bench: Any) -> None:
    for path, package in (("/home/a/x", None), ("/usr/bin/python3.11", "python3.11-minimal")):
        assert bench.listener("851/tcp", (bench.owner(path, package),)).word == "unresolved"


def test_nobody_but_an_unprivileged_stranger_holds_a_system_port(bench: Any) -> None:
    owner = bench.owner("/srv/app/server", uid=1000, user="a", unit="session-3.scope")
    verdict = bench.listener("851/tcp", (owner,))
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["stranger-on-quiet-system-port", "unpackaged-on-system-port", "unprivileged-on-system-port"],
    )
    web = bench.listener("443/tcp", (owner,))
    assert (web.word, rules(web)) == ("unexplained", ["unpackaged-on-system-port"])
    known = bench.owner("/usr/local/bin/caddy", uid=1000, user="caddy", unit="caddy.service")
    assert bench.listener("443/tcp", (known,)).word == "expected"


def test_a_packaged_daemon_whose_file_something_else_replaced(bench: Any) -> None:
    owner = bench.owner("/usr/sbin/sshd", "openssh-server", file=REPLACED)
    verdict = bench.listener("22/tcp", (owner,))
    assert (verdict.word, verdict.standing, verdict.next_step, verdict.settles) == (
        "unresolved",
        "expected",
        "next.verify-package",
        "settle.package",
    )


def test_a_borrowed_name_is_light(bench: Any) -> None:
    owner = bench.owner("/home/a/x", program="sshd")
    verdict = bench.listener("4000/tcp", (owner,), LOOP)
    assert ("borrowed-name" in rules(verdict), verdict.word) == (True, "custom")


@pytest.mark.parametrize(
    ("kind", "path", "package", "word"),
    [
        (RawKind.PACKET, "/opt/x/agent", None, "unresolved"),
        (RawKind.PACKET, "/dev/shm/kdmtmpflush", None, "suspicious"),
        (RawKind.PACKET, "/usr/bin/python3.11", "python3.11-minimal", "unresolved"),
        (RawKind.PACKET, "/tmp/tcpdump", None, "unresolved"),
        (RawKind.PACKET, "/usr/bin/tool", "tool", "unexplained"),
        (RawKind.RAW, "/opt/x/agent", None, "unresolved"),
        (RawKind.RAW, "/tmp/x", None, "suspicious"),
        (RawKind.RAW, "/usr/bin/tool", "tool", "unexplained"),
    ],
)
def test_sockets_below_the_ports(bench: Any, kind: RawKind, path: str, package: str | None, word: str) -> None:
    assert bench.raw(kind, (bench.owner(path, package),)).word == word


def test_a_back_door_on_a_packet_socket_with_its_file_gone(bench: Any) -> None:
    verdict = bench.raw(RawKind.PACKET, (bench.owner("/dev/shm/kdmtmpflush", file=GONE),))
    assert (verdict.word, rules(verdict)) == (
        "suspicious",
        ["packet-socket-of-a-stranger", "executable-in-shared-memory", "executable-in-temporary-place", "file-gone"],
    )


def test_a_socket_below_the_ports_whose_holder_is_out_of_sight(bench: Any) -> None:
    for reason in (Reason.PERMISSION, Reason.NO_OWNER):
        assert bench.raw(RawKind.PACKET, Unknown(reason, "owner")).word == "unresolved"


def test_a_hidden_port_is_suspicious_and_tables_that_disagree_are_asked_about(bench: Any) -> None:
    nobody = Unknown(Reason.NOT_SUPPORTED, "owner")
    verdict = bench.listener("4000/tcp", nobody, state=ListenerState.HIDDEN)
    assert (verdict.word, verdict.next_step, verdict.settles) == ("suspicious", "next.hidden", "settle.hidden")
    verdict = bench.listener("4000/tcp", nobody, state=ListenerState.MISMATCH)
    assert (verdict.word, verdict.next_step, verdict.settles) == ("unresolved", "next.mismatch", "settle.hidden")


def test_a_listed_port_alone_changes_nothing(bench: Any) -> None:
    plain = bench.listener("9998/tcp", (bench.owner("/home/a/x"),), LOOP)
    listed = bench.listener("9999/tcp", (bench.owner("/home/a/x"),), LOOP)
    assert (plain.word, listed.word) == ("custom", "custom")
    assert set(rules(listed)) - set(rules(plain)) == {"port-on-a-malware-list"}


OPEN = [
    ("6379/tcp", "/usr/bin/redis-check-rdb"),
    ("11211/tcp", "/usr/bin/memcached"),
    ("27017/tcp", "/usr/bin/mongod"),
    ("2379/tcp", "/usr/bin/etcd"),
    ("2375/tcp", "/usr/bin/dockerd"),
    ("9200/tcp", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java"),
]


@pytest.mark.parametrize(("port", "path"), OPEN)
def test_a_store_beyond_loopback_is_misconfigured(bench: Any, port: str, path: str) -> None:
    owner = (bench.owner(path, unit="x.service"),)
    assert bench.listener(port, owner, ANY).word == "misconfigured"
    assert bench.listener(port, owner, "192.0.2.7").word == "misconfigured"
    assert bench.listener(port, owner, LOOP).concern == "none"
    private = bench.listener(port, owner, PRIVATE)
    assert private.word == ("misconfigured" if port == "2375/tcp" else private.standing)


@pytest.mark.parametrize(("port", "path"), OPEN[:5])
def test_inside_a_container_every_address_is_ordinary(bench: Any, port: str, path: str) -> None:
    inside = NetworkNamespace("net:[2]", None, 9, is_own=False)
    owner = bench.owner(path, container=Container("docker", "a" * 64), is_claim=True)
    assert bench.listener(port, (owner,), ANY, namespace=inside).word == "expected"


def test_docker_with_tls_is_open_on_purpose(bench: Any) -> None:
    assert bench.listener("2376/tcp", (bench.owner("/usr/bin/dockerd"),), ANY).word == "expected"


def test_a_kubelet_must_be_reached_by_others(bench: Any) -> None:
    verdict = bench.listener("10250/tcp", (bench.owner("/usr/bin/kubelet"),), ANY)
    assert (verdict.word, "kubelet-beyond-loopback" in rules(verdict)) == ("expected", True)


@pytest.mark.parametrize(
    ("debugger", "path", "port"),
    [
        ("node-inspect", "/usr/bin/node", 9230),
        ("jdwp", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java", 5005),
        ("jmx", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java", 9010),
        ("debugpy", "/usr/bin/python3.11", 5678),
    ],
)
def test_a_debugger_beyond_loopback(bench: Any, debugger: str, path: str, port: int) -> None:
    owner = (bench.owner(path, debugger=debugger, debugger_port=port),)
    verdict = bench.listener(f"{port}/tcp", owner)
    assert (verdict.word, verdict.next_step) == ("misconfigured", "next.debugger")
    assert bench.listener(f"{port}/tcp", owner, LOOP).concern == "none"
    assert bench.listener("3001/tcp", owner).concern == "none"


def test_a_debugger_whose_port_the_command_line_does_not_name(bench: Any) -> None:
    owner = (bench.owner("/usr/bin/node", debugger="node-inspect"),)
    assert bench.listener("9229/tcp", owner).word == "misconfigured"
    work = bench.listener("3001/tcp", owner)
    assert (work.concern, "debugger-on-an-unknown-port" in rules(work)) == ("none", True)


@pytest.mark.parametrize("script", ["-m http.server", "/usr/bin/flask", "manage.py", "node_modules/vite/bin/vite.js"])
def test_a_development_server_beyond_loopback(bench: Any, script: str) -> None:
    owner = (bench.owner("/usr/bin/python3.11", "python3.11-minimal", script=script),)
    assert bench.listener("8000/tcp", owner, ANY).word == "misconfigured"
    assert bench.listener("8000/tcp", owner, LOOP).word == "custom"


@pytest.mark.parametrize(("port", "path"), [("100/tcp", "/usr/sbin/sshd"), ("700/tcp", "/usr/sbin/nginx")])
def test_a_known_service_on_a_system_port_of_another(bench: Any, port: str, path: str) -> None:
    verdict = bench.listener(port, (bench.owner(path, "x"),))
    assert (verdict.concern, verdict.next_step) == ("misconfigured", "next.configuration")


def test_whose_holder_may_not_be_seen(bench: Any) -> None:
    unread = Unknown(Reason.PERMISSION, "owner")
    quiet = bench.listener("851/tcp", unread)
    assert (quiet.word, quiet.next_step, quiet.settles) == ("unresolved", "next.root", "settle.owner")
    known = bench.listener("22/tcp", unread)
    assert (known.word, known.next_step, known.settles) == ("unexplained", "next.root", "settle.owner")


def test_what_listens_without_a_holder(bench: Any) -> None:
    verdict = bench.listener("4000/tcp", Unknown(Reason.NO_OWNER, "owner"))
    assert (verdict.word, verdict.next_step, verdict.settles) == ("unresolved", "next.no-owner", "settle.no-owner")


def test_a_quiet_port_somebody_talks_to(bench: Any) -> None:
    verdict = bench.connection("851/tcp", (bench.owner("/usr/bin/curl", "curl"),))
    assert (verdict.word, rules(verdict)) == ("unresolved", ["connection-to-quiet-system-port"])
    inbound = bench.connection("40000/tcp", (bench.owner("/home/a/x"),), Direction.INBOUND, local="851/tcp")
    assert inbound.concern == "none"


def test_inetd_and_systemd_hand_over_sockets_by_design(bench: Any) -> None:
    for activation in (Activation.INETD, Activation.SYSTEMD):
        owner = bench.owner("/usr/bin/dash", "dash", stdin_socket=True, activation=activation)
        assert bench.connection("40000/tcp", (owner,), Direction.INBOUND, local="79/tcp").concern != "suspicious"
