from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from quietport.host.process.owners import OwnerReader
from quietport.model.owner import NOT_LOOKED, Activation, Ancestor, Container, ExecutableFile, Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def read(proc: FakeProc, pid: int) -> Owner:
    owner = OwnerReader(str(proc)).find_owner(pid)
    assert owner is not None
    return owner


def test_a_process_and_every_fact_about_it(proc: FakeProc) -> None:
    proc.add(20, comm="systemd")
    proc.add(
        30,
        "/dev/null",
        comm="node",
        executable="/usr/bin/node",
        starttime=100 * 3600,
        ppid=20,
        command=b"node\0--inspect\0/srv/app.js\0--token\0x\0",
        environ=b"LISTEN_PID=30\0LISTEN_FDS=1\0",
        cgroup=b"0::/system.slice/app.service\n",
    )
    os.chown(proc.root / "30", os.getuid(), -1)
    import pwd  # noqa: PLC0415 - absent on Windows

    uid = os.getuid()
    owner = OwnerReader(str(proc), with_command=True).find_owner(30)
    assert owner == Owner(
        pid=30,
        program="node",
        executable="/usr/bin/node",
        file=ExecutableFile.PRESENT,
        uid=uid,
        user=pwd.getpwuid(uid).pw_name,
        started_at="2026-08-17T01:00:00Z",
        ancestors=(Ancestor(20, "systemd"), Ancestor(1, "init")),
        command=("node", "--inspect", "/srv/app.js", "--token", "***"),
        script="/srv/app.js",
        unit="app.service",
        container=None,
        package=NOT_LOOKED,
        activation=Activation.SYSTEMD,
        stdin_socket=False,
        debugger="node-inspect",
        debugger_port=9229,
        runs_shell=False,
    )


def test_a_command_line_is_kept_only_where_it_was_asked_for(proc: FakeProc) -> None:
    proc.add(30, executable="/usr/bin/python3.11", command=b"python3\0app.py\0")
    owner = read(proc, 30)
    assert (owner.command, owner.script) == (NOT_LOOKED, "app.py")


