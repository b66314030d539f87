"""Which port does X use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietport.model.port import PortRange, Transport
from quietport.registry.search import FactKind, Match, SearchResult, nearest_names, search
from quietport.registry.snapshot import SHIPPED, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Open the shipped registry."""
    with Registry(SHIPPED) as opened:
        yield opened


def test_the_exact_name_comes_first(registry: Registry) -> None:
    found = search(registry, "ssh")
    assert (found.asked, found.searched) == ("ssh", "ssh")
    assert [(m.ports, m.transport, m.kind, m.name, m.rank) for m in found.matches[:3]] == [
        (PortRange(22, 22), Transport.SCTP, FactKind.REGISTERED, "ssh", 0),
        (PortRange(22, 22), Transport.TCP, FactKind.REGISTERED, "ssh", 0),
        (PortRange(22, 22), Transport.UDP, FactKind.REGISTERED, "ssh", 0),
    ]


def test_ranks_go_from_the_exact_name_to_the_text_alone(registry: Registry) -> None:
    found = search(registry, "redis")
    assert [match.rank for match in found.matches] == sorted(match.rank for match in found.matches)
    by_rank = {match.rank: match for match in search(registry, "ssh").matches}
    assert by_rank[0].name == "ssh"
    assert by_rank[1].name.startswith("ssh")
    assert "ssh" in by_rank[3].name
    assert "ssh" not in by_rank[3].name.split("-")
    assert "ssh" not in by_rank[4].name.lower()
    assert "ssh" in by_rank[4].text.lower()


def test_a_word_of_the_name_ranks_before_the_inside_of_one(registry: Registry) -> None:
    found = [match for match in search(registry, "wbt").matches if match.name == "ms-wbt-server"]
    assert [(match.ports, match.rank) for match in found] == [(PortRange(3389, 3389), 2)] * 2


def test_registered_facts_stand_before_de_facto_ones_of_the_same_rank(registry: Registry) -> None:
    exact = [match for match in search(registry, "redis").matches if match.rank == 0]
    assert exact[0] == Match(
        PortRange(6379, 6379),
        Transport.TCP,
        FactKind.REGISTERED,
        "redis",
        "An advanced key-value cache and store",
        registry.iana_source,
        0,
    )
    assert {match.kind for match in exact[1:]} == {FactKind.DE_FACTO}


@pytest.mark.parametrize(
    ("typo", "meant", "number"),
    [
        ("kuberntes", "kubernetes", 6443),
        ("postgers", "postgres", 5432),
        ("grafena", "grafana", 3000),
        ("elasticsaerch", "elasticsearch", 9200),
        ("Kuberntes API", "kubernetes api", 6443),
    ],
)
def test_a_typo_finds_what_was_meant_and_says_so(registry: Registry, typo: str, meant: str, number: int) -> None:
    found = search(registry, typo)
    assert (found.asked, found.searched) == (typo, meant)
    assert number in found.matches[0].ports


def test_every_word_of_the_question_must_be_there(registry: Registry) -> None:
    found = search(registry, "Remote  DESKTOP")
    assert found.searched == "Remote  DESKTOP"
    assert found.matches
    for match in found.matches:
        text = f"{match.name} {match.text}".lower()
        assert "remote" in text
        assert "desktop" in text


def test_remote_desktop_is_on_3389(registry: Registry) -> None:
    assert PortRange(3389, 3389) in {match.ports for match in search(registry, "remote desktop").matches}


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "---", "_", "\x00", "\x1b[", "%", "' OR 1=1 --"[:2], "😀", " ".join(map(str, range(99)))]
)
def test_a_question_without_words_or_with_too_many_finds_nothing(registry: Registry, text: str) -> None:
    assert search(registry, text) == SearchResult(text, text, ())


def test_known_words_that_never_meet_find_nothing_and_are_not_corrected(registry: Registry) -> None:
    assert search(registry, "SSH, kerberos") == SearchResult("SSH, kerberos", "SSH, kerberos", ())


@pytest.mark.parametrize("text", ["x" * 100_000, "zqxj" * 20, "'; DROP TABLE iana_row; --", "\ud800\udcff", "ſſh" * 30])
def test_hostile_text_is_a_question_like_any_other(registry: Registry, text: str) -> None:
    found = search(registry, text)
    assert (found.asked, found.matches) == (text, ())


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_answered_in_order_of_rank(text: str) -> None:
    with Registry(SHIPPED) as registry:
        found = search(registry, text)
    assert found.asked == text
    assert [match.rank for match in found.matches] == sorted(match.rank for match in found.matches)


def test_the_nearest_names_come_most_alike_first(registry: Registry) -> None:
    assert nearest_names(registry, "sshh")[0] == "ssh"
    assert nearest_names(registry, "Grafena")[0] == "Grafana"
    assert nearest_names(registry, "postgers") == ("Postgrey",)
    assert nearest_names(registry, "zqxjzqxj") == ()
    assert len(nearest_names(registry, "ht")) <= 3
