"""Our own document comes back as the records that it was made from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.facts import PortFacts
from quietport.host.printed.printed_host import read_printed
from quietport.host.view import HostView
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState, run_of
from quietport.model.owner import Activation, Ancestor, Container, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.registry.snapshot import Registry
from quietport.report.check_json import render_check_json
from quietport.survey.check import check
from quietport.words.phrasebook import phrasebook

FULL = Owner(
    pid=812,
    program="sshd",
    executable="/usr/sbin/sshd",
    file=ExecutableFile.REPLACED,
    uid=0,
    user="root",
    started_at="2026-11-23T10:00:00Z",
    ancestors=(Ancestor(1, "systemd"),),
    command=("sshd", "-D"),
    script=None,
    unit="ssh.service",
    container=Container("docker", "ab" * 32, "web", None),
    package=Package("dpkg", "openssh-server", "1:9.2", is_claim=False, changed_at="2026-11-20T10:00:00Z"),
    activation=Activation.SYSTEMD,
    stdin_socket=False,
    debugger=None,
)
UNREAD = Unknown(Reason.PERMISSION, "x")
POOR = Owner(900, "\\xffodd\x1b", UNREAD, UNREAD, UNREAD, UNREAD, UNREAD)
KERNEL = Owner(2, "kthreadd", None, ExecutableFile.PRESENT, 0, "root", "2026-11-23T10:00:00Z", package=None)
SEEN = HostView(
    runs=(
        run_of(
            Listener(
                Endpoint("0.0.0.0", Port(22, Transport.TCP)),
                Family.IPV4,
                ListenerState.LISTENING,
                "eth0",
                0,
                2,
                (FULL, POOR),
            )
        ),
        run_of(
            Listener(Endpoint("::", Port(851, Transport.UDP)), Family.DUAL, ListenerState.LISTENING, None, 0, 1, UNREAD)
        ),
        run_of(
            Listener(
                Endpoint("::1", Port(2049, Transport.TCP)), Family.IPV6, ListenerState.BOUND, None, 0, 1, (KERNEL,)
            )
        ),
    ),
    connections=(
        Connection(
            Endpoint("127.0.0.1", Port(40000, Transport.TCP)),
            Endpoint("127.0.0.1", Port(852, Transport.TCP)),
            Direction.OUTBOUND,
            0,
            45,
            (POOR,),
        ),
    ),
    coverage=Coverage((Unseen("unseen.owners", Reason.PERMISSION, "remedy.root", 3),)),
    method="sock_diag",
    namespace="net:[4026531840]",
)


def document(view: HostView = SEEN, lang: str = "en") -> str:
    facts = PortFacts("linux", 1024, PortRange(32768, 60999), ())
    with Registry() as registry:
        report = check(registry, lambda _: view, facts, (), "alpha", "2026-11-23T10:00:00Z")
        return render_check_json(report, phrasebook(lang))


def bare(value: Any) -> Any:
    """Return a record as JSON would have it, with what Unknown is unknown of left out."""
    if isinstance(value, Unknown):
        return f"unknown: {value.reason}"
    if isinstance(value, tuple):
        return [bare(one) for one in value]
    if hasattr(value, "__struct_fields__"):
        return {name: bare(getattr(value, name)) for name in value.__struct_fields__}
    return value


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_owner_and_end_comes_back_whole(lang: str) -> None:
    found = read_printed(document(lang=lang).encode(), lambda _: True, lambda *_: None)
    assert (found.host, found.generated_at, found.view.method) == ("alpha", "2026-11-23T10:00:00Z", "quietport")
    told = {"endpoint", "family", "state", "interface", "owners"}
    assert [{name: bare(getattr(seen, name)) for name in told} for seen in found.view.listeners] == [
        {name: bare(getattr(seen, name)) for name in told} for seen in SEEN.listeners
    ]
    assert [seen.sockets for seen in found.view.listeners] == [2, 1, 1]
    told = {"local", "remote", "direction", "owners"}
    assert [{name: bare(getattr(seen, name)) for name in told} for seen in found.view.connections] == [
        {name: bare(getattr(seen, name)) for name in told} for seen in SEEN.connections
    ]
    assert found.view.coverage == SEEN.coverage


def test_read_and_written_again_it_is_the_same_but_for_how_it_was_read() -> None:
    first = json.loads(document())
    found = read_printed(json.dumps(first).encode(), lambda _: True, lambda *_: None)
    second = json.loads(document(found.view))
    for name in ("listeners", "connections"):
        for before, after in zip(first[name], second[name], strict=True):
            assert {**after, "namespace": None} == {**before, "namespace": None}


def test_documents_of_one_host_and_a_tools_lines_after_them_are_one_answer() -> None:
    text = (
        document() + "\n" + document(HostView((), (), Coverage(), "psutil")) + "\ntcp LISTEN 0 128 127.0.0.1:80 *:*\n"
    )
    found = read_printed(text.encode(), None, lambda *_: None)
    assert [seen.port.number for seen in found.view.listeners] == [22, 80, 851, 2049]
    assert found.view.method == "quietport+ss"


def test_doors_that_are_malformed_are_counted_and_the_rest_is_read() -> None:
    told = json.loads(document())
    told["listeners"][0]["port"] = 65536
    told["listeners"][1]["owner"] = {"unknown": "no such reason"}
    told["connections"] = [{"address": "127.0.0.1"}, None, 7]
    found = read_printed(json.dumps(told).encode(), None, lambda *_: None)
    assert [seen.port.number for seen in found.view.listeners] == [2049]
    (lines,) = [entry for entry in found.view.coverage.unseen if entry.what == "unseen.printed-lines"]
    assert lines.count == 5


@pytest.mark.parametrize(
    ("entry", "read_as"),
    [
        (
            {"id": "unseen.hidepid", "reason": "permission"},
            Unseen("unseen.hidepid", Reason.PERMISSION, "remedy.root"),
        ),
        (
            {"id": "{evil}", "reason": ["x"], "what": "All is well.", "count": -1},
            Unseen("unseen.printed-elsewhere", Reason.NOT_SUPPORTED, "remedy.printed-there", None, "All is well."),
        ),
        (
            {"id": "unseen.owners", "reason": "permission", "what": "No count."},
            Unseen("unseen.printed-elsewhere-details", Reason.PERMISSION, "remedy.printed-there", None, "No count."),
        ),
    ],
)
def test_what_a_document_did_not_see_is_told_in_our_words_or_kept_as_its_own(entry: Any, read_as: Unseen) -> None:
    told = {"schema": "quietport.check/1", "coverage": {"unseen": [entry]}}
    assert read_printed(json.dumps(told).encode(), None, lambda *_: None).view.coverage.unseen == (read_as,)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["address", "port", "transport", "family", "state", "owner", "other_owners", "sockets", "namespace", "uid"]
)


@given(
    st.lists(st.dictionaries(NAMES, JSON) | JSON, max_size=4),
    st.lists(JSON, max_size=2),
    JSON,
    st.dictionaries(st.sampled_from(Owner.__struct_fields__), JSON),
)
def test_any_json_is_records_or_damage(listeners: Any, connections: Any, coverage: Any, owner: Any) -> None:
    told = json.loads(document())
    told["listeners"] += listeners
    told["listeners"][0]["owner"] = owner
    told |= {"connections": connections, "coverage": coverage}
    found = read_printed(json.dumps(told).encode(), None, lambda *_: None)
    assert {2049} <= {seen.port.number for seen in found.view.listeners}
