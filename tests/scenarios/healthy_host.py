"""A plain host with stock services: looked at, upgraded without restart, restarted, and looked at by another user.

    unshare -n -m -p -f --mount-proc --kill-child python healthy_host.py

Prints the reports as JSON. See ``stage.py`` for why nothing of the system is touched.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from scenario import Scenario, read_corpus
from stage import PATIENCE_S, SCENES, awaited_ports, check, make_private, open_ports, prepare, start, wait_for

NOBODY = 65534
KNOWN_TO_DPKG = Path("/var/lib/dpkg/info")


def main() -> None:
    """Play the host, and print what was told of it."""
    services = [scenario for scenario in read_corpus().values() if scenario.stock and not scenario.missing]
    make_private()
    for scenario in services:
        prepare(scenario)
    running = start_all(services)
    reports = {"first": check(), "again": check()}
    # What another user sees of it: a private copy of the folder that Python may lie in is opened to him.
    Path("/root").chmod(0o711)
    reports["nobody"] = check(user=NOBODY)
    replaced = upgrade()
    reports["upgraded"] = check()
    end(running, services)
    start_all(services)
    reports["restarted"] = check()
    print(json.dumps({"services": [one.name for one in services], "replaced": replaced, **reports}))  # noqa: T201


def start_all(services: list[Scenario]) -> list[subprocess.Popen[bytes]]:
    """Start the services; SystemExit where one does not come up."""
    running = [process for scenario in services for process in start(scenario)]
    for scenario in services:
        if missing := wait_for(scenario):
            raise SystemExit(f"{scenario.name} does not open {missing}")
    time.sleep(0.5)  # a socket below the ports is in no table that could be waited for
    return running


def upgrade() -> list[str]:
    """Replace every executable that runs here as a package manager does it; return their paths."""
    paths = sorted(set(executables()))
    for path in paths:
        new = f"{path}.dpkg-new"
        subprocess.run(["cp", "-p", path, new], check=True)
        Path(new).rename(path)
    # dpkg knows a file by the path it was packed with: /sbin/rpcbind, from before the folders were merged.
    packed = [*paths, *(path.removeprefix("/usr") for path in paths)]
    owners = subprocess.run(["dpkg-query", "-S", *packed], capture_output=True, text=True, check=False).stdout
    for line in owners.splitlines():
        package = line.partition(": ")[0]
        for listing in (*KNOWN_TO_DPKG.glob(f"{package}.list"), *KNOWN_TO_DPKG.glob(f"{package}:*.list")):
            listing.touch()
    return paths


def executables() -> Iterator[str]:
    """Give the executable of every service that runs here: of every process but this one and its interpreter's."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            path = str((process / "exe").readlink())
        except OSError:
            continue
        if path.startswith("/usr/") and not path.endswith(" (deleted)") and Path(path).name not in {"dash", "sh"}:
            yield path


def end(running: list[subprocess.Popen[bytes]], services: list[Scenario]) -> None:
    """End the services in order, and wait until their ports are free."""
    for process in running:
        os.killpg(process.pid, signal.SIGTERM)
    for process in running:
        process.wait(PATIENCE_S)
    awaited = {port for scenario in services for port in awaited_ports(scenario)}
    until = time.monotonic() + PATIENCE_S
    while left := awaited & set(open_ports()):
        if time.monotonic() > until:
            raise SystemExit(f"did not end: {sorted(left)}")
        time.sleep(0.02)
    for scenario in services:
        for name in scenario.ready:
            (SCENES / scenario.name / name).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
