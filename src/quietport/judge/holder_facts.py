"""The facts about who holds a socket: program, file, package, unit, and who handed it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from quietport.judge.compiled import read_roles
from quietport.judge.disguise import disguise_of
from quietport.judge.holder import (
    container_word,
    holds_several,
    owner_class,
    package_name,
    package_word,
    program_name,
    speaking_holder,
    unit_word,
    upgrade_word,
)
from quietport.judge.place import is_hidden, maker_of, path_signs, place_of
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.judge.facts import Fact
    from quietport.judge.holder import Owners
    from quietport.model.owner import Owner
    from quietport.model.port import Port
    from quietport.model.registration import KnownProgram

DEBUGGERS = ("node-inspect", "jdwp", "debugpy", "jmx")
"""Debugging interfaces that rules know."""


class Part(Struct, frozen=True):
    """Some of the facts, with the values that belong to them."""

    facts: dict[str, Any]
    """By name."""
    values: dict[str, str]
    """By name."""
    unread: Unknown | None = None
    """Stands in the facts of a holder that was not seen."""
    package: str | None = None
    """Name of its package, where that is no claim."""


def holder_part(
    owners: Owners,
    programs: Sequence[KnownProgram],
    alias_programs: Sequence[KnownProgram],
    port: Port | None,
) -> Part:
    """Return what is known of the holder that speaks for a socket; ``port`` is None below the ports."""
    owner = speaking_holder(owners)
    facts: dict[str, Any] = {
        "owner": owner_class(owners),
        "several_programs": holds_several(owners),
        "package": package_word(owner),
        "upgrade": upgrade_word(owner),
        "unit": unit_word(owner),
        "container": container_word(owner),
    }
    if owner is None:
        unread = Unknown(Reason.PERMISSION, "owner")
        return Part({**facts, **dict.fromkeys(_OF_THE_HOLDER, unread)}, {}, unread)
    roles, name, script = read_roles(), program_name(owner), owner.script
    facts |= {
        "privileged_user": owner.uid if isinstance(owner.uid, Unknown) else owner.uid == 0,
        "program": name,
        "roles": roles.find(name),
        "file": owner.file if isinstance(owner.file, Unknown) else str(owner.file),
        "masked_name": disguise_of(owner, programs, alias_programs, roles),
        "scripted": script if isinstance(script, Unknown) else script is not None,
        "development_server": _is_development_server(script),
        "activation": owner.activation if isinstance(owner.activation, Unknown) else str(owner.activation),
        "stdin_socket": owner.stdin_socket,
        "runs_shell": owner.runs_shell,
        **_path_facts(owner),
        **_debugger_facts(owner, port),
    }
    return Part(facts, _holder_values(owner, name), package=package_name(owner))


_OF_THE_HOLDER = (
    "privileged_user", "program", "roles", "file", "masked_name", "scripted", "development_server",
    "activation", "stdin_socket", "runs_shell", "executable", "hidden_place", "path_signs", "made_by", "debugger",
    "debugger_port",
)  # fmt: skip
"""Facts that are not known where the holder is not."""


def _path_facts(owner: Owner) -> dict[str, Any]:
    place, path = place_of(owner), owner.executable
    if isinstance(place, Unknown) or not isinstance(path, str):
        unread = place if isinstance(place, Unknown) else None
        return {"executable": place, "hidden_place": unread or False, "path_signs": unread or (), "made_by": "none"}
    return {
        "executable": place,
        "hidden_place": is_hidden(path, place),
        "path_signs": path_signs(path),
        "made_by": maker_of(path),
    }


def _is_development_server(script: str | Unknown | None) -> Fact:
    if isinstance(script, Unknown):
        return script
    if script is None:
        return False
    return "development-server" in read_roles().find(script.removeprefix("-m ").rpartition("/")[2])


def _debugger_facts(owner: Owner, port: Port | None) -> dict[str, Any]:
    debugger, number = owner.debugger, owner.debugger_port
    if isinstance(debugger, Unknown):
        return {"debugger": debugger, "debugger_port": debugger}
    word = "none" if debugger is None else debugger if debugger in DEBUGGERS else "other"
    if not isinstance(number, int):
        return {"debugger": word, "debugger_port": number if isinstance(number, Unknown) else "unsaid"}
    return {"debugger": word, "debugger_port": "this" if port is not None and port.number == number else "another"}


def _holder_values(owner: Owner, name: str) -> dict[str, str]:
    values = {
        "program": name or f"process {owner.pid}",
        "alias": owner.program,
        "executable": (owner.executable or f"/proc/{owner.pid}/exe") if isinstance(owner.executable, str) else "",
        "package": owner.package.name if isinstance(owner.package, Package) else "",
        "unit": owner.unit if isinstance(owner.unit, str) else "",
        "script": owner.script if isinstance(owner.script, str) else "",
        "debugger": owner.debugger if isinstance(owner.debugger, str) else "",
    }
    return {key: value for key, value in values.items() if value}
