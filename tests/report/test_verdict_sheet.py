"""The arithmetic of a verdict, as people see it."""

from __future__ import annotations

import pytest

from quietport.model.page import Value
from quietport.model.verdict import Concern, Evidence, Outweighed, Score, Standing, Verdict
from quietport.report.sheet import Sheet
from quietport.report.verdict_sheet import lay_out_verdict, lay_out_verdict_units
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

SAID = {"program": "x", "executable": "/tmp/x", "software": "X", "names": "x", "package": "x-bin", "unit": "x.service"}
NEXT: dict[str, Value] = {"pid": 41, "port": 851}
SOURCES = {"rfc6335": "RFC 6335", "attack-t1036-005": "MITRE ATT&CK T1036.005"}


def piece(rule: str, decibans: int, speaks_for: Standing | Concern, source: str = "rfc6335") -> Evidence:
    return Evidence(rule, SAID, decibans, speaks_for, source)


DOUBTED = Verdict(
    Standing.EXPECTED,
    Concern.UNRESOLVED,
    (
        piece("registered-name-agrees", 10, Standing.EXPECTED),
        piece("executable-in-temporary-place", 6, Concern.SUSPICIOUS, "attack-t1036-005"),
        piece("service-of-a-unit", 3, Standing.CUSTOM, "unnamed"),
        piece("restart-needed", 0, Concern.NONE),
    ),
    "next.inspect-process",
    settles="settle.file",
    scores=(Score(Standing.EXPECTED, 10, 6), Score(Standing.CUSTOM, 3, 6), Score(Concern.SUSPICIOUS, 6, 12)),
    outweighed=(Outweighed(piece("package-named-for-it", 10, Standing.EXPECTED), "registered-name-agrees"),),
)


def shown(verdict: Verdict, lang: str = "en", where: str = "tcp 0.0.0.0:851") -> str:
    sheet = Sheet(100)
    lay_out_verdict(verdict, where, NEXT, SOURCES, phrasebook(lang), sheet)
    lay_out_verdict_units(phrasebook(lang), sheet)
    return sheet.plain()


def test_every_line_of_the_sum_is_there() -> None:
    assert (
        shown(DOUBTED)
        == """\
? unresolved  tcp 0.0.0.0:851
  Who is this? expected
    expected: 10 decibans of the 6 that it needs
    custom: 3 decibans of the 6 that it needs
    expected and custom must lead one another by 3; what is declared leads both.
  What is wrong? unresolved
    suspicious: 6 decibans of the 12 that it needs
    from 6 decibans on, suspicion that does not suffice is unresolved.

  +10 expected  X speaks x, which is what IANA registered this port for.
      Rule registered-name-agrees; it rests on RFC 6335.
  +6 suspicious  /tmp/x lies in a folder that anybody may write to and that is emptied now and then.
      Rule executable-in-temporary-place; it rests on MITRE ATT&CK T1036.005.
  +3 custom  x.service keeps it running.
      Rule service-of-a-unit; it rests on unnamed.
  note  The package x-bin was upgraded after x started: the old program runs until it is started
      again.
      Rule restart-needed; it rests on RFC 6335.
  Not counted, since registered-name-agrees says the same and weighs more
  (+10 expected)  x belongs to the package x-bin, which is named for what this port is used for.
      Rule package-named-for-it; it rests on RFC 6335.

What would settle it: where the file came from, who made it and when, and whether its maker's
checksum fits.
Next: look before you stop anything: ls -l /proc/41/exe; ps -o user,ppid,lstart,args -p 41

Decibans are weight of evidence: 10 make the odds ten times as high. The sum is to be argued with
line by line; it is no probability.
"""
    )


def test_where_nothing_spoke_and_nothing_is_wrong() -> None:
    bare = Verdict(
        Standing.UNEXPLAINED, Concern.NONE, (piece("nothing-explains-it", 0, Standing.UNEXPLAINED),), "next.unexplained"
    )
    lines = shown(bare).splitlines()
    assert lines[1:5] == [
        "  Who is this? unexplained",
        "    no rule spoke for any",
        "  What is wrong? Nothing that was looked at.",
        "    no rule spoke for any",
    ]


@pytest.mark.parametrize("lang", languages())
def test_it_is_told_in_every_language(lang: str) -> None:
    text = shown(DOUBTED, lang)
    assert "{" not in text
    assert "registered-name-agrees" in text


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb\r\tc", "\u202egnp.exe", "\udcff", "y" * 4096])
def test_what_others_wrote_does_no_harm(text: str) -> None:
    hostile = Evidence("executable-in-temporary-place", {"executable": text}, 6, Concern.SUSPICIOUS, "s")
    lines = shown(Verdict(Standing.UNEXPLAINED, Concern.NONE, (hostile,), "next.root"), where=text).splitlines()
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= 100
