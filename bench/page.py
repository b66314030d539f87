"""`quietport 851`, whole process and cold, against `whatportis 851`; and a lookup in process.

    python bench/page.py

whatportis downloads its database at first use; here it is written from the rows that we ship, in its own format,
so that it is timed with as much data and without a network.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from quietport.model.port import Port, Transport
from quietport.registry.snapshot import Registry
from stopwatch import command, install_ours, print_machine, race

ROOT = Path(__file__).resolve().parents[1]
PEER = "whatportis==0.8.2"


def install_peer(folder: Path) -> str:
    """Install whatportis in an environment of its own, write its database, and return its command."""
    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / "bin"
    subprocess.run([binaries / "pip", "install", "-q", PEER], check=True, stderr=subprocess.DEVNULL)
    database = folder / ".whatportis_db.json"
    database.write_text(json.dumps({"_default": dict(enumerate(_rows(), start=1))}), "utf-8")
    return str(binaries / "whatportis")


def _rows() -> list[dict[str, str]]:
    (shipped,) = (ROOT / "data" / "iana").glob("????-??-??.csv")
    with shipped.open(encoding="utf-8", newline="") as file:
        return [
            {
                "name": row["Service Name"],
                "port": row["Port Number"],
                "protocol": row["Transport Protocol"],
                "description": row["Description"],
            }
            for row in csv.DictReader(file)
        ]


def time_lookups() -> None:
    """Print what one lookup costs in process: all 4 × 65,536 ports, cold and warm."""
    ports = [Port(number, transport) for transport in Transport for number in range(65_536)]
    with Registry() as registry:
        for name, ask in (
            ("status, first time", registry.status),
            ("status", registry.status),
            ("whole registration, first time (reads rows)", registry.lookup),
            ("whole registration", registry.lookup),
        ):
            start = time.perf_counter()
            for port in ports:
                ask(port)
            print(f"| {name} | {(time.perf_counter() - start) / len(ports) * 1e6:.2f} µs a port |")


def main() -> None:
    """Run the benchmarks."""
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        peer = install_peer(Path(folder))
        ours = install_ours(Path(folder) / "ours")
        contenders = [
            command("quietport 851", [ours, "851"]),
            command("quietport 851 --no-host", [ours, "851", "--no-host"]),
            command("quietport 851 --json", [ours, "851", "--json"]),
            command("whatportis 851", [peer, "851"], HOME=folder),
            command("whatportis 22", [peer, "22"], HOME=folder),
            command("python -c pass", [sys.executable, "-c", "pass"]),
        ]
        race("the page of a port, whole process", contenders)
    print("\n### a lookup in process, mean over all 4 × 65,536 ports\n\n| | |\n|---|---|")
    time_lookups()


if __name__ == "__main__":
    main()
