"""The shape that every printed form has here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.socket_line import Findings

NameToPort = Callable[[str, Transport], int | None]
"""Returns the number that a service's name stands for, or None."""


class Block(Protocol):
    """Takes in the lines of one block of output, one by one."""

    def take(self, line: str) -> bool:
        """Take in a line without its line end; False where it is none of this form, and nothing was taken."""

    def finish(self) -> Findings:
        """Return what the block told; no line comes after this."""


class Format(NamedTuple):
    """One form of output."""

    name: str
    """What a person would type to get it, as ``netstat -an``."""
    begins: Callable[[str], bool]
    """Tells whether a line can only be the first of a block of this form: its header, or an unmistakable row."""
    open: Callable[[NameToPort], Block]
    """Begins a block."""
    is_titled: bool = False
    """Titles stand above it, in the language of the system."""
