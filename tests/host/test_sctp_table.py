"""SCTP endpoints; this kernel has none, so the text was recorded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.sctp_table import parse_eps
from quietport.host.socket_entry import SocketEntry
from quietport.model.port import Transport

EPS = """\
 ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
ffff8d1 ffff8d2 2   10  29   11165   200 299689357 *10.0.0.102 10.0.0.70
ffff8d3 ffff8d4 0   10  5    3868      0 299689360 ::
ffff8d5 ffff8d6 2   7   5    3869      0 299689361 0.0.0.0
damaged
"""


def test_endpoints_that_accept_with_each_of_their_addresses() -> None:
    assert parse_eps(EPS) == (
        [
            SocketEntry(Transport.SCTP, False, 10, "10.0.0.102", 11165, "0.0.0.0", 0, 0, 200, 299689357, None),
            SocketEntry(Transport.SCTP, False, 10, "10.0.0.70", 11165, "0.0.0.0", 0, 0, 200, 299689357, None),
            SocketEntry(Transport.SCTP, True, 10, "::", 3868, "::", 0, 0, 0, 299689360, None),
        ],
        1,
    )


@given(st.text(max_size=200))
def test_any_text_is_endpoints_or_damage(text: str) -> None:
    entries, damaged = parse_eps(text)
    assert entries or damaged or not any(line.split() for line in text.split("\n")) or "ENDPT" in text


@given(st.lists(st.text(alphabet="0123456789.:*", max_size=12), min_size=9, max_size=11))
def test_any_columns_are_endpoints_or_damage(columns: list[str]) -> None:
    entries, damaged = parse_eps(" ".join(columns))
    assert all(0 < entry.local_port < 65536 for entry in entries)
    assert damaged <= 1
