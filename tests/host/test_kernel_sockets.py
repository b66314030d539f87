"""The kernel's own sockets, as links, answers and files tell of them."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.generic_netlink import FOU, L2TP, WIREGUARD, parse_ports
from quietport.host.kernel_sockets import (
    KernelOwners,
    KernelSocket,
    kernel_owner,
    parse_portlist,
    read_kernel_sockets,
    read_targets,
    tunnel_sockets,
)
from quietport.host.links import Link
from quietport.host.netlink import attribute
from quietport.judge.holder import owner_class
from quietport.model.port import Port, Transport
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = Unknown(Reason.NO_OWNER, "owner")
VXLAN = KernelSocket("udp", 4789, "vxlan vx0", is_moved=False)


def generic(*attributes: bytes) -> tuple[int, bytes]:
    return 30, struct.pack("=BBH", 0, 1, 0) + b"".join(attributes)


def test_a_tunnel_that_tells_its_port_is_a_socket() -> None:
    links = [
        Link(1, "lo", None, None, is_moved=False, has_xdp=False),
        Link(2, "vx0", "vxlan", 4789, is_moved=False, has_xdp=False),
        Link(3, "wg0", "wireguard", None, is_moved=False, has_xdp=False),
    ]
    assert tunnel_sockets(links) == [VXLAN]


def test_wireguard_and_l2tp_tell_ports_in_the_hosts_order_and_fou_in_network_order() -> None:
    host = (51820).to_bytes(2, sys.byteorder)
    wireguard = [generic(attribute(3, b"k" * 32), attribute(6, host)), generic(attribute(6, bytes(2))), (30, b"")]
    assert parse_ports(wireguard, WIREGUARD) == [51820]
    assert parse_ports([generic(attribute(1, struct.pack(">H", 5555)))], FOU) == [5555]
    l2tp = (1701).to_bytes(2, sys.byteorder)
    assert parse_ports([generic(attribute(26, l2tp)), generic(attribute(26, l2tp))], L2TP) == [1701]


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_answer_tells_ports_or_none(bodies: list[bytes]) -> None:
    assert all(0 < port < 65536 for port in parse_ports([(30, body) for body in bodies], FOU))


def test_the_ports_of_the_nfs_server() -> None:
    text = "rdma 20049\ntcp 2049\ntcp 2049\nudp 2049\nrubbish\ntcp 99999\ntcp\n"
    assert parse_portlist(text) == [
        KernelSocket("tcp", 2049, "nfsd", is_moved=False),
        KernelSocket("udp", 2049, "nfsd", is_moved=False),
    ]


@given(st.text(max_size=200))
def test_any_text_lists_ports_or_none(text: str) -> None:
    assert all(0 < found.port < 65536 for found in parse_portlist(text))


def test_storage_targets_and_the_smb_server_are_told_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "class" / "ksmbd-control").mkdir(parents=True)
    config = tmp_path / "kernel" / "config"
    portals = config / "target" / "iscsi" / "iqn.2026-01.org.example:disk" / "tpgt_1" / "np"
    for portal in ("0.0.0.0:3260", "[::1]:3261", "no portal"):
        (portals / portal).mkdir(parents=True)
    for number, transport, service in ((1, "tcp", "4420"), (2, "rdma", "4421")):
        port = config / "nvmet" / "ports" / str(number)
        port.mkdir(parents=True)
        (port / "addr_trtype").write_text(transport + "\n")
        (port / "addr_trsvcid").write_text(service + "\n")
    assert read_targets(str(tmp_path)) == [
        KernelSocket("tcp", 445, "ksmbd", is_moved=False),
        KernelSocket("tcp", 3260, "iscsi-target", is_moved=False),
        KernelSocket("tcp", 3261, "iscsi-target", is_moved=False),
        KernelSocket("tcp", 4420, "nvmet", is_moved=False),
    ]


def test_files_are_read_for_our_own_namespace_alone_and_silent_modules_are_named(tmp_path: Path) -> None:
    (tmp_path / "fs" / "nfsd").mkdir(parents=True)
    (tmp_path / "fs" / "nfsd" / "portlist").write_text("tcp 2049\n")
    (tmp_path / "module" / "lockd").mkdir(parents=True)
    own = read_kernel_sockets([], str(tmp_path), str(tmp_path))
    other = read_kernel_sockets([], str(tmp_path), str(tmp_path), is_own=False)
    nfsd = KernelSocket("tcp", 2049, "nfsd", is_moved=False)
    assert (nfsd in own.sockets, "lockd" in own.silent) == (True, True)
    assert (nfsd in other.sockets, "lockd" in other.silent) == (False, False)


def test_a_socket_without_a_holder_is_the_kernels_where_it_listens_there() -> None:
    kernel = KernelOwners([VXLAN])
    found = kernel.explain(Port(4789, Transport.UDP), NOBODY)
    assert found == (kernel_owner("vxlan vx0"),)
    assert owner_class(found) == "kernel"
    assert kernel.explain(Port(4789, Transport.TCP), NOBODY) == NOBODY
    somebody = (kernel_owner("another"),)
    assert kernel.explain(Port(4789, Transport.UDP), somebody) == somebody


def test_the_socket_of_a_device_that_moved_stays_where_it_was_made() -> None:
    moved = KernelSocket("udp", 51820, "wireguard wg0", is_moved=True)
    stayed = KernelSocket("udp", 4790, "vxlan vx9", is_moved=False)
    kernel = KernelOwners([], [moved, stayed])
    assert kernel.explain(Port(51820, Transport.UDP), NOBODY) == (kernel_owner("wireguard wg0"),)
    assert kernel.explain(Port(4790, Transport.UDP), NOBODY) == NOBODY
