"""Looks on a disk that is made full, in a mount namespace of its own; prints what came of each look."""

from __future__ import annotations

import sys
from pathlib import Path

from quietport.history.damage import find_damage
from quietport.history.remember import remember
from quietport.model.look import Look

START = 1_795_000_000


def look(what: str, folder: Path, second: int, more: str = "") -> None:
    """Look, and say what came of it."""
    seen = {f"tcp/ipv4/any/host//usr/bin/{second}-{number}": [number + 1] for number in range(200)}
    past, unseen = remember(folder, Look(START + second, "here"), seen)
    print(f"{what}: {type(past).__name__} {[entry.what for entry in unseen]}{more}")  # noqa: T201 - its output


def fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def main() -> None:
    """Look while there is room, while there is none, and afterwards."""
    disk = Path(sys.argv[1])
    look("fits", disk / "state", 0)
    fill(disk / "filler")
    look("full", disk / "state", 1)
    look("first and full", disk / "other", 2)
    (disk / "filler").unlink()
    problem = find_damage(disk / "state" / "history.sqlite")
    look("room again", disk / "state", 3, " whole" if problem is None else f" {problem}")


if __name__ == "__main__":
    main()
