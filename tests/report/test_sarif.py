"""SARIF: valid by its schema, the same result on every run, and nothing in it that should not leave the host."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from quietport.model.declaration import Declaration, DeclarationFlaw, Flaw
from quietport.model.door import CheckReport, RawDoor, run_of_door
from quietport.model.namespace import NetworkNamespace
from quietport.model.port import PortRange, Transport
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.model.verdict import Concern, Evidence, Standing, Verdict
from quietport.report.sarif import render_sarif
from quietport.words.gates import visible
from quietport.words.phrasebook import phrasebook

MakeReport = Callable[[str], CheckReport]
BOOK = phrasebook("en")
HERE = NetworkNamespace("net:[1]", None, 1, is_own=True)
SCHEMA = jsonschema.Draft4Validator(json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))
ENTRY = Declaration(Transport.TCP, PortRange(80, 80), "web", "/home/kim/a b.toml", 12, until="2026-01-01")


def declared(concern: Concern = Concern.NONE) -> Verdict:
    says = Evidence("nothing-explains-it", {"because": "team x"}, 20, Standing.DECLARED, "policy")
    worry = Evidence("nothing-explains-it", {}, 6, Concern.MISCONFIGURED, "sockets")
    return Verdict(Standing.DECLARED, concern, (says, worry), "next.misconfigured")


def run_of(report: CheckReport, **how: Any) -> dict[str, Any]:
    document = json.loads(render_sarif(report, BOOK, **how))
    SCHEMA.validate(document)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    found: dict[str, Any] = run
    return found


def test_a_finding_whole(make_report: MakeReport) -> None:
    report = make_report("nc")
    door = next(d for d in report.listeners if d.port.number == 851 and d.program == "/tmp/nc")
    run = run_of(
        replace(report, runs=(run_of_door(door),), connections=()), reasons={"nothing-explains-it": "Why {so}."}
    )
    (result,) = run["results"]
    key = "851/tcp/ipv6/loopback/host//tmp/nc"
    assert result.pop("message")["text"].startswith(f"[::1]:851 over tcp, held by /tmp/nc: {door.verdict.word}.\n")
    assert result == {
        "ruleId": result["ruleId"],
        "ruleIndex": 0,
        "level": {"suspicious": "error", "misconfigured": "warning"}.get(door.verdict.word, "note"),
        "locations": [{"logicalLocations": [{"name": "851/tcp", "fullyQualifiedName": key, "kind": "resource"}]}],
        "partialFingerprints": {"doorKey/v1": hashlib.sha256(key.encode()).hexdigest()},
        "properties": {
            "verdict": door.verdict.word,
            "standing": str(door.verdict.standing),
            "concern": str(door.verdict.concern),
            "evidence": [
                {"rule": piece.rule, "decibans": piece.decibans, "for": str(piece.speaks_for)}
                for piece in door.verdict.evidence
            ],
        },
    }


def test_the_rule_of_a_result_is_what_decided_and_its_reason_is_text(make_report: MakeReport) -> None:
    report = make_report("nc")
    door = replace(report.listeners[0], verdict=declared(Concern.MISCONFIGURED))
    other = replace(door, verdict=replace(declared(), evidence=declared().evidence[:1]))
    run = run_of(
        replace(report, runs=(run_of_door(door), run_of_door(other)), connections=()),
        reasons={"nothing-explains-it": "Why {so}."},
    )
    assert run["tool"]["driver"]["rules"] == [{"id": "nothing-explains-it", "fullDescription": {"text": "Why {{so}}."}}]
    assert [(result["level"], "suppressions" in result) for result in run["results"]] == [
        ("warning", False),
        ("note", True),
    ]
    assert run["results"][1]["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "team x"}]


def test_what_the_caller_fails_on_is_a_result_and_at_least_a_warning(make_report: MakeReport) -> None:
    report = make_report("nc")
    calm = replace(report.listeners[0], verdict=replace(declared(), standing=Standing.EXPECTED))
    one = replace(report, runs=(run_of_door(calm),), connections=())
    assert run_of(one)["results"] == []
    (result,) = run_of(one, fails=lambda verdict: verdict.standing is not Standing.DECLARED)["results"]
    assert result["level"] == "warning"


def test_what_was_not_seen_is_a_notification(make_report: MakeReport) -> None:
    unseen = Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", 3, "see [x](http://evil) {0}")
    run = run_of(replace(make_report("x"), coverage=Coverage((unseen,))))
    (noted,) = run["invocations"][0]["toolExecutionNotifications"]
    assert noted["descriptor"] == {"id": "unseen.owners"}
    assert noted["message"]["text"].startswith("The open files of 3 processes could not be read. ")
    assert noted["message"]["text"].endswith("see [x] (http://evil) {{0}}")


def test_a_flawed_entry_is_a_result_at_its_line(make_report: MakeReport) -> None:
    report = replace(make_report("x"), runs=(), connections=(), policy_files=(ENTRY.file,))
    run = run_of(replace(report, flaws=(DeclarationFlaw(ENTRY, Flaw.EXPIRED),)))
    (result,) = run["results"]
    assert result["ruleId"] == "declaration-expired"
    assert result["message"]["text"].startswith(
        "~/a b.toml, line 12: the entry for 80/tcp has expired; its last day was 2026-01-01."
    )
    place = {"artifactLocation": {"uri": "~/a%20b.toml"}, "region": {"startLine": 12}}
    assert result["locations"] == [{"physicalLocation": place}]
    assert run["invocations"][0]["properties"]["policyFiles"] == ["~/a b.toml"]
    (open_,) = run_of(replace(report, flaws=(DeclarationFlaw(ENTRY, Flaw.EXPIRED),)), redact=False)["results"]
    assert open_["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///home/kim/a%20b.toml"}


@pytest.mark.parametrize("path", ["/home/kimberly/bin/x", "/Users/kimberly/x", "C:\\Users\\kimberly\\x"])
def test_no_home_user_or_host_leaves_unless_asked(make_report: MakeReport, path: str) -> None:
    report = make_report("x")
    says = Evidence("chose-a-free-port", {"program": path, "user": "kimberly"}, 6, Standing.UNEXPLAINED, "sockets")
    verdict = Verdict(Standing.UNEXPLAINED, Concern.NONE, (says,), "next.unexplained")
    door = replace(report.listeners[0], program=path, verdict=verdict)
    one = replace(report, host="kimberly-laptop", runs=(run_of_door(door),), connections=(), coverage=Coverage())
    closed = run_of(one)
    assert "kimberly" not in json.dumps(closed)
    assert closed["invocations"][0]["machine"] == "host-" + hashlib.sha256(b"kimberly-laptop").hexdigest()[:12]
    opened = run_of(one, redact=False)
    assert opened["invocations"][0]["machine"] == "kimberly-laptop"
    assert path in opened["results"][0]["message"]["text"]
    prints = [run["results"][0]["partialFingerprints"] for run in (closed, opened)]
    assert prints[0] == prints[1]


RAW = RawSocket(RawKind.PACKET, "packet", 3, "eth0", None, 0, 7, Unknown(Reason.PERMISSION, "owner"), HERE)
RAW_SAYS = Evidence("raw-owner-unreadable", {}, 10, Concern.UNRESOLVED, "man-packet7")


def test_a_socket_below_the_ports_with_a_concern_is_a_result(make_report: MakeReport) -> None:
    verdict = Verdict(Standing.UNEXPLAINED, Concern.UNRESOLVED, (RAW_SAYS,), "next.root-all")
    calm = Verdict(Standing.EXPECTED, Concern.NONE, (replace(RAW_SAYS, rule="kernel-socket"),), "next.expected")
    sockets = (
        RawDoor(RAW, verdict, Unknown(Reason.PERMISSION, "owner")),
        RawDoor(replace(RAW, owners=()), calm, Unknown(Reason.NO_OWNER, "owner")),
    )
    run = run_of(replace(make_report("x"), runs=(), connections=(), raw_sockets=sockets))
    (result,) = run["results"]
    key = "packet/eth0 0x0003/host/?"
    assert result == {
        "ruleId": "raw-owner-unreadable",
        "ruleIndex": 0,
        "level": "note",
        "message": {
            "text": "eth0 0x0003, a socket below the ports (packet), holder not seen: unresolved.\n"
            "Something reads what passes below the ports, and who it is could not be read.\n"
            "Next: ask again as root: sudo quietport check"
        },
        "locations": [{"logicalLocations": [{"name": "eth0 0x0003", "fullyQualifiedName": key, "kind": "resource"}]}],
        "partialFingerprints": {"doorKey/v1": hashlib.sha256(key.encode()).hexdigest()},
        "properties": {
            "verdict": "unresolved",
            "standing": "unexplained",
            "concern": "unresolved",
            "evidence": [{"rule": "raw-owner-unreadable", "decibans": 10, "for": "unresolved"}],
        },
    }


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_name_makes_a_valid_document(make_report: MakeReport, text: str) -> None:
    flaw = DeclarationFlaw(replace(ENTRY, file=text, because=text), Flaw.NEVER_MATCHED)
    report = replace(make_report(text), flaws=(flaw,), policy_files=(text,))
    for result in run_of(report, fails=lambda _: True, redact=False)["results"]:
        said = result["message"]["text"]
        assert all(visible(line, len(line)) == line for line in said.split("\n"))
        assert "](" not in said


def test_undecodable_names_do_no_harm(make_report: MakeReport) -> None:
    assert run_of(make_report("\udcff\x1b[2J"))["results"]
