"""An entry is as narrow as what is there now, and never names a stranger in passing."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.model.declaration import Declaration
from quietport.model.endpoint import Endpoint, Scope
from quietport.model.errors import UsageError
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.owner import Container, ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.survey.propose import Proposal, Wish, propose

UNREAD = Unknown(Reason.PERMISSION, "owner")
TCP = Transport.TCP


def held(executable: str | Unknown | None, pid: int = 41, **rest: Any) -> Owner:
    rest = {"script": None, "unit": None, "container": None, **rest}
    return Owner(pid, "held", executable, ExecutableFile.PRESENT, 0, "root", "2026-11-23T09:00:00Z", **rest)


def door(*owners: Owner, address: str = "127.0.0.1", number: int = 8080, unseen: Unknown | None = None) -> Listener:
    endpoint = Endpoint(address, Port(number, TCP))
    return Listener(endpoint, Family.IPV4, ListenerState.LISTENING, None, 0, 1, unseen or owners)


def proposed(*doors: Listener, **wish: Any) -> Proposal:
    return propose(Wish(PortRange(8080, 8080), TCP, "x", **wish), doors, "here", "p.toml")


def entry(**conditions: Any) -> Declaration:
    return Declaration(TCP, PortRange(8080, 8080), "x", "p.toml", 0, **conditions)


NGINX = held("/usr/sbin/nginx")


def test_scope_and_program_are_those_of_what_listens_here() -> None:
    assert proposed(door(NGINX), door(NGINX, address="10.0.0.1")) == Proposal(
        entry(scope=Scope.PRIVATE, program="/usr/sbin/nginx"), ("scope", "program"), 2, 2, holder_unseen=False
    )


def test_where_nothing_listens_only_the_port_is_declared() -> None:
    other = door(NGINX, number=80), door(NGINX, number=18080)
    assert proposed(*other) == Proposal(entry(), (), 0, 0, holder_unseen=False)


def test_where_nobody_looked_nothing_is_said_of_doors() -> None:
    found = propose(Wish(PortRange(8080, 8080), TCP, "x"), None, "here", "p.toml")
    assert found == Proposal(entry(), (), None, 0, holder_unseen=False)


def test_a_door_open_to_all_needs_no_scope() -> None:
    assert proposed(door(NGINX, address="0.0.0.0")).declaration == entry(program="/usr/sbin/nginx")


@pytest.mark.parametrize(
    ("owner", "conditions"),
    [
        (held("/nix/store/abc-nginx-1.27.0/bin/nginx"), {"program": "nginx"}),
        (held("/snap/lxd/24322/bin/lxd"), {"program": "lxd"}),
        (held("/opt/homebrew/Cellar/redis/7.2.4/bin/redis-server"), {"program": "redis-server"}),
        (held(None), {"program": "held"}),
        (
            held("/usr/bin/python3.11", script="/opt/app/serve.py", unit="app.service"),
            {"program": "/opt/app/serve.py", "unit": "app.service"},
        ),
        (
            held("/usr/bin/python3.11", script="/opt/app/serve.py", unit="session-3.scope"),
            {"program": "/opt/app/serve.py"},
        ),
        (
            held("/usr/sbin/nginx", container=Container("docker", "0" * 64, "web", "nginx:1.27")),
            {"program": "/usr/sbin/nginx", "image": "nginx:1.27"},
        ),
        (held("/usr/sbin/nginx", container=Container("docker", "0" * 64)), {"program": "/usr/sbin/nginx"}),
    ],
)
def test_what_is_recorded_of_a_holder(owner: Owner, conditions: dict[str, str]) -> None:
    found = proposed(door(owner, address="0.0.0.0"))
    assert found.declaration == entry(**conditions)
    assert found.fitting == 1


def test_the_service_is_recorded_and_not_systemd_that_made_its_socket() -> None:
    systemd = held("/usr/lib/systemd/systemd", pid=1)
    found = proposed(door(systemd, held("/usr/sbin/sshd"), address="0.0.0.0"))
    assert found.declaration == entry(program="/usr/sbin/sshd")
    assert proposed(door(systemd, address="0.0.0.0")).declaration == entry(program="/usr/lib/systemd/systemd")


@pytest.mark.parametrize("wish", [{"program": "nginx"}, {"any_program": True}, {"image": "nginx"}, {"unit": "u"}])
def test_what_somebody_said_of_the_holder_is_not_added_to(wish: dict[str, Any]) -> None:
    found = proposed(door(held("/usr/bin/nc")), **wish)
    assert found.recorded == ("scope",)
    assert found.fitting == (1 if "any_program" in wish else 0)


def test_a_scope_that_somebody_said_stands() -> None:
    assert proposed(door(NGINX, address="10.0.0.1"), scope=Scope.LOOPBACK).fitting == 0
    assert proposed(door(NGINX), scope=Scope.ANY).declaration == entry(scope=Scope.ANY, program="/usr/sbin/nginx")


def test_of_several_programs_none_is_chosen() -> None:
    with pytest.raises(UsageError) as caught:
        proposed(door(NGINX, held("/tmp/\x1b[2Jnc", pid=42)))
    assert str(caught.value) == (
        "8080/tcp is held by several programs (/tmp/\\x1b[2Jnc, /usr/sbin/nginx); "
        "say which with --program, or --any-program"
    )


def test_a_holder_that_was_not_seen_is_not_recorded_and_that_is_known() -> None:
    for seen in (door(unseen=UNREAD), door(held(UNREAD))):
        found = proposed(seen)
        assert (found.declaration, found.holder_unseen) == (entry(scope=Scope.LOOPBACK), True)
    both = proposed(door(NGINX), door(unseen=UNREAD))
    assert (both.declaration.program, both.holder_unseen, both.fitting) == ("/usr/sbin/nginx", True, 1)
