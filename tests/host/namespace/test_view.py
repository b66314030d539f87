"""Records of what several namespaces tell, and what carries it through a pipe."""

from __future__ import annotations

import marshal
from typing import Any

import pytest
from msgspec import structs

from quietport.host.holders import Holders
from quietport.host.kernel_sockets import KernelSocket, KernelSockets, kernel_owner
from quietport.host.links import Link
from quietport.host.namespace.entry import Seen
from quietport.host.namespace.found import FoundNamespace
from quietport.host.namespace.tables import NamespaceTables, knows_bound_inactive, pack, read_tables, unpack
from quietport.host.namespace.view import NamespaceSockets, assemble, explain_runs, sort_seen, unseen_holders
from quietport.host.nat.behind import addresses_by_namespace, find_behind
from quietport.host.nat.redirection_entry import RedirectionEntry
from quietport.host.nat.redirections import Redirecting
from quietport.host.raw_entry import RawEntry
from quietport.host.shared_walk import Found
from quietport.host.socket_entry import SocketEntry
from quietport.host.socket_owners import SocketOwners
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState, listeners_of, run_of
from quietport.model.namespace import NetworkNamespace
from quietport.model.port import Port, PortRange, Transport
from quietport.model.redirection import Mechanism, Redirection
from quietport.model.unknown import Reason, Unknown, Unseen

HOST = NetworkNamespace("net:[1]", None, 1, is_own=True)
BLUE = NetworkNamespace("net:[2]", "blue", 7, is_own=False)
NOBODY = Unknown(Reason.NO_OWNER, "owner")


def entry(transport: Transport, address: str, port: int, inode: int, *, state: int, interface: int = 0) -> SocketEntry:
    ipv6 = ":" in address
    return SocketEntry(transport, ipv6, state, address, port, "::" if ipv6 else "0.0.0.0", 0, interface, 0, inode,
                       True if address == "::" else None)  # fmt: skip


REDIRECTS = RedirectionEntry("redirect", "tcp", None, 80, 80, None, 8080, 8080, "ip nat pre", False, False)


def tables(**told: Any) -> NamespaceTables:
    empty: dict[str, Any] = {name: [] for name in ("sockets", "bound", "lite", "sctp", "raw", "links", "addresses")}
    empty |= {"kernel": KernelSockets([], []), "redirecting": Redirecting([], 0, refused=False, legacy_unread=False)}
    return NamespaceTables(**{**empty, "missing": {}, "damaged": 0, **told})


BLUE_TABLES = tables(
    sockets=[
        entry(Transport.TCP, "0.0.0.0", 22, 50, state=10, interface=2),
        entry(Transport.TCP, "0.0.0.0", 22, 51, state=10, interface=9),
        entry(Transport.UDP, "::", 4789, 52, state=7),
    ],
    bound=[entry(Transport.TCP, "127.0.0.1", 9, 53, state=7)],
    lite=[entry(Transport.UDP, "127.0.0.1", 7, 54, state=7)],
    sctp=[entry(Transport.SCTP, "10.0.0.1", 3868, 55, state=10)],
    raw=[RawEntry("packet", "packet", 3, 2, None, 0, 56)],
    links=[Link(2, "eth0", None, None, False, True), Link(3, "vx0", "vxlan", 4789, False, False)],
    addresses=["10.0.0.1"],
    kernel=KernelSockets([KernelSocket("udp", 4789, "vxlan vx0", False)], ["wireguard wg0"]),
    redirecting=Redirecting([REDIRECTS], 2, refused=True, legacy_unread=True),
    missing={"unseen.bound": "6.1.0"},
    damaged=3,
)


def listener(port: str, address: str, **more: Any) -> Listener:
    number, _, transport = port.partition("/")
    fields: dict[str, Any] = {
        "family": Family.IPV6 if ":" in address else Family.IPV4, "state": ListenerState.LISTENING, "interface": None,
        "uid": 0, "sockets": 1, "owners": NOBODY, "namespace": BLUE, **more,
    }  # fmt: skip
    return Listener(Endpoint(address, Port(int(number), Transport(transport))), **fields)


