"""Output of systems that no test runs on: written by hand in the form that these pages show, with values of our own.

ss before 4.13: docs of Red Hat Enterprise Linux 7 (Security Guide, "Verifying which ports are listening").
macOS: netstat(1) of network_cmds, inet.c; the process column as in https://superuser.com/questions/4665 and newer.
FreeBSD: netstat(1), sockstat(1), https://docs.freebsd.org/en/books/handbook/security/; OpenBSD: netstat(1).
Windows: https://learn.microsoft.com/windows-server/administration/windows-commands/netstat
PowerShell: https://learn.microsoft.com/powershell/module/nettcpip/get-nettcpconnection and MSFT_NetTCPConnection.
"""

from __future__ import annotations

from typing import Any

import pytest

ANY = "0.0.0.0"


def test_ss_before_ipv6_stood_in_brackets(read: Any, rows: Any) -> None:
    assert rows(read("ss-before-brackets.txt")) == [
        ("tcp", f"{ANY}:22", "ipv4", "listening", None, [(1093, "sshd")]),
        ("tcp", "[::]:22", "ipv6-maybe-dual", "listening", None, [(1093, "sshd")]),
        ("tcp", "127.0.0.1:25", "ipv4", "listening", None, [(1321, "master")]),
        ("udp", "127.0.0.1:323", "ipv4", "listening", None, [(701, "chronyd")]),
        ("udp", "[::1]:323", "ipv6", "listening", None, [(701, "chronyd")]),
    ]


def test_ss_before_it_wrote_pid_and_fd(read: Any, rows: Any) -> None:
    assert rows(read("ss-very-old-users.txt")) == [
        ("tcp", f"{ANY}:22", "ipv4", "listening", None, [(1377, "sshd")]),
        ("tcp", "[::]:22", "ipv6-maybe-dual", "listening", None, [(1377, "sshd")]),
        ("tcp", f"{ANY}:3306", "ipv4", "listening", None, [(1592, "mysqld")]),
    ]


def test_the_group_a_socket_was_made_in_is_the_unit_of_its_one_program(read: Any, rows: Any) -> None:
    found = read("ss-systemd.txt")
    assert rows(found) == [
        ("tcp", "[::]:22", "dual", "listening", None, [(1, "systemd"), (812, "sshd")]),
        ("tcp", f"{ANY}:80", "ipv4", "listening", None, [(900, "nginx"), (901, "nginx")]),
    ]
    units = [[str(getattr(owner.unit, "reason", owner.unit)) for owner in seen.owners] for seen in found.view.listeners]
    assert units == [["not-supported", "not-supported"], ["nginx.service", "nginx.service"]]
    assert [seen.uid for seen in found.view.listeners] == [0, 33]


def test_netstat_of_macos(read: Any, rows: Any, calls: Any, unseen: Any) -> None:
    found = read("netstat-macos.txt")
    nobody = "not-supported"
    assert rows(found) == [
        ("tcp", f"{ANY}:22", "ipv4", "listening", None, nobody),
        ("tcp", "[::]:22", "ipv6", "listening", None, nobody),
        ("udp", "[fe80::1]:123", "ipv6", "listening", "lo0", nobody),
        ("tcp", "127.0.0.1:631", "ipv4", "listening", None, nobody),
        ("tcp", "[::1]:631", "ipv6", "listening", None, nobody),
        ("tcp", "[::]:5000", "dual", "listening", None, nobody),
        ("udp", f"{ANY}:5353", "ipv4", "listening", None, nobody),
        ("udp", "[::]:51820", "dual", "listening", None, nobody),
        ("tcp", "192.0.2.7:60001", "ipv4", "bound", None, nobody),
    ]
    assert calls(found) == [("192.0.2.7:52344", "198.51.100.4:851", "outbound", nobody)]
    assert unseen(found) == {
        "unseen.printed-cut": 1,
        "unseen.printed-owners": 9,
        "unseen.printed-details": None,
    }


def test_netstat_of_macos_names_the_process_by_its_number_and_later_by_its_name(read: Any, rows: Any) -> None:
    assert rows(read("netstat-macos-pid.txt")) == [
        ("tcp", "[::]:3000", "dual", "listening", None, [(33784, "")]),
        ("udp", f"{ANY}:5353", "ipv4", "listening", None, [(312, "")]),
        ("tcp", "127.0.0.1:8000", "ipv4", "listening", None, [(24811, "")]),
    ]
    assert rows(read("netstat-macos-process.txt")) == [
        ("tcp", "[::]:443", "dual", "listening", None, [(5660, "Helper (Web)")]),
        ("udp", f"{ANY}:5353", "ipv4", "listening", None, [(312, "mDNSResponder012")]),
    ]


