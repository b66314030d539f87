"""What came of a scenario: the administrator's word and the tool's on every door, side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scenario import Opinion, Scenario

STAGE = Path(__file__).with_name("stage.py")
UNSHARE = ("unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child=SIGKILL")
NOT_TOLD = "not told"
NOT_THERE = "not expected"


@dataclass(frozen=True, slots=True)
class Row:
    """One door, and both words."""

    scenario: str
    door: str
    expected: str
    told: str
    differences: tuple[str, ...]
    """Everything that disagrees, in words; empty where all agrees."""


def why_not_here(scenario: Scenario) -> str | None:
    """Return why a scenario cannot be played on this machine."""
    if reason := why_no_stage():
        return reason
    if scenario.missing:
        return f"not installed: {', '.join(scenario.missing)}"
    return None


@cache
def why_no_stage() -> str | None:
    """Return why nothing at all can be played here."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "namespaces and system services are made as root, on Linux"
    probe = (
        "mount -t tmpfs x /run && mkdir /run/u /run/w && "
        "mount -t overlay x -o lowerdir=/etc,upperdir=/run/u,workdir=/run/w /etc"
    )
    done = subprocess.run([*UNSHARE, "sh", "-c", probe], capture_output=True, text=True, check=False)
    return f"no namespaces or no overlayfs here: {done.stderr.strip()}" if done.returncode else None


def play(scenario: Scenario) -> dict[str, Any]:
    """Return what the tool tells of a scenario; RuntimeError where its programs did not start."""
    done = run_on_stage(STAGE, scenario.name)
    if done["missing"]:
        raise RuntimeError(f"{scenario.name}: not open in time: {done['missing']}\n{done['said']}")
    told: dict[str, Any] = done["told"]
    if "error" in told:
        raise RuntimeError(f"{scenario.name}: check gave no answer: {told['error']}")
    return told


def run_on_stage(program: Path, *arguments: str, timeout_s: float = 120) -> dict[str, Any]:
    """Return what a program prints that runs in namespaces of its own, and under ``said`` its messages."""
    command = [*UNSHARE, sys.executable, "-W", "ignore", str(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    if done.returncode:
        raise RuntimeError(f"{program.name} {' '.join(arguments)}: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer | {"said": done.stderr}


def compare(scenario: Scenario, told: Mapping[str, Any]) -> list[Row]:
    """Return a row for every door that is expected or told."""
    doors = dict(name_doors(told))
    rows: list[Row] = []
    for name, opinion in scenario.doors.items():
        rows.append(_row(scenario, name, opinion, doors.pop(name, None)))
    for name, door in doors.items():
        other = next((held for program, held in scenario.others.items() if program in _programs(door)), None)
        if other is None:
            word = door["verdict"]
            rows.append(Row(scenario.name, name, NOT_THERE, word, (f"{name}: told as {word}, not expected at all",)))
        else:
            rows.append(_row(scenario, name, other, door))
    return rows


def name_doors(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every door of a report with the name that the corpus has for it."""
    for door in told["listeners"]:
        place = "" if door["namespace"] == told.get("namespace", door["namespace"]) else "elsewhere: "
        yield f"{place}{door['transport']} {door['address']} {door['port']}", door
    for door in told["connections"]:
        quiet = door["remote_port"] if door["direction"] == "outbound" else door["port"]
        yield f"{door['direction']} {door['transport']} {quiet}", door
    for door in told.get("raw_sockets", ()):
        owner = door["owner"]
        yield f"{door['kind']} {owner['program'] if isinstance(owner, dict) and 'program' in owner else owner}", door


def _row(scenario: Scenario, name: str, opinion: Opinion, door: Mapping[str, Any] | None) -> Row:
    if door is None:
        return Row(scenario.name, name, opinion.word, NOT_TOLD, (f"{name}: {opinion.word}, and not told",))
    return Row(scenario.name, name, opinion.word, door["verdict"], tuple(_differences(name, opinion, door)))


def _differences(name: str, opinion: Opinion, door: Mapping[str, Any]) -> Iterator[str]:
    if door["concern"] != opinion.concern:
        yield f"{name}: concern {opinion.concern}, told {door['concern']} {_ground(door)}"
    if opinion.standing not in {None, door["standing"]}:
        yield f"{name}: standing {opinion.standing}, told {door['standing']} {_ground(door)}"
    for fact, value in opinion.facts.items():
        found = _fact(fact, door)
        if value not in found if fact == "rule" else found != value:
            yield f"{name}: {fact} is {value!r}, told {found!r}"


def _fact(fact: str, door: Mapping[str, Any]) -> Any:
    """Return what a report tells of a door: ``owner.unit`` is a field of its owner, ``rule`` all rules that matched."""
    if fact == "rule":
        return [piece["rule"] for piece in door["evidence"]]
    if fact == "program":
        return _programs(door)[0]
    if fact == "programs":
        return sorted(set(_programs(door)))
    found: Any = door
    for part in fact.split("."):
        found = found.get(part, f"no {part}") if isinstance(found, Mapping) else f"no {fact}"
    return found


def _programs(door: Mapping[str, Any]) -> list[str]:
    """Return the names that the holders go by."""
    held = [door["owner"], *(door["other_owners"] if isinstance(door["other_owners"], list) else ())]
    return [owner["program"] if isinstance(owner, dict) and "program" in owner else str(owner) for owner in held]


def _ground(door: Mapping[str, Any]) -> str:
    return "(" + ", ".join(f"{piece['rule']} {piece['for']} {piece['decibans']}" for piece in door["evidence"]) + ")"
