"""The compiled rules and roles: one file that the build makes (``judge.compile``), read once a run.

Reading TOML costs every ``check`` several milliseconds; this costs a fraction of one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from quietport.judge.role import Roles
from quietport.judge.rule import Condition, Rule
from quietport.model.errors import DataError
from quietport.model.verdict import Concern, Standing

if TYPE_CHECKING:
    from quietport.model.verdict import Opinion

COMPILED = Path(__file__).with_name("compiled") / "rules.bin"
"""Where the build puts them."""

FORMAT = 1
"""Changes whenever the file is laid out anew."""

_OPINIONS: dict[str, Opinion] = {str(one): one for kind in (Standing, Concern) for one in kind}


class Compiled(msgspec.Struct, frozen=True):
    """What the file holds."""

    rules: tuple[Rule, ...]
    """Every rule, without its examples."""
    roles: Roles
    """What programs are for."""


def encode_compiled(compiled: Compiled) -> bytes:
    """Return the content of the file; the same rules and roles give the same bytes."""
    rules = [
        [
            rule.id, rule.speaks_for, rule.decibans, rule.group, rule.sentence, rule.reason, rule.references,
            [[one.fact, one.asked, one.negated] for one in rule.when], rule.next_step, rule.settles,
        ]
        for rule in compiled.rules
    ]  # fmt: skip
    return msgspec.msgpack.encode([FORMAT, rules, compiled.roles.of_program, compiled.roles.kernel_threads])


def decode_compiled(content: bytes) -> Compiled:
    """Return what a file holds; ValueError, TypeError or KeyError where it is none of ours."""
    version, rules, of_program, kernel_threads = msgspec.msgpack.decode(content)
    if version != FORMAT:
        raise ValueError(f"format {version}, not {FORMAT}")
    return Compiled(
        tuple(map(_rule, rules)),
        Roles({program: tuple(roles) for program, roles in of_program.items()}, tuple(kernel_threads)),
    )


def _rule(fields: list[Any]) -> Rule:
    id_, speaks_for, decibans, group, sentence, reason, references, when, next_step, settles = fields
    conditions = tuple(
        Condition(fact, tuple(asked) if isinstance(asked, list) else asked, negated) for fact, asked, negated in when
    )
    opinion = _OPINIONS[speaks_for]
    return Rule(
        id_, opinion, decibans, group, sentence, reason, tuple(references), conditions, (), (), next_step, settles
    )


@cache
def read_compiled(path: Path = COMPILED) -> Compiled:
    """Return the compiled rules and roles; DataError where the file is missing or damaged."""
    try:
        return decode_compiled(path.read_bytes())
    except (OSError, ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: {error}; reinstall quietport") from error


def read_rules() -> tuple[Rule, ...]:
    """Return the rules that ship with the package, in the order of their files."""
    return read_compiled().rules


def read_roles() -> Roles:
    """Return what programs are for, by name."""
    return read_compiled().roles


@cache
def asked_words(fact: str) -> frozenset[str]:
    """Return every word that some rule asks of a fact: of an open vocabulary, only these can make a difference."""
    found: set[str] = set()
    for rule in read_rules():
        for condition in rule.when:
            if condition.fact == fact:
                found.update(condition.asked if isinstance(condition.asked, tuple) else (str(condition.asked),))
    return frozenset(found)