@pytest.mark.parametrize("name", ["netstat-freebsd", "netstat-openbsd"])
def test_netstat_of_bsd(name: str, read: Any, rows: Any, unseen: Any) -> None:
    found = read(f"{name}.txt")
    is_open = "openbsd" in name
    assert rows(found) == [
        ("tcp", f"{ANY}:22", "ipv4", "listening", None, "not-supported"),
        ("tcp", "[::]:22", "ipv6", "listening", None, "not-supported"),
        ("tcp", "127.0.0.1:25", "ipv4", "listening", None, "not-supported"),
        *([("tcp", "[::1]:25", "ipv6", "listening", None, "not-supported")] if is_open else []),
        ("udp", f"{ANY}:514", "ipv4", "listening", None, "not-supported"),
        *([] if is_open else [("udp", "[::]:514", "ipv6", "listening", None, "not-supported")]),
    ]
    assert "unseen.printed-lines" not in unseen(found)


def test_netstat_of_windows(read: Any, rows: Any, calls: Any, unseen: Any) -> None:
    found = read("netstat-windows.txt")
    assert rows(found) == [
        ("tcp", f"{ANY}:135", "ipv4", "listening", None, [(1044, "")]),
        ("tcp", "[::]:135", "ipv6-maybe-dual", "listening", None, [(1044, "")]),
        ("tcp", f"{ANY}:445", "ipv4", "listening", None, [(4, "System")]),
        ("udp", f"{ANY}:500", "ipv4", "listening", None, [(3456, "")]),
        ("udp", "[fe80::1c2d:3e4f:5a6b:7c8d]:1900", "ipv6", "listening", "12", [(6612, "")]),
        ("tcp", "[::1]:8080", "ipv6", "listening", None, [(6200, "")]),
        ("tcp", f"{ANY}:49700", "ipv4", "bound", None, [(5120, "")]),
    ]
    assert calls(found) == [("192.0.2.20:50012", "198.51.100.8:851", "outbound", [(5120, "")])]
    assert found.view.listeners[2].owners[0].executable is None
    assert unseen(found) == {
        "unseen.printed-programs": 5,
        "unseen.printed-v6only": 1,
        "unseen.printed-details": None,
    }


@pytest.mark.parametrize("name", ["german", "russian"])
def test_netstat_of_windows_in_another_language_and_code_page(name: str, read: Any, rows: Any, unseen: Any) -> None:
    found = read(f"netstat-windows-{name}.txt")
    assert rows(found) == [
        ("tcp", f"{ANY}:135", "ipv4", "listening", None, [(1044, "")]),
        ("udp", f"{ANY}:500", "ipv4", "listening", None, [(3456, "")]),
    ]
    assert "unseen.printed-lines" not in unseen(found)


def test_a_state_in_no_language_known_here_is_counted(read: Any, calls: Any, unseen: Any) -> None:
    found = read("netstat-windows-german.txt")
    assert calls(found) == [("192.0.2.20:50012", "198.51.100.8:851", "outbound", [(5120, "")])]
    assert unseen(found)["unseen.printed-states"] == 1


def test_netstat_of_windows_with_programs_below_their_rows(read: Any, rows: Any, unseen: Any) -> None:
    found = read("netstat-windows-programs.txt")
    assert [row[1::4] for row in rows(found)] == [
        (f"{ANY}:22", [(2300, "sshd.exe")]),
        (f"{ANY}:135", [(1044, "svchost.exe")]),
        (f"{ANY}:445", [(4, "System")]),
        (f"{ANY}:500", [(3456, "svchost.exe")]),
    ]
    assert unseen(found) == {"unseen.printed-connections": None, "unseen.printed-details": None}


def test_lsof_of_macos(read: Any, rows: Any, calls: Any, unseen: Any) -> None:
    found = read("lsof-macos.txt")
    assert rows(found) == [
        ("udp", f"{ANY}:5353", "ipv4", "listening", None, [(312, "mDNSRespo")]),
        ("tcp", f"{ANY}:7000", "ipv4", "listening", None, [(601, "ControlCe")]),
        ("tcp", "[::]:7000", "ipv6-maybe-dual", "listening", None, [(601, "ControlCe")]),
    ]
    assert calls(found) == [("192.0.2.7:52344", "198.51.100.4:851", "outbound", [(702, "Google")])]
    assert [seen.owners[0].user for seen in found.view.listeners] == ["_mdnsresponder", "anna", "anna"]
    assert unseen(found)["unseen.printed-programs-cut"] == 2


