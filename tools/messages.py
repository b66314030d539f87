"""Keep the translations in step with the English sentences.

python tools/messages.py            extract, and merge into every words/locale/*.po
python tools/messages.py --check    end with 1 where a translation is missing, fuzzy or left over
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from quietport.words.compile import english_catalogue

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "quietport"
LOCALE = PACKAGE / "words" / "locale"


def problems(translated: Catalog, english: Catalog) -> list[str]:
    """Return what keeps a translation from being complete, one line each."""
    found = []
    for message in english:
        if not message.id:
            continue
        held = translated.get(message.id, message.context)
        if held is None or not held.string or (not isinstance(held.string, str) and not all(held.string)):
            found.append(f"{message.context}: not translated")
        elif held.fuzzy:
            found.append(f"{message.context}: the English has changed")
    wanted = {message.context for message in english}
    found += [f"{held.context}: left over" for held in translated if held.id and held.context not in wanted]
    return found


def read(path: Path) -> Catalog:
    """Return a translation."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def merge(path: Path, english: Catalog) -> None:
    """Write the English sentences into a translation; changed ones are marked fuzzy, left-over ones dropped."""
    translated = read(path)
    translated.update(english, no_fuzzy_matching=True, keep_user_comments=True)
    translated.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, translated, width=120, sort_output=False, omit_header=False, include_previous=False)


def main() -> int:
    """Merge, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where something is missing")
    args = parser.parse_args()
    english = english_catalogue(PACKAGE)
    failed = False
    for path in sorted(LOCALE.glob("*.po")):
        if not args.check:
            merge(path, english)
        found = problems(read(path), english)
        failed = failed or bool(found)
        print(f"{path.name}: {len(found)} problems", *found, sep="\n  ")
    return int(failed and args.check)


if __name__ == "__main__":
    sys.exit(main())
