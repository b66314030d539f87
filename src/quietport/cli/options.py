"""Options that every verb takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_output_options(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add ``--json``, ``--plain``, ``--lang``, ``--no-color`` and ``--quiet``; return the group of the forms."""
    group = parser.add_argument_group("output")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a JSON document, for programs")
    form.add_argument("--plain", action="store_true", help="tab-separated lines with a header, for cut and awk")
    group.add_argument("--lang", metavar="TAG", help="language of sentences, as en or ru (default: LANGUAGE, LANG)")
    group.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    group.add_argument("-q", "--quiet", action="store_true", help="no messages, only data")
    return form
