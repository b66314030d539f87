"""What of a look goes into the history, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quietport.judge import read_rules
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.look import AskedPorts
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.survey.doors_seen import _OWN_PORT, _TAKES_RESERVED, asked_ports, seen_by_kind
from quietport.survey.question import parse_port_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.model.door import CheckReport

EPHEMERAL = PortRange(32768, 60999)
NOT_KNOWN = Unknown(Reason.PERMISSION, "owner")


def owner(program: str, executable: str, pid: int = 42) -> Owner:
    return Owner(pid, program, executable, ExecutableFile.PRESENT, 0, "root", "2026-11-23T09:00:00Z", script=None)


MINE = (owner("mine", "/home/a/mine-1.2.3/mine"),)
SSHD = (owner("sshd", "/usr/sbin/sshd"),)
STATD = (owner("rpc.statd", "/usr/sbin/rpc.statd"),)


def listener(
    text: str,
    owners: tuple[Owner, ...] | Unknown = MINE,
    address: str = "127.0.0.1",
    state: ListenerState = ListenerState.LISTENING,
    namespace: NetworkNamespace | Unknown = NO_NAMESPACE,
) -> Listener:
    number, _, transport = text.partition("/")
    endpoint = Endpoint(address, Port(int(number), Transport(transport)))
    return Listener(endpoint, Family.IPV4, state, None, 0, 1, owners, namespace)


@pytest.fixture
def seen(look: Callable[..., CheckReport]) -> Callable[..., dict[str, list[int]]]:
    """Return what the history gets of listeners."""

    def kinds(*listeners: Listener) -> dict[str, list[int]]:
        return {kind: sorted(numbers) for kind, numbers in seen_by_kind(look(listeners=listeners).runs).items()}

    return kinds


def test_alike_doors_are_numbers_of_one_kind(seen: Callable[..., dict[str, list[int]]]) -> None:
    blue = NetworkNamespace("net:[1]", "blue", 42, is_own=False)
    assert seen(
        listener("22/tcp", SSHD, "0.0.0.0"),
        listener("4000/tcp"),
        listener("4001/tcp", (owner("mine", "/home/a/mine-1.2.4/mine", pid=977),)),
        listener("4000/tcp", address="127.0.0.2"),
        listener("4002/udp"),
        listener("4003/tcp", NOT_KNOWN),
        listener("4004/tcp", namespace=blue),
    ) == {
        "tcp/ipv4/any/host//usr/sbin/sshd": [22],
        "tcp/ipv4/loopback/host//home/a/mine-*/mine": [4000, 4000, 4001],
        "udp/ipv4/loopback/host//home/a/mine-*/mine": [4002],
        "tcp/ipv4/loopback/host/?": [4003],
        "tcp/ipv4/loopback/blue//home/a/mine-*/mine": [4004],
    }


def test_a_port_that_the_kernel_chose_has_no_number_and_a_udp_one_is_no_door(
    seen: Callable[..., dict[str, list[int]]],
) -> None:
    assert seen(listener("40001/tcp"), listener("40002/tcp"), listener("40003/udp"), listener("5353/udp")) == {
        "tcp/ipv4/loopback/host//home/a/mine-*/mine": [0],
        "udp/ipv4/loopback/host//home/a/mine-*/mine": [5353],
    }


def test_a_program_that_is_agreed_on_keeps_its_number_wherever_it_is(
    seen: Callable[..., dict[str, list[int]]],
) -> None:
    wireguard = (owner("wg-quick", "/usr/bin/wireguard-go"),)
    kinds = seen(listener("51820/udp", wireguard), listener("51821/udp", wireguard))
    assert kinds in ({}, {"udp/ipv4/loopback/host//usr/bin/wireguard-go": [51820]})


def test_parts_of_sun_rpc_take_any_free_system_port(seen: Callable[..., dict[str, list[int]]]) -> None:
    assert seen(listener("700/udp", STATD), listener("701/tcp", STATD), listener("702/tcp")) == {
        "udp/ipv4/loopback/host//usr/sbin/rpc.statd": [0],
        "tcp/ipv4/loopback/host//usr/sbin/rpc.statd": [0],
        "tcp/ipv4/loopback/host//home/a/mine-*/mine": [702],
    }


@pytest.mark.parametrize("state", [state for state in ListenerState if state is not ListenerState.LISTENING])
def test_only_what_listens_is_a_door(seen: Callable[..., dict[str, list[int]]], state: ListenerState) -> None:
    assert seen(listener("4000/tcp", state=state)) == {}


def test_ports_asked_about() -> None:
    questions = [parse_port_question(text) for text in ("851", "53/udp", "6000-6063")]
    assert asked_ports(questions) == (
        AskedPorts(PortRange(851, 851), ()),
        AskedPorts(PortRange(53, 53), (Transport.UDP,)),
        AskedPorts(PortRange(6000, 6063), ()),
    )


def test_the_rules_that_tell_who_chose_a_port_are_rules() -> None:
    ids = {rule.id for rule in read_rules()}
    assert ids >= _OWN_PORT
    assert ids >= _TAKES_RESERVED
