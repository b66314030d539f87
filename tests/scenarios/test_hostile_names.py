"""Names of an attacker's choosing do no harm in any output: no escape code, no line of their own, no reordering."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from outcome import run_on_stage, why_not_here
from scenario import read_corpus

PROGRAM = Path(__file__).with_name("hostile_host.py")
STYLES = re.compile(r"\x1b\[[0-9;]*m")
"""What a terminal is told about colour and weight (ECMA-48, SGR); a hostile name may not hold even that."""
HARMFUL = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
SHEETS = ["terminal", "terminal-ru", "terminal-one-port", "explain"]
DOCUMENTS = ["json", "json-ru", "sarif", "sarif-redacted", "junit", "junit-redacted"]
Written = dict[str, bytes]


@pytest.fixture(scope="module")
def played() -> dict[str, object]:
    if reason := why_not_here(read_corpus()["netcat-listens"]):
        pytest.skip(reason)
    return run_on_stage(PROGRAM)


@pytest.fixture(scope="module")
def written(played: dict[str, dict[str, str]]) -> Written:
    return {form: base64.b64decode(text) for form, text in played["written"].items()}


def harmful(text: str) -> list[str]:
    return sorted({repr(letter) for letter in text if unicodedata.category(letter) in HARMFUL and letter != "\n"})


@pytest.mark.parametrize("form", SHEETS)
def test_a_terminal_gets_colours_and_nothing_else(written: Written, form: str) -> None:
    text = written[form].decode().replace("\r\n", "\n")
    assert "\\x1b[2J\\x1b[31mred" in text
    assert harmful(STYLES.sub("", text)) == []
    # The names' own codes for colour were shown as text and not obeyed.
    assert not re.search(r"\x1b\[(41|2J|7|5)m", text)


@pytest.mark.parametrize("form", ["terminal", "terminal-ru"])
def test_markup_in_a_name_is_text(written: Written, form: str) -> None:
    assert "[bold red]x" in written[form].decode()


@pytest.mark.parametrize("form", SHEETS)
def test_no_name_makes_a_line_wider_than_the_terminal(written: Written, form: str) -> None:
    lines = STYLES.sub("", written[form].decode()).splitlines()
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("form", [*DOCUMENTS, "plain"])
def test_documents_hold_no_control_character(written: Written, form: str) -> None:
    text = written[form].decode()
    assert harmful(text.replace("\t", "")) == []


def test_a_plain_line_is_a_door(written: Written, played: dict[str, list[int]]) -> None:
    header, *lines = written["plain"].decode().splitlines()
    assert {line.count("\t") for line in lines} == {header.count("\t")}
    port = header.split("\t").index("port")
    assert sorted(int(line.split("\t")[port]) for line in lines) == sorted([28191, 28199, *played["ports"]])


def test_json_tells_the_names_as_they_are(written: Written) -> None:
    told = json.loads(written["json"])
    names = {door["port"]: door["owner"]["program"] for door in told["listeners"]}
    assert [names[port] for port in range(28200, 28213)] == [
        "\x1b[2J\x1b[31mred",
        "\x1b]0;title\x07",
        "two\nlines",
        "tab\tand\rback",
        "\u202egnp.exe",
        "\u2066isolate\u2069",
        "\\xff\\xfe\\xc3(",
        "\x9b31m",
        "<b>&amp;'\"]]>",
        "%s%n{0}{pid}",
        "[bold red]x",
        "x) R 1 2 3 (y",
        "\u200bzero\ufeff",
    ]
    assert [door["interface"] for door in told["listeners"] if door["port"] == 28199] == ["\x1b[7m\u202ex"]
    assert [door["namespace_name"] for door in told["listeners"] if door["port"] == 28191] == ["\x1b[5m\u202e\nblue"]


@pytest.mark.parametrize("form", ["terminal", "terminal-ru", "plain"])
def test_a_door_in_another_namespace_names_it(written: Written, form: str) -> None:
    (line,) = (line for line in written[form].decode().splitlines() if "28191" in line)
    assert "\\x1b[5m\\u202e\\x0ablue" in line


@pytest.mark.parametrize("form", ["json", "json-ru", "sarif", "sarif-redacted"])
def test_json_documents_are_json(written: Written, form: str) -> None:
    assert json.loads(written[form])


@pytest.mark.parametrize("form", ["junit", "junit-redacted"])
def test_junit_is_xml_with_a_case_for_each_door(written: Written, form: str) -> None:
    root = ET.fromstring(written[form])  # noqa: S314 - our own
    assert len(list(root.iter("testcase"))) >= 14


@pytest.mark.parametrize("form", [*SHEETS, *DOCUMENTS, "plain"])
def test_a_command_line_of_four_thousand_letters_fills_nothing(written: Written, form: str) -> None:
    assert "A" * 1000 not in written[form].decode()
