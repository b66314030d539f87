"""Ways of packets through chains: what they add up to, and that they end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.nat.nat_rule import EVERYTHING, Match, NatTable, Step, Verdict
from quietport.host.nat.nat_walk import NatWalk
from quietport.host.nat.redirection_entry import RedirectionEntry
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import PortRange, Transport
from quietport.model.redirection import Mechanism, Redirection

TCP_80 = Match(Transport.TCP, PortRange(80, 80))
ALL = PortRange(0, 65535)


def table(local: bool = False, **chains: list[Step]) -> NatTable:
    return NatTable("ip t", chains, [] if local else ["pre"], ["pre"] if local else [])


def entry(transport: str, ports: PortRange, rule: str, **more: object) -> RedirectionEntry:
    fields: dict[str, object] = {"address": None, "to_first": 8080, "to_last": 8080, "is_local": False,
                                 "is_narrowed": False, **more}  # fmt: skip
    return RedirectionEntry(
        mechanism="redirect", transport=transport, first=ports.first, last=ports.last, to_address=None, rule=rule,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


REDIRECT = Step(EVERYTHING, Verdict.REDIRECT, to_ports=PortRange(8080, 8080))


def test_conditions_add_up_along_the_jumps() -> None:
    narrow = Match(address="192.0.2.1", is_narrowed=True)
    chains = table(pre=[Step(TCP_80, Verdict.JUMP, "a")], a=[Step(narrow, Verdict.JUMP, "b")], b=[REDIRECT])
    assert NatWalk(chains).follow() == (
        [entry("tcp", PortRange(80, 80), "ip t b", address="192.0.2.1", is_narrowed=True)],
        0,
    )


def test_a_jump_that_no_packet_takes_leads_nowhere() -> None:
    udp = Match(Transport.UDP)
    chains = table(pre=[Step(TCP_80, Verdict.JUMP, "a")], a=[REDIRECT._replace(match=udp)])
    assert NatWalk(chains).follow() == ([], 0)


def test_a_rule_without_a_protocol_is_one_for_tcp_and_one_for_udp() -> None:
    found, _ = NatWalk(table(local=True, pre=[REDIRECT])).follow()
    assert found == [entry("tcp", ALL, "ip t pre", is_local=True), entry("udp", ALL, "ip t pre", is_local=True)]


def test_what_both_outside_and_inside_meet_is_told_once_and_not_as_local() -> None:
    chains = NatTable("ip t", {"pre": [REDIRECT._replace(match=TCP_80)]}, ["pre"], ["pre"])
    assert NatWalk(chains).follow() == ([entry("tcp", PortRange(80, 80), "ip t pre")], 0)


def test_behind_a_rule_that_takes_everything_out_nothing_is_reached() -> None:
    stop = Step(EVERYTHING, Verdict.STOP)
    assert NatWalk(table(pre=[stop, REDIRECT])).follow() == ([], 0)
    found, _ = NatWalk(table(pre=[stop._replace(match=TCP_80), REDIRECT._replace(match=TCP_80)])).follow()
    assert found == [entry("tcp", PortRange(80, 80), "ip t pre")], "told, for what is overruled is not worked out"


def test_a_rule_that_was_not_read_counts_once_however_it_is_reached() -> None:
    unread = [Step(EVERYTHING, Verdict.UNREAD)]
    jumps = [Step(TCP_80, Verdict.JUMP, "a"), Step(EVERYTHING, Verdict.JUMP, "a")]
    assert NatWalk(table(pre=jumps, a=unread)).follow() == ([], 1)


def test_rules_that_were_not_looked_at_are_not_read() -> None:
    assert NatWalk(table(pre=[])._replace(unread=7)).follow() == ([], 7)


def test_chains_that_lead_in_circles_end() -> None:
    circle = [Step(EVERYTHING, Verdict.JUMP, "pre")] * 3
    found, unread = NatWalk(table(pre=[*circle, REDIRECT._replace(match=TCP_80)])).follow()
    assert found == [entry("tcp", PortRange(80, 80), "ip t pre")]
    assert unread == 1, "not every way was followed, and that is said"


def test_a_record_has_what_the_entry_tells() -> None:
    assert entry("udp", PortRange(5, 9), "ip t b", is_local=True, is_narrowed=True).record(NO_NAMESPACE) == Redirection(
        Mechanism.REDIRECT, Transport.UDP, None, PortRange(5, 9), None, PortRange(8080, 8080), "ip t b", NO_NAMESPACE,
        is_local=True, is_narrowed=True,
    )  # fmt: skip


PORTS = st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda pair: PortRange(min(pair), max(pair)))
MATCHES = st.builds(
    Match, st.none() | st.sampled_from(Transport), PORTS, st.none() | st.sampled_from(["10.0.0.1", "10.0.0.0/8"]),
    st.booleans(), st.booleans(),
)  # fmt: skip


@given(MATCHES, MATCHES)
def test_what_two_take_is_what_each_takes(one: Match, other: Match) -> None:
    both, turned = one.narrow(other), other.narrow(one)
    assert (both is None) == (turned is None)
    if both is not None and turned is not None:
        assert (both.transport, both.ports, both.is_narrowed) == (turned.transport, turned.ports, turned.is_narrowed)
        assert all(number in one.ports and number in other.ports for number in (both.ports.first, both.ports.last))
