"""``check`` for people: what needs a person first, what is as it should be in one quiet line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Phrase, Value
from quietport.model.registration import Status
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Verdict
from quietport.report.declaration_json import flaw_next, flaw_phrase
from quietport.report.sheet import heading, quiet
from quietport.report.terminal import verdict_mark
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.door import AnyDoor, CheckReport
    from quietport.model.owner import Owner
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook

SHOWN_FINDINGS = 25
"""Findings a terminal gets in full."""

SHOWN_EXPECTED = 40
"""Quiet lines a terminal gets."""


def lay_out_check(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    """Add the answer of ``check`` to a sheet."""
    sheet.wrapped(visible(_first_line(report, book), 400))
    findings, settled = report.findings, report.settled
    for door in findings[:SHOWN_FINDINGS]:
        sheet.blank()
        _print_finding(door, book, sheet)
    _print_folded(len(findings) - SHOWN_FINDINGS, book, sheet)
    if settled:
        sheet.blank()
        sheet.wrapped(heading(book.say("check.expected")))
        sheet.columns(_quiet_rows(settled[:SHOWN_EXPECTED], book), indent=2)
        _print_folded(len(settled) - SHOWN_EXPECTED, book, sheet)
    if report.cross_view is not None:
        from quietport.report.hidden_report import lay_out_hidden  # noqa: PLC0415 - only where it was asked for

        sheet.blank()
        lay_out_hidden(report.cross_view, book, sheet)
    _print_coverage(report, book, sheet)


def _first_line(report: CheckReport, book: Phrasebook) -> str:
    if report.door_count:
        counted = tuple(Phrase(f"counted.{word}", {"count": count}) for word, count in report.counts)
        return book.say("check.summary", count=report.door_count, host=report.host, verdicts=counted)
    if not report.asked:
        return book.say("check.none", host=report.host)
    if not report.coverage.sockets_complete:
        return book.say("check.none-seen", ports=report.asked)
    if report.asked_status in {Status.UNASSIGNED, Status.RESERVED}:
        return book.say(f"check.quiet.{report.asked_status.label}", ports=report.asked)
    return book.say("check.none-asked", ports=report.asked)


def _print_finding(door: AnyDoor, book: Phrasebook, sheet: Sheet) -> None:
    word, style = verdict_mark(door.verdict.word, book.say(f"verdict.{door.verdict.word}"))
    where = (f"  {door.port.transport}  {visible(door.where)}  ", "bold")
    names = visible(", ".join(door.registration.names))
    sheet.wrapped((word, style), where, _holder(door.owners, book), quiet(f"  ({names})" if names else ""), hanging=4)
    for says in evidence_sentences(door.verdict, book):
        sheet.wrapped(visible(says, 600), indent=4)
    step = book.render(Phrase(door.verdict.next_step, next_values(door)))
    sheet.unwrapped("    ", quiet(visible(book.say("check.next", step=step), 600)))


def evidence_sentences(verdict: Verdict, book: Phrasebook) -> list[str]:
    """Return what each piece of evidence says, heaviest first."""
    return [book.render(Phrase(f"rule.{piece.rule}", piece.values)) for piece in verdict.evidence]


def next_values(door: AnyDoor) -> dict[str, Value]:
    """Return the values a next step may name."""
    pid = door.owners[0].pid if isinstance(door.owners, tuple) and door.owners else "PID"
    return {"pid": pid, "port": door.port.number}


def _holder(owners: tuple[Owner, ...] | Unknown, book: Phrasebook) -> str:
    if isinstance(owners, Unknown):
        return book.say("check.no-program" if owners.reason is Reason.NO_OWNER else "check.owner-unknown")
    if not owners:
        return book.say("check.no-program")
    first = owners[0]
    shown = f"{visible(first.program)} {book.say('check.pid', pid=first.pid)}"
    user = first.user if isinstance(first.user, str) else None
    shown = f"{shown} {visible(user)}" if user else shown
    return f"{shown} (+{len(owners) - 1})" if len(owners) > 1 else shown


def _quiet_rows(doors: Sequence[AnyDoor], book: Phrasebook) -> list[tuple[Piece, ...]]:
    return [
        (
            quiet(str(door.port.transport)),
            visible(door.where),
            quiet(visible(", ".join(door.registration.names)) or "-"),
            _holder(door.owners, book),
            verdict_mark(door.verdict.word, book.say(f"verdict.{door.verdict.word}")),
        )
        for door in doors
    ]


def _print_folded(more: int, book: Phrasebook, sheet: Sheet) -> None:
    if more > 0:
        sheet.wrapped(quiet(book.say("check.folded", count=more)), indent=2)


def _print_policy(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    for flaw in report.flaws:
        sheet.wrapped(visible(book.render(flaw_phrase(flaw)), 600), hanging=4)
        sheet.unwrapped("    ", quiet(visible(book.say("check.next", step=book.render(flaw_next(flaw))), 600)))
    for file in report.policy_files:
        sheet.wrapped(quiet(visible(book.say("check.policy", file=file), 400)))


def _print_coverage(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    sheet.blank()
    _print_policy(report, book, sheet)
    sheet.wrapped(quiet(book.say("check.looked", method=report.method)))
    if report.coverage.unseen:
        sheet.wrapped(heading(book.say("check.not-seen")))
    for unseen in report.coverage.unseen:
        values: dict[str, Value] = {} if unseen.count is None else {"count": unseen.count}
        what = book.render(Phrase(unseen.what, values))
        remedy = book.render(Phrase(unseen.remedy, {}))
        detail = f" ({visible(unseen.detail)})" if unseen.detail else ""
        sheet.wrapped(f"{visible(what, 400)}{detail} {visible(remedy, 400)}", indent=2, hanging=2)
