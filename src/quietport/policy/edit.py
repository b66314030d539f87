"""Put an entry into the text of a policy file, renew one, take one out; every other byte stays as it is.

Text is cut and joined at line ends, and nothing else of it is written anew: a document that a TOML library has
read and written loses the comment above the entry after one that was taken out. The result is parsed before anybody
sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.model.errors import PolicyError
from quietport.policy.policy_file import CONDITIONS, TABLE, parse_policy
from quietport.policy.statement import find_entries, split_lines
from quietport.words.gates import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.declaration import Declaration
    from quietport.policy.statement import Entry

HEADER = """\
# What this site expects of its ports: quietport takes a door that fits an entry for declared.
# An entry is written by:   quietport accept 8080/tcp --because "dashboard of team x"
# and can be edited by hand; quietport check says where one is malformed, has expired, or fits nothing.
"""
"""What a new file begins with."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def render_entry(declaration: Declaration) -> str:
    """Return a declaration as TOML, with line feeds."""
    return "\n".join([f"[[{TABLE}]]", *_assignments(declaration).values()]) + "\n"


def _assignments(declaration: Declaration) -> dict[str, str]:
    """Return the line of every key that a declaration sets, in order."""
    lines = {
        "port": f'port = "{declaration.ports}/{declaration.transport}"',
        "because": f"because = {quoted(declaration.because)}",
    }
    for key in (*CONDITIONS, "author"):
        value = getattr(declaration, key)
        if value is not None:
            lines[key] = f"{key} = {quoted(str(value))}"
    if declaration.until is not None:
        lines["until"] = f"until = {declaration.until}"
    return lines


def quoted(text: str) -> str:
    """Return text as a basic string of TOML 1.0.0, in which nothing hides or breaks a line."""
    return f'"{"".join(_escaped(letter) for letter in readable(text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - TOML's shorter form


def conditions(declaration: Declaration) -> tuple[object, ...]:
    """Return what a declaration is about: two of which this is equal are one entry, said twice."""
    port = declaration.ports, declaration.transport
    return (*port, *(getattr(declaration, key) for key in CONDITIONS))


def put_entry(text: str, declaration: Declaration) -> str:
    """Return a policy with an entry more, or with the one renewed that is about the same door.

    A renewed entry keeps its place and the comments in it. PolicyError where the text was malformed before.
    """
    file = declaration.file
    before = parse_policy(text, file)
    same = [index for index, held in enumerate(before) if conditions(held) == conditions(declaration)]
    if same:
        changed = _renewed(text, find_entries(text, TABLE)[same[0]], before[same[0]], declaration)
        wanted = [declaration if index == same[0] else held for index, held in enumerate(before)]
    else:
        changed, wanted = _appended(text, declaration), [*before, declaration]
    return _proved(changed, file, wanted)


def _appended(text: str, declaration: Declaration) -> str:
    start = text or HEADER
    end = _line_end(start)
    if not start.endswith("\n"):
        start += end
    return f"{start}{end}{render_entry(declaration).replace(chr(10), end)}"


def _line_end(text: str) -> str:
    """Return the line end that a text uses."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def _renewed(text: str, entry: Entry, old: Declaration, new: Declaration) -> str:
    """Return a text in which only those keys of an entry are written anew whose value differs."""
    lines, end = split_lines(text), _line_end(text)
    was, now = _assignments(old), _assignments(new)
    if was == now:
        return text
    held = {statement.key for statement in entry.statements}
    lines[entry.last] = lines[entry.last].removesuffix("\n").removesuffix("\r") + end
    lines[entry.last + 1 : entry.last + 1] = [line + end for key, line in now.items() if key not in held]
    for statement in reversed(entry.statements):
        key = statement.key or ""
        if was.get(key) == now.get(key):
            continue
        line = f"{now[key]}{statement.remark}{end}" if key in now else ""
        lines[statement.first : statement.last + 1] = [line]
    return "".join(lines)


def take_out(text: str, file: str, line: int) -> str:
    """Return a policy without the entry that begins at a line; the blank line before it goes with it."""
    before = parse_policy(text, file)
    entries = find_entries(text, TABLE)
    index = next(index for index, held in enumerate(before) if held.line == line)
    lines = split_lines(text)
    first, last = entries[index].header.first, entries[index].last
    if first and not lines[first - 1].strip():
        first -= 1
    del lines[first : last + 1]
    return _proved("".join(lines), file, [*before[:index], *before[index + 1 :]])


def _proved(text: str, file: str, wanted: Sequence[Declaration]) -> str:
    """Return a text whose entries are the wanted ones; PolicyError, and nothing is written, where they are not."""
    found = parse_policy(text, file)
    if [replace(held, line=0) for held in found] != [replace(held, line=0) for held in wanted]:
        raise PolicyError(file, "could not be changed safely; edit it by hand")
    return text
