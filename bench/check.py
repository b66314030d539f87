"""`quietport check --json` against ss, psutil, lsof and netstat, in crowds of four kinds.

    python bench/check.py [SCENE...]

Needs root (unshare -n), ss; lsof and netstat where they are installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stopwatch import Contender, command, install_ours, print_machine, race

HERE = Path(__file__).resolve().parent
OURS = os.environ.get("QUIETPORT_BENCH_OURS", "")
SCENES = ("listeners-10", "listeners-20000", "files-50000", "namespaces-20")
PSUTIL = "import psutil; psutil.net_connections()"
PEAK_KB = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
INSIDE = "QUIETPORT_BENCH_INSIDE"


def contenders() -> list[Contender]:
    """Return ours and every peer that is installed."""
    found = [
        command("quietport check --json", [OURS, "check", "--json"]),
        command("ss -H -ltnp", ["ss", "-H", "-ltnp"]),
        command("ss -H -ltnup", ["ss", "-H", "-ltnup"]),
        command("psutil.net_connections()", [str(Path(OURS).with_name("python")), "-c", PSUTIL]),
    ]
    if shutil.which("lsof"):
        found.append(command("lsof -nP -iTCP -sTCP:LISTEN", ["lsof", "-nP", "-iTCP", "-sTCP:LISTEN"]))
    if shutil.which("netstat"):
        found.append(command("netstat -ltnp", ["netstat", "-ltnp"]))
    return found


def peak_memory_mb() -> float:
    """Return the most memory that one run of ours took, in megabytes (ru_maxrss, man 2 getrusage)."""
    # Asked by a small process: a child begins with what its parent holds.
    asked = [sys.executable, "-c", PEAK_KB, OURS, "check", "--json"]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) / 1024


def main() -> None:
    """Race in every scene; each is a namespace of its own that this script starts itself in again."""
    scene = os.environ.get(INSIDE)
    if scene:
        shown = json.loads(subprocess.run([OURS, "check", "--json"], capture_output=True, check=False).stdout)
        title = f"{scene}: {len(shown['listeners'])} listeners, verdicts {shown['counts']}"
        race(title, contenders(), rounds=9 if scene != "listeners-10" else 21)
        print(f"\nMost memory that ours took: {peak_memory_mb():.0f} MB.")
        return
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        ours = install_ours(Path(folder))
        for scene in sys.argv[1:] or SCENES:
            inside = {INSIDE: scene, "QUIETPORT_BENCH_OURS": ours, "QUIETPORT_STATE": f"{folder}/{scene}"}
            again = ["unshare", "-n", sys.executable, str(HERE / "crowd.py"), scene, sys.executable, __file__]
            subprocess.run(again, env={**os.environ, **inside}, check=True)


if __name__ == "__main__":
    main()
