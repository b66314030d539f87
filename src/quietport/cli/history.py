"""``quietport history``: what was seen when, and what has changed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.history.folder import SYSTEM_FOLDER, state_folder
from quietport.history.standpoint import read_standpoint
from quietport.survey.history import forget_before, history, parse_date, parse_since
from quietport.survey.question import parse_port_question

if TYPE_CHECKING:
    import argparse

    from quietport.cli.session import Session

DESCRIPTION = "What was seen at every look: which doors came, went, or were taken over by another program, and when."
EXAMPLES = """\
examples:
  quietport history                     what has changed in the last 30 days
  quietport history --since 2026-11-01  ... or since a day; 7d for the last seven days
  quietport history 8080                who held a port, from when to when
  quietport history --system            what root's looks saw, for members of the group quietport
  quietport history --forget 2026-01-01 forget the doors that were gone before that day

`quietport check` notes what it sees: for root in /var/lib/quietport, for others in $XDG_STATE_HOME/quietport,
or in QUIETPORT_STATE. A door that is gone is remembered for 400 days. Times are in UTC.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("ports", nargs="*", metavar="PORT", help="ports to ask about (default: whatever changed)")
    parser.add_argument("--since", metavar="DATE", help="from a day on, or the last days, as 7d (default: 30d)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--system", action="store_true", help="the history that root's looks have written")
    where.add_argument("--state", metavar="DIR", help="the folder that the history lies in")
    parser.add_argument("--forget", metavar="DATE", help="forget the doors that were gone before a day, and no more")
    add_output_options(parser)


def run(session: Session) -> ExitCode:
    """Run the verb."""
    args = session.args
    questions = tuple(parse_port_question(text) for text in args.ports)
    since = parse_since(args.since, questions, time.time())
    folder = SYSTEM_FOLDER if args.system else Path(args.state) if args.state else state_folder()
    if args.forget is not None:
        count = forget_before(folder, parse_date(args.forget))
        session.tell(session.book.say("past.forgotten", count=count, date=args.forget))
        return ExitCode.NOTHING
    chronicle = history(folder, read_standpoint(session.host), questions, since)
    if args.json:
        from quietport.report.history_report import render_history_json  # noqa: PLC0415

        session.write(render_history_json(chronicle, session.occasion))
    elif args.plain:
        from quietport.report.history_report import render_history_plain  # noqa: PLC0415

        session.write(render_history_plain(chronicle))
    else:
        from quietport.report.history_sheet import lay_out_history  # noqa: PLC0415

        session.show(lambda sheet: lay_out_history(chronicle, session.book, sheet, time.time()))
    return ExitCode.NOTHING
