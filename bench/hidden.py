"""The cross-view of `quietport check --hidden` against unhide-tcp, with no listener, with ten and with 5,000.

    python bench/hidden.py [SCENE...]

Needs root (unshare -n); unhide-tcp where Debian's `unhide` is installed. Ours binds to every port of tcp and udp over
both families, and compares with netlink and text; unhide-tcp binds over IPv4, and starts `ss` for every busy port, so
that it is given up after a minute where there are many.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stopwatch import Contender, command, print_machine, race

HERE = Path(__file__).resolve().parent
SCENES = ("listeners-0", "listeners-10", "listeners-5000")
OURS = "from quietport.host.hidden.ports import find_hidden; view = find_hidden(); print(*view.counts, view.ports)"
INSIDE = "QUIETPORT_BENCH_INSIDE"
GIVEN_UP_AFTER_S = 60


def contenders(scene: str) -> list[Contender]:
    """Return ours, and the peer where it is installed and ends in reasonable time."""
    found = [command("find_hidden(), whole process", [sys.executable, "-c", OURS])]
    if shutil.which("unhide-tcp") is None:
        return found
    if scene != "listeners-5000":
        return [*found, command("unhide-tcp", ["unhide-tcp"])]
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(["unhide-tcp"], stdout=quiet, stderr=quiet, timeout=GIVEN_UP_AFTER_S, check=False)
    except subprocess.TimeoutExpired:
        print(f"\nunhide-tcp with {scene}: given up after {GIVEN_UP_AFTER_S} s")
        return found
    return [*found, command("unhide-tcp", ["unhide-tcp"])]


def main() -> None:
    """Race in every scene; each is a namespace of its own that this script starts itself in again."""
    scene = os.environ.get(INSIDE)
    if scene:
        shown = subprocess.run([sys.executable, "-c", OURS], capture_output=True, text=True, check=True).stdout
        print(f"\n{scene}: {shown.strip()}")
        race(f"hidden ports, {scene}", contenders(scene), rounds=3 if scene == "listeners-5000" else 9)
        return
    print_machine()
    for scene in sys.argv[1:] or SCENES:
        again = ["unshare", "-n", sys.executable, str(HERE / "crowd.py"), scene, sys.executable, __file__]
        subprocess.run(again, env={**os.environ, INSIDE: scene}, check=True)


if __name__ == "__main__":
    main()
