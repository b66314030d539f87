"""``check`` in SARIF 2.1.0 (OASIS Standard, 27 March 2020), for what collects findings of many tools.

A door is in no file: its place is a logical location, named by its key, and its fingerprint is a hash of that key,
so that it is the same result on every run. What could not be seen is a notification of the invocation. A declared
door is a suppressed result, unless something else is wrong with it. An entry of a policy that has expired or that
nothing fits is a result at its line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quietport import __version__
from quietport.model.door import Door
from quietport.model.page import Phrase, Value
from quietport.model.verdict import Concern
from quietport.report.declaration_json import flaw_next, flaw_phrase, port_of
from quietport.report.door_report import DoorTeller, deciding, find_reason, fingerprint, full_key
from quietport.report.redaction import Redaction
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from quietport.model.declaration import DeclarationFlaw
    from quietport.model.door import CheckReport, Judged
    from quietport.model.unknown import Unseen
    from quietport.model.verdict import Verdict
    from quietport.report.document import Json
    from quietport.words.phrasebook import Phrasebook

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""Where readers look for the schema."""

LEVELS = {
    Concern.SUSPICIOUS: "error",
    Concern.MISCONFIGURED: "warning",
    Concern.UNRESOLVED: "note",
    Concern.NONE: "note",
}
"""Level of a result (section 3.27.10) by concern; a door that the caller fails on is at least a warning."""

FINGERPRINT = "doorKey/v1"
"""Name and version of the fingerprint (section 3.27.17)."""


def render_sarif(
    report: CheckReport,
    book: Phrasebook,
    fails: Callable[[Verdict], bool] = lambda _: False,
    reasons: Mapping[str, str] | None = None,
    *,
    redact: bool = True,
) -> str:
    """Return the doors that need a person, that the caller fails on, or that are declared, as a SARIF log.

    ``reasons`` are the written reasons of rules by their id, in English. Without ``redact`` names of people and of
    the host, and homes, are in it.
    """
    redaction = Redaction(book, on=redact)
    results = _Results(book, redaction, fails)
    shown = [results.door(door) for door in (*report.doors, *report.raw_sockets) if results.has(door)]
    shown += [results.flaw(flaw) for flaw in report.flaws]
    host = redaction.host(report.host)
    run: dict[str, Json] = {
        "tool": {"driver": _driver(results.rules, reasons or {})},
        "automationDetails": {"id": f"quietport-check/{host}/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": report.generated_at,
                "machine": host,
                "toolExecutionNotifications": [_notification(seen, book, redaction) for seen in report.coverage.unseen],
                "properties": {
                    "method": report.method,
                    "policyFiles": [visible(redaction.text(file), 4096) for file in report.policy_files],
                },
            }
        ],
    }
    # A result a line: an indentation of json's own is made in Python, and takes longer than all the rest.
    log = json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    lines = ",\n".join(map(json.dumps, shown))
    return f'{log[:-3]},\n"results": [\n{lines}\n]}}]}}'


def _driver(rules: Mapping[str, int], reasons: Mapping[str, str]) -> Json:
    described: list[Json] = [
        {"id": id_, **({"fullDescription": _message(reasons[id_])} if id_ in reasons else {})} for id_ in rules
    ]
    return {"name": "quietport", "version": __version__, "semanticVersion": __version__, "rules": described}


def _message(text: str) -> Json:
    """Return a message whose text is nothing but text: no placeholder and no link (sections 3.11.5 and 3.11.6)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _notification(unseen: Unseen, book: Phrasebook, redaction: Redaction) -> Json:
    values: dict[str, Value] = {} if unseen.count is None else {"count": unseen.count}
    said = [book.render(Phrase(unseen.what, values)), book.render(Phrase(unseen.remedy, {}))]
    if unseen.detail is not None:
        said.append(visible(redaction.text(unseen.detail)))
    return {"level": "warning", "descriptor": {"id": unseen.what}, "message": _message(" ".join(said))}


class _Results:
    """Makes results, and keeps the rules that they name."""

    def __init__(self, book: Phrasebook, redaction: Redaction, fails: Callable[[Verdict], bool]) -> None:
        self._book = book
        self._redaction = redaction
        self._fails = fails
        self._teller = DoorTeller(book, redaction)
        self.rules: dict[str, int] = {}

    def has(self, door: Judged) -> bool:
        """Tell whether a door is a result."""
        return door.verdict.needs_a_person or self._fails(door.verdict) or find_reason(door.verdict) is not None

    def door(self, door: Judged) -> Json:
        """Return the result that a door is."""
        verdict, teller, key = door.verdict, self._teller, self._teller.key(door)
        level = "warning" if LEVELS[verdict.concern] == "note" and self._fails(verdict) else LEVELS[verdict.concern]
        said = [teller.first_line(door), *teller.evidence(door), teller.next_step(door) or ""]
        place = {
            "name": str(door.port) if isinstance(door, Door) else teller.where(door),
            "fullyQualifiedName": key,
            "kind": "resource",
        }
        return {
            **self._rule(deciding(verdict).rule),
            "level": level,
            "message": _message("\n".join(filter(None, said))),
            "locations": [{"logicalLocations": [place]}],
            "partialFingerprints": {FINGERPRINT: fingerprint(full_key(door))},
            "properties": {
                "verdict": verdict.word,
                "standing": str(verdict.standing),
                "concern": str(verdict.concern),
                "evidence": [
                    {"rule": piece.rule, "decibans": piece.decibans, "for": str(piece.speaks_for)}
                    for piece in verdict.evidence
                ],
            },
            **dict(self._suppressed(verdict)),
        }

    def _suppressed(self, verdict: Verdict) -> Iterator[tuple[str, Json]]:
        """Yield the suppression of a declared door; a declaration never cancels a concern."""
        reason = find_reason(verdict)
        if reason is not None and verdict.concern is Concern.NONE:
            justification = visible(self._redaction.text(reason), 4096)
            yield "suppressions", [{"kind": "external", "status": "accepted", "justification": justification}]

    def flaw(self, flaw: DeclarationFlaw) -> Json:
        """Return the result that a flawed entry of a policy is."""
        entry = flaw.declaration
        said = [self._book.render(flaw_phrase(flaw)), self._book.say("export.next", step=flaw_next(flaw))]
        message = visible(self._redaction.text(" ".join(said)), 4096)
        place: Json = {
            "artifactLocation": {"uri": _uri(self._redaction.text(entry.file))},
            "region": {"startLine": max(entry.line, 1)},
        }
        return {
            **self._rule(f"declaration-{flaw.flaw}"),
            "level": "note",
            "message": _message(message),
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {FINGERPRINT: fingerprint(f"{flaw.flaw}/{port_of(entry)}/{entry.because}")},
        }

    def _rule(self, id_: str) -> dict[str, Json]:
        return {"ruleId": id_, "ruleIndex": self.rules.setdefault(id_, len(self.rules))}


def _uri(path: str) -> str:
    """Return a path as a URI reference (RFC 3986): ``file:`` where it is absolute."""
    from urllib.parse import quote  # noqa: PLC0415 - few policies have flaws

    spelt = quote(path.replace("\\", "/").encode("utf-8", "surrogateescape"), safe="/~")
    return f"file://{spelt}" if spelt.startswith("/") else spelt
