"""JUnit: XML that any parser takes, whatever names are in it."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

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
from quietport.report.junit import render_junit
from quietport.words.phrasebook import phrasebook

MakeReport = Callable[[str], CheckReport]
BOOK = phrasebook("en")
ENTRY = Declaration(Transport.TCP, PortRange(80, 80), "web", "/home/kim/p.toml", 12)
SAYS = (Evidence("nothing-explains-it", {}, 6, Standing.UNEXPLAINED, "sockets"),)


def parsed(report: CheckReport, fails: Callable[[Verdict], bool], **how: bool) -> ET.Element:
    root = ET.fromstring(render_junit(report, BOOK, fails, **how))  # noqa: S314 - our own document
    (suite,) = root
    cases = suite.findall("testcase")
    counted = {
        "tests": len(cases),
        "failures": len(suite.findall("testcase/failure")),
        "skipped": len(suite.findall("testcase/skipped")),
        "errors": 0,
    }
    for element in (root, suite):
        assert {name: int(element.attrib[name]) for name in counted} == counted
    return suite


def test_failures_skips_and_passes(make_report: MakeReport) -> None:
    report = make_report("nc")
    first = report.listeners[0]
    doors = tuple(
        replace(first, program="/usr/bin/nc", verdict=Verdict(standing, concern, SAYS, "next.unexplained"))
        for standing, concern in (
            (Standing.UNEXPLAINED, Concern.SUSPICIOUS),
            (Standing.UNEXPLAINED, Concern.UNRESOLVED),
            (Standing.EXPECTED, Concern.NONE),
        )
    )
    unseen = Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", 3, "<detail>")
    report = replace(
        report,
        runs=tuple(map(run_of_door, doors)),
        connections=(),
        coverage=Coverage((unseen,)),
        flaws=(DeclarationFlaw(ENTRY, Flaw.NEVER_MATCHED),),
    )
    suite = parsed(report, lambda verdict: verdict.concern is Concern.SUSPICIOUS)
    failed, waiting, passed, flawed = suite.findall("testcase")
    where = "[::1]:22 over tcp, held by /usr/bin/nc: "
    nothing = "Nothing that was looked at (the registry, software's defaults, the program) explains it."
    assert {case.attrib["name"] for case in (failed, waiting, passed)} == {"22/tcp/ipv6/loopback/host//tmp/nc"}
    assert failed.attrib["classname"] == "quietport.tcp"
    (failure,) = failed.findall("failure")
    assert failure.attrib == {"message": f"{where}suspicious.", "type": "suspicious"}
    assert (failure.text or "").splitlines()[:2] == [f"{where}suspicious.", nothing]
    assert (failure.text or "").splitlines()[2].startswith("Next: find out who started it: ")
    assert [element.tag for element in waiting] == ["skipped", "system-out"]
    assert [element.tag for element in passed] == ["system-out"]
    assert passed[0].text == f"{where}expected.\n{nothing}"
    assert flawed.attrib == {"classname": "quietport.policy", "name": "~/p.toml:12"}
    assert flawed[0].attrib["message"].startswith("~/p.toml, line 12: nothing that was seen fits the entry for 80/tcp.")
    assert (suite.findtext("system-err") or "").endswith(" <detail>")


def test_sockets_below_the_ports_are_test_cases(make_report: MakeReport) -> None:
    nobody, eve = Unknown(Reason.PERMISSION, "owner"), replace(make_report("nc").listeners[0].seen.owners[0], pid=9)
    raw = RawSocket(RawKind.RAW, "ipv4", 1, None, "10.0.0.1", 0, 7, nobody, NetworkNamespace("n", None, 1, is_own=True))
    verdicts = [
        Verdict(Standing.UNEXPLAINED, concern, SAYS, step)
        for concern, step in ((Concern.UNRESOLVED, "next.root-all"), (Concern.SUSPICIOUS, "next.packet-socket"))
    ]
    sockets = (
        RawDoor(raw, verdicts[0], nobody),
        RawDoor(replace(raw, kind=RawKind.PACKET, interface="eth0", owners=(eve,)), verdicts[1], "/tmp/nc"),
    )
    report = replace(make_report("x"), runs=(), connections=(), raw_sockets=sockets)
    waiting, failed = parsed(report, lambda verdict: verdict.concern is Concern.SUSPICIOUS).findall("testcase")
    assert waiting.attrib == {"classname": "quietport.raw", "name": "raw/10.0.0.1 1/host/?"}
    assert [element.tag for element in waiting] == ["skipped", "system-out"]
    assert failed.attrib == {"classname": "quietport.packet", "name": "packet/eth0 0x0001/host//tmp/nc"}
    (failure,) = failed.findall("failure")
    first = "eth0 0x0001, a socket below the ports (packet), held by /tmp/nc: suspicious."
    assert failure.attrib == {"message": first, "type": "suspicious"}


def test_nothing_listens(make_report: MakeReport) -> None:
    empty = replace(make_report("x"), runs=(), connections=(), coverage=Coverage())
    assert list(parsed(empty, lambda _: True)) == []


def test_the_host_is_named_only_where_asked(make_report: MakeReport) -> None:
    report = replace(make_report("x"), host="kim-laptop")
    assert parsed(report, lambda _: True).attrib["hostname"].startswith("host-")
    assert parsed(report, lambda _: True, redact=False).attrib["hostname"] == "kim-laptop"


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_name_makes_a_document_that_parses(make_report: MakeReport, text: str) -> None:
    flaw = DeclarationFlaw(replace(ENTRY, file=text), Flaw.NEVER_MATCHED)
    report = replace(make_report(text), flaws=(flaw,))
    assert len(parsed(report, lambda _: True, redact=False).findall("testcase")) == len(report.doors) + 1


@pytest.mark.parametrize("text", ["\0", "\x0b", "\ufffe", "\uffff", "\udcff", "]]>", "<!--", "&#0;", '"', "\u2028"])
def test_what_xml_forbids(make_report: MakeReport, text: str) -> None:
    suite = parsed(make_report(text), lambda _: True, redact=False)
    names = {case.attrib["name"] for case in suite.findall("testcase")}
    assert len(names) > 1
