"""Which package owns an executable: ours against `dpkg -S`, for one, for twenty, and for one that no package owns.

    python bench/packages.py

Needs dpkg. Ours is timed as `check` uses it, inside a process that runs already, and as a process of its own, which
starts an interpreter first. Every figure is with the lists in the page cache.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from quietport.host.package.finder import find_here
from stopwatch import Contender, command, print_machine, race

ASK = "import sys; from quietport.host.package.finder import find_here; find_here('/', sys.argv[1:])"


def executables(count: int) -> list[str]:
    """Return so many programs of packages, evenly spread over /usr/sbin and /usr/bin."""
    files = sorted(
        str(path)
        for directory in ("/usr/sbin", "/usr/bin")
        for path in Path(directory).iterdir()
        if path.is_file() and not path.is_symlink()
    )
    owned = [path for path, package in find_here("/", files).items() if package is not None]
    return owned[:: len(owned) // count][:count]


def main() -> None:
    """Race for each question."""
    print_machine()
    lists = list(Path("/var/lib/dpkg/info").glob("*.list"))
    print(f"{len(lists)} lists, {sum(path.stat().st_size for path in lists) / 1e6:.1f} MB")
    questions = {
        "one executable": executables(1),
        "20 executables": executables(20),
        "one that no package owns": ["/opt/app/bin/server"],
        "20 that no package owns": [f"/opt/app/bin/server{number}" for number in range(20)],
    }
    for title, paths in questions.items():
        contenders = [
            Contender("quietport, in a process that runs", partial(find_here, "/", paths)),
            command("quietport, a process of its own", [sys.executable, "-c", ASK, *paths]),
            command("dpkg -S", ["dpkg", "-S", *paths]),
        ]
        race(title, contenders)


if __name__ == "__main__":
    main()
