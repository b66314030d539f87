"""``check`` for people: what needs a person first, what is as it should be in one quiet line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Phrase, Value
from quietport.model.registration import Status
from quietport.model.unknown import Unknown
from quietport.report.change_sheet import lay_out_changes
from quietport.report.declaration_json import flaw_next, flaw_phrase
from quietport.report.door_sheet import door_where, lay_out_finding, medium, next_values, quiet_row
from quietport.report.redirection_report import redirection_text
from quietport.report.sheet import heading, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quietport.model.door import CheckReport, Judged
    from quietport.report.sheet import Sheet
    from quietport.words.phrasebook import Phrasebook

SHOWN_FINDINGS = 25
"""Findings a terminal gets in full."""

SHOWN_EXPECTED = 40
"""Quiet lines a terminal gets."""

_LOOKED = {"sock_diag": "check.looked", "proc-net": "check.looked", "psutil": "check.looked-one"}
# How we looked ourselves; any other way is what some tool printed.


def lay_out_check(report: CheckReport, book: Phrasebook, sheet: Sheet, *, unfolded: bool = False) -> None:
    """Add the answer of ``check`` to a sheet; ``unfolded`` leaves nothing out, however long it gets."""
    sheet.wrapped(visible(_first_line(report, book), 400))
    findings, settled = report.findings, report.settled
    for door in findings if unfolded else findings[:SHOWN_FINDINGS]:
        sheet.blank()
        lay_out_finding(door, book, sheet)
        _print_command(door, book, sheet)
    _print_folded(0 if unfolded else len(findings) - SHOWN_FINDINGS, book, sheet)
    if settled:
        sheet.blank()
        sheet.wrapped(heading(book.say("check.expected")))
        rows = [quiet_row(door, book) for door in (settled if unfolded else settled[:SHOWN_EXPECTED])]
        sheet.columns(rows, indent=2)
        _print_folded(0 if unfolded else len(settled) - SHOWN_EXPECTED, book, sheet)
    _print_redirections(report, book, sheet)
    lay_out_changes(report, book, sheet)
    if report.cross_view is not None:
        from quietport.report.hidden_report import lay_out_hidden  # noqa: PLC0415 - only where it was asked for

        sheet.blank()
        lay_out_hidden(report.cross_view, book, sheet)
    _print_coverage(report, book, sheet)


def lay_out_arithmetic(report: CheckReport, sources: Mapping[str, str], book: Phrasebook, sheet: Sheet) -> None:
    """Add the arithmetic of every verdict: those that need a person first; ``sources`` names sources by id."""
    from quietport.report.verdict_sheet import lay_out_verdict, lay_out_verdict_units  # noqa: PLC0415

    doors = (*report.findings, *report.settled)
    sheet.wrapped(visible(_first_line(report, book), 400))
    for door in doors[:SHOWN_FINDINGS]:
        sheet.blank()
        where = f"{medium(door)}  {door_where(door, book)}"
        lay_out_verdict(door.verdict, where, next_values(door), sources, book, sheet)
    _print_folded(len(doors) - SHOWN_FINDINGS, book, sheet)
    if doors:
        lay_out_verdict_units(book, sheet)
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


def _print_command(door: Judged, book: Phrasebook, sheet: Sheet) -> None:
    """Add the command line of the first holder, where it was asked for."""
    if isinstance(door.owners, Unknown) or not door.owners or isinstance(door.owners[0].command, Unknown):
        return
    shown = " ".join(door.owners[0].command)
    sheet.wrapped(quiet(visible(book.say("check.command", command=shown), 2000)), indent=4)


def _print_folded(more: int, book: Phrasebook, sheet: Sheet) -> None:
    if more > 0:
        sheet.wrapped(quiet(book.say("check.folded", count=more)), indent=2)


def _print_redirections(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    if not report.redirections:
        return
    sheet.blank()
    sheet.wrapped(heading(book.say("check.redirections")))
    for one in report.redirections[:SHOWN_EXPECTED]:
        sheet.wrapped(visible(redirection_text(one, book), 400), indent=2, hanging=4)
    _print_folded(len(report.redirections) - SHOWN_EXPECTED, book, sheet)


def _print_policy(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    for flaw in report.flaws:
        sheet.wrapped(visible(book.render(flaw_phrase(flaw)), 600), hanging=4)
        sheet.unwrapped("    ", quiet(visible(book.say("check.next", step=book.render(flaw_next(flaw))), 600)))
    for file in report.policy_files:
        sheet.wrapped(quiet(visible(book.say("check.policy", file=file), 400)))


def _print_coverage(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    sheet.blank()
    _print_policy(report, book, sheet)
    looked = _LOOKED.get(report.method, "check.printed")
    sheet.wrapped(quiet(book.say(looked, method=report.method)))
    if report.coverage.unseen:
        sheet.wrapped(heading(book.say("check.not-seen")))
    for unseen in report.coverage.unseen:
        values: dict[str, Value] = {} if unseen.count is None else {"count": unseen.count}
        what = book.render(Phrase(unseen.what, values))
        remedy = book.render(Phrase(unseen.remedy, {}))
        detail = f" ({visible(unseen.detail)})" if unseen.detail else ""
        sheet.wrapped(f"{visible(what, 400)}{detail} {visible(remedy, 400)}", indent=2, hanging=2)