def test_each_file_is_opened_at_most_once(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    for pid in (30, 31):
        proc.add(pid, executable="/usr/bin/python3.11", command=b"python3\0app.py\0", environ=b"A=1\0")
    reader = OwnerReader(str(proc), with_command=True)
    opened: list[str] = []
    real = os.open

    def noting(path: Any, *args: Any, **kwargs: Any) -> int:
        opened.append(str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", noting)
    for _ in range(3):
        reader.find_owner(30)
        reader.find_owner(31)
    names = ("stat", "cgroup", "cmdline", "environ")
    expected = [f"{proc}/{pid}/{name}" for pid in (30, 31) for name in names] + [f"{proc}/1/stat"]
    assert sorted(opened) == sorted(expected)


def test_a_container_and_the_unit_above_it(proc: FakeProc, tmp_path: Path) -> None:
    identifier = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
    proc.add(30, cgroup=f"0::/system.slice/web.service/libpod-payload-{identifier}\n".encode())
    storage = tmp_path / "host" / "var" / "lib" / "containers" / "storage" / "overlay-containers"
    storage.mkdir(parents=True)
    (storage / "containers.json").write_text(f'[{{"id": "{identifier}", "names": ["web"]}}]')
    owner = OwnerReader(str(proc), root=str(tmp_path / "host")).find_owner(30)
    assert owner is not None
    assert (owner.unit, owner.container) == ("web.service", Container("podman", identifier, "web"))


@pytest.mark.parametrize(
    ("parent", "command", "cgroup", "activation"),
    [
        ("/usr/sbin/inetd", b"", b"0::/system.slice/inetd.service\n", Activation.INETD),
        ("/bin/busybox", b"busybox\0inetd\0", b"0::/\n", Activation.INETD),
        ("/bin/busybox", b"/usr/sbin/inetd\0", b"0::/\n", Activation.INETD),
        ("/bin/busybox", b"sh\0-i\0", b"0::/\n", Activation.NONE),
        ("/tmp/inetd", b"", b"0::/\n", Activation.NONE),
        ("/usr/lib/systemd/systemd", b"", b"0::/system.slice/echo@3-1.2.3.4:7-5.6.7.8:9.service\n", Activation.SYSTEMD),
        ("/usr/lib/systemd/systemd", b"", b"0::/system.slice/echo.service\n", Activation.NONE),
        ("/usr/bin/bash", b"", b"0::/system.slice/echo@3-1.2.3.4:7-5.6.7.8:9.service\n", Activation.NONE),
        (None, b"", b"0::/\n", Activation.NONE),
    ],
)
def test_a_socket_as_standard_input_and_who_put_it_there(
    proc: FakeProc, parent: str | None, command: bytes, cgroup: bytes, activation: Activation
) -> None:
    proc.add(20, executable=parent, command=command)
    proc.add(30, "socket:[41]", ppid=20, cgroup=cgroup)
    (proc.root / "30" / "net").mkdir()
    (proc.root / "30" / "net" / "tcp").write_text("0: 0100007F:0007 00000000:0000 01 0:0 0:0 0 0 0 41\n")
    owner = read(proc, 30)
    assert (owner.stdin_socket, owner.activation) == (True, activation)


def test_variables_of_a_pid_namespace_of_its_own(proc: FakeProc) -> None:
    """Podman passes sockets on to process 1 of the container."""
    proc.add(30, environ=b"LISTEN_PID=1\0LISTEN_FDS=1\0")
    proc.add(31, environ=b"LISTEN_PID=1\0LISTEN_FDS=1\0")
    (proc.root / "30" / "status").write_text("Name:\tprog\nNSpid:\t30\t1\nNSpgid:\t30\t1\n")
    (proc.root / "31" / "status").write_text("Name:\tprog\nNSpid:\t31\t7\n")
    assert [read(proc, pid).activation for pid in (30, 31)] == [Activation.SYSTEMD, Activation.NONE]


def test_what_may_not_be_read_is_unknown_with_its_reason(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    proc.add(30, executable="/usr/bin/python3.11", command=b"python3\0app.py\0")
    real = os.open

    def refusing(path: Any, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith(("/environ", "/cgroup", "/cmdline")):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refusing)
    owner = OwnerReader(str(proc), with_command=True).find_owner(30)
    assert owner is not None

    def unknown(what: str) -> Unknown:
        return Unknown(Reason.PERMISSION, f"{what} of process 30")

    assert (owner.unit, owner.container) == (unknown("control group"), unknown("control group"))
    assert (owner.command, owner.script, owner.debugger) == (unknown("command"), unknown("script"), unknown("debugger"))
    assert owner.activation == unknown("activation")


def test_a_user_without_a_name(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    proc.add(30)
    real = os.stat

    def of_another_user(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
        status = list(real(path, *args, **kwargs))
        status[4] = 4_000_000_123
        return os.stat_result(status)

    monkeypatch.setattr(os, "stat", of_another_user)
    owner = read(proc, 30)
    assert (owner.uid, owner.user) == (4_000_000_123, None)


def test_a_name_may_hold_anything(proc: FakeProc) -> None:
    proc.add(30, comm="a) R 1 (b\n")
    stat = (proc.root / "30" / "stat").read_bytes()
    (proc.root / "30" / "stat").write_bytes(stat.replace(b"a) R 1 (b\n", b"a) R\x1b[2J\xff"))
    owner = read(proc, 30)
    assert (owner.program, owner.started_at) == ("a) R\x1b[2J\\xff", "2026-08-17T01:00:00Z")


def test_an_unlinked_executable_is_deleted(proc: FakeProc) -> None:
    proc.add(30, executable="/usr/bin/prog (deleted)")
    owner = read(proc, 30)
    assert (owner.executable, owner.file) == ("/usr/bin/prog", ExecutableFile.GONE)


def test_a_file_that_is_really_called_deleted_is_not(proc: FakeProc, tmp_path: Path) -> None:
    path = tmp_path / "prog (deleted)"
    path.touch()
    proc.add(30, executable=str(path))
    owner = read(proc, 30)
    assert (owner.executable, owner.file) == (str(path), ExecutableFile.PRESENT)


def test_a_kernel_thread_has_no_executable(proc: FakeProc) -> None:
    proc.add(30, comm="nfsd", executable=None, flags=0x0020_8040)
    owner = read(proc, 30)
    assert (owner.executable, owner.script, owner.unit, owner.activation) == (None, None, None, Activation.NONE)


def test_an_executable_that_has_gone_is_not_known(proc: FakeProc) -> None:
    proc.add(30, executable=None)
    assert read(proc, 30).executable == Unknown(Reason.EXITED, "executable of process 30")


def test_an_executable_that_may_not_be_read(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> str:
        raise PermissionError(13, "Permission denied", path)

    proc.add(30)
    monkeypatch.setattr(os, "readlink", refuse)
    assert read(proc, 30).executable == Unknown(Reason.PERMISSION, "executable of process 30")


def test_a_process_that_has_ended_is_nobody(proc: FakeProc) -> None:
    assert OwnerReader(str(proc)).find_owner(31) is None


def test_a_start_that_cannot_be_told(proc: FakeProc) -> None:
    proc.add(30)
    proc.add(31, starttime=10**30)
    (proc.root / "30" / "stat").write_text("30 (prog")
    assert [read(proc, pid).started_at for pid in (30, 31)] == [
        Unknown(Reason.EXITED, "start of process 30"),
        Unknown(Reason.NOT_SUPPORTED, "start of process 31"),
    ]
    (proc.root / "stat").unlink()
    assert read(proc, 31).started_at == Unknown(Reason.NOT_SUPPORTED, "start of process 31")


AS_NOBODY = """
import os, sys, msgspec
from quietport.host.process.owners import OwnerReader
assert OwnerReader("/proc").find_owner(os.getppid()) is not None, "everything is imported before the user changes"
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
sys.stdout.buffer.write(msgspec.json.encode(OwnerReader("/proc").find_owner(os.getppid())))
"""


def test_another_user_sees_less_and_is_told_so() -> None:
    """A user may read name, control group and parents of root's processes, and nothing behind links."""
    if os.geteuid():
        pytest.skip("only root can become another user")
    done = subprocess.run([sys.executable, "-c", AS_NOBODY], capture_output=True, check=True, timeout=60)
    owner = msgspec.json.decode(done.stdout)
    reasons = {name: value["reason"] for name, value in owner.items() if isinstance(value, dict) and "reason" in value}
    assert reasons == {
        "executable": "permission",
        "file": "permission",
        "script": "permission",
        "debugger": "permission",
        "debugger_port": "permission",
        "activation": "permission",
        "stdin_socket": "permission",
        "runs_shell": "permission",
        "command": "not-looked",
        "package": "not-looked",
    }
    assert (owner["uid"], owner["ancestors"][0]["pid"]) == (0, os.getppid())
