from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.process.activation import (
    find_variable,
    is_for_connection,
    is_inetd,
    is_service_manager,
    mark_handed_over,
    passed_to,
)
from quietport.model.owner import Activation, ExecutableFile, Owner
from quietport.model.unknown import Reason, Unknown

SYSTEMD = "/usr/lib/systemd/systemd"


def owner(pid: int, program: str, executable: str, activation: Activation = Activation.NONE) -> Owner:
    file, started_at = ExecutableFile.PRESENT, "2026-01-01T00:00:00Z"
    return Owner(pid, program, executable, file, 0, "root", started_at, activation=activation)


@pytest.mark.parametrize(
    ("environ", "passed"),
    [
        (b"A=1\0LISTEN_PID=30\0LISTEN_FDS=2\0", True),
        (b"LISTEN_FDS=1\0LISTEN_PID=30", True),
        (b"LISTEN_PID=31\0LISTEN_FDS=1\0", False),
        (b"LISTEN_PID=30\0LISTEN_FDS=0\0", False),
        (b"LISTEN_PID=30\0", False),
        (b"LISTEN_FDS=1\0", False),
        (b"LISTEN_PID=30\0LISTEN_FDS=-1\0", False),
        (b"XLISTEN_PID=30\0LISTEN_FDS=1\0", False),
        (b"A=LISTEN_PID=30\0LISTEN_FDS=1\0", False),
        (b"", False),
    ],
)
def test_variables_that_systemd_sets_for_this_process(environ: bytes, passed: bool) -> None:
    assert passed_to(30, environ) is passed


@pytest.mark.parametrize(
    ("parent", "applet", "found"),
    [
        ("/usr/sbin/inetd", None, True),
        ("/usr/sbin/xinetd", None, True),
        ("/usr/sbin/inetutils-inetd", None, True),
        ("/usr/bin/systemd-socket-activate", None, True),
        ("/bin/busybox", "inetd", True),
        ("/usr/bin/busybox", "tcpsvd", True),
        ("/bin/busybox", "sh", False),
        ("/bin/busybox", None, False),
        ("/tmp/inetd", None, False),
        ("/usr/bin/bash", None, False),
        ("", None, False),
    ],
)
def test_parents_that_are_an_inetd(parent: str, applet: str | None, found: bool) -> None:
    assert is_inetd(parent, applet) is found


@pytest.mark.parametrize(
    ("parent", "unit", "found"),
    [
        (SYSTEMD, "ssh@3-10.0.0.1:22-10.0.0.2:40000.service", True),
        ("/lib/systemd/systemd", "user@1000.service/echo@0-4711-1000.service", True),
        (SYSTEMD, "getty@tty1.service", False),
        (SYSTEMD, "postgresql@15-.service", False),
        (SYSTEMD, "ssh.service", False),
        (SYSTEMD, None, False),
        (SYSTEMD, Unknown(Reason.PERMISSION, "control group of process 30"), False),
        ("/usr/bin/bash", "ssh@3-10.0.0.1:22-10.0.0.2:40000.service", False),
        ("/tmp/lib/systemd/systemd", "ssh@3-10.0.0.1:22-10.0.0.2:40000.service", False),
    ],
)
def test_units_that_serve_one_connection(parent: str, unit: str | Unknown | None, found: bool) -> None:
    assert is_for_connection(parent, unit) is found


def test_a_socket_that_systemd_holds_too_was_handed_over() -> None:
    systemd, sshd = owner(1, "systemd", SYSTEMD), owner(30, "sshd", "/usr/sbin/sshd")
    first, second = mark_handed_over((systemd, sshd))
    assert first is systemd
    assert second == owner(30, "sshd", "/usr/sbin/sshd", Activation.SYSTEMD)


def test_the_manager_of_a_user_hands_over_too() -> None:
    manager, server = owner(900, "systemd", SYSTEMD), owner(901, "server", "/home/a/server")
    assert [found.activation for found in mark_handed_over((manager, server))] == [Activation.NONE, Activation.SYSTEMD]


def test_sockets_that_no_systemd_holds_stay_as_they_are() -> None:
    shared = (owner(30, "nginx", "/usr/sbin/nginx"), owner(31, "nginx", "/usr/sbin/nginx"))
    assert mark_handed_over(shared) is shared
    alone = (owner(1, "systemd", SYSTEMD),)
    assert mark_handed_over(alone) is alone


def test_a_name_alone_makes_no_service_manager() -> None:
    assert not is_service_manager(owner(30, "systemd", "/tmp/systemd"))
    assert not is_service_manager(owner(1, "tini", "/sbin/tini"))
    assert is_service_manager(owner(1, "systemd", "/sbin/init"))


def test_the_first_of_a_name_counts() -> None:
    assert find_variable(b"A=1\0B=2\0A=3\0", b"A") == b"1"
    assert find_variable(b"A=1\0B=\0", b"B") == b""
    assert find_variable(b"A=1", b"C") is None


NAMES = st.binary(min_size=1, max_size=5).filter(lambda name: not set(name) & set(b"=\0"))
VALUES = st.binary(max_size=8).filter(lambda value: b"\0" not in value)


@given(st.dictionaries(NAMES, VALUES, max_size=5), NAMES)
def test_any_variable_is_found_again(variables: dict[bytes, bytes], other: bytes) -> None:
    environ = b"".join(name + b"=" + value + b"\0" for name, value in variables.items())
    assert {name: find_variable(environ, name) for name in variables} == variables
    assert find_variable(environ, other) == variables.get(other)
