from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.dpkg import find_packages
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="dpkg is of Linux")

CHANGED_S = 1_786_924_800


def make_debian(root: Path, lists: dict[str, str], status: str = "") -> None:
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/status").write_text(status)
    for name, paths in lists.items():
        (info / f"{name}.list").write_text("".join(f"{path}\n" for path in ("/.", *paths.split())))
        os.utime(info / f"{name}.list", (0, CHANGED_S))


def ask(root: Path, *paths: str, is_claim: bool = False) -> dict[str, object]:
    with DatabaseRoot(str(root), is_claim=is_claim) as opened:
        return dict(find_packages(opened, list(paths)))


def test_name_version_and_when_it_changed(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "sbin").symlink_to("usr/sbin")
    make_debian(
        tmp_path,
        {"openssh-server": "/usr /usr/sbin /usr/sbin/sshd", "isc-dhcp-client:amd64": "/sbin /sbin/dhclient"},
        "Package: openssh-server\nVersion: 1:9.2p1-2\n\nPackage: isc-dhcp-client\nArchitecture: amd64\nVersion: 4.4\n",
    )
    assert ask(tmp_path, "/usr/sbin/sshd", "/usr/sbin/dhclient", "/usr/sbin/none", is_claim=True) == {
        "/usr/sbin/sshd": Package("dpkg", "openssh-server", "1:9.2p1-2", True, "2026-08-17T00:00:00Z"),
        "/usr/sbin/dhclient": Package("dpkg", "isc-dhcp-client", "4.4", True, "2026-08-17T00:00:00Z"),
        "/usr/sbin/none": None,
    }


def test_directories_that_are_not_merged_are_two(tmp_path: Path) -> None:
    (tmp_path / "sbin").mkdir()
    make_debian(tmp_path, {"x": "/sbin/x"})
    assert ask(tmp_path, "/usr/sbin/x") == {"/usr/sbin/x": None}


def test_a_file_that_an_administrator_diverted_away_belongs_to_no_package(tmp_path: Path) -> None:
    make_debian(tmp_path, {"dash": "/bin/sh"})
    (tmp_path / "var/lib/dpkg/diversions").write_text("/bin/sh\n/bin/sh.real\n:\n")
    found = ask(tmp_path, "/bin/sh", "/bin/sh.real")
    assert found == {"/bin/sh": None, "/bin/sh.real": Package("dpkg", "dash", None, False, "2026-08-17T00:00:00Z")}


def test_without_lists_there_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path, "/bin/sh")
    make_debian(tmp_path, {})
    with pytest.raises(FileNotFoundError):
        ask(tmp_path, "/bin/sh")


def test_where_a_list_cannot_be_read_nothing_is_said_to_own_nothing(tmp_path: Path) -> None:
    make_debian(tmp_path, {"nginx": "/usr/sbin/nginx"})
    info = tmp_path / "var/lib/dpkg/info"
    (info / "shadow.list").symlink_to("/etc/shadow")
    os.mkfifo(info / "fifo.list")
    (info / "directory.list").mkdir()
    (info / "sparse.list").touch()
    os.truncate(info / "sparse.list", 100 * 1024 * 1024)
    assert ask(tmp_path, "/usr/sbin/nginx", "/usr/sbin/none", is_claim=True) == {
        "/usr/sbin/nginx": Package("dpkg", "nginx", None, True, "2026-08-17T00:00:00Z"),
        "/usr/sbin/none": Unknown(Reason.NOT_SUPPORTED, "lists of the dpkg database"),
    }


def executables(count: int) -> list[str]:
    """Return files of /usr/bin and /usr/sbin, evenly spread: each is the file itself and not a link to one."""
    found = sorted(
        str(path)
        for directory in ("/usr/bin", "/usr/sbin")
        for path in Path(directory).iterdir()
        if path.is_file() and not path.is_symlink()
    )
    return found[:: max(1, len(found) // count)]


def owners_by_dpkg(paths: list[str]) -> dict[str, set[str]]:
    """Return what ``dpkg -S`` says of each path, under either name where directories are merged."""
    spellings = [spelling for path in paths for spelling in (path, path.removeprefix("/usr"))]
    done = subprocess.run(["dpkg", "-S", *spellings], capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {path: set() for path in paths}
    for line in done.stdout.splitlines():
        names, _, path = line.rpartition(": ")
        path = path if path.startswith("/usr") else "/usr" + path
        if "diversion" not in line and path in found:
            found[path] |= {name.partition(":")[0] for name in names.split(", ")}
    return found


@pytest.mark.needs("dpkg")
def test_dpkg_says_the_same_of_executables_of_this_machine() -> None:
    if shutil.which("dpkg") is None or not Path("/var/lib/dpkg/info").is_dir():
        pytest.skip("dpkg is not installed")
    paths = executables(150)
    expected = owners_by_dpkg(paths)
    found = ask(Path("/"), *paths, "/usr/sbin/no-such-program")
    assert found.pop("/usr/sbin/no-such-program") is None
    wrong = {
        path: (package, expected[path])
        for path, package in found.items()
        if (package.name not in expected[path] if isinstance(package, Package) else expected[path])
    }
    assert not wrong
    names = sorted({package.name for package in found.values() if isinstance(package, Package)})
    assert len(names) > 20
    command = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *names]
    versions = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n"))
    assert {f"{p.name} {p.version}" for p in found.values() if isinstance(p, Package)} <= versions
