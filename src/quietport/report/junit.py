"""``check`` as JUnit XML, as continuous integration servers read it: a door is a test case.

A door that the caller fails on is a failure; one whose verdict waits for what could not be seen is skipped, which is
neither passed nor failed; so is a flawed entry of a policy. Written as text: what XML 1.0 forbids (section 2.2) is
escaped before, so that no name of others can break or leave the document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from quietport.model.page import Phrase, Value
from quietport.model.verdict import Concern
from quietport.report.declaration_json import flaw_next, flaw_phrase
from quietport.report.door_report import DoorTeller
from quietport.report.door_sheet import medium
from quietport.report.redaction import Redaction
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quietport.model.declaration import DeclarationFlaw
    from quietport.model.door import CheckReport, Judged
    from quietport.model.verdict import Verdict
    from quietport.words.phrasebook import Phrasebook

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0; of these a gate leaves U+FFFE and U+FFFF."""


def render_junit(
    report: CheckReport, book: Phrasebook, fails: Callable[[Verdict], bool], *, redact: bool = True
) -> str:
    """Return doors, sockets below the ports and flaws of the policy as test cases, each in the order of the report.

    ``fails`` tells which verdicts the caller fails on. Without ``redact`` names of people and of the host, and
    homes, are in it.
    """
    redaction = Redaction(book, on=redact)
    cases = _Cases(DoorTeller(book, redaction), book, redaction, fails)
    doors = [cases.door(door) for door in (*report.doors, *report.raw_sockets)]
    flaws = [cases.flaw(flaw) for flaw in report.flaws]
    counts = {"tests": len(doors) + len(flaws), "failures": cases.failures, "errors": 0, "skipped": cases.skipped}
    counted = " ".join(f'{name}="{count}"' for name, count in counts.items())
    suite = (
        f"<testsuite name={_attribute('quietport check')} {counted} "
        f"hostname={_attribute(redaction.host(report.host))} timestamp={_attribute(report.generated_at)}>"
    )
    unseen = "\n".join(_unseen(report, book, redaction))
    end = [f"<system-err>{_text(unseen)}</system-err>"] if unseen else []
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="quietport" {counted}>'
    return "\n".join([head, suite, *doors, *flaws, *end, "</testsuite>", "</testsuites>"])


class _Cases:
    """Makes test cases, and counts them."""

    def __init__(
        self, teller: DoorTeller, book: Phrasebook, redaction: Redaction, fails: Callable[[Verdict], bool]
    ) -> None:
        self._teller = teller
        self._book = book
        self._redaction = redaction
        self._fails = fails
        self.failures = 0
        self.skipped = 0

    def door(self, door: Judged) -> str:
        """Return the test case of a door."""
        teller, verdict = self._teller, door.verdict
        first, evidence, step = teller.first_line(door), teller.evidence(door), teller.next_step(door)
        parts = []
        if self._fails(verdict):
            self.failures += 1
            said = "\n".join([first, *evidence, *([step] if step else [])])
            parts.append(
                f"<failure message={_attribute(first)} type={_attribute(verdict.word)}>{_text(said)}</failure>"
            )
        elif verdict.concern is Concern.UNRESOLVED:
            self.skipped += 1
            parts.append(f"<skipped message={_attribute(self._book.say('export.unread'))}/>")
        parts.append(f"<system-out>{_text(chr(10).join([first, *evidence]))}</system-out>")
        return _case(f"quietport.{medium(door)}", teller.key(door), parts)

    def flaw(self, flaw: DeclarationFlaw) -> str:
        """Return the test case of a flawed entry of a policy."""
        self.skipped += 1
        entry = flaw.declaration
        said = f"{self._book.render(flaw_phrase(flaw))} {self._book.say('export.next', step=flaw_next(flaw))}"
        message = _attribute(visible(self._redaction.text(said), 4096))
        name = visible(self._redaction.text(f"{entry.file}:{entry.line}"), 4096)
        return _case("quietport.policy", name, [f"<skipped message={message}/>"])


def _case(of: str, name: str, parts: list[str]) -> str:
    return f"<testcase classname={_attribute(of)} name={_attribute(name)}>{''.join(parts)}</testcase>"


def _unseen(report: CheckReport, book: Phrasebook, redaction: Redaction) -> Iterator[str]:
    for unseen in report.coverage.unseen:
        values: dict[str, Value] = {} if unseen.count is None else {"count": unseen.count}
        detail = f" {visible(redaction.text(unseen.detail))}" if unseen.detail else ""
        yield f"{book.render(Phrase(unseen.what, values))} {book.render(Phrase(unseen.remedy, {}))}{detail}"


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _text(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
