"""What the tools of a Debian host print of one set of sockets (``record.py``), read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).with_name("recorded")
FACTS = json.loads((RECORDED / "facts.json").read_text())
PID, (QUOTED, BLANK, ESCAPE, FIFTEEN), FE80 = FACTS["pid"], FACTS["children"], FACTS["link_local"]
LONG = "[2001:db8:1234:5678:9abc:def0:1234:5678]"

OURS = [(PID, "python")]
EVERYBODY = [
    (PID, "python"),
    (QUOTED, 'a "b",pid=9'),
    (BLANK, "x y"),
    (ESCAPE, "n\\xffü\x1b[31m"),
    (FIFTEEN, "fifteen-letters"),
]
"""ss takes names from /proc/PID/stat and ends them at the first bracket."""

TCP: list[tuple[Any, ...]] = [
    ("tcp", "0.0.0.0:22", "ipv4", "listening", None, OURS),
    ("tcp", "127.0.0.53:53", "ipv4", "listening", "lo", OURS),
    ("tcp", "127.0.0.1:851", "ipv4", "listening", None, OURS),
    ("tcp", "127.0.0.1:1001", "ipv4", "listening", None, EVERYBODY),
    ("tcp", "[::]:1002", "ipv6", "listening", None, OURS),
    ("tcp", "[::]:1003", "dual", "listening", None, OURS),
    ("tcp", "0.0.0.0:1005", "ipv4", "listening", None, OURS),
    ("tcp", "0.0.0.0:1006", "ipv4", "listening", "lo", OURS),
    ("tcp", f"{LONG}:6379", "ipv6", "listening", None, OURS),
]
UDP: list[tuple[Any, ...]] = [
    ("udp", "192.0.2.10:68", "ipv4", "listening", "eth0", OURS),
    ("udp", f"[{FE80}]:546", "ipv6", "listening", "eth0", OURS),
    ("udp", "0.0.0.0:1004", "ipv4", "listening", None, OURS),
    ("udp", "[::1]:1004", "ipv6", "listening", None, OURS),
    ("udp", "[::]:1007", "dual", "listening", None, OURS),
]


def in_order(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(found, key=lambda row: (int(row[1].rpartition(":")[2]), row[0], row[1].strip("[")))


ALL = in_order(TCP + UDP)


def as_netstat(found: list[tuple[Any, ...]], held: object = OURS) -> list[tuple[Any, ...]]:
    """Without interfaces and IPV6_V6ONLY, and with the first holder alone."""
    families = {"[::]:1002": "ipv6-maybe-dual", "[::]:1003": "ipv6-maybe-dual", "[::]:1007": "ipv6-maybe-dual"}
    return [
        (transport, end, families.get(end, family), state, None, held) for transport, end, family, state, _, _ in found
    ]


def as_cut(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """As netstat prints it where 23 columns are all there are: one address ends early, one is no address any more."""
    cut = f"{FE80}"[: 23 - len(":546")]
    return [(row[0], row[1].replace(FE80, cut), *row[2:]) for row in found if not row[1].startswith(LONG)]


@pytest.mark.parametrize(
    "name",
    ["ss-ltnup", "ss-without-header", "ss-extended", "ss-all", "ss-one-line", "ss-narrow-terminal", "ss-tcp-then-udp"],
)
def test_ss_with_every_extra_shows_the_same_listeners(name: str, read: Any, rows: Any) -> None:
    found = read(f"{name}.txt")
    assert rows(found) == ALL
    assert found.view.method == "ss"


@pytest.mark.parametrize("name", ["ss-tcp-all", "ss-several-lines"])
def test_ss_of_tcp_alone_has_no_netid_and_lines_that_go_on(name: str, read: Any, rows: Any, unseen: Any) -> None:
    found = read(f"{name}.txt")
    assert rows(found) == in_order(TCP)
    assert unseen(found) == {
        "unseen.printed-udp": None,
        "unseen.printed-programs-cut": 1,
        "unseen.printed-details": None,
    }


@pytest.mark.parametrize(("name", "expected"), [("ss-tcp-names", TCP), ("ss-udp-names", UDP)])
def test_ss_without_numbers_and_processes(
    name: str, expected: list[tuple[Any, ...]], read: Any, rows: Any, unseen: Any
) -> None:
    found = read(f"{name}.txt")
    assert rows(found) == [(*row[:5], "not-supported") for row in in_order(expected)]
    assert unseen(found)["unseen.printed-owners"] == len(expected)


def test_ss_extended_tells_inodes_users_and_every_socket_of_a_group(read: Any) -> None:
    listeners = read("ss-extended.txt").view.listeners
    assert {seen.uid for seen in listeners} == {0}
    assert [seen.sockets for seen in listeners] == [2 if seen.port.number == 1005 else 1 for seen in listeners]
    assert [seen.sockets for seen in read("ss-ltnup.txt").view.listeners] == [seen.sockets for seen in listeners]


CALLS = [
    ("127.0.0.1:851", "127.0.0.1:40000", "inbound", OURS),
    ("127.0.0.1:1008", "127.0.0.1:1004", "outbound", OURS),
    ("127.0.0.1:40000", "127.0.0.1:851", "outbound", OURS),
]


@pytest.mark.parametrize("name", ["ss-all", "netstat-all", "lsof-table", "lsof-fields", "lsof-names"])
def test_connections_from_and_to_quiet_ports(name: str, read: Any, calls: Any) -> None:
    assert calls(read(f"{name}.txt")) == CALLS


def test_ss_of_one_state_leaves_the_column_out_and_tells_no_listener(read: Any, rows: Any, calls: Any) -> None:
    found = read("ss-state-filter.txt")
    assert rows(found) == []
    assert [(near, far) for near, far, _, _ in calls(found)] == [
        ("127.0.0.1:851", "127.0.0.1:40000"),
        ("127.0.0.1:40000", "127.0.0.1:851"),
    ]


def test_netstat_cuts_long_addresses_and_that_is_said(read: Any, rows: Any, unseen: Any) -> None:
    found = read("netstat-ltnup.txt")
    assert rows(found) == as_cut(as_netstat(ALL))
    assert unseen(found) == {
        "unseen.printed-cut": 2,
        "unseen.printed-connections": None,
        "unseen.printed-v6only": 3,
        "unseen.printed-details": None,
    }
    assert not found.view.coverage.sockets_complete


def test_netstat_wide_cuts_nothing(read: Any, rows: Any, unseen: Any) -> None:
    found = read("netstat-wide.txt")
    assert rows(found) == as_netstat(ALL)
    assert "unseen.printed-cut" not in unseen(found)
    assert found.view.coverage.sockets_complete


def test_netstat_as_a_user_shows_no_holder_and_its_note_is_no_stray_line(read: Any, rows: Any, unseen: Any) -> None:
    found = read("netstat-as-user.txt")
    assert rows(found) == as_cut(as_netstat(ALL, "permission"))
    assert unseen(found)["unseen.owners-of-sockets"] == len(ALL) - 1
    assert "unseen.printed-lines" not in unseen(found)


def test_netstat_with_names_inodes_and_timers(read: Any, rows: Any) -> None:
    expected = as_cut(as_netstat(in_order(TCP)))
    assert rows(read("netstat-names.txt")) == expected
    assert rows(read("netstat-timers.txt")) == expected


def test_netstat_of_busybox_calls_ipv6_tcp_too_and_cuts_nothing(read: Any, rows: Any, unseen: Any) -> None:
    found = read("busybox-netstat.txt")
    assert rows(found) == as_netstat(ALL, "not-supported")
    assert unseen(found)["unseen.printed-owners"] == len(ALL)
    assert rows(read("busybox-netstat-names.txt")) == as_netstat(in_order(TCP), "not-supported")


def as_lsof(names: list[str]) -> list[tuple[Any, ...]]:
    found = as_netstat(ALL)
    pids = [PID, QUOTED, BLANK, ESCAPE, FIFTEEN]
    return [(*row[:5], list(zip(pids, names, strict=True)) if row[1].endswith(":1001") else OURS) for row in found]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("lsof-table", ["python", 'a "b",', "x y", "n\\xff\\xc3", "fifteen-l"]),
        ("lsof-names", ["python", 'a "b",', "x y", "n\\xff\\xc3", "fifteen-l"]),
        ("lsof-whole-commands", ["python", 'a "b",pid=9', "x y", "n\\xffü^[", "fifteen-letters"]),
        ("lsof-fields", ["python", 'a "b",pid=9', "x y", "n\\xffü^[[31m", "fifteen-letters"]),
    ],
)
def test_lsof_tells_every_holder_as_far_as_its_column_is_wide(
    name: str, names: list[str], read: Any, rows: Any, unseen: Any
) -> None:
    found = read(f"{name}.txt")
    assert rows(found) == as_lsof(names)
    is_cut = "fifteen-l" in names
    assert unseen(found).get("unseen.printed-programs-cut") == (3 if is_cut else None)
    assert {seen.sockets for seen in found.view.listeners} <= {1, 2}


def test_lsof_with_files_that_are_no_sockets(read: Any, rows: Any, unseen: Any) -> None:
    found = read("lsof-with-other-files.txt")
    assert rows(found) == [(*row[:5], OURS) for row in as_lsof(["", "", "", "", ""])]
    assert "unseen.printed-lines" not in unseen(found)


def test_two_tools_one_after_the_other_tell_of_one_door_each(read: Any, rows: Any) -> None:
    found = read("netstat-then-lsof.txt")
    names = ["python", 'a "b",', "x y", "n\\xff\\xc3", "fifteen-l"]
    cut = [row for row in as_cut(as_netstat(ALL, "not-supported")) if row[1].endswith(":546")]
    assert sorted(rows(found), key=str) == sorted(as_lsof(names) + cut, key=str)
    assert found.view.method == "netstat+lsof"
    assert {seen.sockets for seen in found.view.listeners if seen.port.number == 1005} == {2}
