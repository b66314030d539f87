"""A door as a report for other machines tells it: its key, its sentences, and the rule that decided."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from quietport.model.door import RawDoor
from quietport.model.door_key import door_key, namespace_key
from quietport.model.listener import Listener
from quietport.model.page import Phrase, Value
from quietport.model.program_key import program_key
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Standing, Verdict
from quietport.report.door_sheet import medium, next_values
from quietport.words.gates import readable, visible

if TYPE_CHECKING:
    from quietport.model.door import Judged
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

    def key(self, door: Judged) -> str:
        """Return the key of a door, without what is redacted."""
        return visible(self._redaction.text(full_key(door)), MOST)

    def where(self, door: Judged) -> str:
        """Return where a door is, without what is redacted."""
        return visible(self._redaction.text(door.where), MOST)

    def first_line(self, door: Judged) -> str:
        """Return where the door is, who holds it and the verdict, in one sentence."""
        verdict = self._book.say(f"verdict.{door.verdict.word}")
        what = "export.socket" if isinstance(door, RawDoor) else "export.door"
        values: dict[str, Value] = {"where": door.where, "transport": medium(door), "verdict": verdict}
        if not isinstance(door.program, Unknown):
            return self._say(Phrase(what, values | {"program": door.program}))
        nobody = door.program.reason is Reason.NO_OWNER
        return self._say(Phrase(f"{what}-none" if nobody else f"{what}-unseen", values))

    def evidence(self, door: Judged) -> list[str]:
        """Return what each piece of evidence says, heaviest first."""
        held = self._evidence.get(id(door.verdict))
        if held is None:
            pieces = door.verdict.evidence
            says = [self._say(Phrase(f"rule.{piece.rule}", self._redaction.values(piece))) for piece in pieces]
            held = self._evidence[id(door.verdict)] = (door.verdict, says)
        return held[1]

    def next_step(self, door: Judged) -> str | None:
        """Return what a person would do next; None where there is nothing to do."""
        if not door.verdict.needs_a_person:
            return None
        return self._say(Phrase("export.next", {"step": Phrase(door.verdict.next_step, next_values(door))}))

    def _say(self, phrase: Phrase) -> str:
        return visible(self._redaction.text(self._book.render(phrase)), MOST)


def full_key(door: Judged) -> str:
    """Return what makes a door the same one tomorrow; for a connection, the same of its quiet end.

    A socket below the ports is told by what it receives, as ``packet/eth0 0x0003/host//usr/sbin/dhclient``.
    """
    if isinstance(door, RawDoor):
        held = program_key(door.owners)
        place = f"{door.seen.kind}/{door.where}/{namespace_key(door.seen.namespace)}"
        return readable(f"{place}/{'?' if isinstance(held, Unknown) else held}")
    if isinstance(door.seen, Listener):
        return readable(door_key(door.seen, program_key(door.owners)))
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
