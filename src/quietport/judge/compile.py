"""Compile the rules and the roles into the one file that ``check`` reads: run by the build only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.judge.compiled import Compiled, encode_compiled
from quietport.judge.role import ROLES, Roles, unversioned
from quietport.judge.rule_text import read_rule_text
from quietport.model.errors import SourceTextError
from quietport.registry.text import parse_sources, parse_tsv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ROLE_COLUMNS = ("program", "role", "source", "locator", "words")


def compile_rules(package: Path, data: Path) -> None:
    """Write ``judge/compiled/rules.bin`` of a package tree from its rules and a data directory.

    Raises SourceTextError with file and place where the text is malformed or cites no known source.
    """
    known = frozenset(
        entry.source.id
        for path in sorted((data / "sources").glob("*.toml"))
        for entry in parse_sources(path.name, path.read_text("utf-8"))
    )
    rules = read_rule_text(package / "judge" / "rules")
    for rule in rules:
        _require_cited(f"rule {rule.id}", rule.references, known)
    target = package / "judge" / "compiled" / "rules.bin"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(encode_compiled(Compiled(rules, _read_roles(data, known))))


def _read_roles(data: Path, known: frozenset[str]) -> Roles:
    of_program: dict[str, tuple[str, ...]] = {}
    threads: list[str] = []
    for path in sorted((data / "roles").glob("*.tsv")):
        for program, role, source in parse_roles(path.name, path.read_text("utf-8")):
            _require_cited(path.name, [source], known)
            if role == "kernel-thread":
                threads.append(program.removesuffix("*"))
            else:
                name = unversioned(program)
                of_program[name] = tuple(dict.fromkeys((*of_program.get(name, ()), role)))
    return Roles(of_program, tuple(threads))


def parse_roles(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Yield program, role and source of every row; SourceTextError for a role that is none."""
    for place, row in parse_tsv(name, text, ROLE_COLUMNS):
        if row["role"] not in ROLES:
            raise SourceTextError(place, f"no role: {row['role']!r}")
        if not all(row[column].strip() for column in ROLE_COLUMNS):
            raise SourceTextError(place, "a field is empty")
        yield row["program"], row["role"], row["source"]


def _require_cited(place: str, sources: Iterable[str], known: frozenset[str]) -> None:
    for source in sources:
        if source not in known:
            raise SourceTextError(place, f"cites {source!r}, which no file in data/sources describes")
