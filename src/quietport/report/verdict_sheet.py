"""The arithmetic of one verdict, for people: every rule with its weight, the sums, and what they had to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Phrase
from quietport.model.verdict import DOUBT_FLOOR, MARGIN, Concern, Standing
from quietport.report.sheet import heading, quiet
from quietport.report.terminal import verdict_mark
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quietport.model.page import Value
    from quietport.model.verdict import Evidence, Opinion, Score, Verdict
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook


def lay_out_verdict(
    verdict: Verdict,
    where: str,
    values: Mapping[str, Value],
    sources: Mapping[str, str],
    book: Phrasebook,
    sheet: Sheet,
) -> None:
    """Add the arithmetic of a verdict to a sheet.

    ``where`` is what the door is called, ``values`` are those that a next step may name, ``sources`` the
    names of sources by id; an id that is not among them stands for itself.
    """
    word, style = verdict_mark(verdict.word, book.say(f"verdict.{verdict.word}"))
    sheet.wrapped((word, style), (f"  {visible(where)}", "bold"), hanging=4)
    _lay_out_question(verdict, "standing", verdict.standing, book, sheet)
    _lay_out_question(verdict, "concern", verdict.concern, book, sheet)
    sheet.blank()
    for piece in verdict.evidence:
        _lay_out_evidence(piece, _weight(piece, book), sources, book, sheet)
    for left in verdict.outweighed:
        sheet.wrapped(quiet(book.say("explain-verdict.outweighed", by=left.by)), indent=2)
        _lay_out_evidence(left.evidence, quiet(f"({_opinion(left.evidence, book)})"), sources, book, sheet)
    sheet.blank()
    if verdict.settles:
        sheet.wrapped(visible(book.render(Phrase(verdict.settles, values)), 600))
    step = book.render(Phrase(verdict.next_step, values))
    sheet.unwrapped(visible(book.say("check.next", step=step), 600))


def lay_out_verdict_units(book: Phrasebook, sheet: Sheet) -> None:
    """Add what the numbers mean: once, below all verdicts."""
    sheet.blank()
    sheet.wrapped(quiet(book.say("explain-verdict.units")))


def _lay_out_question(verdict: Verdict, question: str, answer: Opinion, book: Phrasebook, sheet: Sheet) -> None:
    kind = Standing if question == "standing" else Concern
    scores = [score for score in verdict.scores if isinstance(score.opinion, kind)]
    said = book.say(f"verdict.{answer}") if answer is not Concern.NONE else ""
    title = f"explain-verdict.{question}" if said else "explain-verdict.concern-none"
    sheet.wrapped(heading(book.say(title, verdict=said) if said else book.say(title)), indent=2)
    for line in _sums(scores, book) or [book.say("explain-verdict.no-sum")]:
        sheet.wrapped(line, indent=4)
    for rule in _margins(scores, answer, book):
        sheet.wrapped(quiet(rule), indent=4)


def _sums(scores: Sequence[Score], book: Phrasebook) -> list[str]:
    return [
        book.say(
            "explain-verdict.sum",
            opinion=book.say(f"verdict.{score.opinion}"),
            decibans=score.decibans,
            floor=score.floor,
        )
        for score in scores
    ]


def _margins(scores: Sequence[Score], answer: Opinion, book: Phrasebook) -> list[str]:
    """Return the rules beside the floors, where they decided."""
    found = []
    if len(scores) > 1 and isinstance(answer, Standing):
        found.append(book.say("explain-verdict.lead", margin=MARGIN))
    short = any(score.opinion is Concern.SUSPICIOUS and score.decibans < score.floor for score in scores)
    if short and answer is Concern.UNRESOLVED:
        found.append(book.say("explain-verdict.doubt", floor=DOUBT_FLOOR))
    return found


def _weight(piece: Evidence, book: Phrasebook) -> Piece:
    if not piece.decibans:
        return quiet(book.say("explain-verdict.note"))
    return _opinion(piece, book), "bold"


def _opinion(piece: Evidence, book: Phrasebook) -> str:
    opinion = book.say(f"verdict.{piece.speaks_for}")
    return book.say("explain-verdict.weight", decibans=piece.decibans, opinion=opinion)


def _lay_out_evidence(
    piece: Evidence, weight: Piece, sources: Mapping[str, str], book: Phrasebook, sheet: Sheet
) -> None:
    says = book.render(Phrase(f"rule.{piece.rule}", piece.values))
    sheet.wrapped(weight, f"  {visible(says, 600)}", indent=2, hanging=4)
    source = sources.get(piece.source, piece.source)
    sheet.wrapped(quiet(book.say("explain-verdict.source", rule=piece.rule, source=source)), indent=6)
