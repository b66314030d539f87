from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.rpm import find_packages, make_package, search_blobs
from quietport.host.package.rpm_header import RpmHeader
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rpm is of Unix")

HERE = Path(__file__).parent
HEADER = HERE / "recorded" / "tinyd.header"
TINYD = Package("rpm", "tinyd", "4:1.2-3", True, "2026-11-25T04:34:13Z")
NOT_READABLE = Unknown(Reason.NOT_SUPPORTED, "rpm database")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with databases that rpm itself has made."""
    for tool in ("rpm", "rpmbuild", "db5.3_load"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    directory = tmp_path_factory.mktemp("rpm")
    subprocess.run([sys.executable, str(HERE / "rpm_databases.py"), str(directory)], check=True, timeout=60)
    return directory


def place(root: Path, file: Path, name: str, directory: str = "var/lib/rpm") -> None:
    (root / directory).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, root / directory / name)


def ask(root: Path, *paths: str) -> dict[str, object]:
    with DatabaseRoot(str(root), is_claim=True) as opened:
        return dict(find_packages(opened, list(paths)))


def ask_rpm(databases: Path, name: str) -> Package:
    """Return the package as ``rpm -q`` describes it."""
    form = "%{EPOCH} %{VERSION}-%{RELEASE} %{INSTALLTIME:date}"
    command = ["rpm", "--dbpath", str(databases), "-q", "--qf", form.replace(":date", ""), name]
    epoch, version, installed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    from quietport.host.process.owners import rfc3339  # noqa: PLC0415 - beside the one use

    return Package("rpm", name, version if epoch == "(none)" else f"{epoch}:{version}", True, rfc3339(int(installed)))


PATHS = ("/usr/sbin/tinyd", "/opt/manyd/manyd", "/opt/manyd/file40", "/usr/sbin/none", "/opt/tinyd/file40")


@pytest.mark.needs("rpm")
@pytest.mark.needs("rpmbuild")
@pytest.mark.needs("db5.3_load")
@pytest.mark.parametrize(
    ("file", "directory"),
    [("rpmdb.sqlite", "var/lib/rpm"), ("rpmdb.sqlite", "usr/lib/sysimage/rpm"), ("Packages", "var/lib/rpm")],
)
def test_the_same_packages_as_rpm_in_each_format(databases: Path, tmp_path: Path, file: str, directory: str) -> None:
    place(tmp_path, databases / file, file, directory)
    tinyd, manyd = ask_rpm(databases, "tinyd"), ask_rpm(databases, "manyd")
    assert (tinyd.version, manyd.version) == ("4:1.2-3", "1.2-3")
    assert ask(tmp_path, *PATHS) == dict(zip(PATHS, (tinyd, manyd, manyd, None, None), strict=True))


@pytest.mark.needs("rpm")
@pytest.mark.needs("rpmbuild")
def test_rpm_says_the_same_of_every_file(databases: Path, tmp_path: Path) -> None:
    def rpm(*arguments: str) -> list[str]:
        command = ["rpm", "--dbpath", str(databases), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    paths = rpm("-q", "--list", "tinyd", "manyd")
    place(tmp_path, databases / "rpmdb.sqlite", "rpmdb.sqlite")
    names = [package.name for package in ask(tmp_path, *paths).values() if isinstance(package, Package)]
    assert names == rpm("-q", "--qf", "%{NAME}\n", "--file", *paths)
    assert len(paths) == 48


@pytest.mark.needs("rpm")
@pytest.mark.needs("rpmbuild")
@pytest.mark.parametrize("logged", [True, False])
def test_the_database_of_our_own_root_is_read_where_it_lies(
    databases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: bool
) -> None:
    place(tmp_path, databases / "rpmdb.sqlite", "rpmdb.sqlite", "rpm")
    writer = sqlite3.connect(tmp_path / "rpm" / "rpmdb.sqlite")
    if logged:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE made (it INTEGER)")
        writer.commit()
    else:
        writer.close()
    before = sorted(path.name for path in (tmp_path / "rpm").iterdir())
    monkeypatch.setattr("quietport.host.package.rpm.DIRECTORIES", (f"{tmp_path}/rpm".lstrip("/"),))
    with DatabaseRoot("/", is_claim=False) as root:
        found = find_packages(root, ["/usr/sbin/tinyd"])["/usr/sbin/tinyd"]
    assert isinstance(found, Package)
    assert (found.name, found.is_claim) == ("tinyd", False)
    assert sorted(path.name for path in (tmp_path / "rpm").iterdir()) == before
    writer.close()


def make_sqlite(path: Path, *statements: str, header: bytes = b"") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement, (header,) if "?" in statement else ())
    connection.commit()
    connection.close()


PACKAGES = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"
BASENAMES = "CREATE TABLE Basenames (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)"


def test_a_database_of_another_make_of_the_same_schema(tmp_path: Path) -> None:
    make_sqlite(
        tmp_path / "var/lib/rpm/rpmdb.sqlite",
        PACKAGES,
        BASENAMES,
        "INSERT INTO Packages VALUES (7, ?)",
        "INSERT INTO Basenames VALUES ('tinyd', 7, 1), ('tinyd', 7, 3), ('other', 7, 99), ('tool', 8, 0)",
        header=HEADER.read_bytes(),
    )
    (tmp_path / "usr").mkdir()
    (tmp_path / "sbin").symlink_to("usr/sbin")
    asked = ("/usr/sbin/tinyd", "/sbin/tinyd", "/usr/bin/tinyd", "/opt/other", "/opt/tinyd/tool")
    assert ask(tmp_path, *asked) == dict(zip(asked, (TINYD, TINYD, None, None, None), strict=True))


@pytest.mark.parametrize(
    "statements",
    [
        (),
        ("CREATE TABLE Packages (hnum, blob)",),
        (PACKAGES, "CREATE VIEW Basenames AS SELECT 'tinyd' AS key, 1 AS hnum, 1 AS idx"),
        (PACKAGES, "CREATE TABLE Basenames (other)"),
    ],
)
def test_a_schema_that_is_not_rpms_is_not_asked(tmp_path: Path, statements: tuple[str, ...]) -> None:
    make_sqlite(tmp_path / "var/lib/rpm/rpmdb.sqlite", *statements)
    assert ask(tmp_path, "/usr/sbin/tinyd") == {"/usr/sbin/tinyd": NOT_READABLE}


def test_headers_that_are_none_own_nothing(tmp_path: Path) -> None:
    make_sqlite(
        tmp_path / "var/lib/rpm/rpmdb.sqlite",
        PACKAGES,
        BASENAMES,
        "INSERT INTO Packages VALUES (1, 'text'), (2, x'0000'), (3, x'ffffffffffffffff00')",
        "INSERT INTO Basenames VALUES ('tinyd', 1, 0), ('tinyd', 2, 0), ('tinyd', 3, 0), ('tinyd', 3, 'x')",
    )
    assert ask(tmp_path, "/usr/sbin/tinyd") == {"/usr/sbin/tinyd": None}


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages.db", "Packages"])
@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 5000, b"RpmP" + b"\xff" * 99])
def test_a_damaged_database_is_not_known_and_not_empty(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    (tmp_path / "var/lib/rpm" / name).write_bytes(content)
    assert ask(tmp_path, "/usr/sbin/tinyd") == {"/usr/sbin/tinyd": NOT_READABLE}


@given(st.binary(max_size=2000), st.integers(0, 4096))
def test_no_sqlite_file_is_too_strange(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    root = tmp_path_factory.getbasetemp() / "strange"
    file = root / "var/lib/rpm/rpmdb.sqlite"
    file.unlink(missing_ok=True)
    make_sqlite(file, PACKAGES, BASENAMES, "INSERT INTO Packages VALUES (1, ?)", header=HEADER.read_bytes())
    content = bytearray(file.read_bytes())
    content[at : at + len(noise)] = noise
    file.write_bytes(content)
    assert ask(root, "/usr/sbin/tinyd")["/usr/sbin/tinyd"] in (None, NOT_READABLE)


def test_without_a_database_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    with pytest.raises(FileNotFoundError):
        ask(tmp_path, "/usr/sbin/tinyd")


def test_a_search_through_headers_stops_when_all_is_found(tmp_path: Path) -> None:
    header = HEADER.read_bytes()
    rest = iter([b"", b"tinyd\0", header, b"never reached"])
    with DatabaseRoot(str(tmp_path), is_claim=True) as root:
        found = search_blobs(root, rest, {"/usr/sbin/tinyd": frozenset({b"/usr/sbin/tinyd"})})
    assert (found, list(rest)) == ({"/usr/sbin/tinyd": TINYD}, [b"never reached"])


def test_a_header_without_a_name_is_no_package(tmp_path: Path) -> None:
    with DatabaseRoot(str(tmp_path), is_claim=True) as root:
        assert make_package(RpmHeader(bytes(8)), root) is None
