"""A real container: runc, with a root that holds nothing but Busybox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quietport.host.process.owners import OwnerReader
from quietport.model.owner import Activation, Container, ExecutableFile, Owner

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runc is of Linux")

SCRIPT = "/bin/nc -l -p 1234 -e /bin/true & /bin/chroot /jail /bin/sleep 61 & wait"


def configuration(name: str) -> dict[str, object]:
    """Return the least that runc takes, after the OCI runtime specification."""
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": ["/bin/sh", "-c", SCRIPT],
            "env": ["PATH=/bin", "LISTEN_PID=1", "LISTEN_FDS=1"],
            "cwd": "/",
            "capabilities": {kind: ["CAP_SYS_CHROOT"] for kind in ("bounding", "effective", "permitted")},
        },
        "root": {"path": "rootfs"},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {
            "cgroupsPath": f"/{name}",
            "namespaces": [{"type": kind} for kind in ("pid", "mount", "network", "ipc", "uts")],
        },
    }


class Running:
    """A container that runs, and the files of the host that tell of it."""

    def __init__(self, name: str, host: Path, rootfs: Path, pid: int) -> None:
        """Keep where everything is."""
        self.name, self.host, self.rootfs, self.pid = name, host, rootfs, pid

    def find(self, program: str) -> int:
        """Return the child of the container's first process that runs a program."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
                if Path(f"/proc/{pid}/cmdline").read_text() == program.replace(" ", "\0") + "\0":
                    return int(pid)
            time.sleep(0.02)
        raise TimeoutError(program)

    def read(self, pid: int) -> Owner:
        """Return what is told of a process now."""
        owner = OwnerReader("/proc", root=str(self.host)).find_owner(pid)
        assert owner is not None
        return owner


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Running]:
    runc, busybox = shutil.which("runc"), shutil.which("busybox")
    if runc is None or busybox is None or os.geteuid():
        pytest.skip("runc and busybox are not installed, or we are not root")
    name = f"quietport-{os.getpid()}"
    rootfs, state = tmp_path / "bundle" / "rootfs", tmp_path / "host" / "run" / "runc"
    for directory in (rootfs, rootfs / "jail"):
        (directory / "bin").mkdir(parents=True)
        shutil.copy(busybox, directory / "bin" / "busybox")
        for applet in ("sh", "nc", "sleep", "chroot", "true"):
            (directory / "bin" / applet).symlink_to("busybox")
    (rootfs / "proc").mkdir()
    (tmp_path / "bundle" / "config.json").write_text(json.dumps(configuration(name)))
    command = [runc, "--root", str(state)]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.run(
            [*command, "run", "-d", "-b", str(tmp_path / "bundle"), name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=60,
        )
    if started.returncode:
        pytest.skip(f"no container may be made here: {(tmp_path / 'log').read_text()}")
    try:
        told = subprocess.run([*command, "state", name], capture_output=True, check=True, timeout=60).stdout
        yield Running(name, tmp_path / "host", rootfs, json.loads(told)["pid"])
    finally:
        subprocess.run([*command, "delete", "-f", name], check=True, timeout=60)


@pytest.mark.needs("runc")
@pytest.mark.needs("busybox")
def test_a_process_in_a_container(container: Running) -> None:
    server = container.read(container.find("/bin/nc -l -p 1234 -e /bin/true"))
    assert server.container == Container("runc", container.name, container.name)
    assert (server.unit, server.executable, server.file) == (None, "/bin/busybox", ExecutableFile.PRESENT)
    assert (server.script, server.stdin_socket, server.activation) == (None, False, Activation.NONE)
    first = container.read(container.pid)
    assert (first.script, first.container) == ("-c", server.container)
    assert first.activation is Activation.SYSTEMD, "LISTEN_PID is its id in its own pid namespace"
    ours = container.read(os.getpid())
    assert ours.container is None


@pytest.mark.needs("runc")
@pytest.mark.needs("busybox")
def test_a_file_is_looked_for_in_the_container_and_not_here(container: Running) -> None:
    """`/bin/busybox` exists on this host, too."""
    assert Path("/bin/busybox").exists()
    server = container.find("/bin/nc -l -p 1234 -e /bin/true")
    jailed = container.find("/bin/sleep 61")
    assert container.read(jailed).executable == "/jail/bin/busybox"
    for directory in (container.rootfs, container.rootfs / "jail"):
        shutil.copy(directory / "bin" / "busybox", directory / "bin" / "new")
        (directory / "bin" / "new").rename(directory / "bin" / "busybox")
    assert [container.read(pid).file for pid in (server, jailed)] == [ExecutableFile.REPLACED] * 2
    for directory in (container.rootfs, container.rootfs / "jail"):
        (directory / "bin" / "busybox").unlink()
    assert [container.read(pid).file for pid in (server, jailed)] == [ExecutableFile.GONE] * 2
