"""A registry, and a host as the test wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from quietport.host.facts import PortFacts
from quietport.host.view import HostView
from quietport.model.door import CheckReport
from quietport.model.listener import Connection, Listener, ListenerRun, run_of
from quietport.model.port import PortRange
from quietport.model.unknown import Coverage
from quietport.registry.snapshot import Registry
from quietport.survey.check import check
from quietport.survey.question import parse_port_question

COMPLETE = Coverage()
NOW = "2026-11-23T10:00:00Z"


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Return the registry that ships."""
    with Registry() as opened:
        yield opened


@pytest.fixture(scope="module")
def facts() -> PortFacts:
    """Return what a Linux machine says of its ports where nobody changed it."""
    return PortFacts("linux", 1024, PortRange(32768, 60999), ())


Look = Callable[..., CheckReport]


@pytest.fixture(scope="module")
def look(registry: Registry, facts: PortFacts) -> Look:
    """Return ``check`` of a made-up host."""

    def looked(
        *asked: str,
        listeners: tuple[Listener | ListenerRun, ...] = (),
        connections: tuple[Connection, ...] = (),
        coverage: Coverage = COMPLETE,
    ) -> CheckReport:
        view = HostView(
            tuple(one if isinstance(one, ListenerRun) else run_of(one) for one in listeners),
            connections,
            coverage,
            "sock_diag",
        )
        questions = [parse_port_question(text) for text in asked]
        return check(registry, lambda _: view, facts, questions, "here", NOW)

    return looked
