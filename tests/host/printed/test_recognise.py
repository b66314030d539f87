"""Blocks of different tools, stray lines, and what is nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.host.printed.formats import FORMATS, spoken_names
from quietport.model.errors import SurveyError

SS = b"tcp LISTEN 0 128 127.0.0.1:80 0.0.0.0:*\n"
LINUX = b"tcp        0      0 127.0.0.1:81          0.0.0.0:*               LISTEN      17/nginx\n"
BSD = b"tcp4       0      0  127.0.0.1.82          *.*                    LISTEN\n"
WINDOWS = b"  TCP    127.0.0.1:83           0.0.0.0:0              LISTENING       1044\n"
LSOF = b"sshd 17 root 3u IPv4 4711 0t0 TCP 127.0.0.1:84 (LISTEN)\n"
SOCKSTAT = b"root sshd 17 3 tcp4 127.0.0.1:85 *:*\n"
CSV = b'"LocalAddress","LocalPort","State","RemotePort"\n"127.0.0.1","86","Listen","0"\n'
TABLE = (
    b"LocalAddress LocalPort State  OwningProcess\n------------ --------- -----  -------------\n"
    b"127.0.0.1    87        Listen 5\n"
)
LIST = b"LocalAddress : 127.0.0.1\nLocalPort    : 88\nState        : Listen\n"
FIELDS = b"p17\ncsshd\nf3\ntIPv4\nPTCP\nn127.0.0.1:89\nTST=LISTEN\n"
JSON = b'{"LocalAddress": "127.0.0.1", "LocalPort": 90, "State": 2}\n'
EVERY = (SS, LINUX, BSD, WINDOWS, LSOF, SOCKSTAT, CSV, TABLE, LIST, FIELDS)


def test_every_form_is_known_by_a_row_alone_and_all_of_them_one_after_the_other(read: Any) -> None:
    for data in (*EVERY, JSON):
        assert len(read(data).view.listeners) == 1, data
    found = read(JSON + b"".join(EVERY))
    assert [seen.port.number for seen in found.view.listeners] == list(range(80, 91))
    assert "unseen.printed-lines" not in {entry.what for entry in found.view.coverage.unseen}


def test_the_order_does_not_matter(read: Any) -> None:
    found = read(b"".join(reversed(EVERY)) + b"".join(EVERY))
    assert [seen.port.number for seen in found.view.listeners] == list(range(80, 90))
    assert "unseen.printed-lines" not in {entry.what for entry in found.view.coverage.unseen}


def test_a_row_is_recognised_by_one_form_alone() -> None:
    for data in (SS, LINUX, BSD, WINDOWS, LSOF, SOCKSTAT, FIELDS):
        line = data.split(b"\n")[0].decode()
        assert [form.name for form in FORMATS if form.begins(line)] == [
            next(form.name for form in FORMATS if form.begins(line))
        ], line


def test_lines_that_no_form_fits_are_counted_and_the_first_shown_safely(read: Any) -> None:
    strays = [b"Last login: Mon 3 Aug\n", b"\x1b[31mred 1\n", b"third 3\n", b"fourth 4\n"]
    found = read(strays[0] + SS + b"".join(strays[1:]) + SS)
    (entry,) = [entry for entry in found.view.coverage.unseen if entry.what == "unseen.printed-lines"]
    assert (entry.count, entry.detail) == (4, "Last login: Mon 3 Aug | \\x1b[31mred 1 | third 3")
    assert not found.view.coverage.sockets_complete


def test_words_above_a_header_in_english_or_any_language_are_titles(read: Any) -> None:
    found = read("Активные соединения с интернетом\nПрот Прием Отправка\n".encode() + LINUX)
    assert "unseen.printed-lines" not in {entry.what for entry in found.view.coverage.unseen}


def test_words_in_the_middle_are_no_titles(read: Any) -> None:
    found = read(SS + b"some words\n" + SS + LINUX)
    assert next((entry.what, entry.count) for entry in found.view.coverage.unseen) == ("unseen.printed-lines", 1)


@pytest.mark.parametrize("data", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf\n"])
def test_nothing_is_an_error_that_says_what_was_expected(data: bytes, read: Any) -> None:
    with pytest.raises(
        SurveyError, match=r"^nothing was printed; .*ss -ltnup, netstat -ltnup, .*quietport check --json$"
    ):
        read(data)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"<html>\x1b[2J\n", r"<html>\\x1b\[2J; known are: ss -ltnup"),
        (b"{}\n", r"\{\}; known are"),
        (b'{"schema": "other/1"}', r'\{"schema": "other/1"\}; known are'),
        (b"[" * 100_000, r"\(too long to be shown\); known are"),
        (b"bash: ss: command not found\n", "bash: ss: command not found; known are"),
        (b"x" * 70_000, r"\(too long to be shown\); known are"),
    ],
)
def test_what_no_form_fits_is_an_error_with_its_first_line_and_the_forms(data: bytes, shown: str, read: Any) -> None:
    with pytest.raises(SurveyError, match=shown):
        read(data)


@pytest.mark.parametrize("part", [b"{},", b"[],", b"0,"])
def test_json_of_more_parts_than_any_host_has_is_refused_before_it_is_made(part: bytes, read: Any) -> None:
    with pytest.raises(SurveyError, match="4000000 parts of JSON are no host's sockets"):
        read(b"[" + part * 8_000_001 + b"0]")


def test_a_document_that_is_one_long_line(read: Any, rows: Any) -> None:
    entry = '{"LocalAddress":"127.0.0.1","LocalPort":%d,"State":2,"OwningProcess":7}'
    text = "[" + ",".join(entry % port for port in range(1, 2001)) + "]"
    assert [row[1] for row in rows(read(text.encode("utf-16")))] == [f"127.0.0.1:{port}" for port in range(1, 2001)]


def test_after_ten_thousand_strange_lines_no_more_are_looked_at(read: Any) -> None:
    with pytest.raises(SurveyError, match="no form fits"):
        read(b"strange 1\n" * 10_002 + SS)
    assert len(read(b"strange 1\n" * 9_999 + SS).view.listeners) == 1


def test_every_form_is_named() -> None:
    assert spoken_names().count(",") == len(FORMATS) + 1
