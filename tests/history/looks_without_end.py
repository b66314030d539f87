"""Notes one look after another in a folder and prints the number of each that was noted, until it is ended.

Look N sees the ports 1000 to 1000 + N % 50, and port 20000 + N, which no other look sees.

    python looks_without_end.py FOLDER PROGRAM FIRST [COUNT]
"""

from __future__ import annotations

import sys
from pathlib import Path

from quietport.history.remember import remember
from quietport.model.look import Look

START = 1_795_000_000


def main() -> None:
    """Look and say so."""
    folder, program, first = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    last = first + int(sys.argv[4]) if len(sys.argv) > 4 else 40_000
    for number in range(first, last):
        seen = {f"tcp/ipv4/any/host//usr/bin/{program}": [*range(1000, 1001 + number % 50), 20_000 + number]}
        _, unseen = remember(folder, Look(START + number, f"host-{program}"), seen)
        print(f"{number} {len(unseen)}", flush=True)  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
