"""A plain Debian host with stock services, and again after an upgrade without restart: nobody cries wolf."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from outcome import compare, name_doors, run_on_stage, why_not_here
from scenario import Scenario, read_corpus

PROGRAM = Path(__file__).with_name("healthy_host.py")
STOCK = [scenario for scenario in read_corpus().values() if scenario.stock]
HOST = replace(
    STOCK[0],
    name="host",
    doors={name: opinion for scenario in STOCK for name, opinion in scenario.doors.items()},
    others={name: opinion for scenario in STOCK for name, opinion in scenario.others.items()},
)
"""What an administrator says of them all."""

Report = dict[str, Any]


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """Return what is told of the host at each look; they are the same few seconds for every test."""
    for scenario in STOCK:
        if reason := why_not_here(scenario):
            pytest.skip(reason)
    return run_on_stage(PROGRAM)


def words(report: Report) -> dict[str, str]:
    return {name: door["verdict"] for name, door in name_doors(report)}


def differences(scenario: Scenario, report: Report) -> list[str]:
    return [difference for row in compare(scenario, report) for difference in row.differences]


def test_there_are_at_least_twenty_services() -> None:
    assert len(STOCK) >= 20


@pytest.mark.parametrize("look", ["first", "again", "upgraded", "restarted", "nobody"])
def test_nothing_is_suspicious(reports: dict[str, Report], look: str) -> None:
    assert [name for name, word in words(reports[look]).items() if word == "suspicious"] == []


def test_every_door_is_told_as_its_administrator_tells_it(reports: dict[str, Report]) -> None:
    assert differences(HOST, reports["first"]) == []
    assert reports["first"]["coverage"] == {"complete": True, "unseen": []}


def test_an_upgrade_without_restart_changes_no_verdict_and_is_named(reports: dict[str, Report]) -> None:
    upgraded = reports["upgraded"]
    assert words(upgraded) == words(reports["first"])
    held = {door["owner"]["executable"]: door["owner"]["file"] for door in upgraded["listeners"]}
    assert held == dict.fromkeys(held, "replaced")
    assert set(held) <= set(reports["replaced"])
    assert {
        name: [piece["rule"] for piece in door["evidence"] if piece["rule"] == "restart-needed"]
        for name, door in name_doors(upgraded)
    } == {name: ["restart-needed"] for name in words(upgraded)}


@pytest.mark.parametrize("look", ["again", "upgraded", "restarted"])
def test_nothing_is_new_after_a_restart(reports: dict[str, Report], look: str) -> None:
    report = reports[look]
    assert [name for name, door in name_doors(report) if door["change"] is not None] == []
    assert report["gone"] == []


def test_a_restart_gives_every_door_another_process(reports: dict[str, Report]) -> None:
    before, after = (
        {name: door["owner"]["pid"] for name, door in name_doors(reports[look])} for look in ("first", "restarted")
    )
    assert [name for name in before.keys() & after.keys() if before[name] == after[name]] == []


def test_another_user_sees_the_same_ports_and_what_it_takes_to_see_the_owners(reports: dict[str, Report]) -> None:
    theirs = reports["nobody"]
    assert ports(theirs) == ports(reports["first"])
    assert {str(door["owner"]) for door in theirs["listeners"]} == {"{'unknown': 'permission'}"}
    unseen = {unseen["id"]: unseen for unseen in theirs["coverage"]["unseen"]}
    assert unseen["unseen.owners"]["reason"] == "permission"
    assert "CAP_SYS_PTRACE" in unseen["unseen.owners"]["remedy"]
    assert theirs["coverage"]["complete"] is False


def ports(report: Report) -> set[tuple[str, str, int]]:
    return {(door["transport"], door["address"], door["port"]) for door in report["listeners"]}
