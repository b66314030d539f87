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
SCENE = Path("/srv/scene")
PATIENCE_S = 15.0
TABLES = {"tcp": ("0A",), "udp": ("07",)}  # TCP_LISTEN, TCP_CLOSE: net/tcp_states.h
REPOSITORY = Path(__file__).resolve().parents[2]


def make_private() -> None:
    """Lay a private copy over every folder that programs write to, and bring the loopback device up."""
    steps = ["mount -t tmpfs -o mode=755 scene /run", "mount -t tmpfs scene /dev/shm"]
    for name in WRITTEN_TO:
        if Path("/", name).is_dir():
            steps += [
                f"mkdir -p /run/copies/{name}/upper /run/copies/{name}/work",
                f"chmod --reference=/{name} /run/copies/{name}/upper",
                f"mount -t overlay -o lowerdir=/{name},upperdir=/run/copies/{name}/upper,"
                f"workdir=/run/copies/{name}/work {name} /{name}",
            ]
    steps += ["mkdir -p /run/lock /run/netns /srv/scene", "ip link set lo up"]
    subprocess.run(["sh", "-ec", "\n".join(steps)], check=True)
    # A card whose cable ends here: the other end takes part in nothing.
    for step in (
        "link add eth0 type veth peer name cable",
        "address add 10.9.8.7/24 dev eth0",
        "link set eth0 up",
        "link set cable up",
    ):
        subprocess.run(["ip", *step.split()], check=True)


def environment() -> dict[str, str]:
    """Return the environment of what is started: an ordinary one, that of a terminal or CI left out."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", "PROGRAMS": str(PROGRAMS), "PYTHON": "/usr/bin/python3"}


def open_doors() -> Iterator[str]:
    """Give every port that is open in this namespace, as ``tcp 22``."""
    for transport, states in TABLES.items():
        for version in ("", "6"):
            table = Path(f"/proc/self/net/{transport}{version}")
            for line in table.read_text("ascii").splitlines()[1:] if table.exists() else ():
                fields = line.split()
                if fields[3] in states:
                    yield f"{transport} {int(fields[1].rpartition(':')[2], 16)}"


def awaited(scenario: Scenario) -> set[str]:
    """Return the ports that have to be open before anybody looks."""
    if scenario.mute:
        return set()
    listed = (door.split() for door, opinion in scenario.doors.items() if opinion.facts.get("state") != "bound")
    return {f"{transport} {port}" for transport, _, port in (door for door in listed if door[0] in TABLES)}


def wait_for(scenario: Scenario) -> list[str]:
    """Return what has not come in time: doors and files."""
    until = time.monotonic() + PATIENCE_S
    while True:
        missing = sorted(awaited(scenario) - set(open_doors()))
        missing += [name for name in scenario.ready if not (SCENE / name).exists()]
        if not missing or time.monotonic() > until:
            return missing
        time.sleep(0.02)


def run_script(script: str) -> None:
    """Run a shell script to its end."""
    if script:
        subprocess.run(
            ["sh", "-ec", script], cwd=SCENE, env=environment(), check=True, timeout=30, stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )  # fmt: skip


def start(scenario: Scenario) -> None:
    """Start its programs; they end with this process."""
    for command in scenario.start:
        text = command if any(mark in command for mark in ";&|(\n") else f"exec {command}"
        subprocess.Popen(
            ["sh", "-c", text], cwd=SCENE, env=environment(), stdin=subprocess.DEVNULL, stdout=sys.stderr,
            start_new_session=True,
        )  # fmt: skip


def check(*arguments: str, user: str | None = None) -> dict[str, object]:
    """Return what quietport tells, as this user or another."""
    become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    home = {"HOME": "/srv/home", "XDG_STATE_HOME": "/srv/home/state", "XDG_CONFIG_HOME": "/srv/home/configuration"}
    path = {"PATH": environment()["PATH"], "PYTHONPATH": str(REPOSITORY / "src"), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*become, sys.executable, "-m", "quietport", "check", "--json", "--lang", "en", *arguments],
        cwd=SCENE, env=home | path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if not done.stdout.strip():
        return {"error": done.stderr, "exit": done.returncode}
    told: dict[str, object] = json.loads(done.stdout)
    return told | {"exit": done.returncode}


def main() -> None:
    """Play it."""
    (name,) = sys.argv[1:]
    scenario = read_corpus()[name]
    if os.getpid() != 1:
        raise SystemExit("to be started by unshare, as the first process of its namespace")
    make_private()
    run_script(scenario.prepare)
    start(scenario)
    missing = wait_for(scenario)
    run_script(scenario.then)
    report = {"name": name, "missing": missing, "told": check(*scenario.arguments)}
    print(json.dumps(report))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
