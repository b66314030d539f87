"""What differs between two snapshots of IANA's registry."""

from __future__ import annotations

import pytest

from quietport.model.port import PortRange, Transport
from quietport.model.registration import IanaRow, Status
from quietport.registry.diff import Difference, diff, states_of_registry, states_of_rows, states_on
from quietport.registry.snapshot import SHIPPED, Registry


def row(ports: PortRange, name: str | None, transport: Transport | None = Transport.TCP) -> IanaRow:
    """Return a row as IANA would write it."""
    description = "a service" if name else "Unassigned"
    return IanaRow(ports, transport, name, description, *[None] * 7)


ASSIGNED_A = (Status.ASSIGNED, ("a",))
UNASSIGNED = (Status.UNASSIGNED, ())


def test_equal_snapshots_do_not_differ() -> None:
    states = states_of_rows([row(PortRange(1, 9), "a")])
    assert list(diff(states, states_of_rows([row(PortRange(1, 9), "a")]))) == []


def test_neighbours_that_differ_alike_are_one_run() -> None:
    old = states_of_rows([row(PortRange(10, 20), "a")])
    new = states_of_rows([row(PortRange(10, 12), "a"), row(PortRange(13, 20), None)])
    assert list(diff(old, new)) == [Difference(PortRange(13, 20), Transport.TCP, ASSIGNED_A, UNASSIGNED)]


def test_a_run_ends_at_a_gap_and_at_another_difference() -> None:
    old = states_of_rows([row(PortRange(10, 20), "a")])
    parts = [(PortRange(10, 11), None), (PortRange(12, 12), "a"), (PortRange(13, 14), None), (PortRange(15, 20), "b")]
    new = states_of_rows([row(ports, name) for ports, name in parts])
    assert list(diff(old, new)) == [
        Difference(PortRange(10, 11), Transport.TCP, ASSIGNED_A, UNASSIGNED),
        Difference(PortRange(13, 14), Transport.TCP, ASSIGNED_A, UNASSIGNED),
        Difference(PortRange(15, 20), Transport.TCP, ASSIGNED_A, (Status.ASSIGNED, ("b",))),
    ]


def test_runs_do_not_cross_transports_and_reach_the_last_port() -> None:
    old = states_of_rows([])
    new = states_of_rows([row(PortRange(65534, 65535), "a"), row(PortRange(0, 1), "a", Transport.UDP)])
    assert list(diff(old, new)) == [
        Difference(PortRange(65534, 65535), Transport.TCP, (Status.DYNAMIC, ()), ASSIGNED_A),
        Difference(PortRange(0, 1), Transport.UDP, (Status.NO_ROW, ()), ASSIGNED_A),
    ]


def test_letter_case_and_order_of_names_are_no_difference() -> None:
    old = states_of_rows([row(PortRange(7, 7), "Www"), row(PortRange(7, 7), "http")])
    new = states_of_rows([row(PortRange(7, 7), "HTTP"), row(PortRange(7, 7), "www")])
    assert list(diff(old, new)) == []


@pytest.fixture(scope="module")
def differences() -> list[Difference]:
    """Return what changed between two dates that the shipped registry holds."""
    with Registry(SHIPPED) as registry:
        old, new = states_on(registry, "2023-03-13"), states_on(registry, "2026-08-17")
        assert old is not None
        assert new is not None
        return list(diff(old, new))


def test_compressnet_was_withdrawn_from_2_and_3(differences: list[Difference]) -> None:
    changed = [entry for entry in differences if 2 in entry.ports]
    assigned, reserved = (Status.ASSIGNED, ("compressnet",)), (Status.RESERVED, ())
    assert changed == [
        Difference(PortRange(2, 3), Transport.TCP, assigned, reserved),
        Difference(PortRange(2, 3), Transport.UDP, assigned, reserved),
    ]


def test_tacacss_was_given_300_over_tcp(differences: list[Difference]) -> None:
    assert [entry for entry in differences if 300 in entry.ports and entry.transport is Transport.TCP] == [
        Difference(PortRange(300, 300), Transport.TCP, UNASSIGNED, (Status.ASSIGNED, ("tacacss",)))
    ]


@pytest.mark.parametrize("date", ["2015-07-24", "2018-06-06", "2023-03-13"])
def test_851_never_differs(date: str) -> None:
    with Registry(SHIPPED) as registry:
        old = states_on(registry, date)
        assert old is not None
        now = states_of_registry(registry)
        assert all(old[over][851] == now[over][851] == UNASSIGNED for over in Transport)
        assert old != now


def test_the_newest_date_held_is_the_registry_itself() -> None:
    with Registry(SHIPPED) as registry:
        assert states_on(registry, registry.sources()[registry.iana_source].as_of) == states_of_registry(registry)


def test_a_date_not_held_has_no_states() -> None:
    with Registry(SHIPPED) as registry:
        assert states_on(registry, "1999-01-01") is None
        assert states_on(registry, "") is None
