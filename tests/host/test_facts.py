from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.facts import (
    PortFacts,
    parse_netsh_range,
    parse_reserved,
    parse_sysctl_range,
    read_facts,
    run_command,
)
from quietport.model.port import PortRange
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

NO_START = Unknown(Reason.NOT_SUPPORTED, "ip_unprivileged_port_start")
NO_RANGE = Unknown(Reason.NOT_SUPPORTED, "ip_local_port_range")
NO_RESERVED = Unknown(Reason.NOT_SUPPORTED, "ip_local_reserved_ports")

NETSH_RUSSIAN = """
Протокол tcp Диапазон динамических портов
---------------------------------
Начальный порт  : 49152
Количество портов : 16384

"""


def write(proc: Path, **settings: str) -> str:
    directory = proc / "sys" / "net" / "ipv4"
    directory.mkdir(parents=True)
    for name, text in settings.items():
        (directory / name).write_text(text)
    return str(proc)


def test_what_linux_says(tmp_path: Path) -> None:
    proc = write(
        tmp_path,
        ip_unprivileged_port_start="1024\n",
        ip_local_port_range="32768\t60999\n",
        ip_local_reserved_ports="8080,9000-9010\n",
    )
    assert read_facts(proc, "linux") == PortFacts(
        "linux", 1024, PortRange(32768, 60999), (PortRange(8080, 8080), PortRange(9000, 9010))
    )


def test_what_linux_does_not_say_or_says_in_another_way_is_not_known(tmp_path: Path) -> None:
    proc = write(tmp_path, ip_unprivileged_port_start="many\n", ip_local_port_range="60999 32768\n")
    assert read_facts(proc, "linux") == PortFacts("linux", NO_START, NO_RANGE, NO_RESERVED)


def test_macos_is_asked_for_two_numbers() -> None:
    asked: list[list[str]] = []

    def run(command: list[str]) -> str:
        asked.append(command)
        return "49152\n65535\n"

    assert read_facts("/nowhere", "darwin", run) == PortFacts("darwin", NO_START, PortRange(49152, 65535), NO_RESERVED)
    assert asked == [["sysctl", "-n", "net.inet.ip.portrange.first", "net.inet.ip.portrange.last"]]


def test_windows_answers_in_its_own_language() -> None:
    facts = read_facts("/nowhere", "win32", lambda _: NETSH_RUSSIAN)
    assert facts == PortFacts("win32", NO_START, PortRange(49152, 65535), NO_RESERVED)


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd14"])
def test_a_command_that_fails_leaves_it_unknown(system: str) -> None:
    def fail(_: list[str]) -> str:
        raise OSError

    assert read_facts("/nowhere", system, fail) == PortFacts(system, NO_START, NO_RANGE, NO_RESERVED)


def test_a_command_that_is_missing_or_fails_raises_oserror() -> None:
    for command in (["/nowhere/sysctl"], ["false"]):
        with pytest.raises(OSError, match=r".+"):
            run_command(command)


def test_no_reserved_ports_is_not_the_same_as_unknown() -> None:
    assert parse_reserved("\n") == ()
    assert parse_reserved("80,x") is None


@given(st.text(max_size=80))
def test_any_text_is_a_fact_or_none(text: str) -> None:
    for answer in (parse_sysctl_range(text), parse_netsh_range(text)):
        assert answer is None or isinstance(answer, PortRange)
    reserved = parse_reserved(text)
    assert reserved is None or all(isinstance(run, PortRange) for run in reserved)