class Nobody(SocketOwners):
    """Holders of which none is known."""

    def __init__(self) -> None:
        super().__init__("/nowhere", Holders("/nowhere", Found([], 0), hidden=False))


def test_what_a_helper_tells_comes_through_a_pipe_unchanged() -> None:
    sent = marshal.dumps(pack(BLUE_TABLES))
    assert unpack(marshal.loads(sent)) == BLUE_TABLES  # noqa: S302 - our own bytes


def test_every_socket_of_a_namespace_is_a_record_with_its_own_names() -> None:
    view = assemble([NamespaceSockets(HOST, tables()), NamespaceSockets(BLUE, BLUE_TABLES)], Nobody())
    assert listeners_of(view.runs) == (
        listener("7/udp", "127.0.0.1", is_lite=True),
        listener("9/tcp", "127.0.0.1", state=ListenerState.BOUND),
        listener("22/tcp", "0.0.0.0", interface="eth0"),
        listener("22/tcp", "0.0.0.0", interface="if9"),
        listener("3868/sctp", "10.0.0.1"),
        listener("4789/udp", "::", owners=(kernel_owner("vxlan vx0"),)),
    )
    assert [(one.interface, one.namespace) for one in view.raw_sockets] == [("eth0", BLUE)]
    assert view.redirections == (REDIRECTS.record(BLUE),)
    assert BLUE_TABLES.inodes == {50, 51, 52, 53, 54, 55, 56}
    assert view.silent == ("wireguard wg0",)


def test_what_was_not_seen_is_named_with_what_would_help() -> None:
    view = assemble([NamespaceSockets(BLUE, BLUE_TABLES)], Nobody())
    assert view.unseen == (
        Unseen("unseen.bound", Reason.NOT_SUPPORTED, "remedy.hidden", detail="6.1.0"),
        Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", 3),
        Unseen("unseen.nat", Reason.PERMISSION, "remedy.net-admin"),
        Unseen("unseen.nat-rules", Reason.NOT_SUPPORTED, "remedy.nft", 2),
        Unseen("unseen.legacy-nat", Reason.NOT_SUPPORTED, "remedy.iptables-legacy"),
        Unseen("unseen.xdp", Reason.NOT_SUPPORTED, "remedy.xdp", 1),
    )


def test_namespaces_that_could_not_be_looked_into_are_named_by_reason() -> None:
    def seen(namespace: NetworkNamespace, found: object) -> Seen:
        return Seen(FoundNamespace(namespace, "/x"), found)

    unnamed = structs.replace(BLUE, id="net:[3]", name=None)
    refused = Unknown(Reason.PERMISSION, "Operation not permitted")
    found, unseen = sort_seen(
        [seen(HOST, pack(BLUE_TABLES)), seen(BLUE, refused), seen(unnamed, refused), seen(BLUE, ["nonsense"])]
    )
    assert found == [NamespaceSockets(HOST, BLUE_TABLES)]
    assert unseen == (
        Unseen("unseen.namespace-entry", Reason.PERMISSION, "remedy.enter", 2,
               "blue (Operation not permitted), net:[3] (Operation not permitted)"),
        Unseen("unseen.namespace-entry", Reason.NOT_SUPPORTED, "remedy.repeat", 1,
               "blue (the helper process told nonsense)"),
    )  # fmt: skip


