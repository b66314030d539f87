"""Doors and facts to judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quietport.judge.facts import Facts

MakeFacts = Callable[..., Facts]

NEUTRAL: dict[str, Any] = {
    "kind": "listener",
    "transport": "tcp",
    "scope": "any",
    "state": "listening",
    "range": "user",
    "bindresvport_range": False,
    "ephemeral": False,
    "status": "assigned",
    "owner": "known",
    "privileged_user": False,
    "program": "prog",
    "program_known": False,
    "serves_registered": False,
    "services": (),
    "registered_agrees": False,
    "de_facto_agrees": False,
    "de_facto_known": False,
    "executable": "other",
    "deleted": False,
}


@pytest.fixture
def make_facts() -> MakeFacts:
    """Return a maker of facts of which only some are told; the others say nothing in particular."""

    def make(**told: object) -> Facts:
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        return Facts(**NEUTRAL | told)

    return make
