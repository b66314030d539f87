"""``quietport search``: which port does X use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.model.errors import UsageError
from quietport.registry.search import search

if TYPE_CHECKING:
    import argparse

    from quietport.cli.session import Session

DESCRIPTION = "Search service names, descriptions, software and reports; best first. A typo is corrected, and said."
EXAMPLES = """\
examples:
  quietport search redis
  quietport search "remote desktop"
  quietport search kuberntes
  quietport search minecraft --plain | cut -f 1,2,4
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("text", nargs="+", metavar="TEXT", help="words that a name or a description should hold")
    parser.add_argument("--limit", type=int, default=25, metavar="N", help="rows a terminal gets (default: 25)")
    add_output_options(parser)


def run(session: Session) -> ExitCode:
    """Run the verb."""
    args = session.args
    asked = " ".join(args.text)
    if not asked.strip():
        message = "search needs a word to look for, as in: quietport search redis"
        raise UsageError(message)
    result = search(session.registry, asked)
    if args.json:
        from quietport.report.search_report import render_search_json  # noqa: PLC0415

        session.write(render_search_json(result, session.occasion))
    elif args.plain:
        from quietport.report.search_report import render_search_plain  # noqa: PLC0415

        session.write(render_search_plain(result))
    else:
        from quietport.report.search_sheet import lay_out_search  # noqa: PLC0415

        session.show(lambda sheet: lay_out_search(result, session.book, sheet, args.limit))
    return ExitCode.NOTHING if result.matches else ExitCode.FINDINGS
