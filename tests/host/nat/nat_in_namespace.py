"""Loads NAT rules by the tool that is named first, then prints what quietport reads of them, as JSON.

Run in a network namespace of its own (``unshare -n``); it leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from msgspec import structs

from quietport.host.nat.redirections import read_redirections

NFT = """
table ip q {
 set ports {
  type inet_service
  flags interval
  elements = { 100-200, 300 }
 }
 chain web {
  meta l4proto tcp redirect to :8080
 }
 chain pre {
  type nat hook prerouting priority dstnat;
  tcp dport 80 redirect to :8080
  tcp dport { 81, 82 } counter redirect to :8081
  ip daddr 192.0.2.1 tcp dport 8000-8010 dnat to 10.0.0.2:9000-9010
  ip daddr 192.0.2.0/24 udp dport 53 dnat to 10.0.0.53
  ip daddr 198.51.100.128/25 udp dport != 5 dnat to 10.0.0.4-10.0.0.9
  iifname "lo" tcp dport > 65000 redirect
  tcp dport @ports redirect to :1
  tcp dport 99 jump web
  dnat to tcp dport map { 5001: 10.0.0.5, 5002: 10.0.0.6 }
  meta l4proto tcp redirect to :tcp dport map { 6001: 6101 }
  dnat ip to ip daddr . tcp dport map { 10.1.1.1 . 80 : 10.2.2.2 . 8080 }
  tcp dport vmap { 7001 : jump web, 7002 : accept }
  meta l4proto { tcp, udp } th dport 54 redirect to :5354
  icmp type echo-request dnat to 10.0.0.1
  tcp dport 22 accept
  sctp dport 2905 dnat to 10.0.0.8
  tcp dport 55 dnat to tcp sport map { 1 : 10.0.0.1 }
 }
 chain out {
  type nat hook output priority -100
  tcp dport 85 redirect to :8085
  tcp dport 80 jump web
 }
 chain post {
  type nat hook postrouting priority srcnat
  tcp dport 80 masquerade
  tcp dport 81 snat to 10.0.0.1
 }
}
table inet six {
 chain pre {
  type nat hook prerouting priority dstnat;
  ip6 daddr 2001:db8::1 tcp dport 443 dnat ip6 to [2001:db8::2]:8443
  udp dport 888 redirect to :999
 }
}
"""
IPTABLES = """
-N DOCKER
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8088 -j DNAT --to-destination {target}
-A PREROUTING -p tcp -m multiport --dports 90,91,95:97 -j REDIRECT --to-ports 9090
-A PREROUTING -d {one} -p udp --dport 500:510 -j REDIRECT --to-ports 9090-9100
-A PREROUTING -d {many} -p udp ! --dport 500:510 -j DNAT --to-destination {other}
-A OUTPUT -p tcp --sport 5 --dport 6 -j REDIRECT --to-ports 9090
-A PREROUTING -d {many} -j NETMAP --to {many}
-A PREROUTING -p tcp --dport 7 -m comment --comment seven -j LOG
-A PREROUTING -p icmp -j DNAT --to-destination {other}
-A POSTROUTING -p tcp --dport 8 -j MASQUERADE
"""
IPV4 = {"target": "172.17.0.2:80", "one": "203.0.113.7", "many": "203.0.113.0/25", "other": "10.9.9.9"}
IPV6 = {"target": "[2001:db8::2]:80", "one": "2001:db8::7", "many": "2001:db8::/64", "other": "2001:db8::9"}


def load(tool: str) -> None:
    """Load rules."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if tool == "nft":
        subprocess.run(["nft", "-f", "-"], input=NFT, text=True, check=True)
        return
    rules = IPTABLES.format(**(IPV6 if tool.startswith("ip6") else IPV4))
    for rule in rules.strip().splitlines():
        subprocess.run([tool, "-t", "nat", *rule.split()], check=True)


def read() -> dict[str, object]:
    """Return what quietport reads."""
    found = read_redirections()
    entries = [list(structs.astuple(entry)) for entry in found.entries]
    return {"entries": entries, "unread": found.unread, "refused": found.refused, "legacy": found.legacy_unread}


def read_as_nobody() -> dict[str, object]:
    """Return what a process without rights reads."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setuid(65534)
        os.write(writer, json.dumps(read()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer: dict[str, object] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return answer


def main() -> None:
    """Load, read, print."""
    empty = read()
    load(sys.argv[1])
    print(json.dumps({"empty": empty, "seen": read(), "nobody": read_as_nobody()}))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
