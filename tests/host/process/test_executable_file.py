from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietport.host.process.executable_file import Executable, read_executable
from quietport.model.owner import ExecutableFile
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def read(proc: FakeProc, pid: int, *, is_kernel_thread: bool = False) -> Executable:
    return read_executable(str(proc), pid, is_kernel_thread=is_kernel_thread)


@contextlib.contextmanager
def running(*command: str, executable: str | None = None) -> Iterator[int]:
    """Run a program until its own code runs, which is when its link names it."""
    with subprocess.Popen(command, executable=executable, close_fds=False) as child:
        try:
            for _ in range(500):
                if Path(f"/proc/{child.pid}/exe").readlink() != Path("/proc/self/exe").readlink():
                    break
                time.sleep(0.01)
            yield child.pid
        finally:
            child.kill()


def copy_of_sleep(path: Path) -> str:
    source = shutil.which("sleep")
    assert source is not None
    shutil.copy(source, path)
    return str(path)


def test_a_file_that_is_there(tmp_path: Path) -> None:
    path = copy_of_sleep(tmp_path / "server")
    with running(path, "60") as pid:
        assert read_executable("/proc", pid, is_kernel_thread=False) == (path, ExecutableFile.PRESENT)


def test_a_file_that_an_upgrade_replaced(tmp_path: Path) -> None:
    path = copy_of_sleep(tmp_path / "server")
    with running(path, "60") as pid:
        Path(copy_of_sleep(tmp_path / "server.dpkg-new")).rename(path)
        assert read_executable("/proc", pid, is_kernel_thread=False) == (path, ExecutableFile.REPLACED)


def test_a_file_that_is_deleted_for_good(tmp_path: Path) -> None:
    path = copy_of_sleep(tmp_path / "server")
    with running(path, "60") as pid:
        Path(path).unlink()
        assert read_executable("/proc", pid, is_kernel_thread=False) == (path, ExecutableFile.GONE)


def test_a_file_whose_name_ends_so(tmp_path: Path) -> None:
    path = copy_of_sleep(tmp_path / "server (deleted)")
    with running(path, "60") as pid:
        assert read_executable("/proc", pid, is_kernel_thread=False) == (path, ExecutableFile.PRESENT)
        Path(path).unlink()
        assert read_executable("/proc", pid, is_kernel_thread=False) == (path, ExecutableFile.GONE)


def test_a_file_in_memory(tmp_path: Path) -> None:
    program = Path(copy_of_sleep(tmp_path / "server")).read_bytes()
    descriptor = os.memfd_create("kworker", 0)
    try:
        os.write(descriptor, program)
        with running("kworker", "60", executable=f"/proc/self/fd/{descriptor}") as pid:
            assert read_executable("/proc", pid, is_kernel_thread=False) == ("/memfd:kworker", ExecutableFile.MEMORY)
    finally:
        os.close(descriptor)


@pytest.mark.needs("busybox")
def test_a_daemon_that_went_into_a_directory_of_its_own(tmp_path: Path) -> None:
    """The name begins at the top, and not where the process has its root."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("busybox is not installed")
    if os.geteuid():
        pytest.skip("chroot(2) is for root")
    path = tmp_path / "busybox"
    shutil.copy(busybox, path)
    with running("chroot", str(tmp_path), "/busybox", "sleep", "60") as pid:
        for _ in range(500):
            if Path(f"/proc/{pid}/exe").readlink() == path:
                break
            time.sleep(0.01)
        shutil.copy(busybox, tmp_path / "new")
        (tmp_path / "new").rename(path)
        assert read_executable("/proc", pid, is_kernel_thread=False) == (str(path), ExecutableFile.REPLACED)
        path.unlink()
        assert read_executable("/proc", pid, is_kernel_thread=False) == (str(path), ExecutableFile.GONE)


@pytest.mark.parametrize("ending", [".dpkg-new", ".dpkg-tmp"])
def test_a_name_that_dpkg_gave_it_for_a_moment(proc: FakeProc, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "python3.12"
    proc.add(30, executable=f"{path}{ending} (deleted)")
    assert read(proc, 30) == (f"{path}{ending}", ExecutableFile.GONE)
    path.touch()
    assert read(proc, 30) == (str(path), ExecutableFile.REPLACED)


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        ("/memfd:runc_cloned:/proc/self/exe (deleted)", ("/memfd:runc_cloned:/proc/self/exe", ExecutableFile.MEMORY)),
        ("/memfd: (deleted)", ("/memfd:", ExecutableFile.MEMORY)),
        ("/memfd:x", ("/memfd:x", ExecutableFile.PRESENT)),
        ("/tmp/.mount_AppABC123/usr/bin/app", ("/tmp/.mount_AppABC123/usr/bin/app", ExecutableFile.PRESENT)),
        ("/nowhere/prog (deleted)", ("/nowhere/prog", ExecutableFile.GONE)),
    ],
)
def test_links_as_the_kernel_writes_them(proc: FakeProc, link: str, answer: Executable) -> None:
    proc.add(30, executable=link)
    assert read(proc, 30) == answer


def test_bytes_that_are_no_text(proc: FakeProc) -> None:
    proc.add(30, executable=None)
    (proc.root / "30" / "exe").symlink_to(os.fsdecode(b"/opt/\xff\x1b[2J"))
    assert read(proc, 30) == ("/opt/\\xff\x1b[2J", ExecutableFile.PRESENT)


def test_a_thread_of_the_kernel_has_none(proc: FakeProc) -> None:
    proc.add(30, executable=None)
    assert read(proc, 30, is_kernel_thread=True) == (None, ExecutableFile.PRESENT)


def test_why_it_is_not_known(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    proc.add(30, executable=None)
    gone = Unknown(Reason.EXITED, "executable of process 30")
    assert read(proc, 30) == (gone, gone)

    def refuse(path: object) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "readlink", refuse)
    refused = Unknown(Reason.PERMISSION, "executable of process 30")
    assert read(proc, 30, is_kernel_thread=True) == (refused, refused)
