"""Run commands in turn, several rounds, and print the median of each and its ratio to the peer.

Rounds alternate between the commands, so that a busy machine is equally busy for all of them.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass
class Contender:
    """Something that is timed."""

    name: str
    """What it is called in the table."""
    run: Callable[[], object]
    """One run."""
    seconds: list[float] = field(default_factory=list)
    """What each round took."""

    @property
    def median(self) -> float:
        """Return the median of its rounds, in seconds."""
        return statistics.median(self.seconds)


def command(name: str, arguments: Sequence[str], **env: str) -> Contender:
    """Return a whole process as a contender; its output is read and thrown away."""
    environ = {**os.environ, **env}

    def run() -> None:
        subprocess.run(arguments, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    return Contender(name, run)


def install_ours(folder: Path) -> str:
    """Install quietport as a user does, without what its tests need, and return its command."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "pip"), "install", "-q", str(Path(__file__).resolve().parents[1]), "psutil"]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return str(folder / "bin" / "quietport")


def race(title: str, contenders: list[Contender], rounds: int = 15) -> None:
    """Time the contenders and print a table; the first is ours, the ratio says how many times faster it is."""
    for contender in contenders:
        contender.run()
    for _ in range(rounds):
        for contender in contenders:
            start = time.perf_counter()
            contender.run()
            contender.seconds.append(time.perf_counter() - start)
    ours = contenders[0].median
    print(f"\n### {title}\n\n| | median | quartiles | ratio to ours |\n|---|---|---|---|")
    for contender in contenders:
        low, _, high = statistics.quantiles(contender.seconds, n=4)
        ratio = "" if contender is contenders[0] else f"{contender.median / ours:.2f}×"
        print(f"| {contender.name} | {_shown(contender.median)} | {_shown(low)} to {_shown(high)} | {ratio} |")


def _shown(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.2f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def print_machine() -> None:
    """Print what the figures were measured on."""
    print(f"Python {platform.python_version()}, Linux {platform.release()}, {os.cpu_count()} cores, {sys.executable}")
