"""Every kind of socket in three network namespaces, beside what ``ss`` says of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("sockets_in_namespace.py")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux"),
    pytest.mark.skipif(sys.platform == "linux" and os.geteuid() != 0, reason="namespaces are for root to enter"),
    pytest.mark.needs("unshare"),
    pytest.mark.needs("nft"),
]


@cache
def seen() -> dict[str, Any]:
    for tool in ("unshare", "ip", "ss", "nft", "mount"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    command = ["unshare", "-nm", sys.executable, "-W", "ignore", str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if "not supported" in done.stderr or "Unknown device type" in done.stderr:
        pytest.skip(f"this kernel lacks a protocol: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_namespaces_with_and_without_a_name() -> None:
    assert seen()["namespaces"] == [["host", "own"], ["blue", "blue"], ["unnamed", "unnamed"]]
    assert (seen()["by name"], seen()["by pid"], seen()["no such"]) == (True, True, [None, None, None])


def test_sockets_that_bind_only_and_those_of_other_namespaces_have_their_holders() -> None:
    assert seen()["listeners"] == [
        ["host", "1001/tcp", "127.0.0.1", "ipv4", "bound", "", ["own"]],
        ["host", "1002/tcp", "::", "ipv6", "bound", "", ["own"]],
        ["host", "1003/tcp", "::", "dual", "bound", "", ["own"]],
        ["host", "1031/udp", "127.0.0.1", "ipv4", "listening", "lite", ["own"]],
        ["host", "1032/udp", "::1", "ipv6", "listening", "lite", ["own"]],
        ["blue", "2001/tcp", "0.0.0.0", "ipv4", "listening", "", ["blue"]],
        ["unnamed", "2002/udp", "::1", "ipv6", "listening", "", ["unnamed"]],
    ]
    assert seen()["unseen"] == []


def test_the_socket_of_a_tunnel_is_the_kernels() -> None:
    assert seen()["own"][0] == ["4789/udp", ["vxlan vx0"]]


def test_the_socket_of_a_tunnel_that_moved_away_is_still_the_kernels() -> None:
    assert seen()["own"][1:] == [["4790/udp", ["vxlan vx1"]], ["8080/tcp", ["own"]]]


def test_packet_and_raw_sockets() -> None:
    assert seen()["raw"] == [
        ["packet", "packet", 3, None, None, 0, ["own"]],
        ["packet", "packet", 2048, "lo", None, 0, ["own"]],
        ["raw", "ipv4", 1, None, "127.0.0.1", 0, ["own"]],
        ["raw", "ipv6", 58, None, None, 0, ["own"]],
    ]


def test_ss_sees_the_same() -> None:
    assert seen()["ss"] == {
        "packet": ["*:*", "[2048]:lo"],
        "raw": ["*:58", "127.0.0.1:1"],
        "blue": [["0.0.0.0:2001", "blue"]],
    }


def test_what_a_rule_redirects_is_tied_to_what_is_behind_it() -> None:
    assert seen()["behind"] == [
        ["8081", "ip q pre", ["8080/tcp"]],
        ["53", "ip q pre", "not-supported"],
        ["8090", "ip q pre", ["2001/tcp"]],
    ]


def test_without_rights_no_namespace_is_entered_and_each_is_named() -> None:
    assert seen()["refused"] == ["permission", "permission"]
