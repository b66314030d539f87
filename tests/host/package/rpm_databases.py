"""Builds two small packages and rpm's own databases of them, in a directory.

    python tests/host/package/rpm_databases.py DIRECTORY

Needs rpmbuild and rpm; db5.3_load for the format before SQLite, which rpm itself only reads today. Leaves
``rpmdb.sqlite``, ``Packages`` (pages of 512 bytes) and ``tinyd.header``: what ``recorded/`` holds was made so.
"""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

SPEC = """Name: {name}
Version: 1.2
Release: 3
{epoch}
Summary: A daemon that is not there
License: MIT
BuildArch: noarch
%description
Nothing.
%install
mkdir -p %{{buildroot}}/usr/sbin %{{buildroot}}/opt/{name}
touch %{{buildroot}}/usr/sbin/{name} %{{buildroot}}/opt/{name}/{name} %{{buildroot}}/opt/{name}/tool
for n in $(seq 1 {more}); do touch %{{buildroot}}/opt/{name}/file$n; done
%files
/usr/sbin/{name}
/opt/{name}
"""


def build(directory: Path, name: str, epoch: str, more: int) -> None:
    """Build a package and enter it into the SQLite database."""
    spec = directory / f"{name}.spec"
    spec.write_text(SPEC.format(name=name, epoch=epoch, more=more))
    run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {directory}/build", str(spec))
    (package,) = (directory / "build" / "RPMS" / "noarch").glob(f"{name}-*.rpm")
    run("rpm", "--dbpath", str(directory), "--install", "--justdb", "--nodeps", str(package))


def load_bdb(directory: Path, headers: list[tuple[int, bytes]]) -> None:
    """Write the headers as rpm 4.14 kept them: under their number; number 0 is the highest of them."""
    lines = ["VERSION=3", "format=bytevalue", "type=hash", "db_pagesize=512", "HEADER=END"]
    records = [(0, struct.pack("=I", len(headers))), *headers]
    for number, value in records:
        lines += [" " + struct.pack("=I", number).hex(), " " + value.hex()]
    text = "\n".join([*lines, "DATA=END", ""])
    subprocess.run(["db5.3_load", "-f", "/dev/stdin", str(directory / "Packages")], input=text, text=True, check=True)


def run(*command: str) -> None:
    """Run a command quietly; what it says is shown where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def main() -> None:
    """Make them all."""
    directory = Path(sys.argv[1])
    run("rpm", "--dbpath", str(directory), "--initdb")
    build(directory, "tinyd", "Epoch: 4", 0)
    build(directory, "manyd", "", 40)
    connection = sqlite3.connect(directory / "rpmdb.sqlite")
    headers = connection.execute("SELECT hnum, blob FROM Packages ORDER BY hnum").fetchall()
    connection.close()
    (directory / "tinyd.header").write_bytes(headers[0][1])
    load_bdb(directory, headers)


if __name__ == "__main__":
    main()
