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
