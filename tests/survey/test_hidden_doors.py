"""From a cross-view to the report: what is hidden is judged and shown as the doors are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema

import quietport.report
from quietport.host.hidden.doors import mark_doors
from quietport.model.cross_view import Answer, CrossView, HiddenPort, Mismatch, PortClass, Table
from quietport.model.door import CheckReport
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage
from quietport.report.check_json import render_check_json
from quietport.report.check_sheet import lay_out_check
from quietport.report.sheet import Sheet
from quietport.survey.check import unanswered
from quietport.survey.fail_on import DEFAULT_FAIL_ON, findings
from quietport.words.phrasebook import phrasebook

Look = Callable[..., CheckReport]
SCHEMA = json.loads((Path(quietport.report.__file__).parent / "schemas" / "check.schema.json").read_text("utf-8"))
TCP = Transport.TCP
VIEW = CrossView(
    namespace=NO_NAMESPACE,
    counts=((PortClass.HIDDEN, 1), (PortClass.MISMATCH, 1)),
    hidden=(HiddenPort(Endpoint("::", Port(851, TCP)), Family.DUAL, Answer.ACCEPTED),),
    mismatches=(Mismatch(Endpoint("127.0.0.1", Port(8080, TCP)), None, Family.IPV4, True, Table.PROC_NET, 1000, 7),),
    probed=131_070,
    dual_stack=True,
    tables=tuple(Table),
    looks=5,
    settled=0,
    elapsed_s=0.7,
    coverage=Coverage(),
)


def test_a_hidden_port_is_a_finding_and_a_mismatch_unresolved(look: Look) -> None:
    report = look(listeners=mark_doors((), VIEW))
    assert [(door.where, door.verdict.word) for door in report.doors] == [
        ("[::]:851", "suspicious"),
        ("127.0.0.1:8080", "unresolved"),
    ]
    assert [door.where for door in findings(report, DEFAULT_FAIL_ON)] == ["[::]:851"]
    assert unanswered(report)


def test_both_are_shown_as_doors(look: Look) -> None:
    report, book = look(listeners=mark_doors((), VIEW)), phrasebook("en")
    document = json.loads(render_check_json(report, book))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert [(door["state"], door["owner"]) for door in document["listeners"]] == [
        ("hidden", {"unknown": "not-supported"}),
        ("mismatch", {"unknown": "not-looked"}),
    ]
    sheet = Sheet(200)
    lay_out_check(report, book, sheet)
    shown = " ".join(sheet.plain().split())
    assert "none of its tables lists a socket on it." in shown
    assert "look from another one (nc -vz HOST 851)" in shown
