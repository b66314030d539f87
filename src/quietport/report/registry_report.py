"""``registry status`` and ``registry diff`` as text, plain lines and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.registry.state import state_phrase
from quietport.report.document import Json, dumps, envelope
from quietport.report.page_json import source_json
from quietport.report.plain import render_table
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.page import Source
    from quietport.registry.diff import Difference
    from quietport.registry.inventory import RegistryStatus
    from quietport.registry.update import UpdateOutcome
    from quietport.report.document import Occasion
    from quietport.words.phrasebook import Phrasebook

STATUS_COLUMNS = ("id", "kind", "name", "as_of", "opened", "package", "sha256", "url")
DIFF_COLUMNS = ("ports", "transport", "old_status", "old_names", "new_status", "new_names")


def render_status_text(status: RegistryStatus, book: Phrasebook) -> str:
    """Return what the registry is made of, a sentence a line."""
    origin = "shipped" if status.shipped else "updated"
    lines = [
        book.say("registry-status.in-force", path=visible(status.path, 400)),
        book.say(f"registry-status.{origin}"),
        *_passed_over_text(status, book),
        book.say("registry-status.rows", count=status.rows, date=status.iana.as_of),
        book.say("registry-status.age", count=status.age_days),
        book.say("registry-status.practice", uses=status.uses, misuse=status.misuse, programs=status.programs),
        book.say("registry-status.text", sha256=status.text_sha256),
        "",
        book.say("section.sources"),
    ]
    lines += [f"  {source.as_of}  {source.id:<28}  {visible(source.name)}" for source in status.sources]
    return "\n".join(lines)


def _passed_over_text(status: RegistryStatus, book: Phrasebook) -> list[str]:
    held = status.passed_over
    return [book.say(f"registry-status.{held.reason}", path=visible(held.path, 400))] if held else []


def render_status_plain(status: RegistryStatus) -> str:
    """Return the sources as tab-separated lines."""
    return render_table(STATUS_COLUMNS, (_source_fields(source) for source in status.sources))


def _source_fields(source: Source) -> tuple[object, ...]:
    return (
        source.id, source.kind, source.name, source.as_of, source.opened, source.package, source.sha256, source.url,
    )  # fmt: skip


def render_status_json(status: RegistryStatus, occasion: Occasion) -> str:
    """Return what the registry is made of (``quietport.registry-status/1``)."""
    document, held = envelope("registry-status", occasion), status.passed_over
    document |= {
        "path": status.path,
        "shipped": status.shipped,
        "passed_over": {"path": held.path, "reason": str(held.reason)} if held else None,
        "iana": status.iana.id,
        "as_of": status.iana.as_of,
        "age_days": status.age_days,
        "text_sha256": status.text_sha256,
        "rows": status.rows,
        "de_facto_uses": status.uses,
        "misuse_reports": status.misuse,
        "programs": status.programs,
        "sources": [source_json(number, source) for number, source in enumerate(status.sources, start=1)],
    }
    return dumps(document)


def render_diff_text(differences: Sequence[Difference], old: str, new: str, book: Phrasebook) -> str:
    """Return every difference, a line each, after one that counts them."""
    if not differences:
        return book.say("registry-diff.none", old=old, new=new)
    lines = [book.say("registry-diff.changed", count=len(differences), old=old, new=new)]
    lines += [
        book.say(
            "registry-diff.row",
            ports=str(entry.ports),
            transport=str(entry.transport),
            old=state_phrase(*entry.old),
            new=state_phrase(*entry.new),
        )
        for entry in differences
    ]
    return "\n".join(visible(line, 1000) for line in lines)


def render_diff_plain(differences: Sequence[Difference]) -> str:
    """Return every difference as a tab-separated line."""
    return render_table(
        DIFF_COLUMNS,
        (
            (d.ports, d.transport, d.old[0].label, " ".join(d.old[1]), d.new[0].label, " ".join(d.new[1]))
            for d in differences
        ),
    )


def render_diff_json(differences: Sequence[Difference], old: str, new: str, occasion: Occasion) -> str:
    """Return every difference (``quietport.registry-diff/1``)."""
    document = envelope("registry-diff", occasion)
    return dumps(document | {"old": old, "new": new, "differences": _differences_json(differences)})


def render_update_json(outcome: UpdateOutcome, occasion: Occasion) -> str:
    """Return what an update has done (``quietport.registry-update/1``)."""
    document = envelope("registry-update", occasion)
    document |= {
        "changed": outcome.changed,
        "as_of": outcome.as_of,
        "path": outcome.path,
        "differences": _differences_json(outcome.differences),
    }
    return dumps(document)


def _differences_json(differences: Sequence[Difference]) -> list[Json]:
    return [
        {
            "first": entry.ports.first,
            "last": entry.ports.last,
            "transport": str(entry.transport),
            "old": {"status": entry.old[0].label, "names": list(entry.old[1])},
            "new": {"status": entry.new[0].label, "names": list(entry.new[1])},
        }
        for entry in differences
    ]
