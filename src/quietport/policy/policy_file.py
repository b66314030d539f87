"""Read the text of a policy file: strictly, since what is misread here is a door that nobody watches.

::

    [[accept]]
    port = "8080/tcp"                   # or a range, "6000-6063/tcp"
    because = "dashboard of team x"
    scope = "private"                   # the widest; and the rest narrows it down:
    program = "/usr/sbin/nginx"         # or "nginx"
    unit = "nginx.service"
    image = "docker.io/library/nginx"
    package = "nginx"
    host = "web-*"
    author = "kim"
    until = 2027-03-31                  # the last day
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from quietport.model.declaration import Declaration
from quietport.model.endpoint import Scope
from quietport.model.errors import BadPortError, PolicyError
from quietport.model.port import PortRange, Transport, parse_port_range
from quietport.policy.statement import Entry, find_entries, find_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = "accept"
"""Name of the array of tables that the entries are."""

REQUIRED = ("port", "because")
"""Keys that every entry has."""

CONDITIONS = ("scope", "program", "unit", "image", "package", "host")
"""Keys that narrow an entry down."""

KEYS = (*REQUIRED, *CONDITIONS, "author", "until")
"""Every key, in the order in which ``accept`` writes them."""

_LINE = re.compile(r"at line (\d+), column \d+\)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_policy(text: str, file: str) -> tuple[Declaration, ...]:
    """Return the entries of a policy file, in order.

    Raises PolicyError, which names file, line and key and says what would be right, for anything that is not
    exactly an entry: a policy is obeyed whole or not at all.
    """
    tables = _tables(text, file)
    entries = find_entries(text, TABLE)
    if len(entries) != len(tables):
        raise PolicyError(file, f"every entry is a table of its own, under a line [[{TABLE}]]")
    return tuple(_declaration(table, entry, file) for table, entry in zip(tables, entries, strict=True))


def _tables(text: str, file: str) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"{file}, line {line[1]}" if line else file
        raise PolicyError(place, f"is no TOML: {str(error)[: line.start() - 1] if line else error}".rstrip()) from error
    except (RecursionError, ValueError) as error:
        # ValueError: an integer of more digits than Python converts.
        raise PolicyError(file, f"cannot be read: {error}") from error
    for key in content:
        if key != TABLE:
            raise PolicyError(_place(file, text, key), f"unknown key {key!r}; there is only [[{TABLE}]]")
    tables = content.get(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise PolicyError(_place(file, text, TABLE), f"entries are tables: write [[{TABLE}]], in double brackets")
    return tables


def _place(file: str, text: str, key: str) -> str:
    """Return file and line of the first statement that a key or header of that name could be."""
    named = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[].=]""")
    line = next((found.first + 1 for found in find_statements(text) if named.match(found.text)), None)
    return file if line is None else f"{file}, line {line}"


def _declaration(table: dict[str, Any], entry: Entry, file: str) -> Declaration:
    def fail(key: str, problem: str) -> PolicyError:
        return PolicyError(f"{file}, line {entry.line_of(key)}", f"{key}: {problem}")

    for key in table:
        if key not in KEYS:
            raise fail(key, f"unknown key; there are: {', '.join(KEYS)}")
    for key in REQUIRED:
        if key not in table:
            raise fail(key, f'is missing; every entry needs {key} = "{_EXAMPLES[key]}"')
    parsed = dict(_values(table, fail))
    ports, transport = parsed.pop("port")
    return Declaration(transport=transport, ports=ports, file=file, line=entry.line, **parsed)


_EXAMPLES = {"port": "8080/tcp", "because": "why it should be there"}


def _values(table: dict[str, Any], fail: Callable[[str, str], PolicyError]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        try:
            if key == "until":
                yield key, parse_day(value)
                continue
            if not isinstance(value, str) or not value.strip():
                example = _EXAMPLES.get(key, "text")
                raise fail(key, f'is {_shown(value)}; it takes text, as {key} = "{example}"')
            yield key, _PARSERS.get(key, str)(value)
        except ValueError as error:
            raise fail(key, str(error)) from error


def _shown(value: object) -> str:
    return "empty" if isinstance(value, str) else f"of type {type(value).__name__}"


def parse_port(text: str) -> tuple[PortRange, Transport]:
    """Return numbers and transport of ``8080/tcp`` or ``6000-6063/udp``; ValueError says what would be right."""
    numbers, slash, transport = text.partition("/")
    if not slash and numbers.strip().replace("-", "").isdigit():
        message = f"{text!r} leaves open over which transport; write {numbers.strip()}/tcp or {numbers.strip()}/udp"
        raise ValueError(message)
    try:
        return parse_port_range(numbers), Transport(transport.lower())
    except BadPortError as error:
        message = f"{text!r} is no port; ports are 0 to 65535, as in 8080/tcp or 6000-6063/tcp"
        raise ValueError(message) from error
    except ValueError as error:
        message = f"{text!r} names no transport; there are: {', '.join(Transport)}"
        raise ValueError(message) from error


def parse_scope(text: str) -> Scope:
    """Return the scope of that name; ValueError names those there are."""
    try:
        return Scope(text)
    except ValueError as error:
        message = f"no scope {text!r}; there are: {', '.join(Scope)}"
        raise ValueError(message) from error


def parse_day(value: object) -> str:
    """Return a day as ``2027-03-31``, from a TOML date or text; ValueError says what would be right."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            message = f"{value!r} is no day of the calendar"
            raise ValueError(message) from error
    message = f"{value!r} is no day; write one as 2027-03-31"
    raise ValueError(message)


_PARSERS: dict[str, Callable[[str], Any]] = {"port": parse_port, "scope": parse_scope}
