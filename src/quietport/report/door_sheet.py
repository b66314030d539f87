"""One door for people: in full where somebody should look, else in one quiet line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.door import Door, RawDoor
from quietport.model.page import Phrase, Value
from quietport.model.unknown import Reason, Unknown
from quietport.report.sheet import quiet
from quietport.report.terminal import verdict_mark
from quietport.words.gates import visible

if TYPE_CHECKING:
    from quietport.model.door import Judged
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.verdict import Verdict
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook

_LONGEST = 600
"""Letters of a sentence that are shown."""


def lay_out_finding(door: Judged, book: Phrasebook, sheet: Sheet) -> None:
    """Add a door that needs a person: what it is, every piece of evidence, what would settle it, the next step."""
    word, style = verdict_mark(door.verdict.word, book.say(f"verdict.{door.verdict.word}"))
    where = (f"  {medium(door)}  {visible(door_where(door, book))}  ", "bold")
    names = visible(", ".join(registered_names(door)))
    sheet.wrapped(
        (word, style), where, holder_text(door.owners, book), quiet(f"  ({names})" if names else ""), hanging=4
    )
    for says in evidence_sentences(door.verdict, book):
        sheet.wrapped(visible(says, _LONGEST), indent=4)
    values = next_values(door)
    if door.verdict.settles:
        sheet.wrapped(quiet(visible(book.render(Phrase(door.verdict.settles, values)), _LONGEST)), indent=4)
    step = book.render(Phrase(door.verdict.next_step, values))
    sheet.unwrapped("    ", quiet(visible(book.say("check.next", step=step), _LONGEST)))


def quiet_row(door: Judged, book: Phrasebook) -> tuple[Piece, ...]:
    """Return the cells of a door that is as it should be."""
    return (
        quiet(medium(door)),
        visible(door_where(door, book)),
        quiet(visible(", ".join(registered_names(door))) or "-"),
        holder_text(door.owners, book),
        verdict_mark(door.verdict.word, book.say(f"verdict.{door.verdict.word}")),
    )


def medium(door: Judged) -> str:
    """Return the transport of a door, or which kind of socket below the ports it is."""
    return str(door.port.transport if isinstance(door, Door) else door.seen.kind)


def registered_names(door: Judged) -> tuple[str, ...]:
    """Return the names that its port is registered for; a socket below the ports has none."""
    return door.registration.names if isinstance(door, Door) else ()


def door_where(door: Judged, book: Phrasebook) -> str:
    """Return address and port, and the network namespace where it is not the one that we look from."""
    namespace: NetworkNamespace | Unknown = door.seen.namespace
    if isinstance(namespace, Unknown) or namespace.is_own:
        return door.where
    return book.say("check.elsewhere", where=door.where, namespace=namespace.name or namespace.id)


def evidence_sentences(verdict: Verdict, book: Phrasebook) -> list[str]:
    """Return what each piece of evidence says, heaviest first."""
    return [book.render(Phrase(f"rule.{piece.rule}", piece.values)) for piece in verdict.evidence]


def next_values(door: Judged) -> dict[str, Value]:
    """Return the values a next step may name."""
    pid = door.owners[0].pid if isinstance(door.owners, tuple) and door.owners else "PID"
    return {"pid": pid} if isinstance(door, RawDoor) else {"pid": pid, "port": door.port.number}


def holder_text(owners: tuple[Owner, ...] | Unknown, book: Phrasebook) -> str:
    """Return who holds it: program, pid, user and container of the first, and how many more."""
    if isinstance(owners, Unknown):
        return book.say("check.no-program" if owners.reason is Reason.NO_OWNER else "check.owner-unknown")
    if not owners:
        return book.say("check.no-program")
    first = owners[0]
    if first.executable is None:
        return book.say("check.kernel", part=visible(first.program))
    shown = f"{visible(first.program) or '?'} {book.say('check.pid', pid=first.pid)}"
    user = first.user if isinstance(first.user, str) else None
    shown = f"{shown} {visible(user)}" if user else shown
    if first.container is not None and not isinstance(first.container, Unknown):
        name = visible(first.container.name or first.container.id[:12])
        shown = f"{shown} {book.say('check.container', engine=first.container.engine, name=name)}"
    return f"{shown} (+{len(owners) - 1})" if len(owners) > 1 else shown
