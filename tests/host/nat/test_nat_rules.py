"""Real NAT rules of every kind, loaded by their own tools in network namespaces that the tests make."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("nat_in_namespace.py")
EMPTY = {"entries": [], "unread": 0, "refused": False, "legacy": False}
REFUSED = {"entries": [], "unread": 0, "refused": True, "legacy": False}

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="NAT rules of Linux"),
    pytest.mark.skipif(sys.platform == "linux" and os.geteuid() != 0, reason="rules are for root to make"),
]


def rules_of(tool: str) -> dict[str, Any]:
    for needed in ("unshare", "ip", tool):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    command = ["unshare", "-n", sys.executable, "-W", "ignore", str(PROGRAM), tool]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode and tool.endswith("-legacy"):
        pytest.skip(f"this kernel has no older iptables: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def redirection(
    mechanism: str,
    transport: str,
    address: str | None,
    ports: tuple[int, int],
    to_address: str | None,
    to_ports: tuple[int | None, int | None],
    rule: str,
    *,
    local: bool = False,
    narrowed: bool = False,
) -> list[object]:
    return [mechanism, transport, address, *ports, to_address, *to_ports, rule, local, narrowed]


SAME = (None, None)


@pytest.mark.needs("nft")
def test_nftables_rules_with_ranges_sets_maps_and_jumps() -> None:
    answer = rules_of("nft")
    pre, web = "ip q pre", "ip q web"
    assert answer["empty"] == EMPTY
    assert answer["nobody"] == REFUSED
    assert answer["seen"] == {
        "entries": [
            redirection("redirect", "tcp", None, (80, 80), None, (8080, 8080), pre),
            redirection("redirect", "tcp", None, (81, 81), None, (8081, 8081), pre),
            redirection("redirect", "tcp", None, (82, 82), None, (8081, 8081), pre),
            redirection("dnat", "tcp", "192.0.2.1", (8000, 8010), "10.0.0.2", (9000, 9010), pre),
            redirection("dnat", "udp", "192.0.2.0/24", (53, 53), "10.0.0.53", SAME, pre),
            redirection("dnat", "udp", "198.51.100.128/25", (0, 4), "10.0.0.4-10.0.0.9", SAME, pre),
            redirection("dnat", "udp", "198.51.100.128/25", (6, 65535), "10.0.0.4-10.0.0.9", SAME, pre),
            redirection("redirect", "tcp", None, (65001, 65535), None, SAME, pre, narrowed=True),
            redirection("redirect", "tcp", None, (100, 200), None, (1, 1), pre),
            redirection("redirect", "tcp", None, (300, 300), None, (1, 1), pre),
            redirection("redirect", "tcp", None, (99, 99), None, (8080, 8080), web),
            redirection("dnat", "tcp", None, (5001, 5001), "10.0.0.5", SAME, pre),
            redirection("dnat", "tcp", None, (5002, 5002), "10.0.0.6", SAME, pre),
            redirection("redirect", "tcp", None, (6001, 6001), None, (6101, 6101), pre),
            redirection("dnat", "tcp", "10.1.1.1", (80, 80), "10.2.2.2", (8080, 8080), pre),
            redirection("redirect", "tcp", None, (7001, 7001), None, (8080, 8080), web),
            redirection("redirect", "tcp", None, (54, 54), None, (5354, 5354), pre),
            redirection("redirect", "udp", None, (54, 54), None, (5354, 5354), pre),
            redirection("dnat", "sctp", None, (2905, 2905), "10.0.0.8", SAME, pre),
            redirection("dnat", "tcp", None, (55, 55), "10.0.0.1", SAME, pre, narrowed=True),
            redirection("redirect", "tcp", None, (85, 85), None, (8085, 8085), "ip q out", local=True),
            redirection("redirect", "tcp", None, (80, 80), None, (8080, 8080), web, local=True),
            redirection("dnat", "tcp", "2001:db8::1", (443, 443), "2001:db8::2", (8443, 8443), "inet six pre"),
            redirection("redirect", "udp", None, (888, 888), None, (999, 999), "inet six pre"),
        ],
        "unread": 0,
        "refused": False,
        "legacy": False,
    }


@pytest.mark.needs("iptables")
@pytest.mark.parametrize("tool", ["iptables-nft", "ip6tables-nft", "iptables-legacy", "ip6tables-legacy"])
def test_both_kinds_of_iptables_tell_the_same(tool: str) -> None:
    answer = rules_of(tool)
    is_ipv6 = tool.startswith("ip6")
    table = "ip6 nat" if is_ipv6 else "ip nat"
    target, one, many, other = (
        ("2001:db8::2", "2001:db8::7", "2001:db8::/64", "2001:db8::9")
        if is_ipv6
        else ("172.17.0.2", "203.0.113.7", "203.0.113.0/25", "10.9.9.9")
    )
    pre = f"{table} PREROUTING"
    assert answer["empty"] == EMPTY
    assert answer["nobody"] == REFUSED
    assert answer["seen"] == {
        "entries": [
            redirection("dnat", "tcp", None, (8088, 8088), target, (80, 80), f"{table} DOCKER", narrowed=True),
            redirection("redirect", "tcp", None, (90, 90), None, (9090, 9090), pre),
            redirection("redirect", "tcp", None, (91, 91), None, (9090, 9090), pre),
            redirection("redirect", "tcp", None, (95, 97), None, (9090, 9090), pre),
            redirection("redirect", "udp", one, (500, 510), None, (9090, 9100), pre),
            redirection("dnat", "udp", many, (0, 499), other, SAME, pre),
            redirection("dnat", "udp", many, (511, 65535), other, SAME, pre),
            redirection(
                "redirect", "tcp", None, (6, 6), None, (9090, 9090), f"{table} OUTPUT", local=True, narrowed=True
            ),
        ],
        "unread": 1,
        "refused": False,
        "legacy": False,
    }
