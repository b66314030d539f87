"""What makes a door the same one tomorrow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.door_key import (
    DoorKind,
    door_key,
    door_kind,
    namespace_key,
    parse_door_key,
    parse_door_kind,
    without_chosen,
)
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.port import Port, PortRange, Transport
from quietport.model.program_key import escaped
from quietport.model.unknown import Reason, Unknown

EPHEMERAL = PortRange(32768, 60999)
NOT_KNOWN = Unknown(Reason.PERMISSION, "owner")


def listener(number: int = 851, namespace: NetworkNamespace | Unknown = NO_NAMESPACE, inode: int = 7) -> Listener:
    endpoint = Endpoint("127.0.0.1", Port(number, Transport.TCP))
    return Listener(endpoint, Family.IPV4, ListenerState.LISTENING, None, 0, (inode,), (), namespace)


def test_the_key_of_a_door() -> None:
    assert door_key(listener(), "/usr/sbin/sshd") == "851/tcp/ipv4/loopback/host//usr/sbin/sshd"
    assert door_key(listener(inode=9), "/usr/sbin/sshd") == door_key(listener(), "/usr/sbin/sshd")
    assert door_key(listener(), NOT_KNOWN) == "851/tcp/ipv4/loopback/host/?"
    assert door_key(listener(40000), "/bin/x", chosen=True) == "*/tcp/ipv4/loopback/host//bin/x"


def test_the_number_stands_first_and_all_else_is_the_same_for_alike_doors() -> None:
    kind = str(door_kind(listener(1), "/bin/851"))
    assert [door_key(listener(number), "/bin/851") for number in (1, 851, 65535)] == [
        f"{number}/{kind}" for number in (1, 851, 65535)
    ]


@pytest.mark.parametrize(
    ("namespace", "key"),
    [
        (NO_NAMESPACE, "host"),
        (NetworkNamespace("net:[1]", "blue", 42, is_own=True), "host"),
        (NetworkNamespace("net:[1]", "blue", 42, is_own=False), "blue"),
        (NetworkNamespace("net:[1]", None, 42, is_own=False), "unnamed"),
        (NetworkNamespace("net:[1]", "a/b*\x1b", 42, is_own=False), "a%2Fb%2A%1B"),
        (NetworkNamespace("net:[1]", "cni-5e2f7a5c-1111-2222-3333-0123456789ab", 42, is_own=False), "unnamed"),
        (NetworkNamespace("net:[1]", "3f5a9c0d1e2b", 42, is_own=False), "unnamed"),
    ],
)
def test_a_namespace_goes_by_its_name_if_somebody_gave_it_one(namespace: NetworkNamespace | Unknown, key: str) -> None:
    assert namespace_key(namespace) == key
    assert door_key(listener(namespace=namespace), "/bin/x") == f"851/tcp/ipv4/loopback/{key}//bin/x"


@pytest.mark.parametrize(
    ("ephemeral", "reserved", "kept"),
    [
        (EPHEMERAL, False, [22, 511, 512, 1023, 1024, 32767, 61000]),
        (EPHEMERAL, True, [22, 511, 1024, 32767, 61000]),
        (NOT_KNOWN, False, [22, 511, 512, 1023, 1024, 32767, 32768, 49151]),
        (NOT_KNOWN, True, [22, 511, 1024, 32767, 32768, 49151]),
    ],
)
def test_ports_that_the_kernel_most_likely_chose(
    ephemeral: PortRange | Unknown, reserved: bool, kept: list[int]
) -> None:
    numbers = [22, 511, 512, 1023, 1024, 32767, 32768, 49151, 49152, 60999, 61000]
    assert without_chosen(numbers, ephemeral, takes_reserved=reserved) == kept


NAME = st.text(st.characters(), min_size=1, max_size=20)


@given(st.integers(0, 65535), NAME, NAME)
def test_a_key_is_read_back_whatever_stands_in_it(number: int, namespace: str, program: str) -> None:
    kind = DoorKind("tcp", "ipv4", "any", escaped(namespace, "/*"), escaped(program))
    assert parse_door_key(kind.key(number)) == (number, kind)
    assert parse_door_kind(str(kind)) == kind
    assert str(kind) == f"{kind.place}/{kind.program}"


@given(st.tuples(NAME, NAME), st.tuples(NAME, NAME))
def test_no_name_can_forge_another_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    keys = [
        DoorKind("tcp", "ipv4", "any", escaped(namespace, "/*"), escaped(program)).key(851)
        for namespace, program in (one, other)
    ]
    assert (keys[0] == keys[1]) is (one == other)


@given(st.text(max_size=60))
def test_a_text_that_is_no_key(text: str) -> None:
    found = parse_door_key(text)
    assert found is None or found[1].key(found[0]) == text


@pytest.mark.parametrize("text", ["", "851", "/tcp/ipv4/any/host/x", "0/tcp/ipv4/any/host/x", "851/tcp/ipv4/any/host/"])
def test_what_lacks_a_field_is_no_key(text: str) -> None:
    assert parse_door_key(text) is None
