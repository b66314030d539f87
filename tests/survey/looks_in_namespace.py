"""Starts, restarts, replaces and ends real listeners, looks after each, and prints what each look had to tell.

Run in a network namespace of its own (``unshare -n``), with a folder for the history; it leaves nothing behind.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from quietport.history.remember import remember
from quietport.history.standpoint import read_standpoint
from quietport.host.facts import read_facts
from quietport.host.host_reader import read_host
from quietport.model.look import Look
from quietport.model.past import Past
from quietport.registry.snapshot import Registry
from quietport.survey.check import check
from quietport.survey.doors_seen import seen_by_kind

LISTEN = """
import socket, sys
held = socket.socket()
held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
held.bind(("127.0.0.1", int(sys.argv[1])))
held.listen()
print(flush=True)
sys.stdin.read()
"""


class Listener:
    """A process of a program of our own that listens."""

    def __init__(self, program: Path, port: int) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            [program, "-c", LISTEN, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def end(self) -> None:
        """End it."""
        self._process.communicate()


def look(folder: Path, second: int) -> list[list[str]]:
    """Look at this namespace; return port, program's name and change of what there is to tell."""
    facts = read_facts()
    with Registry() as registry:
        report = check(registry, read_host, facts, [], "here", "2026-11-18T11:06:40Z")
    seen = seen_by_kind(report.runs)
    at = Look(1_795_000_000 + second, read_standpoint("here"), sockets_complete=report.coverage.sockets_complete)
    past, unseen = remember(folder, at, seen)
    assert isinstance(past, Past)
    assert unseen == ()
    told = [(door.door_key, str(door.change)) for door in past.changed]
    told += [(door.door_key, "gone") for door in past.gone]
    return [[key.partition("/")[0], key.rpartition("/")[2], change] for key, change in sorted(told)]


def main() -> None:
    """Let things happen, and look."""
    folder = Path(sys.argv[1])
    one, other = folder / "one", folder / "other"
    for program in (one, other):
        shutil.copyfile(Path(sys.executable).resolve(), program)
        program.chmod(0o700)
    state = folder / "state"
    told = {}
    first = Listener(one, 8080)
    told["first look"] = look(state, 0)
    told["nothing happened"] = look(state, 60)
    first.end()
    first = Listener(one, 8080)
    told["restarted"] = look(state, 120)
    second = Listener(one, 9090)
    told["another door"] = look(state, 180)
    first.end()
    third = Listener(other, 8080)
    told["another program"] = look(state, 240)
    second.end()
    told["one ended"] = look(state, 300)
    chosen = Listener(other, 0)
    told["a port that the kernel chose"] = look(state, 360)
    chosen.end()
    chosen = Listener(other, 0)
    told["another that it chose"] = look(state, 420)
    for listener in (third, chosen):
        listener.end()
    print(json.dumps(told))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
