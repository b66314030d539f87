"""A socket without a port, as people see it."""

from __future__ import annotations

import pytest

from quietport.judge import raw_socket_facts, read_rules, weigh
from quietport.model.door import RawDoor
from quietport.model.namespace import NetworkNamespace
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Reason, Unknown
from quietport.report.door_sheet import door_where, lay_out_finding, medium, next_values
from quietport.report.sheet import Sheet
from quietport.report.verdict_sheet import lay_out_verdict
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

HERE = NetworkNamespace("net:[1]", None, 1, is_own=True)


def unseen(kind: RawKind) -> RawDoor:
    nobody = Unknown(Reason.PERMISSION, "owner")
    raw = RawSocket(kind, "packet", 3, "eth0", None, 0, 7, nobody, HERE)
    return RawDoor(raw, weigh(raw_socket_facts(raw, ()), read_rules()), nobody)


def test_a_packet_socket_whose_holder_may_not_be_seen() -> None:
    sheet = Sheet(100)
    lay_out_finding(unseen(RawKind.PACKET), phrasebook("en"), sheet)
    assert sheet.plain().splitlines() == [
        "? unresolved  packet  eth0 0x0003  owner not seen",
        "    Something reads what passes below the ports, and who it is could not be read.",
        "    Nothing can explain it before its holder is seen.",
        "    What would settle it: who holds it, which root can see.",
        "    Next: ask again as root: sudo quietport check",
    ]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("kind", list(RawKind))
def test_its_arithmetic_has_every_value_in_every_language(kind: RawKind, lang: str) -> None:
    door, book, sheet = unseen(kind), phrasebook(lang), Sheet(100)
    lay_out_finding(door, book, sheet)
    lay_out_verdict(door.verdict, f"{medium(door)} {door_where(door, book)}", next_values(door), {}, book, sheet)
    assert sheet.plain().count("sudo quietport check\n") >= 1
