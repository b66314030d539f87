"""An entry more, one renewed, one fewer; and every other byte as it was."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from quietport.model.declaration import Declaration
from quietport.model.endpoint import Scope
from quietport.model.errors import PolicyError
from quietport.model.port import PortRange, Transport
from quietport.policy.edit import HEADER, conditions, put_entry, quoted, render_entry, take_out
from quietport.policy.policy_file import parse_policy


def declare(first: int, because: str = "x", **rest: Any) -> Declaration:
    return Declaration(Transport.TCP, PortRange(first, first), because, "p.toml", 0, **rest)


FULL = Declaration(
    Transport.UDP, PortRange(6000, 6063), 'a "b"\\c\u202e\n', "p.toml", 0, Scope.PRIVATE, "/usr/sbin/nginx",
    "nginx.service", "nginx:1", "nginx", "web-*", "kim", "2027-03-31",
)  # fmt: skip


def test_an_entry_in_toml() -> None:
    assert render_entry(FULL) == (
        "[[accept]]\n"
        'port = "6000-6063/udp"\n'
        'because = "a \\"b\\"\\\\c\\u202e\\n"\n'
        'scope = "private"\n'
        'program = "/usr/sbin/nginx"\n'
        'unit = "nginx.service"\n'
        'image = "nginx:1"\n'
        'package = "nginx"\n'
        'host = "web-*"\n'
        'author = "kim"\n'
        "until = 2027-03-31\n"
    )
    assert parse_policy(render_entry(FULL), "p.toml") == (replace(FULL, line=1),)


def test_a_new_file_begins_with_what_it_is() -> None:
    assert put_entry("", declare(80)) == f'{HEADER}\n[[accept]]\nport = "80/tcp"\nbecause = "x"\n'


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# x\n", '# x\n\n[[accept]]\nport = "80/tcp"\nbecause = "x"\n'),
        ("# x", '# x\n\n[[accept]]\nport = "80/tcp"\nbecause = "x"\n'),
        ("# x\r\n# y", '# x\r\n# y\r\n\r\n[[accept]]\r\nport = "80/tcp"\r\nbecause = "x"\r\n'),
    ],
)
def test_an_entry_is_put_at_the_end_with_the_files_own_line_ends(text: str, after: str) -> None:
    assert put_entry(text, declare(80)) == after


BOTH = """\
# top

# about the first
[[accept]]  # first
port = "80/tcp"
# why
because = '''old
reason'''  # said by kim
until = 2026-01-01 # soon

# about the second
[[accept]]
port = "81/tcp"
because = "x"
"""


def test_an_entry_for_the_same_door_is_renewed_where_it_stands_and_remarks_stay() -> None:
    renewed = put_entry(BOTH, declare(80, "new reason", author="kim", until="2027-01-01"))
    assert renewed == BOTH.replace("'''old\nreason'''", '"new reason"').replace(
        "until = 2026-01-01 # soon\n", 'until = 2027-01-01 # soon\nauthor = "kim"\n'
    )
    assert put_entry(renewed, declare(80, "new reason", author="kim", until="2027-01-01")) == renewed
    assert put_entry(BOTH, declare(80, "old\nreason")) == BOTH.replace("until = 2026-01-01 # soon\n", "")


def test_an_entry_at_the_end_without_a_line_end_is_renewed() -> None:
    text = '[[accept]]\nport = "80/tcp"\nbecause = "x"'
    assert put_entry(text, declare(80, "y", author="kim")) == (
        '[[accept]]\nport = "80/tcp"\nbecause = "y"\nauthor = "kim"\n'
    )
    assert put_entry(text, declare(80)) == text


def test_another_door_is_another_entry() -> None:
    assert len(parse_policy(put_entry(BOTH, declare(80, program="nginx")), "p.toml")) == 3


def test_taking_one_out_leaves_the_remarks_about_the_others() -> None:
    after = '# top\n\n# about the first\n\n# about the second\n[[accept]]\nport = "81/tcp"\nbecause = "x"\n'
    assert take_out(BOTH, "p.toml", 4) == after
    assert take_out(after, "p.toml", 6) == "# top\n\n# about the first\n\n# about the second\n"


@pytest.mark.parametrize("text", ["x = 1", "[[accept]]\n", "[[accept"])
def test_a_malformed_file_is_not_changed(text: str) -> None:
    with pytest.raises(PolicyError):
        put_entry(text, declare(80))
    with pytest.raises(PolicyError):
        take_out(text, "p.toml", 1)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))
NAMES = st.one_of(st.none(), WORDS)
ENTRIES = st.builds(
    lambda **values: Declaration(**values),
    transport=st.sampled_from(Transport),
    ports=st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda ends: PortRange(min(ends), max(ends))),
    because=WORDS,
    file=st.just("p.toml"),
    line=st.just(0),
    scope=st.one_of(st.none(), st.sampled_from(Scope)),
    program=NAMES,
    unit=NAMES,
    image=NAMES,
    package=NAMES,
    host=NAMES,
    author=NAMES,
    until=st.one_of(st.none(), st.dates().map(lambda day: day.isoformat())),
)
GAPS = st.lists(st.sampled_from(["", "  ", "# a remark", '# """', "# [[accept]]", "# it's"]), max_size=3)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a policy with remarks and blank lines wherever they may stand."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(GAPS)
    seen = set()
    for entry in draw(st.lists(ENTRIES, max_size=4)):
        if conditions(entry) in seen:
            continue
        seen.add(conditions(entry))
        for line in render_entry(entry).splitlines():
            remark = draw(st.sampled_from(["", "  # a remark", " # '''"]))
            lines += [line + remark, *draw(GAPS)]
    return "".join(line + end for line in lines)


@given(files(), ENTRIES)
@settings(max_examples=200)
def test_whatever_the_file_only_the_entry_comes_and_goes(text: str, entry: Declaration) -> None:
    before = parse_policy(text, "p.toml")
    after = put_entry(text, entry)
    found = parse_policy(after, "p.toml")
    if len(found) > len(before):
        assert after.startswith(text or HEADER)
        assert [*found[:-1]] == [*before]
        assert replace(found[-1], line=0) == entry
        assert take_out(after, "p.toml", found[-1].line) == (text or HEADER)
    assert put_entry(after, entry) == after


@given(files(), st.data())
def test_any_entry_is_taken_out_and_the_others_stay_as_they_are(text: str, data: st.DataObject) -> None:
    before = parse_policy(text, "p.toml")
    if not before:
        return
    gone = data.draw(st.sampled_from(before))
    after = take_out(text, "p.toml", gone.line)
    kept = [replace(entry, line=0) for entry in before if entry.line != gone.line]
    assert [replace(entry, line=0) for entry in parse_policy(after, "p.toml")] == kept
    remaining = iter(text.splitlines(keepends=True))
    assert all(line in remaining for line in after.splitlines(keepends=True))


@given(st.text())
def test_any_text_is_a_string_of_toml_on_one_line(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable()
    held = tomllib.loads(f"x = {shown}")["x"]
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert held == text
