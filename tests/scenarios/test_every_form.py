"""Doors of every kind in every form of output, for root and for another user: none crashes, none keeps silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mixed_host import FORMS
from outcome import run_on_stage, why_not_here
from scenario import read_corpus

PROGRAM = Path(__file__).with_name("mixed_host.py")
PLAYED = (
    "statd-on-port-851",
    "lldpd-listens-to-neighbours",
    "program-from-temporary-place-reads-every-frame",
    "redis-open-without-password",
    "listener-in-another-namespace",
    "vxlan-device",
    "bound-and-not-listening",
    "udp-client-socket",
    "named-like-a-kernel-thread",
    "sshd-on-22",
    "own-program-built-again",
)
FINDINGS = ("[kworker/0:1]", "6379", ".dbus")
"""A word of each door that needs a person: suspicious, misconfigured, suspicious below the ports."""

Written = dict[str, Any]


@pytest.fixture(scope="module")
def written() -> Written:
    corpus = read_corpus()
    for name in PLAYED:
        if reason := why_not_here(corpus[name]):
            pytest.skip(reason)
    return run_on_stage(PROGRAM, *PLAYED)


@pytest.mark.parametrize("user", ["root", "nobody"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_and_ends_as_documented(written: Written, form: str, user: str) -> None:
    text, said, code = written[f"{form} {user}"]
    assert "Traceback" not in said
    assert text.strip()
    # 1: something is suspicious; another user sees no holder, and so nothing of the kind: 3.
    assert code == (1 if user == "root" else 3)


@pytest.mark.parametrize("user", ["root", "nobody"])
@pytest.mark.parametrize("form", ["json", "hidden", "sarif"])
def test_json_is_json(written: Written, form: str, user: str) -> None:
    assert json.loads(written[f"{form} {user}"][0])


@pytest.mark.parametrize("form", [form for form in FORMS if form != "hidden"])
@pytest.mark.parametrize("finding", FINDINGS)
def test_no_form_keeps_silent_about_a_finding(written: Written, form: str, finding: str) -> None:
    assert finding in written[f"{form} root"][0]


@pytest.mark.parametrize("form", FORMS)
def test_another_user_is_told_what_it_would_take(written: Written, form: str) -> None:
    text, said, _ = written[f"{form} nobody"]
    assert form in {"plain", "junit"} or "CAP_SYS_PTRACE" in text + said


Doors = dict[tuple[str, str, int], tuple[str, str]]


def words(text: str, states: set[str]) -> Doors:
    """Return what is told of each door; one in a namespace of its own has a port that no other has."""
    return {
        (door["transport"], door["address"], door["port"]): (door["standing"], door["concern"])
        for door in json.loads(text)["listeners"]
        if door["state"] in states
    }


def test_what_ss_prints_is_as_many_doors(written: Written) -> None:
    theirs, ours = words(written["from ss"][0], {"listening"}), words(written["json root"][0], {"listening"})
    assert ours.keys() - theirs.keys() == {("tcp", "0.0.0.0", 80)}  # in another namespace, which ss does not show
    assert theirs.keys() - ours.keys() == set()
    assert theirs["tcp", "0.0.0.0", 22] == ("expected", "none")
    assert theirs["tcp", "0.0.0.0", 6379] == ("expected", "misconfigured")


def test_what_we_printed_is_judged_again_as_it_was(written: Written) -> None:
    states = {"listening", "bound"}
    again, before = words(written["from json"][0], states), words(written["json root"][0], states)
    # Which numbers that machine lends to clients is not in what it printed, so that their ends are judged apart.
    fixed = [door for door in before if door[2] not in range(32768, 61000)]
    assert {door: again.get(door) for door in fixed} == {door: before[door] for door in fixed}
