"""The verbs, in the order in which help lists them; each is the module of its name in this package."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import argparse

    from quietport.cli.exit_code import ExitCode
    from quietport.cli.session import Session

SUMMARIES = {
    "explain": "the page of a port, a range, a service or software",
    "search": "which port does X use (names, descriptions, software)",
    "check": "this host: every listener, with owner, verdict and evidence",
    "accept": "declare that a door should be there, and why; list, undo",
    "registry": "data sources, ages, hashes; update and differences",
}
"""One line for each verb."""


class Verb(Protocol):
    """What the module of a verb offers."""

    DESCRIPTION: str
    EXAMPLES: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the verb."""

    def run(self, session: Session) -> ExitCode:
        """Run the verb."""


def load(name: str) -> Verb:
    """Return the module of a verb; it is imported now, so that other verbs need not wait for it."""
    return cast("Verb", import_module(f"quietport.cli.{name}"))
