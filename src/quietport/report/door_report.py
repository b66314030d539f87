"""A door as a report for other machines tells it: its key, its sentences, and the rule that decided."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from quietport.model.door import door_key
from quietport.model.listener import Listener
from quietport.model.page import Phrase, Value
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Standing, Verdict
from quietport.words.gates import readable, visible

if TYPE_CHECKING:
    from quietport.model.door import AnyDoor
    from quietport.model.verdict import Evidence
    from quietport.report.redaction import Redaction
    from quietport.words.phrasebook import Phrasebook

MOST = 4096
"""Characters of one sentence."""


class DoorTeller:
    """Tells doors; what is the same for many is told once."""

    def __init__(self, book: Phrasebook, redaction: Redaction) -> None:
        """Keep language and redaction."""
        self._book = book
        self._redaction = redaction
        self._evidence: dict[int, tuple[Verdict, list[str]]] = {}

    def key(self, door: AnyDoor) -> str:
        """Return the key of a door, without what is redacted."""
        return visible(self._redaction.text(full_key(door)), MOST)

    def first_line(self, door: AnyDoor) -> str:
        """Return where the door is, who holds it and the verdict, in one sentence."""
        verdict = self._book.say(f"verdict.{door.verdict.word}")
        values: dict[str, Value] = {"where": door.where, "transport": str(door.port.transport), "verdict": verdict}
        if not isinstance(door.program, Unknown):
            return self._say(Phrase("export.door", values | {"program": door.program}))
        nobody = door.program.reason is Reason.NO_OWNER
        return self._say(Phrase("export.door-none" if nobody else "export.door-unseen", values))

    def evidence(self, door: AnyDoor) -> list[str]:
        """Return what each piece of evidence says, heaviest first."""
        held = self._evidence.get(id(door.verdict))
        if held is None:
            pieces = door.verdict.evidence
            says = [self._say(Phrase(f"rule.{piece.rule}", self._redaction.values(piece))) for piece in pieces]
            held = self._evidence[id(door.verdict)] = (door.verdict, says)
        return held[1]

    def next_step(self, door: AnyDoor) -> str | None:
        """Return what a person would do next; None where there is nothing to do."""
        if not door.needs_a_person:
            return None
        pid = door.owners[0].pid if isinstance(door.owners, tuple) and door.owners else "PID"
        step = Phrase(door.verdict.next_step, {"pid": pid, "port": door.port.number})
        return self._say(Phrase("export.next", {"step": step}))

    def _say(self, phrase: Phrase) -> str:
        return visible(self._redaction.text(self._book.render(phrase)), MOST)


def full_key(door: AnyDoor) -> str:
    """Return what makes a door the same one tomorrow; for a connection, the same of its quiet end."""
    if isinstance(door.seen, Listener):
        return readable(door_key(door))
    program = "?" if isinstance(door.program, Unknown) else door.program
    return readable(f"{door.port}/{door.seen.direction}/{door.seen.local.scope}/{program}")


def fingerprint(text: str) -> str:
    """Return a hash of a key, from which neither a path nor a name can be read."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def deciding(verdict: Verdict) -> Evidence:
    """Return the heaviest evidence that speaks for what the verdict says."""
    opinion = verdict.standing if verdict.concern is Concern.NONE else verdict.concern
    return next((piece for piece in verdict.evidence if piece.speaks_for == opinion), verdict.evidence[0])


def find_reason(verdict: Verdict) -> str | None:
    """Return the reason that a policy gives for a declared door; None for any other."""
    if verdict.standing is not Standing.DECLARED:
        return None
    reasons = (piece.values["because"] for piece in verdict.evidence if "because" in piece.values)
    return next((str(reason) for reason in reasons), "")
