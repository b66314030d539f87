"""The load balancer's table as the kernel prints it; this kernel has none, so the text was recorded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.nat.ip_vs import parse_ip_vs
from quietport.host.nat.redirection_entry import RedirectionEntry

TABLE = """\
IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A80001:0050 wlc persistent 360 ffffffff
  -> 0A000002:1F90      Masq    1      0          0
  -> 7F000001:0050      Local   1      0          0
UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr
  -> [2001:0db8:0000:0000:0000:0000:0000:0002]:0035      Route   1      0          0
FWM  00000001 rr
  -> 0A000003:0000      Masq    1      0          0
TCP  C0A80002:0000 rr
  -> 0A000004:0000      Route   1      0          0
"""


def service(
    transport: str, address: str, ports: tuple[int, int], to_address: str | None, to_port: int | None, how: str
) -> RedirectionEntry:
    return RedirectionEntry(
        "ipvs", transport, address, *ports, to_address, to_port, to_port, f"ip_vs {transport} {how}",
        is_local=False, is_narrowed=False,
    )  # fmt: skip


def test_services_with_their_servers_and_those_by_mark_are_counted() -> None:
    assert parse_ip_vs(TABLE) == (
        [
            service("tcp", "192.168.0.1", (80, 80), "10.0.0.2", 8080, "Masq"),
            service("tcp", "192.168.0.1", (80, 80), None, 80, "Local"),
            service("udp", "2001:db8::1", (53, 53), "2001:db8::2", 53, "Route"),
            service("tcp", "192.168.0.2", (0, 65535), "10.0.0.4", None, "Route"),
        ],
        1,
    )


def test_servers_of_a_malformed_service_are_not_those_of_the_one_before() -> None:
    text = "TCP C0A80001:0050 rr\nTCP C0A8:0050 rr\n -> 0A000002:1F90 Masq 1 0 0\n -> nonsense Masq"
    assert parse_ip_vs(text) == ([], 1)


@given(st.text(alphabet="TCPUDFWM ->:[]0123456789abcdefMasq\n", max_size=200))
def test_any_text_is_services_or_unread(text: str) -> None:
    entries, unread = parse_ip_vs(text)
    assert len(entries) + unread <= text.count("\n") + 1
