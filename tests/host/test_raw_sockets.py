"""Packet and raw sockets: the kernel's answers as bytes and text."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.netlink import Answer, attribute
from quietport.host.packet_diag import parse_packet_sockets, parse_packet_table, read_packet_sockets
from quietport.host.raw_entry import RawEntry
from quietport.host.raw_sockets import make_raw_sockets, parse_raw_table, read_raw_sockets
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

PACKET = """\
sk               RefCnt Type Proto  Iface R Rmem   User   Inode
000000007bbfef35 3      3    0003   0     1 0      0      227069
00000000e412d59c 3      2    88cc   2     1 0      101    227070
"""
RAW = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
   1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2 00000000f9bbb7d4 0
  89: 0100007F:0059 00000000:0000 07 00000000:00000000 00:00000000 00000000   104        0 6 2 00000000f9bbb7d4 0
"""
EVERY_FRAME = RawEntry("packet", "packet", 3, 0, None, 0, 227069)
LLDP = RawEntry("packet", "packet", 0x88CC, 2, None, 101, 227070)
NOBODY = Unknown(Reason.NO_OWNER, "owner")


def diag(protocol: int, inode: int, interface: int, uid: int | None) -> bytes:
    body = struct.pack("=BBHIII", 17, 3, protocol, inode, 0, 0) + attribute(0, struct.pack("=6I", interface, *[0] * 5))
    return body + (b"" if uid is None else attribute(5, struct.pack("=I", uid)))


def answer(*bodies: bytes) -> Answer:
    made = Answer()
    made.messages = [(20, body) for body in bodies]
    return made


def test_packet_sockets_are_the_same_over_netlink_and_in_the_table() -> None:
    over_netlink = parse_packet_sockets(answer(diag(3, 227069, 0, 0), diag(0x88CC, 227070, 2, 101)))
    assert over_netlink == parse_packet_table(PACKET) == ([EVERY_FRAME, LLDP], 0)


def test_a_user_that_is_not_told_is_not_known() -> None:
    entries, damaged = parse_packet_sockets(answer(diag(3, 9, 0, None), b"short"))
    assert (entries, damaged) == ([RawEntry("packet", "packet", 3, 0, None, None, 9)], 1)
    (record,) = make_raw_sockets(entries, lambda _: NOBODY, {}, NO_NAMESPACE)
    assert record.uid == Unknown(Reason.NOT_SUPPORTED, "user of a packet socket")


@pytest.mark.skipif(sys.byteorder != "little", reason="the recorded table is of a little-endian host")
def test_raw_sockets_have_a_protocol_where_others_have_a_port() -> None:
    assert parse_raw_table(RAW + "damaged line\n", is_ipv6=False) == (
        [RawEntry("raw", "ipv4", 1, 0, None, 0, 5), RawEntry("raw", "ipv4", 0x59, 0, "127.0.0.1", 104, 6)],
        1,
    )


def test_records_have_the_names_and_holders_of_their_own_namespace() -> None:
    held: list[int] = []

    def owners_of(inode: int) -> Unknown:
        held.append(inode)
        return NOBODY

    records = make_raw_sockets([LLDP, EVERY_FRAME, RawEntry("raw", "ipv6", 58, 9, "::1", 0, 0)], owners_of, {2: "eth0"},
                               NO_NAMESPACE)  # fmt: skip
    assert records == (
        RawSocket(RawKind.PACKET, "packet", 3, None, None, 0, 227069, NOBODY, NO_NAMESPACE),
        RawSocket(RawKind.PACKET, "packet", 0x88CC, "eth0", None, 101, 227070, NOBODY, NO_NAMESPACE),
        RawSocket(RawKind.RAW, "ipv6", 58, "if9", "::1", 0, 0, NOBODY, NO_NAMESPACE),
    )
    assert held == [227069, 227070, 0]


@given(st.text(max_size=300))
def test_any_text_is_packet_sockets_or_damage(text: str) -> None:
    entries, damaged = parse_packet_table(text)
    assert len(entries) + damaged <= text.count("\n") + 1


@given(st.binary(max_size=80))
def test_any_message_is_a_packet_socket_or_damage(body: bytes) -> None:
    entries, damaged = parse_packet_sockets(answer(body))
    assert len(entries) + damaged == 1


def test_tables_are_read_where_they_are_and_ipv6_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "raw").write_text(RAW)
    assert len(read_raw_sockets(str(tmp_path))[0]) == 2
    (tmp_path / "net" / "raw").unlink()
    with pytest.raises(FileNotFoundError):
        read_raw_sockets(str(tmp_path))


def test_the_table_is_read_where_the_kernel_answers_no_netlink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(2, "no packet_diag")

    monkeypatch.setattr("quietport.host.packet_diag.Channel", refuse)
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "packet").write_text(PACKET)
    assert read_packet_sockets(str(tmp_path)) == ([EVERY_FRAME, LLDP], 0)
