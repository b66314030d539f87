"""Entries are found by port, exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.model.declaration import Declaration
from quietport.model.port import Port, PortRange, Transport
from quietport.policy.policy import NO_POLICY, Policy


def declare(first: int, last: int | None = None, transport: Transport = Transport.TCP) -> Declaration:
    return Declaration(transport, PortRange(first, first if last is None else last), "x", "p.toml", 1)


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
