"""Write a declaration into a policy file, or take one out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.errors import PolicyError, UsageError
from quietport.policy.edit import conditions, put_entry, take_out
from quietport.policy.locations import current_user, read_policy
from quietport.policy.policy_file import CONDITIONS, parse_policy
from quietport.policy.write import mode_of, read_text, rewrite
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from quietport.model.declaration import Declaration
    from quietport.model.port import PortRange, Transport
    from quietport.policy.policy import Policy
    from quietport.survey.propose import Proposal


class Action(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    """It was not there before."""
    RENEWED = "renewed"
    """It was there for the same door, with another reason, author or end."""
    UNCHANGED = "unchanged"
    """It was there, just so."""
    REMOVED = "removed"
    """It was taken out."""
    NONE = "none"
    """There was none to take out."""


class Acceptance(Struct, frozen=True):
    """What was done to a policy file."""

    action: Action
    """What became of the entry."""
    file: str
    """The file."""
    written: bool
    """False where it was only shown."""
    declaration: Declaration | None
    """The entry; None where there was none to take out."""
    proposal: Proposal | None
    """For a new entry, how it stands to what is here."""
    before: str
    """The text of the file before."""
    after: str
    """The text after."""


def accept(proposal: Proposal, *, dry_run: bool) -> Acceptance:
    """Write a declaration into its file, or only show it; an entry for the same door is renewed.

    Raises PolicyError where the file is malformed or cannot be written.
    """
    declaration = proposal.declaration
    file = declaration.file
    before, after = _change(file, lambda text: put_entry(text, declaration), dry_run=dry_run)
    held, entries = parse_policy(before, file), parse_policy(after, file)
    action = Action.UNCHANGED if after == before else Action.RENEWED if len(held) == len(entries) else Action.ADDED
    entry = next(entry for entry in entries if conditions(entry) == conditions(declaration))
    return Acceptance(action, file, not dry_run, entry, proposal, before, after)


class Which(Struct, frozen=True):
    """Which entry is meant: by its port, and where that is not enough, by its conditions."""

    ports: PortRange
    """The number or range, exactly."""
    transport: Transport
    """Over which transport."""
    conditions: Mapping[str, object]
    """Conditions by name, which the entry must have exactly so."""

    def means(self, entry: Declaration) -> bool:
        """Tell whether an entry is meant."""
        about = entry.ports == self.ports and entry.transport is self.transport
        return about and all(getattr(entry, name) == value for name, value in self.conditions.items())


def undo(which: Which, file: str, *, dry_run: bool) -> Acceptance:
    """Take an entry out of a policy file, or only show that.

    Raises UsageError where several are meant, and names them; PolicyError as ``accept`` does.
    """
    found: list[Declaration] = []

    def edit(text: str) -> str:
        found[:] = [entry for entry in parse_policy(text, file) if which.means(entry)]
        if len(found) > 1:
            raise UsageError(_several(which, found))
        return take_out(text, file, found[0].line) if found else text

    if not Path(file).exists():
        return Acceptance(Action.NONE, file, not dry_run, None, None, "", "")
    before, after = _change(file, edit, dry_run=dry_run)
    action = Action.REMOVED if found else Action.NONE
    return Acceptance(action, file, not dry_run, found[0] if found else None, None, before, after)


def _several(which: Which, found: Sequence[Declaration]) -> str:
    def told(entry: Declaration) -> str:
        parts = [f"--{name} {value}" for name, value in condition_values(entry).items()]
        return f"line {entry.line} ({visible(' '.join(parts)) or 'no conditions'})"

    entries = "; ".join(map(told, found))
    return f"{len(found)} entries are for {which.ports}/{which.transport}: {entries}; say which with these options"


def list_entries(named: str | None, port: tuple[PortRange, Transport] | None) -> tuple[Policy, tuple[Declaration, ...]]:
    """Return the policy in force, or of the file that was named, and its entries: for one port, or all of them."""
    policy = read_policy(named)
    if port is None:
        return policy, policy.declarations
    return policy, tuple(entry for entry in policy.declarations if (entry.ports, entry.transport) == port)


def condition_values(entry: Declaration) -> dict[str, str]:
    """Return the conditions that an entry has beside its port, by name."""
    return {name: str(value) for name in CONDITIONS if (value := getattr(entry, name)) is not None}


def _change(file: str, edit: Callable[[str], str], *, dry_run: bool) -> tuple[str, str]:
    if dry_run:
        before = read_text(Path(file))
        return before, edit(before)
    return rewrite(file, edit, mode_of(file))


def refuse_disobeyed(file: str) -> None:
    """Raise PolicyError where an entry in a standard file would not be obeyed, because others can write it too."""
    uid = current_user()
    if uid is None:
        return
    from quietport.policy.trust import find_distrust  # noqa: PLC0415 - not for Windows

    try:
        why = find_distrust(file, uid)
    except OSError:
        return
    if why is not None:
        raise PolicyError(file, f"would not be obeyed, and is not written: {why}")
