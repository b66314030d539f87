"""The verdict on a port that different programs share, whatever their pids."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from quietport.model.door import DoorRun
from quietport.model.listener import Family, ListenerRun, ListenerState
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import PortRange, Transport
from quietport.policy.policy import Policy
from quietport.registry.snapshot import Registry
from quietport.survey.bench import Bench

HERE = NetworkNamespace("net:[1]", None, 1, is_own=True)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Return a bench with the registry that ships."""
    with Registry() as registry:
        yield Bench(registry, PortRange(32768, 60999), Policy((), ()), "host", "2026-11-25")


def owner(path: str, package: str | None, pid: int) -> Owner:
    return Owner(
        pid, path.rpartition("/")[2], path, ExecutableFile.PRESENT, 0, "root", "2026-11-20T08:00:00Z", (), (), None,
        None, None, package and Package("dpkg", package, "1", is_claim=False), Activation.NONE,
        stdin_socket=False, debugger=None, debugger_port=None, runs_shell=False,
    )  # fmt: skip


def judged(bench: Bench, owners: tuple[Owner, ...], number: int) -> DoorRun:
    run = ListenerRun(
        "0.0.0.0", Transport.TCP, Family.IPV4, ListenerState.LISTENING, None, 0, len(owners), owners, HERE, (number,),
        is_lite=False,
    )  # fmt: skip
    (door,) = bench.judge_run(run)
    return door


@pytest.mark.parametrize(
    ("number", "speaks"),
    [(22, "/usr/sbin/nginx"), (80, "/usr/sbin/sshd")],
)
def test_whoever_the_port_is_not_known_for_speaks(bench: Bench, number: int, speaks: str) -> None:
    programs = [("/usr/sbin/nginx", "nginx"), ("/usr/sbin/sshd", "openssh-server")]
    for pids in itertools.permutations((100, 200)):
        owners = sorted((owner(*told, pid) for told, pid in zip(programs, pids, strict=True)), key=lambda one: one.pid)
        door = judged(bench, tuple(owners), number)
        assert (door.program, door.run.owners[0].executable) == (speaks, speaks)
        assert door.verdict.concern != "none"


def test_a_guest_speaks_for_a_web_server_in_any_order(bench: Bench) -> None:
    programs = [("/usr/sbin/nginx", "nginx"), ("/usr/bin/python3.11", "python3.11-minimal"), ("/opt/x/agent", None)]
    doors = []
    for pids in itertools.permutations((100, 200, 300)):
        owners = sorted((owner(*told, pid) for told, pid in zip(programs, pids, strict=True)), key=lambda one: one.pid)
        doors.append(judged(bench, tuple(owners), 8080))
    assert [(door.program, door.verdict) for door in doors] == [("/usr/bin/python3.11", doors[0].verdict)] * 6