def test_sockstat(read: Any, rows: Any, calls: Any, unseen: Any) -> None:
    found = read("sockstat.txt")
    assert rows(found) == [
        ("tcp", f"{ANY}:22", "ipv4", "listening", None, [(812, "sshd")]),
        ("tcp", "[::]:22", "ipv6", "listening", None, [(812, "sshd")]),
        ("tcp", "[::]:53", "dual", "listening", None, [(777, "named")]),
        ("tcp", f"{ANY}:80", "ipv4", "listening", None, [(901, "nginx"), (902, "php worker")]),
        ("udp", "127.0.0.1:514", "ipv4", "listening", None, [(700, "syslogd")]),
        ("tcp", "192.0.2.9:2049", "ipv4", "listening", None, "permission"),
    ]
    assert calls(found) == [("192.0.2.9:851", "192.0.2.1:51288", "local-quiet", [(990, "sshd")])]
    assert "unseen.printed-lines" not in unseen(found)
    assert rows(read("sockstat-states.txt")) == [("tcp", "192.0.2.20:80", "ipv4", "listening", None, [(3743, "nginx")])]


PIDS = [(952, ""), (4321, "")]


def test_powershells_table_in_utf_16(read: Any, rows: Any, calls: Any, unseen: Any) -> None:
    found = read("get-nettcpconnection.txt")
    assert rows(found) == [
        ("tcp", f"{ANY}:135", "ipv4", "listening", None, [(952, "")]),
        ("tcp", "[fe80::1c2d:3e4f:5a6b:7c8d]:139", "ipv6", "listening", "5", [(4, "System")]),
        ("udp", f"{ANY}:500", "ipv4", "listening", None, "not-supported"),
        ("udp", "[::1]:1900", "ipv6", "listening", None, "not-supported"),
        ("tcp", "[::]:49671", "ipv6-maybe-dual", "listening", None, [(688, "")]),
        ("tcp", f"{ANY}:50382", "ipv4", "bound", None, [(5972, "")]),
    ]
    assert calls(found) == [("192.0.2.20:50012", "198.51.100.8:851", "outbound", [(4321, "")])]
    assert unseen(found) == {
        "unseen.printed-owners": 2,
        "unseen.printed-programs": 4,
        "unseen.printed-v6only": 1,
        "unseen.printed-details": None,
    }


def test_powershells_table_of_selected_columns_with_numbers_at_the_right(read: Any, rows: Any) -> None:
    assert rows(read("get-nettcpconnection-selected.txt")) == [
        ("tcp", "[::]:135", "ipv6-maybe-dual", "listening", None, [(952, "svchost")]),
        ("tcp", "127.0.0.1:5432", "ipv4", "listening", None, [(3120, "postgres")]),
    ]


def test_powershells_list(read: Any, rows: Any, calls: Any) -> None:
    found = read("get-nettcpconnection-list.txt")
    assert rows(found) == [("tcp", "[::]:49671", "ipv6-maybe-dual", "listening", None, [(688, "")])]
    assert calls(found) == [("192.0.2.20:50012", "198.51.100.8:851", "outbound", [(4321, "")])]


@pytest.mark.parametrize("name", ["get-nettcpconnection.csv", "get-nettcpconnection.json"])
def test_powershells_csv_and_json(name: str, read: Any, rows: Any, calls: Any) -> None:
    found = read(name)
    udp = [("udp", f"{ANY}:500", "ipv4", "listening", None, [(3456, "")])] if name.endswith("json") else []
    assert rows(found) == [("tcp", f"{ANY}:135", "ipv4", "listening", None, [(952, "")]), *udp]
    assert calls(found) == [("192.0.2.20:50012", "198.51.100.8:851", "outbound", [(4321, "")])]
    assert found.view.method == "powershell"


def test_csv_with_the_systems_own_separator(read: Any, rows: Any, unseen: Any) -> None:
    found = read("get-netudpendpoint-semicolons.csv")
    assert rows(found) == [("udp", f"{ANY}:500", "ipv4", "listening", None, [(3456, "")])]
    assert "unseen.printed-tcp" in unseen(found)
