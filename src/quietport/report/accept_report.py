"""What ``accept`` has done, and what is declared: for people, as plain lines and as JSON (``quietport.accept/1``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Phrase
from quietport.report.declaration_json import CONDITIONS, condition_phrases, declaration_json, port_of
from quietport.report.document import Occasion, dumps, envelope, known
from quietport.report.plain import render_table
from quietport.report.sheet import heading, quiet
from quietport.words.gates import readable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quietport.model.declaration import Declaration
    from quietport.model.unknown import Unseen
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook

PLAIN_COLUMNS = ("action", "port", *CONDITIONS, "until", "author", "because", "file", "line")

SHOWN = 400
"""Characters of one sentence that are shown."""


def render_accept_json(
    action: str,
    entries: Sequence[Declaration],
    files: Sequence[str],
    occasion: Occasion,
    *,
    written: bool = False,
    recorded: Sequence[str] = (),
    doors: int | None = None,
    fitting: int | None = None,
    change: tuple[str, str, str] | None = None,
) -> str:
    """Return what was done, with the entries it was about; ``change`` is a file with its text before and after."""
    today = occasion.generated_at[:10]
    document = envelope("accept", occasion)
    document |= {
        "action": action,
        "written": written,
        "policy_files": [known(file) for file in files],
        "recorded": list(recorded),
        "doors": doors,
        "fitting": fitting,
        "diff": None if change is None else readable("".join(diff_lines(*change))),
        "entries": [declaration_json(entry, today) for entry in entries],
    }
    return dumps(document)


def render_accept_plain(action: str, entries: Sequence[Declaration]) -> str:
    """Return the entries as tab-separated lines."""
    return render_table(PLAIN_COLUMNS, (_plain_fields(action, entry) for entry in entries))


def _plain_fields(action: str, entry: Declaration) -> Iterator[object]:
    yield from (action, port_of(entry))
    yield from (getattr(entry, name) for name in (*CONDITIONS, "until", "author", "because", "file", "line"))


def lay_out_done(
    action: str, port: str, file: str, entry: Declaration | None, says: Sequence[Phrase], book: Phrasebook, sheet: Sheet
) -> None:
    """Add what was done to an entry, and what else is to say of it."""
    line = {} if entry is None else {"line": entry.line}
    for phrase in (Phrase(f"accept.{action}", {"port": port, "file": file, **line}), *says):
        sheet.wrapped(visible(book.render(phrase), SHOWN))


def lay_out_diff(change: tuple[str, str, str], says: Sequence[Phrase], book: Phrasebook, sheet: Sheet) -> None:
    """Add what would change in a file (its name, its text before and after), and what else is to say of it."""
    sheet.wrapped(book.say("accept.dry-run"))
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff_lines(*change):
        shown = visible(line.rstrip("\r\n"), 4096)
        sheet.unwrapped((shown, styles.get(shown[:1], "")))
    for phrase in says:
        sheet.wrapped(visible(book.render(phrase), SHOWN))


def diff_lines(file: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified difference between two texts of a file, with their ends."""
    from difflib import unified_diff  # noqa: PLC0415 - only where it was asked for

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in unified_diff(old, new, file, file):
        yield line if line.endswith("\n") else f"{line}\n"


def lay_out_list(
    entries: Sequence[Declaration],
    files: Sequence[str],
    unseen: Sequence[Unseen],
    today: str,
    book: Phrasebook,
    sheet: Sheet,
) -> None:
    """Add everything that is declared, the files it is declared in, and those that are not obeyed."""
    if files:
        sheet.wrapped(visible(book.say("accept.list.in-force", files=tuple(files)), SHOWN))
    else:
        sheet.wrapped(book.say("accept.list.no-files"))
    if entries:
        sheet.blank()
        sheet.columns([_row(entry, today, book) for entry in entries])
    elif files:
        sheet.wrapped(book.say("accept.list.none"))
    if unseen:
        sheet.blank()
        sheet.wrapped(heading(book.say("check.not-seen")))
    for refused in unseen:
        text = f"{book.say(refused.what)} {refused.detail}. {book.say(refused.remedy)}"
        sheet.wrapped(visible(text, SHOWN), indent=2, hanging=2)


def _row(entry: Declaration, today: str, book: Phrasebook) -> tuple[Piece, ...]:
    has_ended = entry.until is not None and entry.until < today
    key = "always" if entry.until is None else "expired" if has_ended else "until"
    until = book.render(Phrase(f"accept.list.{key}", {"day": entry.until or ""}))
    narrowed = book.join(condition_phrases(entry)) or "-"
    by = f" ({entry.author})" if entry.author else ""
    return (
        (port_of(entry), "bold"),
        visible(narrowed),
        (until, "yellow" if has_ended else ""),
        visible(f"{entry.because}{by}", SHOWN),
        quiet(visible(f"{entry.file}:{entry.line}")),
    )
