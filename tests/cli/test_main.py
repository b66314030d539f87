"""Exit codes and streams of the command line, in this process and on a host that is made up."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from quietport.cli import main as entry
from quietport.cli import verbs
from quietport.cli.main import main, run
from quietport.model.owner import Owner
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen
from quietport.survey.fail_on import FailOn
from quietport.words.language import languages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
UNREAD = Unknown(Reason.PERMISSION, "owner")
HIDDEN = Owner(43, "x", "/memfd:x", True, 0, "root", "2026-11-23T09:00:00Z")
MINE = Owner(42, "mine", "/home/a/mine", False, 1000, "a", "2026-11-23T09:00:00Z")
INTERRUPTED = Coverage((Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", 1),))


@pytest.fixture(autouse=True)
def _host(put_host: Callable[..., None]) -> None:
    """Keep every test here away from the real host."""


def ended(*argv: str) -> int:
    try:
        return main(argv)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("text", ["65536", "-1", "851/xyz", "9-3", "８５１"])
@pytest.mark.parametrize("verb", [("explain",), ("check",), ()])
def test_what_is_no_port_ends_with_two_and_says_so(capsys: Capture, verb: tuple[str, ...], text: str) -> None:
    assert ended(*verb, text) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"quietport: {text!r} is no port: ports are 0 to 65535, as in 851, 851/udp, 6000-6063\n"


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("explain", "sshh"), 1, "quietport: nothing goes by the name 'sshh'; did you mean: quietport explain ssh"),
        (("ssh",), 2, "quietport: no verb 'ssh'; try 'quietport explain ssh'"),
        (("chekc",), 2, "quietport: no verb 'chekc'; did you mean 'quietport check'?"),
        (("check", "ssh"), 2, "quietport: 'ssh' is no port: ports are 0 to 65535, as in 851, 851/udp, 6000-6063"),
        (("check", "--fail-on", "evil"), 2, "quietport: --fail-on: no verdict 'evil'; there are: "),
        (("851", "--lang", "xx"), 2, "quietport: no language 'xx'; there are: en"),
        (("registry", "diff", "1999-01-01", "current"), 2, "quietport: '1999-01-01' is neither current, shipped, "),
        (("explain", "\x1b[2J"), 1, "quietport: nothing goes by the name '\\x1b[2J'; "),
    ],
)
def test_a_mistake_is_met_with_a_suggestion(capsys: Capture, argv: tuple[str, ...], code: int, said: str) -> None:
    assert ended(*argv) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == 1


@pytest.mark.parametrize("argv", [("check", "--json", "--plain"), ("explain",), ("check", "--nonsense"), ("registry",)])
def test_arguments_that_make_no_sense_end_with_two(capsys: Capture, argv: tuple[str, ...]) -> None:
    assert ended(*argv) == 2
    assert capsys.readouterr().out == ""


def test_without_an_argument_there_is_help(capsys: Capture) -> None:
    assert ended() == 0
    out, err = capsys.readouterr()
    assert all(f"\n    {name} " in out for name in verbs.SUMMARIES)
    assert err == ""


@pytest.mark.parametrize("verb", list(verbs.SUMMARIES))
def test_the_help_of_every_verb_has_examples(capsys: Capture, verb: str) -> None:
    assert ended(verb, "--help") == 0
    assert f"\nexamples:\n  quietport {verb}" in capsys.readouterr().out.replace("quietport 851", "quietport explain")


@pytest.mark.parametrize(
    ("ports", "owners", "argv", "code"),
    [
        ((), (), ("check",), 0),
        ((), (), ("check", "851"), 0),
        ((58001,), (MINE,), ("check",), 0),
        ((58001,), (MINE,), ("check", "--fail-on", "custom"), 1),
        ((58001,), (MINE,), ("check", "--fail-on", "suspicious, custom"), 1),
        ((58001,), (MINE,), ("check", "--fail-on", "undeclared"), 1),
        ((58001,), (MINE,), ("check", "851", "--fail-on", "undeclared"), 0),
        ((851,), (HIDDEN,), ("check",), 1),
        ((851,), (HIDDEN,), ("check", "--fail-on", "nothing"), 0),
        ((851,), (HIDDEN,), ("check", "--fail-on", "misconfigured"), 0),
        ((851,), UNREAD, ("check",), 3),
        ((851,), UNREAD, ("check", "--fail-on", "unresolved"), 1),
        ((851,), UNREAD, ("check", "852"), 0),
        ((851,), UNREAD, ("explain", "851"), 0),
        ((22,), UNREAD, ("check",), 0),
    ],
)
def test_how_check_ends(
    put_host: Callable[..., None],
    ports: tuple[int, ...],
    owners: tuple[Owner, ...] | Unknown,
    argv: tuple[str, ...],
    code: int,
) -> None:
    put_host(*ports, owners=owners)
    assert {ended(*argv, *form) for form in ((), ("--json",), ("--plain",))} == {code}


def test_a_finding_goes_before_what_could_not_be_seen(put_host: Callable[..., None]) -> None:
    put_host(851, owners=(HIDDEN,), coverage=INTERRUPTED)
    assert ended("check") == 1
    put_host(coverage=INTERRUPTED)
    assert ended("check", "851") == 3


def test_a_quiet_port_is_said_to_be_quiet(capsys: Capture) -> None:
    assert ended("check", "851") == 0
    out, err = capsys.readouterr()
    assert " ".join(out.split()) == (
        "Nothing is listening on 851, which is what you would expect of an unassigned port. "
        "Looked at tcp and udp, IPv4 and IPv6, and at what listens below the ports, in every network namespace that "
        "could be seen, by sock_diag."
    )
    assert err == ""


def test_silence_is_no_answer_where_sockets_were_not_seen(put_host: Callable[..., None], capsys: Capture) -> None:
    put_host(coverage=INTERRUPTED)
    ended("check", "851")
    assert capsys.readouterr().out.startswith("Nothing was seen listening on 851; not everything could be looked at.\n")


@pytest.mark.parametrize(
    "argv",
    [("851",), ("explain", "ssh"), ("explain", "6000-6063"), ("search", "redis"), ("check",), ("registry", "status")],
)
def test_every_form_of_an_answer(capsys: Capture, argv: tuple[str, ...]) -> None:
    assert ended(*argv, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"].startswith("quietport.")
    assert ended(*argv, "--plain") == 0
    first, *rest = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert {line.count("\t") for line in rest} <= {first.count("\t")}
    assert ended(*argv) == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out
    assert err == ""


def test_explain_tells_what_is_here_unless_told_not_to(put_host: Callable[..., None], capsys: Capture) -> None:
    put_host(851, owners=(MINE,))
    sections = []
    for argv in (("851", "--json"), ("851", "--json", "--no-host")):
        assert ended(*argv) == 0
        sections.append([section["id"] for section in json.loads(capsys.readouterr().out)["sections"]][:3])
    assert sections == [["answer", "here", "registry"], ["answer", "registry", "meaning"]]


def test_a_search_without_a_match_ends_with_one(capsys: Capture) -> None:
    assert ended("search", "zzzzzzzzzz") == 1
    assert "Nothing was found for zzzzzzzzzz" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [("851",), ("check",), ("search", "ssh"), ("registry", "status")])
def test_a_damaged_registry_ends_with_four_and_is_named(capsys: Capture, damaged: Path, argv: tuple[str, ...]) -> None:
    assert ended(*argv) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"quietport: {damaged}: ")


def test_a_bad_port_is_answered_before_a_damaged_registry(damaged: Path) -> None:
    assert damaged.is_file()
    assert ended("check", "65536") == 2
    assert ended("explain", "65536") == 2


@pytest.mark.parametrize("lang", languages())
def test_every_language_answers(capsys: Capture, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    assert ended("851", "--json", "--lang", lang) == 0
    assert json.loads(capsys.readouterr().out)["lang"] == lang
    monkeypatch.setenv("LANG", f"{lang}_XX.UTF-8")
    assert ended("851", "--json") == 0
    assert json.loads(capsys.readouterr().out)["lang"] == lang


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_argv: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "main", interrupted)
    monkeypatch.setattr("gc.disable", lambda: None)
    monkeypatch.setattr("os._exit", sys.exit)
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 130


def test_the_help_of_check_names_every_word_of_fail_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    listed = said.partition("separated by commas: ")[2].partition(" (default")[0]
    assert sorted(listed.split(", ")) == sorted(FailOn)
