"""What a hidden port, and one in one table only, are judged to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quietport.judge import read_rules
from quietport.judge.facts import Context, Facts
from quietport.judge.weigh import weigh
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Verdict

UNSEEN = Unknown(Reason.NOT_SUPPORTED, "owner")
NOBODY: dict[str, Any] = dict.fromkeys(
    (
        "privileged_user",
        "program",
        "program_known",
        "registered_agrees",
        "de_facto_agrees",
        "executable",
        "file",
        "hidden_place",
    ),
    UNSEEN,
)


def judge(facts: Facts) -> Verdict:
    return weigh(Context(facts, {"transport": str(facts.transport)}), read_rules())


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("number_range", ["system", "user", "dynamic"])
def test_a_hidden_port_is_suspicious_by_itself(
    make_facts: Callable[..., Facts], transport: str, number_range: str
) -> None:
    told = {"transport": transport, "range": number_range, "ephemeral": number_range == "dynamic"}
    verdict = judge(make_facts(state="hidden", owner="unseen", **told, **NOBODY))
    assert (verdict.word, str(verdict.standing), verdict.next_step) == ("suspicious", "unexplained", "next.hidden")
    assert [(piece.rule, piece.decibans) for piece in verdict.evidence] == [
        ("busy-in-no-table", 20),
        ("nothing-explains-it", 0),
    ]


def test_a_mismatch_is_unresolved_even_of_a_program_that_is_expected(make_facts: Callable[..., Facts]) -> None:
    verdict = judge(make_facts(state="mismatch", registered_agrees=True, executable="system", program_known=True))
    assert (verdict.word, str(verdict.standing), verdict.next_step) == ("unresolved", "expected", "next.mismatch")


@pytest.mark.parametrize("state", ["listening", "bound"])
def test_an_ordinary_state_is_no_evidence(make_facts: Callable[..., Facts], state: str) -> None:
    rules = {piece.rule for piece in judge(make_facts(state=state)).evidence}
    assert rules & {"busy-in-no-table", "in-one-table-only"} == set()
