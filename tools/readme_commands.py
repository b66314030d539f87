"""Print one of the two set-up commands of README.md, so that CI runs exactly what a reader would."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
NAMES = ("check", "tests")


def commands(text: str) -> dict[str, str]:
    """Return the set-up commands of a README by name: the lines of its first ``sh`` block, in order."""
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for line in (block[1] if block else "").splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != len(NAMES):
        sys.exit(f"{README.name}: the first sh block should hold {len(NAMES)} commands, and holds {len(lines)}")
    return dict(zip(NAMES, lines, strict=True))


if __name__ == "__main__":
    print(commands(README.read_text("utf-8"))[sys.argv[1]])
