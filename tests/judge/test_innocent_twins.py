"""What looks like malware and is not: none of it may be called suspicious."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.model.declaration import Declaration, Expired
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, Container, ExecutableFile
from quietport.model.port import PortRange, Transport

ANY, LOOP = "0.0.0.0", "127.0.0.1"
GONE, MEMORY = ExecutableFile.GONE, ExecutableFile.MEMORY
GO_RUN = "/tmp/go-build2718281828/b001/exe/main"
INSIDE = NetworkNamespace("net:[2]", None, 9, is_own=False)
DOCKER = Container("docker", "c" * 64, "web", "nginx:1.25")


@pytest.mark.parametrize("address", [ANY, LOOP])
@pytest.mark.parametrize("port", ["8080/tcp", "4444/tcp", "9999/tcp", "50123/tcp"])
@pytest.mark.parametrize(
    ("path", "file"),
    [
        (GO_RUN, ExecutableFile.PRESENT),
        (GO_RUN, GONE),
        ("/tmp/.mount_ObsidiXb2k1/obsidian", ExecutableFile.PRESENT),
        ("/tmp/.mount_ObsidiXb2k1/usr/bin/obsidian", GONE),
        ("/memfd:runc_cloned:/proc/self/exe", MEMORY),
        ("/memfd:appimage", MEMORY),
    ],
)
def test_go_run_appimage_and_runc(bench: Any, path: str, file: ExecutableFile, port: str, address: str) -> None:
    owner = bench.owner(path, file=file, uid=1000, user="a", unit="session-3.scope")
    assert bench.listener(port, (owner,), address).concern in {"none", "unresolved"}


@pytest.mark.parametrize("activation", [Activation.INETD, Activation.SYSTEMD])
@pytest.mark.parametrize(
    "path", ["/usr/bin/dash", "/usr/bin/python3.11", "/usr/bin/busybox", "/usr/lib/git-core/git-daemon"]
)
def test_services_of_inetd_and_of_accept_yes(bench: Any, path: str, activation: Activation) -> None:
    owner = bench.owner(path, "x", stdin_socket=True, activation=activation, unit="git@3.service")
    assert bench.listener("9418/tcp", (owner,)).concern in {"none", "unresolved"}


@pytest.mark.parametrize(
    ("port", "path"),
    [
        ("80/tcp", "/usr/sbin/nginx"),
        ("5432/tcp", "/usr/lib/postgresql/16/bin/postgres"),
        ("6379/tcp", "/usr/local/bin/redis-server"),
    ],
)
@pytest.mark.parametrize("file", [ExecutableFile.PRESENT, ExecutableFile.REPLACED, GONE])
def test_a_packaged_program_in_a_container(bench: Any, port: str, path: str, file: ExecutableFile) -> None:
    owner = bench.owner(path, "x", is_claim=True, container=DOCKER, file=file, changed_at="2026-01-01T00:00:00Z")
    verdict = bench.listener(port, (owner,), namespace=INSIDE)
    assert (verdict.standing, verdict.concern) == ("expected", "none")


def test_an_application_in_a_container(bench: Any) -> None:
    owner = bench.owner("/app/server", container=DOCKER)
    assert bench.listener("8443/tcp", (owner,), namespace=INSIDE).word == "custom"


def test_what_a_container_says_of_its_packages_is_a_claim(bench: Any) -> None:
    own, claimed = (
        bench.listener("80/tcp", (bench.owner("/usr/sbin/nginx", "nginx", is_claim=is_claim),))
        for is_claim in (False, True)
    )
    assert [piece.rule for piece in own.evidence] == ["registered-name-agrees", "packaged-daemon-on-its-port"]
    assert [piece.rule for piece in claimed.evidence] == ["registered-name-agrees"]


@pytest.mark.parametrize(
    "path",
    [
        "/home/a/.local/bin/jupyter",
        "/home/a/.nvm/versions/node/v22.1.0/bin/node",
        "/home/a/.vscode-server/bin/x/node",
        "/home/a/.cargo/bin/app",
        "/nix/store/abc-nginx-1.25/bin/.nginx-wrapped",
    ],
)
def test_tools_in_folders_with_a_dot(bench: Any, path: str) -> None:
    assert bench.listener("50123/tcp", (bench.owner(path),), LOOP).concern == "none"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/usr/lib/postgresql/15/bin/postgres", "postgres"),
        ("/usr/bin/busybox", "httpd"),
        ("/usr/bin/python3.11", "redis-server"),
        ("/usr/lib/openssh/sshd-session", "sshd-session"),
        ("/usr/sbin/mariadbd", "mysqld"),
        ("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "java"),
        ("/usr/sbin/irqbalance", "irqbalance"),
        ("/usr/lib/systemd/systemd", "(sd-pam)"),
        ("/usr/bin/redis-check-rdb", "redis-server"),
    ],
)
def test_programs_that_name_themselves(bench: Any, path: str, name: str) -> None:
    verdict = bench.listener("50123/tcp", (bench.owner(path, "x", program=name),), LOOP)
    assert [piece.rule for piece in verdict.evidence if piece.speaks_for == "suspicious"] == []


def test_the_kernels_own_threads_are_what_they_are_called(bench: Any) -> None:
    assert bench.listener("4789/udp", (bench.owner(None, program="kworker/0:1"),)).word == "expected"


def test_a_daemon_that_shares_its_socket_with_its_own_workers(bench: Any) -> None:
    workers = tuple(bench.owner("/usr/sbin/nginx", "nginx", pid=100 + n) for n in range(8))
    assert [piece.rule for piece in bench.listener("80/tcp", workers).evidence] == [
        "registered-name-agrees",
        "packaged-daemon-on-its-port",
    ]


DECLARED = Declaration(
    Transport.TCP, PortRange(6379, 6379), "cache of the shop", "/etc/quietport.toml", 12, until="2026-12-31"
)


def test_a_declared_redis_open_to_the_world_is_both(bench: Any) -> None:
    verdict = bench.listener("6379/tcp", (bench.owner("/usr/bin/redis-check-rdb"),), ANY, declaration=DECLARED)
    assert (verdict.standing, verdict.concern, verdict.word) == ("declared", "misconfigured", "misconfigured")


def test_a_declaration_never_cancels_evidence_about_integrity(bench: Any) -> None:
    for owner in (
        bench.owner("/tmp/x", file=GONE),
        bench.owner("/home/a/x", program="kworker/0:1"),
        bench.owner("/usr/bin/bash", "bash", stdin_socket=True),
    ):
        plain = bench.listener("6379/tcp", (owner,))
        declared = bench.listener("6379/tcp", (owner,), declaration=DECLARED)
        assert (plain.concern, declared.concern, declared.standing) == ("suspicious", "suspicious", "declared")


def test_a_declaration_that_has_ended_is_told_and_declares_nothing(bench: Any) -> None:
    owner = (bench.owner("/usr/bin/redis-check-rdb"),)
    verdict = bench.listener("6379/tcp", owner, LOOP, declaration=Expired(DECLARED))
    assert (verdict.standing, verdict.concern, verdict.next_step) == ("expected", "none", "next.declare-again")
    said = next(piece for piece in verdict.evidence if piece.rule == "declaration-expired")
    assert (said.values["until"], said.values["policy"]) == ("2026-12-31", "/etc/quietport.toml:12")


@pytest.mark.parametrize("path", [GO_RUN, "/tmp/.mount_ObsidiXb2k1/obsidian"])
def test_what_was_built_or_mounted_and_run_is_an_application_of_somebodys(bench: Any, path: str) -> None:
    owner = (bench.owner(path, uid=1000, user="a", unit="session-3.scope"),)
    assert bench.listener("8080/tcp", owner, LOOP).word == "custom"
    assert bench.listener("8080/tcp", owner, ANY).word == "unresolved"
    assert bench.listener("8080/tcp", (bench.owner("/tmp/build/main"),), LOOP).word == "unresolved"


@pytest.mark.parametrize("unit", [None, "app.service"])
@pytest.mark.parametrize("address", [ANY, LOOP])
def test_the_near_end_of_a_question_is_no_service(bench: Any, unit: str | None, address: str) -> None:
    for owner in (
        bench.owner("/usr/bin/python3.11", "python3.11-minimal", script="/srv/app.py", unit=unit),
        bench.owner("/opt/app/bin/app", unit=unit),
        bench.owner("/usr/bin/chronyd-x", "chrony", unit=unit),
    ):
        assert bench.listener("50123/udp", (owner,), address).word == "expected"
        assert bench.listener("28125/udp", (owner,), address).word == "custom"


def test_a_debugger_at_its_own_port_on_this_machine_alone(bench: Any) -> None:
    for unit in (None, "session-3.scope", "app.service"):
        owner = bench.owner(
            "/usr/bin/node", "nodejs", debugger="node-inspect", debugger_port=9229, script="-e", unit=unit
        )
        assert bench.listener("9229/tcp", (owner,), LOOP).word == "expected"


@pytest.mark.parametrize("port", ["5353/udp", "1900/udp"])
def test_programs_of_one_desktop_share_the_ports_of_multicast(bench: Any, port: str) -> None:
    browser = bench.owner("/opt/google/chrome/chrome", "google-chrome-stable", uid=1000, pid=300)
    player = bench.owner("/snap/spotify/89/usr/share/spotify/spotify", uid=1000, pid=400)
    verdict = bench.listener(port, (browser, player), sockets=2)
    assert verdict.concern == "none"
