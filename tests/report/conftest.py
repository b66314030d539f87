"""A report about doors whose every text was written by somebody who means harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from quietport.host.facts import PortFacts
from quietport.host.view import HostView
from quietport.model.door import CheckReport
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState, run_of
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.registry.snapshot import Registry
from quietport.survey.check import check

MakeReport = Callable[[str], CheckReport]


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """Return the registry that ships."""
    with Registry() as opened:
        yield opened


@pytest.fixture
def make_report(registry: Registry) -> MakeReport:
    """Return a maker of reports in which one text stands at every place that is of others' choosing."""

    def make(text: str) -> CheckReport:
        tcp = Transport.TCP
        bare = Owner(
            42, text, Unknown(Reason.PERMISSION, "executable"), ExecutableFile.PRESENT, 0, text, "2026-11-23T09:00:00Z"
        )
        owner = Owner(41, text, f"/tmp/{text}", ExecutableFile.GONE, 0, text, "2026-11-23T09:00:00Z")
        held = [(owner,), (bare, owner), Unknown(Reason.PERMISSION, "owner"), ()]
        listeners = tuple(
            Listener(Endpoint("::1", Port(number, tcp)), Family.IPV6, ListenerState.LISTENING, text, 0, 1, owners)
            for owners in held
            for number in (22, 851, 852, 58001, 58002)
        )
        end, other = Endpoint("10.0.0.1", Port(40000, tcp)), Endpoint("10.0.0.2", Port(851, tcp))
        connections = tuple(Connection(end, other, Direction.OUTBOUND, 0, 7, owners) for owners in held)
        unseen = Unseen("unseen.sock-diag", Reason.NOT_SUPPORTED, "remedy.inet-diag", detail=text)
        view = HostView(tuple(map(run_of, listeners)), connections, Coverage((unseen,)), "proc-net")
        facts = PortFacts("linux", 1024, PortRange(32768, 60999), ())
        return check(registry, lambda _: view, facts, [], text, "2026-11-23T10:00:00Z")

    return make
