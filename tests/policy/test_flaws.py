"""Which entries are told of: expired, fitting nothing, or not to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quietport.model.declaration import Declaration, DeclarationFlaw, Flaw
from quietport.model.endpoint import Scope
from quietport.model.listener import Listener
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.policy.flaws import find_flaws
from quietport.policy.policy import Policy

TODAY = "2026-11-25"
UNREAD = Unknown(Reason.PERMISSION, "owner")
MakeListener = Callable[..., Listener]


def declare(first: int, last: int | None = None, **rest: Any) -> Declaration:
    return Declaration(Transport.TCP, PortRange(first, first if last is None else last), "x", "p.toml", 1, **rest)


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
