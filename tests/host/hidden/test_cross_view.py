"""Two tables and a set of busy ports, compared: nothing is opened here."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.hidden.cross_view import (
    Suspects,
    Tables,
    classify,
    compare,
    count_classes,
    make_mismatches,
    persisting,
)
from quietport.host.socket_entry import SocketEntry
from quietport.model.cross_view import Mismatch, PortClass, Table
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family
from quietport.model.port import Port, Transport

TCP, UDP = Transport.TCP, Transport.UDP
LISTEN, CLOSE, ESTABLISHED, TIME_WAIT = 10, 7, 1, 6


def entry(
    port: int,
    transport: Transport = TCP,
    state: int = LISTEN,
    *,
    address: str = "0.0.0.0",
    remote: int = 0,
    inode: int = 41,
    v6only: bool | None = None,
) -> SocketEntry:
    other = "10.0.0.2" if remote else "0.0.0.0"
    return SocketEntry(transport, ":" in address, state, address, port, other, remote, 0, 1000, inode, v6only)


def no_suspects(hidden: frozenset[Port] = frozenset()) -> Suspects:
    return Suspects(hidden, {}, {})


def test_a_busy_port_that_is_listed_anywhere_is_not_hidden() -> None:
    busy = {Port(number, transport) for number in (1, 2, 3, 4) for transport in (TCP, UDP)}
    told = [entry(1), entry(2, state=CLOSE), entry(1, UDP, CLOSE)]
    tables = Tables(told, [entry(1), entry(1, UDP, CLOSE), entry(3, state=TIME_WAIT, remote=9, inode=0)])
    assert compare(tables, busy).hidden == {Port(4, TCP), Port(2, UDP), Port(3, UDP), Port(4, UDP)}


def test_a_bound_tcp_socket_that_does_nothing_is_in_netlink_alone_by_nature() -> None:
    assert compare(Tables([entry(1, state=CLOSE)], []), set()) == no_suspects()
    assert len(compare(Tables([entry(1, UDP, CLOSE)], []), set()).only_sock_diag) == 1


def test_state_and_inode_of_a_connection_may_differ_between_the_tables() -> None:
    told = [entry(1, state=ESTABLISHED, remote=9, inode=41)]
    written = [entry(1, state=TIME_WAIT, remote=9, inode=0)]
    assert compare(Tables(told, written), set()) == no_suspects()


def test_one_socket_of_a_group_that_is_left_out_is_found_by_its_inode() -> None:
    told, written = [entry(1, inode=41), entry(1, inode=42)], [entry(1, inode=41)]
    found = compare(Tables(told, written), set())
    assert [held.inode for held in found.only_sock_diag.values()] == [42]
    assert found.ports == {Port(1, TCP)}


def test_where_one_table_could_not_be_read_they_are_not_compared() -> None:
    assert compare(Tables([entry(1)], None), {Port(2, TCP)}) == no_suspects(frozenset({Port(2, TCP)}))
    assert compare(Tables(None, [entry(1)]), {Port(1, TCP)}) == no_suspects()
    assert (Tables([], None).names, Tables(None, []).names) == ((Table.SOCK_DIAG,), (Table.PROC_NET,))


def test_only_what_disagrees_in_the_same_way_at_every_look_persists() -> None:
    first = compare(Tables([entry(1), entry(2)], [entry(3)]), {Port(7, TCP), Port(8, TCP)})
    then = compare(Tables([entry(1), entry(3)], [entry(2)]), {Port(7, TCP), Port(9, TCP)})
    kept = persisting(first, then)
    assert kept.hidden == {Port(7, TCP)}
    assert [held.local_port for held in kept.only_sock_diag.values()] == [1]
    assert kept.only_proc_net == {}


def test_the_class_of_a_port_is_the_gravest_that_fits() -> None:
    told = [
        entry(1, state=ESTABLISHED, remote=9),
        entry(1),
        entry(1, state=CLOSE),
        entry(2, state=CLOSE),
        entry(2, state=ESTABLISHED, remote=9),
        entry(3, state=TIME_WAIT, remote=9, inode=0),
        entry(4, UDP, CLOSE),
        entry(5, UDP, ESTABLISHED, remote=9),
        entry(6),
    ]
    suspects = Suspects(frozenset({Port(7, TCP), Port(8, TCP)}), {key(entry(6)): entry(6)}, {})
    classes = classify(Tables(told, []), suspects, {Port(8, TCP)})
    assert classes == {
        Port(1, TCP): PortClass.LISTENING,
        Port(2, TCP): PortClass.BOUND,
        Port(3, TCP): PortClass.CLIENT,
        Port(4, UDP): PortClass.LISTENING,
        Port(5, UDP): PortClass.CLIENT,
        Port(6, TCP): PortClass.MISMATCH,
        Port(7, TCP): PortClass.HIDDEN,
        Port(8, TCP): PortClass.UNLISTED,
    }
    assert count_classes(classes) == (
        (PortClass.HIDDEN, 1),
        (PortClass.MISMATCH, 1),
        (PortClass.UNLISTED, 1),
        (PortClass.LISTENING, 2),
        (PortClass.BOUND, 1),
        (PortClass.CLIENT, 2),
    )


def key(found: SocketEntry) -> tuple[Transport, bool, str, int, str, int, int]:
    return (found.transport, found.is_ipv6, found.local_address, found.local_port, "0.0.0.0", 0, found.inode)


def test_the_records_of_a_mismatch_in_order() -> None:
    told = [entry(9, address="::", v6only=False), entry(2, state=ESTABLISHED, remote=80, address="10.0.0.1", inode=0)]
    written = [entry(2, UDP, CLOSE, inode=7)]
    assert make_mismatches(compare(Tables(told, written), set())) == (
        Mismatch(
            local=Endpoint("10.0.0.1", Port(2, TCP)),
            remote=Endpoint("10.0.0.2", Port(80, TCP)),
            family=Family.IPV4,
            listens=False,
            listed_by=Table.SOCK_DIAG,
            uid=1000,
            inode=0,
        ),
        Mismatch(
            local=Endpoint("0.0.0.0", Port(2, UDP)),
            remote=None,
            family=Family.IPV4,
            listens=True,
            listed_by=Table.PROC_NET,
            uid=1000,
            inode=7,
        ),
        Mismatch(
            local=Endpoint("::", Port(9, TCP)),
            remote=None,
            family=Family.DUAL,
            listens=True,
            listed_by=Table.SOCK_DIAG,
            uid=1000,
            inode=41,
        ),
    )


entries = st.lists(
    st.builds(
        entry,
        st.integers(1, 6),
        st.sampled_from([TCP, UDP]),
        st.integers(0, 13),
        address=st.sampled_from(["0.0.0.0", "::", "127.0.0.1"]),
        remote=st.integers(0, 2),
        inode=st.integers(0, 3),
    ),
    max_size=12,
)
ports = st.frozensets(st.builds(Port, st.integers(1, 6), st.sampled_from([TCP, UDP])))


@given(entries, ports)
def test_tables_that_say_the_same_never_disagree(listed: list[SocketEntry], busy: frozenset[Port]) -> None:
    found = compare(Tables(listed, list(reversed(listed))), busy)
    assert (found.only_sock_diag, found.only_proc_net) == ({}, {})
    assert found.hidden == {port for port in busy if not any(one.local_port == port.number for one in listed)} | {
        port for port in busy if all((one.local_port, one.transport) != (port.number, port.transport) for one in listed)
    }


@given(entries, entries, ports)
def test_every_port_that_is_busy_or_listed_has_a_class(
    told: list[SocketEntry], written: list[SocketEntry], busy: frozenset[Port]
) -> None:
    tables = Tables(told, written)
    suspects = compare(tables, busy)
    classes = classify(tables, suspects, frozenset())
    listed = {Port(one.local_port, one.transport) for one in (*told, *written)}
    assert set(classes) == listed | busy
    assert {port for port, found in classes.items() if found is PortClass.HIDDEN} == busy - listed
    assert persisting(suspects, suspects) == suspects
    assert {one.local.port for one in make_mismatches(suspects)} == {
        port for port, found in classes.items() if found is PortClass.MISMATCH
    }