def test_what_may_hold_a_socket_is_named_only_where_one_has_no_holder() -> None:
    held = listener("22/tcp", "::", owners=(kernel_owner("x"),))
    closed = listener("22/tcp", "::", sockets=0)
    unheld = listener("22/tcp", "::")
    assert unseen_holders(map(run_of, [held, closed]), ["lockd"], 2) == ()
    in_flight = Unseen("unseen.in-flight", Reason.NOT_SUPPORTED, "remedy.repeat", 1)
    assert unseen_holders(map(run_of, [held, unheld]), [], 0) == (in_flight,)
    assert unseen_holders(map(run_of, [held, unheld]), ["lockd", "wireguard wg0"], 2) == (
        in_flight,
        Unseen("unseen.kernel-ports", Reason.NOT_SUPPORTED, "remedy.kernel", 2, "lockd, wireguard wg0"),
        Unseen("unseen.io-uring", Reason.NOT_SUPPORTED, "remedy.io-uring", 2),
    )


def test_listeners_that_were_read_elsewhere_learn_of_the_kernel_too() -> None:
    view = assemble([NamespaceSockets(BLUE, BLUE_TABLES)], Nobody())
    vxlan, other = listener("4789/udp", "0.0.0.0"), listener("4789/tcp", "0.0.0.0")
    first, second = listeners_of(explain_runs(map(run_of, [other, vxlan]), view.kernel_owners["net:[2]"]))[::-1]
    assert first == structs.replace(vxlan, owners=(kernel_owner("vxlan vx0"),))
    assert second == other


@pytest.mark.parametrize(
    ("release", "known"),
    [("6.18.44-fc", True), ("6.8", True), ("6.7.12-amd64", False), ("5.14.0-503.el9", False), ("7.0-rc1", True),
     ("", False), ("odd", False)],
)  # fmt: skip
def test_which_kernels_list_sockets_that_only_bind(release: str, known: bool) -> None:
    assert knows_bound_inactive(release) is known


def test_a_kernel_that_answers_nothing_is_said_to_and_raises_nothing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("quietport.host.netlink.socket.socket", refuse)
    found = read_tables(str(tmp_path), str(tmp_path), sockets=True)
    assert (found.sockets, found.bound, found.raw, found.links) == ([], [], [], [])
    assert list(found.missing) == [
        "unseen.packet-sockets", "unseen.raw-sockets", "unseen.links", "unseen.namespace-sockets", "unseen.bound",
    ]  # fmt: skip
    assert found.redirecting == Redirecting([], 0, refused=True, legacy_unread=False)


def rule(to_address: str | None, ports: PortRange, **more: Any) -> Redirection:
    return Redirection(Mechanism.DNAT, Transport.TCP, None, PortRange(80, 80), to_address, ports, "r", HOST, **more)


def test_what_is_behind_a_redirection() -> None:
    eight = PortRange(8080, 8080)
    here = listener("8080/tcp", "0.0.0.0", namespace=HOST)
    loopback = listener("8080/tcp", "127.0.0.1", namespace=HOST)
    there = listener("8080/tcp", "::", family=Family.DUAL)
    only_v6 = listener("8080/tcp", "::", family=Family.IPV6)
    bound = listener("8080/tcp", "10.0.0.1", state=ListenerState.BOUND)
    listeners = [here, loopback, there, only_v6, bound]
    addresses = addresses_by_namespace([(HOST, ["127.0.0.1", "192.0.2.1"]), (BLUE, ["127.0.0.1", "10.0.0.1"])])
    cases = [
        (rule(None, eight), (here,)),
        (rule(None, eight, is_local=True), (here, loopback)),
        (rule("127.0.0.1", eight), (here, loopback)),
        (rule("10.0.0.1", eight), (there,)),
        (rule("10.0.0.1", PortRange(8000, 8081)), (there,)),
        (rule("10.0.0.1", PortRange(9, 9)), ()),
        (rule("203.0.113.9", eight), Unknown(Reason.NOT_SUPPORTED, "listener at an address that is not of this host")),
        (rule(None, PortRange(0, 65535)), Unknown(Reason.NOT_LOOKED, "listener behind a rule for every port")),
    ]
    found = find_behind([redirection for redirection, _ in cases], listeners, addresses)
    assert [one.listeners for one in found] == [expected for _, expected in cases]
