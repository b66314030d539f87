from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from quietport.host.owners import OwnerReader
from quietport.model.owner import ExecutableFile, Owner
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
    proc.add(30, comm="sshd", executable="/usr/sbin/sshd", starttime=100 * 3600)
    os.chown(proc.root / "30", os.getuid(), -1)
    import pwd  # noqa: PLC0415 - absent on Windows

    uid = os.getuid()
    user = pwd.getpwuid(uid).pw_name
    assert read(proc, 30) == Owner(
        30, "sshd", "/usr/sbin/sshd", ExecutableFile.PRESENT, uid, user, "2026-08-17T01:00:00Z"
    )


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
    (proc.root / "30" / "comm").write_bytes(b"a) R\x1b[2J\xff\n")
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
    assert read(proc, 30).executable is None


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
