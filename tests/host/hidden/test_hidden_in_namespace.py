"""The cross-view on real sockets, in a network namespace that the test makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.needs("unshare"),
    pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are of Linux"),
]
PROGRAM = Path(__file__).with_name("hidden_in_namespace.py")


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Return what the program saw."""
    unshare = ["unshare", "-nm"]
    refusal = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if os.geteuid() != 0 or refusal.returncode:
        pytest.skip(f"no namespaces may be made here: {refusal.stderr.strip() or 'it takes root'}")
    command = [*unshare, sys.executable, "-W", "error", str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_kind_of_socket_is_busy_and_of_its_class(seen: dict[str, Any]) -> None:
    words = {"udp": "listening", "udp connected": "client", "udp client": "client"}
    assert len(seen["classes"]) == 28
    assert seen["classes"] == {
        name: [True, words.get(name) or words.get(name.split()[0], name.split()[0])] for name in seen["classes"]
    }
    assert seen["strangers"] == []


def test_an_honest_kernel_hides_nothing(seen: dict[str, Any]) -> None:
    honest = seen["honest"]
    assert honest["namespace"].startswith("net:[")
    assert dict(honest["counts"]) == {"listening": 18, "bound": 4, "client": 8}
    assert (honest["hidden"], honest["mismatches"], honest["coverage"]["unseen"]) == ([], [], [])
    assert (honest["probed"], honest["dual_stack"]) == (131_070, True)
    assert honest["tables"] == ["sock_diag", "/proc/net"]
    assert honest["elapsed_s"] < 4


def test_progress_grows_to_the_whole(seen: dict[str, Any]) -> None:
    assert seen["progress"] == sorted(seen["progress"])
    assert (len(seen["progress"]), seen["progress"][-1]) == (33, 1.0)


def test_what_both_tables_leave_out_is_hidden_and_connected_to(seen: dict[str, Any]) -> None:
    assert seen["hidden"]["hidden"] == [
        {
            "endpoint": {"address": "::", "port": {"number": 2006, "transport": "tcp"}},
            "family": "dual",
            "answer": "accepted",
        },
        {
            "endpoint": {"address": "0.0.0.0", "port": {"number": 2012, "transport": "tcp"}},
            "family": "ipv4",
            "answer": "refused",
        },
        {
            "endpoint": {"address": "::1", "port": {"number": 2103, "transport": "udp"}},
            "family": "ipv6",
            "answer": "not-tried",
        },
    ]
    assert (seen["hidden"]["looks"], seen["hidden"]["mismatches"]) == (5, [])
    assert dict(seen["hidden"]["counts"]) == {"hidden": 3, "listening": 16, "bound": 3, "client": 8}


def one_sided(view: dict[str, Any]) -> set[tuple[int, str, str, bool]]:
    return {
        (one["local"]["port"]["number"], one["local"]["port"]["transport"], one["listed_by"], one["listens"])
        for one in view["mismatches"]
    }


def test_what_one_table_leaves_out_is_a_mismatch(seen: dict[str, Any]) -> None:
    assert one_sided(seen["only text"]) == {
        (2006, "tcp", "/proc/net", True),
        (2006, "tcp", "/proc/net", False),  # connections of the test before, which nobody accepted
        (seen["client"], "tcp", "/proc/net", False),
    }
    assert one_sided(seen["only netlink"]) == {(2103, "udp", "sock_diag", True)}
    assert one_sided(seen["doctored"]) == {(2006, "tcp", "sock_diag", True), (2006, "tcp", "sock_diag", False)}
    assert [seen[name]["hidden"] for name in ("only text", "only netlink", "doctored")] == [[], [], []]


def test_sockets_that_come_and_go_by_the_thousand_are_not_news(seen: dict[str, Any]) -> None:
    churn = seen["churn"]
    assert (churn["hidden"], churn["mismatches"]) == ([], [])
    assert dict(churn["counts"])["client"] > 500


def test_without_rights_the_system_ports_are_named_as_not_probed(seen: dict[str, Any]) -> None:
    assert seen["nobody"]["coverage"]["unseen"] == [
        {
            "what": "unseen.not-bindable",
            "reason": "permission",
            "remedy": "remedy.bind",
            "count": 2046,
            "detail": "1-1023/tcp, 1-1023/udp",
        }
    ]
    assert (seen["nobody"]["probed"], seen["nobody"]["hidden"]) == (129_024, [])


def test_whether_this_kernel_lists_bound_sockets(seen: dict[str, Any]) -> None:
    major, minor, *_ = os.uname().release.replace("-", ".").split(".")
    assert seen["lists bound"] is ((int(major), int(minor)) >= (6, 8))


def test_a_connection_tells_whether_something_accepts_and_says_nothing(seen: dict[str, Any]) -> None:
    assert seen["answers"] == {
        "full": "no-answer",
        "listening": "accepted",
        "bound": "refused",
        "listening ::": "accepted",
        "nothing": "refused",
        "nowhere": "no-answer",
        "udp": "not-tried",
        "heard": "",
    }


def test_where_on_a_busy_port_something_sits(seen: dict[str, Any]) -> None:
    assert seen["places"] == {
        "any4": [["ipv4", "0.0.0.0"]],
        "loopback4": [["ipv4", "127.0.0.1"]],
        "other4": [["ipv4", "0.0.0.0"]],
        "any6": [["ipv6", "::"]],
        "loopback6": [["ipv6", "::1"]],
        "dual": [["dual", "::"]],
        "both loopbacks": [["ipv4", "127.0.0.1"], ["ipv6", "::1"]],
        "nothing": [],
    }


def test_settings_of_ipv6_do_not_blind_the_probe(seen: dict[str, Any]) -> None:
    # 2001 listens on 0.0.0.0, 2004 on ::1, 2999 nobody.
    assert (seen["bindv6only"], seen["disabled"]) == ([2001, 2004], [2001, 2004])
    assert seen["without ipv6"] == [[2001, 2002, 2003], False]
