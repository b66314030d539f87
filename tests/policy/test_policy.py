"""Which entry fits a door, and which entry fits none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.declaration import Declaration, DeclarationFlaw, Expired, Flaw
from quietport.model.endpoint import Scope
from quietport.model.listener import Listener
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.policy.policy import NO_POLICY, Policy, find_declaration, find_flaws

TODAY = "2026-11-25"
UNREAD = Unknown(Reason.PERMISSION, "owner")
MakeListener = Callable[..., Listener]


def declare(first: int, last: int | None = None, transport: Transport = Transport.TCP, **rest: Any) -> Declaration:
    return Declaration(transport, PortRange(first, first if last is None else last), "x", "p.toml", 1, **rest)


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


RANGES = st.builds(
    lambda first, length, transport: declare(first, min(first + length, 65535), transport),
    st.integers(0, 65535),
    st.one_of(st.just(0), st.integers(0, 300)),
    st.sampled_from([Transport.TCP, Transport.UDP]),
)


@given(st.lists(RANGES, max_size=30), st.integers(0, 65535))
def test_the_index_finds_what_a_search_finds(entries: list[Declaration], number: int) -> None:
    policy = Policy(entries)
    edges = [edge for entry in entries for edge in (entry.ports.first, entry.ports.last, entry.ports.last + 1)]
    for asked in {number, *(edge for edge in edges if edge <= 65535)}:
        for transport in Transport:
            searched = tuple(e for e in entries if e.transport is transport and asked in e.ports)
            found = policy.covering(Port(asked, transport))
            assert found == searched
            assert bool(searched) or found is NO_POLICY.covering(Port(0, Transport.TCP))


def test_ports_of_one_entry_are_alike() -> None:
    policy = Policy([declare(6000, 6063), declare(53)])
    assert policy.covering(Port(6001, Transport.TCP)) is policy.covering(Port(6063, Transport.TCP))


def test_flaws(listener: MakeListener) -> None:
    used, old, unused = declare(8080), declare(8080, until="2020-01-01"), declare(9000)
    elsewhere, named = declare(9001, host="other"), declare(9002, program="nginx")
    stranger = declare(9003, program="nginx")
    doors = [listener(), listener(number=9002, unseen=UNREAD), listener(number=9003)]
    policy = Policy([used, old, unused, elsewhere, named, stranger])
    assert find_flaws(policy, doors, "here", TODAY) == (
        DeclarationFlaw(old, Flaw.EXPIRED),
        DeclarationFlaw(unused, Flaw.NEVER_MATCHED),
        DeclarationFlaw(named, Flaw.NOT_TOLD),
        DeclarationFlaw(stranger, Flaw.NEVER_MATCHED),
    )


def test_an_entry_that_fits_one_door_is_used_whatever_the_others_are(listener: MakeListener) -> None:
    entry = declare(8080, scope=Scope.LOOPBACK)
    here, wide, unread = listener(), listener(address="0.0.0.0"), listener(unseen=UNREAD)
    for doors in ([here, wide], [wide, here], [here, unread], [unread, here]):
        assert find_flaws(Policy([entry]), doors, "here", TODAY) == ()


def test_what_was_not_looked_at_is_not_called_unused() -> None:
    policy = Policy([declare(8080), declare(9000, 9001)])
    asked = Port(9000, Transport.TCP)
    assert find_flaws(policy, [], "here", TODAY, lambda port: port == asked) == ()
    assert len(find_flaws(policy, [], "here", TODAY)) == 2
