"""Packages of running programs: ours, those of services with mounts of their own, of containers and of jails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietport.host.package.finder import find_here, find_packages
from quietport.host.process.owners import OwnerReader
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

CHANGED = "2026-08-17T00:00:00Z"
NGINX = Package("dpkg", "nginx", "1.22.1-9", False, CHANGED)
NGINX_CLAIM = Package("dpkg", "nginx", "1.22.1-9", True, CHANGED)


def make_debian(root: Path, paths: str = "/usr/sbin/nginx\n") -> None:
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text("Package: nginx\nVersion: 1.22.1-9\n")
    (info / "nginx.list").write_text(paths)
    os.utime(info / "nginx.list", (0, 1_786_924_800))


def make_owner(pid: int, executable: str | Unknown | None, file: ExecutableFile = ExecutableFile.PRESENT) -> Owner:
    return Owner(pid, "x", executable, file, 0, "root", "2026-08-17T01:00:00Z")


def test_every_kind_of_owner(proc: FakeProc, tmp_path: Path) -> None:
    root = tmp_path / "host"
    make_debian(root)
    hidden = Unknown(Reason.PERMISSION, "executable of process 5")
    owners = [
        make_owner(1, "/usr/sbin/nginx"),
        make_owner(2, "/usr/sbin/nginx", ExecutableFile.REPLACED),
        make_owner(3, "/opt/app"),
        make_owner(4, None),
        make_owner(5, hidden),
        make_owner(6, "/memfd:x", ExecutableFile.MEMORY),
    ]
    assert find_packages(owners, str(proc), str(root)) == {
        1: NGINX,
        2: NGINX,
        3: None,
        4: None,
        5: Unknown(Reason.PERMISSION, "package of process 5"),
        6: None,
    }


def test_no_owners_and_no_root(proc: FakeProc, tmp_path: Path) -> None:
    assert find_packages([], str(proc), str(tmp_path)) == {}
    assert find_packages([make_owner(1, "/x")], str(proc), str(tmp_path / "none")) == {
        1: Unknown(Reason.NOT_SUPPORTED, "root directory")
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="it takes root to make what only root can write")
def test_what_a_path_names_needs_no_database(tmp_path: Path) -> None:
    (tmp_path / "snap/lxd/24322/bin").mkdir(parents=True)
    make_debian(tmp_path)
    assert find_here(str(tmp_path), {"/snap/lxd/24322/bin/lxd", "/snap/none/1/bin/x", "/usr/sbin/nginx"}) == {
        "/snap/lxd/24322/bin/lxd": Package("snap", "lxd", "24322", False),
        "/snap/none/1/bin/x": None,
        "/usr/sbin/nginx": NGINX,
    }


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def start(started: list[subprocess.Popen[bytes]], script: str, *arguments: str) -> Owner:
    """Run a shell script in a mount namespace of its own, which ends in ``exec``, and return what it has become."""
    for tool in ("unshare", "mount", "dpkg"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if os.geteuid() != 0:
        pytest.skip("it takes root to mount")
    process = subprocess.Popen(["unshare", "--mount", "sh", "-ec", script, "sh", *arguments])
    started.append(process)
    for _ in range(200):
        owner = OwnerReader("/proc").find_owner(process.pid)
        if owner is not None and owner.program == "sleep":
            return owner
        time.sleep(0.02)
    pytest.fail(f"the program was not started: {process.poll()}")


def name_and_claim(found: Package | Unknown | None) -> tuple[str, bool] | Unknown | None:
    return (found.name, found.is_claim) if isinstance(found, Package) else found


@pytest.mark.needs("dpkg")
def test_a_service_with_a_tmp_of_its_own_is_judged_as_ours(started: list[subprocess.Popen[bytes]]) -> None:
    owner = start(started, "mount -t tmpfs none /tmp; mount --bind -o ro /usr /usr; exec /usr/bin/sleep 60")
    assert name_and_claim(find_packages([owner])[owner.pid]) == ("coreutils", False)


@pytest.mark.needs("dpkg")
def test_a_program_under_a_mount_over_our_path_is_a_claim(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    shutil.copy("/usr/bin/sleep", tmp_path / "evil")
    owner = start(started, 'mount --bind "$1" /usr/bin/sleep; exec /usr/bin/sleep 60', str(tmp_path / "evil"))
    assert owner.executable == "/usr/bin/sleep"
    assert name_and_claim(find_packages([owner])[owner.pid]) == ("coreutils", True)


FILES = """
cd "$1"
cp --dereference --parents $(ldd /usr/bin/sleep | grep --only-matching '/[^ ]*') /usr/bin/sleep .
"""


@pytest.mark.needs("dpkg")
def test_a_container_is_judged_by_its_own_root(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    make_debian(tmp_path, "/usr/bin/sleep\n")
    script = FILES + 'mount --bind "$1" "$1"; cd "$1"; mkdir old; pivot_root . old; exec /usr/bin/sleep 60'
    owner = start(started, script, str(tmp_path))
    assert owner.executable == "/usr/bin/sleep"
    assert find_packages([owner])[owner.pid] == NGINX_CLAIM


@pytest.mark.needs("dpkg")
@pytest.mark.parametrize("command", ["exec", "exec nsenter --mount=/proc/$2/ns/mnt"])
def test_a_process_in_a_jail_is_judged_by_its_own_root(
    started: list[subprocess.Popen[bytes]], tmp_path: Path, command: str
) -> None:
    make_debian(tmp_path, "/usr/bin/sleep\n")
    owner = start(started, FILES + command + ' chroot "$1" /usr/bin/sleep 60', str(tmp_path), str(os.getpid()))
    assert owner.executable == f"{tmp_path}/usr/bin/sleep"
    assert find_packages([owner])[owner.pid] == NGINX_CLAIM
