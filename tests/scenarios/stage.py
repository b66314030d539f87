"""Plays one scenario in namespaces of its own, and prints what ``quietport check --json`` tells of it, as JSON.

    unshare -n -m -p -f --mount-proc --kill-child python stage.py NAME

Network, processes and mounts are its own, and every folder that programs write to is a copy that is gone when it
ends (overlayfs over a tmpfs): a scenario may replace ``/usr/sbin/nginx`` or add an account, and nothing of the system
is touched. As process 1 of its namespace it takes every program along when it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from scenario import PROGRAMS, Scenario, read_corpus

WRITTEN_TO = ("etc", "home", "opt", "root", "srv", "tmp", "usr", "var")
SCENES = Path("/srv/scene")
PATIENCE_S = 15.0
TABLES = {"tcp": ("0A",), "udp": ("07",)}  # TCP_LISTEN, TCP_CLOSE: net/tcp_states.h
REPOSITORY = Path(__file__).resolve().parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {
    "PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "PROGRAMS": str(PROGRAMS), "PYTHON": "/usr/bin/python3",
}  # fmt: skip
"""An ordinary one: that of a terminal or of CI is left out."""


def make_private() -> None:
    """Lay a private copy over every folder that programs write to, and give the namespace a card."""
    if os.getpid() != 1:
        raise SystemExit("to be started by unshare, as the first process of its namespace")
    steps = ["mount -t tmpfs -o mode=755 scene /run", "mount -t tmpfs scene /dev/shm"]
    for name in WRITTEN_TO:
        if Path("/", name).is_dir():
            steps += [
                f"mkdir -p /run/copies/{name}/upper /run/copies/{name}/work",
                f"chmod --reference=/{name} /run/copies/{name}/upper",
                f"mount -t overlay -o lowerdir=/{name},upperdir=/run/copies/{name}/upper,"
                f"workdir=/run/copies/{name}/work {name} /{name}",
            ]
    steps += [
        f"mkdir -p /run/lock /run/netns {SCENES}",
        "ip link set lo up",
        # The cable of this card ends in the same machine: the other end takes part in nothing.
        "ip link add eth0 type veth peer name cable",
        "ip address add 10.9.8.7/24 dev eth0",
        "ip link set eth0 up",
        "ip link set cable up",
    ]
    subprocess.run(["sh", "-ec", "\n".join(steps)], check=True)


def folder_of(scenario: Scenario) -> Path:
    """Return the folder that a scenario's commands stand in."""
    return SCENES / scenario.name


def prepare(scenario: Scenario) -> None:
    """Make its folder and run its preparation."""
    folder_of(scenario).mkdir()
    run_script(scenario.prepare, folder_of(scenario))


def run_script(script: str, folder: Path) -> None:
    """Run a shell script to its end."""
    if script:
        subprocess.run(
            ["sh", "-ec", script], cwd=folder, env=ENVIRONMENT, check=True, timeout=30, stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )  # fmt: skip


def start(scenario: Scenario) -> list[subprocess.Popen[bytes]]:
    """Start its programs, each in a session of its own; they end with this process."""
    commands = [text if any(mark in text for mark in ";&|(") else f"exec {text}" for text in scenario.start]
    return [
        subprocess.Popen(
            ["sh", "-c", command], cwd=folder_of(scenario), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
            stdout=sys.stderr, start_new_session=True,
        )
        for command in commands
    ]  # fmt: skip


def open_ports() -> Iterator[str]:
    """Give every port that is open in this namespace, as ``tcp 22``."""
    for transport, states in TABLES.items():
        for version in ("", "6"):
            table = Path(f"/proc/self/net/{transport}{version}")
            for line in table.read_text("ascii").splitlines()[1:] if table.exists() else ():
                fields = line.split()
                if fields[3] in states:
                    yield f"{transport} {int(fields[1].rpartition(':')[2], 16)}"


def awaited_ports(scenario: Scenario) -> set[str]:
    """Return the ports that have to be open before anybody looks."""
    if scenario.mute:
        return set()
    listed = (door.split() for door, opinion in scenario.doors.items() if opinion.facts.get("state") != "bound")
    return {f"{transport} {port}" for transport, _, port in (door for door in listed if door[0] in TABLES)}


def wait_for(scenario: Scenario) -> list[str]:
    """Return what has not come in time: ports and files."""
    until = time.monotonic() + PATIENCE_S
    while True:
        missing = sorted(awaited_ports(scenario) - set(open_ports()))
        missing += [name for name in scenario.ready if not (folder_of(scenario) / name).exists()]
        if not missing or time.monotonic() > until:
            return missing
        time.sleep(0.02)


def quietport(
    *arguments: str, folder: Path = SCENES, user: int | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Return what quietport answers, asked as this user or as another; ``given`` is its standard input."""
    become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    home = {"HOME": "/srv/home", "XDG_STATE_HOME": "/srv/home/state", "XDG_CONFIG_HOME": "/srv/home/configuration"}
    environment = home | {"PATH": PATH, "PYTHONPATH": str(REPOSITORY / "src"), "LANG": "C.UTF-8"}
    command = [*become, sys.executable, "-m", "quietport", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, check=False, timeout=60
    )


def check(*arguments: str, folder: Path = SCENES, user: int | None = None) -> dict[str, object]:
    """Return what ``check --json`` tells; under ``error`` why it tells nothing."""
    done = quietport("check", "--json", "--lang", "en", *arguments, folder=folder, user=user)
    if not done.stdout.strip():
        return {"error": done.stderr.decode(), "exit": done.returncode}
    try:
        told: dict[str, object] = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        around = error.doc[max(error.pos - 300, 0) : error.pos + 100]
        return {"error": f"{error.msg} at {around!r}", "exit": done.returncode}
    return told | {"exit": done.returncode}


def main() -> None:
    """Play the scenario that is named."""
    (name,) = sys.argv[1:]
    scenario = read_corpus()[name]
    make_private()
    prepare(scenario)
    start(scenario)
    missing = wait_for(scenario)
    if not missing:
        run_script(scenario.then, folder_of(scenario))
    told = check(*scenario.arguments, folder=folder_of(scenario))
    print(json.dumps({"name": name, "missing": missing, "told": told}))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
