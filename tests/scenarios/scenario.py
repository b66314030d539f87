"""A scenario: real programs that are started, and the verdict that a careful administrator gives on each door.

The corpus is text (``corpus/*.toml``), an array of tables ``[[scenario]]``:

``name``, ``why``      what it is, and in one sentence why the verdict is what it is
``needs``              commands that have to be there
``prepare``            a shell script that runs to its end first (configuration, accounts, copies of programs)
``start``              shell commands, each a process that goes on; ``exec`` is put before them where they are one
``ready``              files whose appearance says that a program of ours is ready
``then``               a shell script that runs when all doors are open (delete a file, connect to a port)
``stock``              it is a service as Debian sets it up: part of the plain host of ``test_healthy_host.py``
``mute``               nobody waits for its doors: they are in no table of its namespace
``arguments``          what ``quietport check`` is given beside ``--json``
``door``               the doors that are expected, and no others
``others``             programs whose further doors are of ports nobody chose, with their verdict

Shell commands find ``$PROGRAMS`` (the folder ``programs``), ``$PYTHON`` (a system's Python, a packaged one) and stand
in an empty folder. Everything they write is private to the scenario, ``/usr`` and ``/etc`` too.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).with_name("corpus")
PROGRAMS = Path(__file__).with_name("programs")
CONCERNS = ("suspicious", "misconfigured", "unresolved", "none")
STANDINGS = ("expected", "declared", "custom", "unexplained")
WORDS = (*CONCERNS[:-1], "unexplained", "custom", "declared", "expected")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an administrator says of a door."""

    concern: str
    """What is wrong."""
    standing: str | None
    """Who it is; None where the concern is all that matters."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else the report has to tell: ``program``, ``state``, ``family``, ``sockets``, ``rule``..."""

    @property
    def word(self) -> str:
        """Return the one word: the concern unless it is none, else the standing."""
        return str(self.standing) if self.concern == "none" else self.concern


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the corpus."""

    name: str
    why: str
    needs: tuple[str, ...]
    prepare: str
    start: tuple[str, ...]
    ready: tuple[str, ...]
    then: str
    arguments: tuple[str, ...]
    doors: Mapping[str, Opinion]
    """By ``transport address port`` as ``tcp 0.0.0.0 22``; ``>`` before a connection, ``packet NAME`` for a raw one."""
    others: Mapping[str, Opinion]
    """By the name of a program."""
    mute: bool
    """Nobody waits for its doors: they are in no table of this namespace."""
    stock: bool
    """A service as Debian sets it up."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the commands that are not installed."""
        return tuple(command for command in self.needs if find_command(command) is None)


def find_command(command: str) -> str | None:
    """Return where a command is, in the places of administrators too."""
    return shutil.which(command, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


def read_corpus(folder: Path = CORPUS) -> dict[str, Scenario]:
    """Return every scenario by its name, in order of file and row; ValueError for a row that is not one."""
    found: dict[str, Scenario] = {}
    for file in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8"))["scenario"]:
            scenario = _scenario(dict(row))
            if scenario.name in found:
                raise ValueError(f"two scenarios are called {scenario.name}")
            found[scenario.name] = scenario
    return found


def _scenario(row: dict[str, Any]) -> Scenario:
    scenario = Scenario(
        name=row.pop("name"),
        why=row.pop("why"),
        needs=tuple(row.pop("needs", ())),
        prepare=row.pop("prepare", ""),
        start=tuple(row.pop("start", ())),
        ready=tuple(row.pop("ready", ())),
        then=row.pop("then", ""),
        arguments=tuple(row.pop("arguments", ())),
        doors={door.pop("at"): _opinion(door) for door in row.pop("door", ())},
        others={door.pop("program"): _opinion(door) for door in row.pop("others", ())},
        mute=row.pop("mute", False),
        stock=row.pop("stock", False),
    )
    if row:
        raise ValueError(f"{scenario.name}: no such key as {', '.join(row)}")
    return scenario


def _opinion(row: dict[str, Any]) -> Opinion:
    opinion = Opinion(row.pop("concern", "none"), row.pop("standing", None), row)
    if opinion.concern not in CONCERNS or opinion.standing not in {*STANDINGS, None} or opinion.word == "None":
        raise ValueError(f"no opinion: {opinion}")
    return opinion
