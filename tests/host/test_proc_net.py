from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.proc_net import parse_table, read_tables
from quietport.host.socket_entry import SocketEntry
from quietport.model.errors import SurveyError
from quietport.model.listener import Family
from quietport.model.port import Transport

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="the recorded tables are of a little-endian host")

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21344 1 0000000000000000 100
   1: 0200000A:0353 0500000A:0801 01 00000000:00000000 00:00000000 00000000  1000        0 31200 1 0000000000000000 20
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 900 1 0
   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 901 1 0
"""  # noqa: E501 - as the kernel prints it


def test_a_listener_and_a_connection() -> None:
    assert parse_table(TCP, Transport.TCP, is_ipv6=False) == (
        [
            SocketEntry(Transport.TCP, False, 10, "127.0.0.1", 631, "0.0.0.0", 0, 0, 0, 21344, None),
            SocketEntry(Transport.TCP, False, 1, "10.0.0.2", 851, "10.0.0.5", 2049, 0, 1000, 31200, None),
        ],
        0,
    )


def test_ipv6_words_are_in_the_hosts_byte_order_and_v6only_is_not_told() -> None:
    table = parse_table(TCP6, Transport.TCP, is_ipv6=True)
    assert [(entry.local_address, entry.local_port, entry.family) for entry in table.sockets] == [
        ("::", 22, Family.IPV6_MAYBE_DUAL),
        ("::1", 631, Family.IPV6),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "0: 0100007F:0277 00000000:0000 0A",
        "0: 0100007F 00000000:0000 0A 0:0 0:0 0 0 0 1",
        "0: 0100007F:1FFFF 00000000:0000 0A 0:0 0:0 0 0 0 1",
        "0: 0100007F7F:0277 00000000:0000 0A 0:0 0:0 0 0 0 1",
        "0: 0100007F:0277 00000000:0000 0A 0:0 0:0 0 -1 0 1",
        "0: 0100007F:0277 00000000:0000 0A 0:0 0:0 0 0 0 one",
    ],
    ids=["cut off", "no port", "port too high", "five bytes", "negative uid", "no number"],
)
def test_a_malformed_line_is_left_out_and_counted(line: str) -> None:
    table = parse_table(TCP + line, Transport.TCP, is_ipv6=False)
    assert (len(table.sockets), table.damaged) == (2, 1)


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_sockets_or_damage(text: str, is_ipv6: bool) -> None:
    table = parse_table(text, Transport.UDP, is_ipv6=is_ipv6)
    assert len(table.sockets) + table.damaged <= text.count("\n") + 1


def test_a_kernel_without_ipv6_has_two_tables(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(TCP)
    (tmp_path / "net" / "udp").write_text("")
    assert [len(table.sockets) for table in read_tables(str(tmp_path))] == [2, 0]


def test_no_table_at_all_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"net/tcp"):
        read_tables(str(tmp_path))
