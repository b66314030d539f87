"""A ``/proc`` of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class FakeProc:
    """Writes processes below a directory, as the kernel would show them."""

    def __init__(self, root: Path) -> None:
        """Begin with process 1, which holds nothing, and a boot at 2026-08-17T00:00:00Z."""
        self.root = root
        (root / "stat").write_text("cpu  1 2 3\nbtime 1786924800\nprocesses 9\n")
        self.add(1, comm="init", ppid=0)

    def __str__(self) -> str:
        """Return the path, as the reader takes it."""
        return str(self.root)

    def add(
        self,
        pid: int,
        *links: str,
        comm: str = "prog",
        executable: str | None = "/usr/bin/prog",
        flags: int = 0x0040_0000,
        starttime: int = 360_000,
        ppid: int = 1,
        command: bytes = b"",
        environ: bytes = b"",
        cgroup: bytes = b"0::/\n",
    ) -> None:
        """Add a process that holds files with these link targets."""
        directory = self.root / str(pid)
        (directory / "fd").mkdir(parents=True)
        for number, link in enumerate(links):
            (directory / "fd" / str(number)).symlink_to(link)
        (directory / "comm").write_text(comm + "\n")
        before = f"{pid} ({comm}) S {ppid} {pid} {pid} 0 -1 {flags} " + "0 " * 12
        (directory / "stat").write_text(before + f"{starttime} 10000 100\n")
        (directory / "cmdline").write_bytes(command)
        (directory / "environ").write_bytes(environ)
        (directory / "cgroup").write_bytes(cgroup)
        (directory / "root").symlink_to("/")
        if executable is not None:
            (directory / "exe").symlink_to(executable)


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    """Return a ``/proc`` with process 1 only."""
    return FakeProc(tmp_path)
