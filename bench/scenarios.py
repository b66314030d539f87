"""The scenarios of tests/scenarios: the administrator's word beside the tool's, as a confusion table.

    python bench/scenarios.py [NAME...]

Needs root (unshare -n -m -p) and the programs of the scenarios; one whose program is missing is named.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "scenarios"))

from outcome import NOT_THERE, NOT_TOLD, Row, compare, play, why_not_here
from scenario import WORDS, Scenario, read_corpus

AT_ONCE = 2


def rows_of(scenario: Scenario) -> list[Row]:
    """Return what came of a scenario; one row that says so where it could not be played."""
    try:
        return compare(scenario, play(scenario))
    except RuntimeError as error:
        return [Row(scenario.name, "all", "played", "not played", (str(error).strip(),))]


def confusion_table(rows: Iterable[Row]) -> list[str]:
    """Return the lines of a Markdown table: a row for each word of the administrator, a column for the tool's."""
    counted = Counter((row.expected, row.told) for row in rows)
    down = [word for word in (*WORDS, NOT_THERE) if any(pair[0] == word for pair in counted)]
    across = [word for word in (*WORDS, NOT_TOLD) if any(pair[1] == word for pair in counted)]
    lines = [f"| administrator ↓ tool → | {' | '.join(across)} |", f"|---|{'---:|' * len(across)}"]
    for word in down:
        cells = [str(counted[word, told] or "") for told in across]
        lines.append(f"| {word} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Play all or some, and print."""
    corpus = read_corpus()
    chosen = [corpus[name] for name in sys.argv[1:]] or list(corpus.values())
    absent = {scenario.name: reason for scenario in chosen if (reason := why_not_here(scenario))}
    playable = [scenario for scenario in chosen if scenario.name not in absent]
    with ThreadPoolExecutor(AT_ONCE) as stages:
        rows = [row for found in stages.map(rows_of, playable) for row in found]
    agreeing = sum(not row.differences for row in rows)
    print(f"{len(playable)} scenarios, {len(rows)} doors, {agreeing} told as the administrator tells them.\n")
    print("\n".join(confusion_table(rows)))
    for row in rows:
        for difference in row.differences:
            print(f"\n* {row.scenario}: {difference}")
    for name, reason in absent.items():
        print(f"\n* {name}: not played, {reason}")


if __name__ == "__main__":
    main()
