"""What is said of a cross-view, in sentences and as data."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

import quietport.report
from quietport.model.cross_view import Answer, CrossView, HiddenPort, Mismatch, PortClass, Table
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage, Reason, Unseen
from quietport.report.hidden_report import SHOWN, hidden_json, lay_out_hidden
from quietport.report.sheet import Sheet
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

WHOLE = json.loads((Path(quietport.report.__file__).parent / "schemas" / "check.schema.json").read_text("utf-8"))
SCHEMA = WHOLE["$defs"]["hidden"]
TCP, UDP = Transport.TCP, Transport.UDP
QUIET = CrossView(
    namespace="net:[7]",
    counts=((PortClass.LISTENING, 2), (PortClass.BOUND, 1), (PortClass.CLIENT, 7)),
    hidden=(),
    mismatches=(),
    probed=131_070,
    dual_stack=True,
    tables=(Table.SOCK_DIAG, Table.PROC_NET),
    looks=2,
    settled=0,
    elapsed_s=0.384,
    coverage=Coverage(),
)
LOUD = replace(
    QUIET,
    counts=((PortClass.HIDDEN, 2), (PortClass.MISMATCH, 2), (PortClass.UNLISTED, 1)),
    hidden=(
        HiddenPort(Endpoint("::", Port(851, TCP)), Family.DUAL, Answer.ACCEPTED),
        HiddenPort(Endpoint("127.0.0.1", Port(852, UDP)), Family.IPV4, Answer.NOT_TRIED),
    ),
    mismatches=(
        Mismatch(Endpoint("::1", Port(9, TCP)), None, Family.IPV6, True, Table.PROC_NET, 0, 7),
        Mismatch(
            Endpoint("10.0.0.1", Port(40_000, TCP)),
            Endpoint("10.0.0.2", Port(4444, TCP)),
            Family.IPV4,
            False,
            Table.SOCK_DIAG,
            0,
            0,
        ),
    ),
    dual_stack=False,
    looks=5,
    settled=1,
)


def said(view: CrossView, lang: str = "en") -> str:
    sheet = Sheet(10_000)
    lay_out_hidden(view, phrasebook(lang), sheet)
    return " ".join(sheet.plain().split())


def test_a_quiet_host_in_english() -> None:
    assert said(QUIET) == (
        "A bind to every port of tcp and udp, IPv4 and IPv6, was tried, and 131070 told whether they are taken; "
        "free ones were held for microseconds, and nothing ever listened. What is taken was compared with sock_diag "
        "and /proc/net of this network namespace: 2 looks in 0.4 s. "
        "Ports taken: 2 listening, 1 bound and not listening and 7 ends of connections. "
        "No port is taken that no table lists, and the tables agree. "
        "What no bind sees: other network namespaces, VRFs, UDP-Lite, SCTP, packet and raw sockets, XDP, NAT, and a "
        "kernel that lies to bind too."
    )


def test_what_disagrees_in_english() -> None:
    text = said(LOUD)
    assert "over IPv4 was tried (this kernel has no IPv6)" in text
    assert (
        "851/tcp is taken and in no table (on ::, as it seems): something accepted a connection over loopback" in text
    )
    assert "852/udp is taken and in no table (on 127.0.0.1, as it seems): nothing was sent to it." in text
    assert "[::1]:9 (tcp) is listed by /proc/net and not by sock_diag." in text
    assert "between 10.0.0.1:40000 and 10.0.0.2:4444 (tcp) is listed by sock_diag and not by /proc/net." in text
    assert "1 port disagreed at first and no longer did" in text
    assert "the tables agree" not in text


def test_agreement_is_not_claimed_of_what_was_not_seen() -> None:
    unseen = Unseen("unseen.one-table", Reason.NOT_SUPPORTED, "remedy.inet-diag")
    text = said(replace(QUIET, tables=(Table.PROC_NET,), coverage=Coverage((unseen,))))
    assert "compared with /proc/net of this network namespace" in text
    assert "Among what could be looked at, no port is taken that no table lists." in text
    assert "agree" not in text


def test_a_terminal_gets_so_many_ports_and_the_count_of_the_rest() -> None:
    many = tuple(
        HiddenPort(Endpoint("::", Port(number, TCP)), Family.DUAL, Answer.REFUSED) for number in range(1, SHOWN + 4)
    )
    text = said(replace(QUIET, hidden=many))
    assert (text.count("is taken and in no table"), "and 3 more; --json has them all." in text) == (SHOWN, True)
    assert len(hidden_json(replace(QUIET, hidden=many), phrasebook("en"))["ports"]) == SHOWN + 3


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("view", [QUIET, LOUD, replace(QUIET, counts=())], ids=["quiet", "loud", "empty"])
def test_every_language_says_it_and_the_document_is_what_its_schema_says(lang: str, view: CrossView) -> None:
    assert "{" not in said(view, lang)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(hidden_json(view, phrasebook(lang)))))


def test_the_data_of_what_disagrees() -> None:
    document = hidden_json(LOUD, phrasebook("en"))
    assert document["counts"] == {
        "hidden": 2,
        "mismatch": 2,
        "unlisted": 1,
        "listening": 0,
        "bound": 0,
        "client": 0,
    }
    assert document["ports"][0] == {
        "transport": "tcp",
        "address": "::",
        "port": 851,
        "scope": "any",
        "family": "dual",
        "answer": "accepted",
    }
    assert document["mismatches"][1] == {
        "transport": "tcp",
        "address": "10.0.0.1",
        "port": 40_000,
        "scope": "private",
        "family": "ipv4",
        "remote_address": "10.0.0.2",
        "remote_port": 4444,
        "listed_by": "sock_diag",
        "missing_in": "/proc/net",
        "uid": 0,
        "inode": 0,
    }
    assert [document[name] for name in ("probed", "dual_stack", "looks", "settled", "elapsed_ms")] == [
        131_070,
        False,
        5,
        1,
        384,
    ]
