"""Who speaks for a socket, and what of that one is known."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from quietport.judge.holder import (
    container_word,
    holds_several,
    least_explained_first,
    package_name,
    package_word,
    program_name,
    speaking_holder,
    unit_word,
    upgrade_word,
)
from quietport.model.owner import Activation, Container, ExecutableFile
from quietport.model.unknown import Reason, Unknown

UNREAD = Unknown(Reason.NOT_LOOKED, "x")


def test_the_first_holder_speaks_where_none_is_odd(bench: Any) -> None:
    first, second = (bench.owner("/usr/sbin/nginx", pid=pid) for pid in (1, 2))
    assert speaking_holder((first, second)) is first
    assert speaking_holder((first,)) is first
    assert speaking_holder(()) is None
    assert speaking_holder(UNREAD) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"executable": "/tmp/x"},
        {"executable": "/memfd:x"},
        {"executable": "/usr/sbin/nginx", "file": ExecutableFile.GONE},
        {"executable": "/home/a/x", "program": "kworker/0:1"},
        {"executable": "/usr/bin/bash", "stdin_socket": True},
    ],
)
def test_the_oddest_holder_speaks_for_all(bench: Any, odd: dict[str, Any]) -> None:
    plain = bench.owner("/usr/sbin/nginx", pid=100)
    strange = bench.owner(**odd, pid=900)
    assert speaking_holder((plain, strange)) is strange
    assert speaking_holder((strange, plain)) is strange


def test_a_shell_that_inherited_a_socket_does_not_speak_for_a_daemon(bench: Any) -> None:
    daemon, shell = bench.owner("/usr/sbin/nginx", pid=100), bench.owner("/usr/bin/bash", pid=900)
    handed = bench.owner("/usr/bin/bash", pid=900, stdin_socket=True, activation=Activation.INETD)
    assert speaking_holder((daemon, shell)) is daemon
    assert speaking_holder((daemon, handed)) is daemon


def test_a_super_server_speaks_only_for_itself(bench: Any) -> None:
    init, served = bench.owner("/usr/lib/systemd/systemd", pid=1), bench.owner("/usr/sbin/cupsd", pid=9)
    assert speaking_holder((init, served)) is served
    assert speaking_holder((init, init)) is init
    assert holds_several((init, served)) is False


def test_different_programs_on_one_socket(bench: Any) -> None:
    one, two = bench.owner("/usr/sbin/nginx"), bench.owner("/usr/bin/x")
    unread = bench.owner(UNREAD)
    held = ((one, two), (one, one), (one, unread), (one,), (), UNREAD)
    assert [holds_several(owners) for owners in held] == [True, *[False] * 5]


def test_packages(bench: Any) -> None:
    owned, claimed = (bench.owner("/usr/bin/x", "x", is_claim=is_claim) for is_claim in (False, True))
    none, unread = bench.owner("/usr/bin/x"), bench.owner("/usr/bin/x", package_is=UNREAD)
    assert [package_word(one) for one in (owned, claimed, none, unread, None)] == [
        "owned",
        "claimed",
        "none",
        "unread",
        "unread",
    ]
    assert [package_name(one) for one in (owned, claimed, none, unread, None)] == ["x", None, None, None, None]


@pytest.mark.parametrize(
    ("changed", "started", "word"),
    [
        ("2026-11-24T06:25:00Z", "2026-11-20T08:00:00Z", "after-start"),
        ("2026-11-20T08:00:00.731Z", "2026-11-20T08:00:00Z", "after-start"),
        ("2026-11-20T07:59:59Z", "2026-11-20T08:00:00Z", "before-start"),
        (None, "2026-11-20T08:00:00Z", "unread"),
        (UNREAD, "2026-11-20T08:00:00Z", "unread"),
        ("2026-11-20T07:59:59Z", UNREAD, "unread"),
    ],
)
def test_whether_the_package_changed_since(bench: Any, changed: Any, started: Any, word: str) -> None:
    assert upgrade_word(bench.owner("/usr/bin/x", "x", changed_at=changed, started_at=started)) == word
    assert upgrade_word(bench.owner("/usr/bin/x", started_at=started)) == "unread"
    assert upgrade_word(None) == "unread"


@pytest.mark.parametrize(
    ("unit", "word"),
    [
        ("ssh.service", "service"),
        ("getty@tty1.service", "service"),
        ("session-3.scope", "session"),
        ("user@1000.service", "session"),
        ("init.scope", "other"),
        ("docker.socket", "other"),
        (None, "none"),
        (UNREAD, "unread"),
    ],
)
def test_what_keeps_a_process(bench: Any, unit: Any, word: str) -> None:
    assert unit_word(bench.owner("/usr/bin/x", unit=unit)) == word


def test_containers(bench: Any) -> None:
    found = [bench.owner("/x", container=one) for one in (Container("docker", "a"), None, UNREAD)]
    assert [container_word(one) for one in (*found, None)] == ["yes", "no", "unread", "unread"]


def test_a_backslash_parts_a_path_of_windows_only(bench: Any) -> None:
    paths = ["/opt/agent/x\\sshd", "C:\\Program Files\\x\\sshd.exe", "\\\\host\\share\\sshd.exe", "/usr/sbin/sshd"]
    found = [program_name(bench.owner(path)) for path in paths]
    assert found == ["x\\sshd", "sshd.exe", "sshd.exe", "sshd"]


def test_of_different_programs_on_a_port_the_least_explained_speaks_whatever_the_order(bench: Any) -> None:
    known = bench.owner("/usr/sbin/nginx", "nginx", pid=100)
    packaged, stranger = bench.owner("/usr/bin/x", "x", pid=200), bench.owner("/opt/x/agent", pid=300)
    script = bench.owner("/usr/bin/python3.11", "python3.11-minimal", pid=50)
    for owners in itertools.permutations((known, packaged, stranger, script)):
        assert least_explained_first(owners, lambda owner: owner is known) == (script, stranger, packaged, known)
        assert speaking_holder(least_explained_first(owners, lambda owner: owner is script)) is stranger
    unread = bench.owner(UNREAD, pid=1)
    assert least_explained_first((unread, known), lambda _: True) == (known, unread)


def test_a_relay_that_gives_a_shell_speaks_for_all(bench: Any) -> None:
    server, relay = bench.owner("/usr/sbin/nginx", pid=1), bench.owner("/usr/bin/ncat", runs_shell=True, pid=9)
    assert speaking_holder((server, relay)) is relay
