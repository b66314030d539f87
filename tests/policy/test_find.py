"""Which entry fits a door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quietport.model.declaration import Declaration, Expired
from quietport.model.listener import Listener
from quietport.model.port import PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.policy.find import find_declaration
from quietport.policy.policy import NO_POLICY, Policy

TODAY = "2026-11-25"
UNREAD = Unknown(Reason.PERMISSION, "owner")
MakeListener = Callable[..., Listener]


def declare(first: int, last: int | None = None, **rest: Any) -> Declaration:
    return Declaration(Transport.TCP, PortRange(first, first if last is None else last), "x", "p.toml", 1, **rest)


@pytest.mark.parametrize(
    ("until", "holds"), [(None, True), ("2026-11-24", False), ("2026-11-25", True), ("2026-11-26", True)]
)
def test_the_last_day_is_one_on_which_it_holds(listener: MakeListener, until: str | None, holds: bool) -> None:
    entry = declare(8080, until=until)
    found = find_declaration(Policy([entry]), listener(), "here", TODAY)
    assert found == (entry if holds else Expired(entry))


def test_one_that_holds_goes_before_one_that_has_expired_and_the_first_file_before_the_second(
    listener: MakeListener,
) -> None:
    old, first, second = declare(8080, until="2020-01-01"), declare(8000, 9000), declare(8080)
    assert find_declaration(Policy([old, first, second]), listener(), "here", TODAY) is first
    assert find_declaration(Policy([old]), listener(), "here", TODAY) == Expired(old)


def test_nothing_and_not_told_are_two_answers(listener: MakeListener) -> None:
    named = declare(8080, program="nginx")
    old = declare(8080, until="2020-01-01")
    assert find_declaration(NO_POLICY, listener(), "here", TODAY) is None
    assert find_declaration(Policy([named]), listener(number=8081), "here", TODAY) is None
    assert find_declaration(Policy([named]), listener(), "here", TODAY) is None
    assert find_declaration(Policy([named]), listener(unseen=UNREAD), "here", TODAY) == UNREAD
    assert find_declaration(Policy([old, named]), listener(unseen=UNREAD), "here", TODAY) == UNREAD
    assert find_declaration(Policy([named, declare(8080)]), listener(unseen=UNREAD), "here", TODAY) == declare(8080)
