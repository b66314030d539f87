from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from quietport.host.package.process_root import OwnFiles, ProcessRoots
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

OURS = "27 1 254:0 / / rw - ext4 /dev/vda rw\n"
PRIVATE_TMP = OURS + "28 27 254:0 /usr /usr ro - ext4 /dev/vda rw\n29 27 0:40 / /tmp rw - tmpfs tmpfs rw\n"
CONTAINER = "60 50 0:55 / / rw - overlay overlay rw\n"


def add(proc: FakeProc, pid: int | str, namespace: str, mounts: str, root: str = "/") -> None:
    directory = proc.root / str(pid)
    if isinstance(pid, int):
        proc.add(pid)
    (directory / "ns").mkdir(parents=True)
    (directory / "ns" / "mnt").symlink_to(f"mnt:[{namespace}]")
    (directory / "mountinfo").write_text(mounts)
    (directory / "root").unlink(missing_ok=True)
    (directory / "root").symlink_to(root)


@pytest.fixture
def roots(proc: FakeProc) -> ProcessRoots:
    add(proc, "self", "1", OURS)
    add(proc, 10, "1", OURS)
    add(proc, 11, "1", OURS, root="/srv/jail")
    add(proc, 12, "2", PRIVATE_TMP)
    add(proc, 13, "3", CONTAINER)
    add(proc, 14, "3", CONTAINER, root="/inner")
    add(proc, 15, "4", "")
    add(proc, 16, "2", "", root="/var/lib/haproxy")
    (proc.root / "16" / "stat").write_text("16 (a) b) S 12 16 16 0")
    add(proc, 17, "5", OURS, root="/bind/of/the/host")
    return ProcessRoots(str(proc))


def test_a_process_of_our_mounts_runs_our_files(roots: ProcessRoots) -> None:
    assert roots.find_own_files(10, "/usr/sbin/nginx") is None
    assert roots.find_own_files(11, "/srv/jail/bin/x") is None


def test_a_service_with_mounts_of_its_own_runs_our_files_too(roots: ProcessRoots) -> None:
    assert roots.find_own_files(12, "/usr/sbin/nginx") is None
    assert roots.find_own_files(12, "/tmp/nginx") == OwnFiles("mnt:[2]", "/", "/tmp/nginx")


def test_a_container_has_its_own(roots: ProcessRoots) -> None:
    assert roots.find_own_files(13, "/usr/sbin/nginx") == OwnFiles("mnt:[3]", "/", "/usr/sbin/nginx")
    assert roots.find_own_files(14, "/inner/bin/x") == OwnFiles("mnt:[3]", "/inner", "/bin/x")
    assert roots.find_own_files(15, "/bin/x") == OwnFiles("mnt:[4]", "/", "/bin/x")


def test_a_worker_that_confined_itself_sees_what_its_parent_sees(roots: ProcessRoots) -> None:
    assert roots.find_own_files(16, "/usr/sbin/haproxy") is None
    assert roots.find_own_files(16, "/tmp/haproxy") == OwnFiles("mnt:[2]", "/var/lib/haproxy", "/tmp/haproxy")


def test_a_process_that_went_into_a_view_of_our_files_may_run_another(roots: ProcessRoots) -> None:
    assert roots.find_own_files(17, "/usr/sbin/sshd") == OwnFiles("mnt:[5]", "/bind/of/the/host", "/usr/sbin/sshd")


def test_a_process_that_is_confined_to_a_directory(roots: ProcessRoots) -> None:
    assert roots.find_other_root(11, "/srv/jail/bin/x") == OwnFiles("mnt:[1]", "/srv/jail", "/bin/x")
    assert roots.find_other_root(11, "/srv/jailed/x") is None
    assert roots.find_other_root(10, "/usr/sbin/nginx") is None
    assert roots.find_other_root(99, "/usr/sbin/nginx") is None


def test_a_process_that_has_ended(roots: ProcessRoots) -> None:
    assert roots.find_own_files(99, "/x") == Unknown(Reason.EXITED, "mount namespace of process 99")


def test_a_process_that_may_not_be_looked_at(roots: ProcessRoots, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("quietport.host.package.process_root.os.readlink", refuse)
    assert roots.find_own_files(10, "/x") == Unknown(Reason.PERMISSION, "mount namespace of process 10")


def test_a_kernel_without_mount_namespaces(proc: FakeProc) -> None:
    proc.add(30)
    assert ProcessRoots(str(proc)).find_own_files(30, "/usr/sbin/nginx") is None
