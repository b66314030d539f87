"""Rebuild data/iana from the packages that carry copies of IANA's registry, and say what changed.

    python tools/rebuild_iana.py [--cache DIR] [--check]

The rows are those of the newest copy. It lacks some columns; where the copy of 2023 has the same row
(name, range and transport; description too where there is no name), assignee, dates, service code,
reports of unauthorised use and notes are taken from there, and with them the letter case of the name.
What older copies said differently is written to history.tsv: each line holds for one snapshot, and a
port without a line for a snapshot was there as it is in the next newer one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from iana_carriers import CARRIERS, read_carrier

from quietport.registry.diff import diff, states_of_rows
from quietport.registry.iana import format_csv
from quietport.registry.text import HISTORY_COLUMNS

if TYPE_CHECKING:
    from quietport.model.port import PortRange, Transport
    from quietport.model.registration import IanaRow
    from quietport.registry.diff import States

DATA = Path(__file__).resolve().parents[1] / "data" / "iana"
SHOWN = 10
"""Changed lines that are shown of a file."""


def enrich(rows: list[IanaRow], detailed: list[IanaRow]) -> list[IanaRow]:
    """Return the rows with the details and the spelling that the other copy has of the same rows."""
    known: dict[tuple[PortRange, Transport | None], list[IanaRow]] = defaultdict(list)
    for row in detailed:
        known[row.ports, row.transport].append(row)
    return [_enriched(row, known[row.ports, row.transport]) for row in rows]


def _enriched(row: IanaRow, candidates: list[IanaRow]) -> IanaRow:
    name = (row.name or "").casefold()
    same = [one for one in candidates if (one.name or "").casefold() == name]
    described = [one for one in candidates if one.description.casefold() == row.description.casefold()]
    # An older spelling of a name (sql*net) has the name of its replacement in the newest copy.
    found = next((one for one in described if one in same), None)
    if found is None and row.name is not None:
        found = next(iter(same or [one for one in described if one.name is not None]), None)
    if found is None:
        return row
    return replace(
        row,
        name=found.name,
        assignee=found.assignee,
        registered=found.registered,
        modified=found.modified,
        unauthorized=found.unauthorized,
        notes=found.notes,
        service_code=found.service_code,
    )


def history(newest: States, older: list[tuple[str, States]]) -> str:
    """Return history.tsv: what each older snapshot, newest first, says other than the one after it."""
    lines = []
    newer = newest
    for as_of, states in older:
        for entry in diff(states, newer):
            status, names = entry.old
            lines.append(
                (entry.ports.first, entry.ports.last, str(entry.transport), as_of, status.label, " ".join(names))
            )
        newer = states
    lines.sort()
    head = "# What older snapshots of IANA's registry said where it differs from the next newer one.\n"
    return head + "".join("\t".join(map(str, line)) + "\n" for line in [HISTORY_COLUMNS, *lines])


def write(path: Path, text: str, check: bool) -> bool:
    """Write a file, or only compare it, and say what changed; return whether anything did."""
    had = path.read_text("utf-8") if path.exists() else ""
    if had == text:
        print(f"{path.name}: unchanged, {text.count(chr(10))} lines")
        return False
    before, after = Counter(had.splitlines()), Counter(text.splitlines())
    gone, come = list((before - after).elements()), list((after - before).elements())
    print(f"{path.name}: {len(gone)} lines gone, {len(come)} new")
    for mark, lines in (("-", gone), ("+", come)):
        for line in lines[:SHOWN]:
            print(f"  {mark} {line[:160]}")
    if not check:
        path.write_text(text, "utf-8")
    return True


def main() -> int:
    """Rebuild, or check, and return 1 where a check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="keep the packages here (default: a temporary folder)")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where something differs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        copies = {carrier.as_of: read_carrier(carrier, args.cache or Path(temporary)) for carrier in CARRIERS}
    newest, *older = sorted(copies, reverse=True)
    rows = enrich(copies[newest], copies["2023-03-13"])
    states = {as_of: states_of_rows(copies[as_of]) for as_of in older}
    changed = write(DATA / f"{newest}.csv", format_csv(rows), args.check)
    text = history(states_of_rows(rows), [(as_of, states[as_of]) for as_of in older])
    changed = write(DATA / "history.tsv", text, args.check) or changed
    return int(changed and args.check)


if __name__ == "__main__":
    sys.exit(main())
