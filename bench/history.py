"""What remembering costs `check`: looks at 20,000 doors and at 300, in this process, the file and all.

    python bench/history.py

20,000 doors of two programs are the crowd of `bench/crowd.py`; 300 of 150 programs are a busy server.
"""

from __future__ import annotations

import tempfile
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.history.remember import remember
from quietport.model.look import Look
from stopwatch import Contender, print_machine, race

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quietport.history.store import Store

    Doors = dict[str, list[int]]

START = 1_795_000_000
PROGRAMS = {"a": 20_000, "b": 30_000}


def crowd(left_out: int = 0) -> Doors:
    """Return 20,000 doors of two programs, without the first few of each."""
    return {
        f"tcp/ipv4/loopback/host//usr/bin/{name}": list(range(first + left_out, first + 10_000))
        for name, first in PROGRAMS.items()
    }


def server() -> Doors:
    """Return 300 doors of 150 programs."""
    return {f"tcp/ipv4/any/host//usr/sbin/daemon-{n}": [1000 + n, 2000 + n] for n in range(150)}


def looks(name: str, folders: Iterator[Path], doors: list[Doors], *, afresh: bool = False) -> Contender:
    """Return looks at doors in turn as a contender: in one folder, or each in a new one."""
    same, seconds, turn = next(folders), count(), cycle(doors)
    left: list[Store] = []

    def run() -> None:
        look = Look(START + next(seconds), "here")
        _, unseen = remember(next(folders) if afresh else same, look, next(turn), left)
        assert unseen == ()  # noqa: S101 - a look that was not noted is no figure
        del left[:-1]

    return Contender(name, run)


def main() -> None:
    """Time looks of every kind."""
    print_machine()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        folders = (Path(place) / str(number) for number in count())
        make: Callable[..., Contender] = looks
        contenders = [
            make("20,000 doors, as they were", folders, [crowd()]),
            make("20,000 doors, 10 of them come or gone", folders, [crowd(), crowd(5)]),
            make("20,000 doors, first look", folders, [crowd()], afresh=True),
            make("300 doors, as they were", folders, [server()]),
            make("300 doors, first look", folders, [server()], afresh=True),
        ]
        race("remembering a look, in process", contenders)


if __name__ == "__main__":
    main()
