"""``quietport registry``: data sources, ages and hashes; what changed; fetch IANA's newest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.registry.update import IANA_CSV
from quietport.report.registry_report import (
    render_diff_json,
    render_diff_plain,
    render_diff_text,
    render_status_json,
    render_status_plain,
    render_status_text,
    render_update_json,
)
from quietport.survey.registry import compare, status, update

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from quietport.cli.session import Session

DESCRIPTION = "What the registry is made of, what changed between two snapshots, and IANA's newest one."
EXAMPLES = """\
examples:
  quietport registry status
  quietport registry diff 2015-07-24 2026-08-17
  quietport registry diff current service-names-port-numbers.csv
  quietport registry update
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's own verbs."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shown = actions.add_parser("status", help="what the registry is made of, how old, with which hashes")
    shown.set_defaults(act=_status)
    compared = actions.add_parser("diff", help="what differs between two snapshots")
    help_text = "'current', 'shipped', the date of a snapshot held, or a file (IANA's CSV or XML, or a snapshot)"
    compared.add_argument("old", metavar="OLD", help=help_text)
    compared.add_argument("new", metavar="NEW", help=help_text)
    compared.set_defaults(act=_diff)
    fetched = actions.add_parser("update", help="fetch IANA's registry; the only action that uses the network")
    fetched.add_argument("--url", help="where from (default: IANA's CSV)")
    fetched.set_defaults(act=_update)
    for action in (shown, compared, fetched):
        add_output_options(action)


def run(session: Session) -> ExitCode:
    """Run the action that was named."""
    act: Callable[[Session], ExitCode] = session.args.act
    return act(session)


def _status(session: Session) -> ExitCode:
    found = status(session.registry, datetime.now(UTC).date())
    if session.args.json:
        session.write(render_status_json(found, session.occasion))
    elif session.args.plain:
        session.write(render_status_plain(found))
    else:
        session.write(render_status_text(found, session.book))
    return ExitCode.NOTHING


def _diff(session: Session) -> ExitCode:
    old, new = session.args.old, session.args.new
    differences = compare(session.registry, old, new)
    if session.args.json:
        session.write(render_diff_json(differences, old, new, session.occasion))
    elif session.args.plain:
        session.write(render_diff_plain(differences))
    else:
        session.write(render_diff_text(differences, old, new, session.book))
    return ExitCode.FINDINGS if differences else ExitCode.NOTHING


def _update(session: Session) -> ExitCode:
    session.tell(session.book.say("registry-update.asking", url=session.args.url or IANA_CSV))
    outcome = update(session.registry, session.args.url, datetime.now(UTC).date())
    if session.args.json:
        session.write(render_update_json(outcome, session.occasion))
    elif session.args.plain:
        session.write(render_diff_plain(outcome.differences))
    elif outcome.changed:
        session.write(session.book.say("registry-update.done", date=outcome.as_of, count=len(outcome.differences)))
    else:
        session.write(session.book.say("registry-update.unchanged", date=outcome.as_of))
    return ExitCode.NOTHING
