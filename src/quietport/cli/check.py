"""``quietport check``: what listens on this host, and whether it should."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.host import host_reader
from quietport.model.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from quietport.cli.session import Session
    from quietport.host.view import Wanted
    from quietport.model.door import CheckReport
    from quietport.model.verdict import Verdict
    from quietport.policy.policy import Policy
    from quietport.survey.check import HostReader
    from quietport.survey.fail_on import FailOn
    from quietport.survey.question import PortQuestion

DESCRIPTION = "Every listener of this host, and every connection to a quiet port: who holds it, and should it be there?"
EXAMPLES = """\
examples:
  quietport check                       everything
  quietport check 851                   one port; 851/udp, 8000-8999 too
  sudo quietport check                  with the owners of other users' sockets
  quietport check --json | jq '.listeners[] | select(.verdict != "expected")'
  quietport check 6379 --explain        why the verdict is what it is
  sudo quietport check --hidden         is a port taken that no table of the kernel lists?
  ssh host ss -ltnup | quietport check --from -     another host, with nothing installed there
  quietport check --policy ports.toml --fail-on suspicious,misconfigured,unexplained,undeclared --junit
  quietport check --fail-on suspicious,misconfigured,unexplained    for cron and CI

ends with 1 where something is suspicious or misconfigured (see --fail-on),
with 3 where the answer could not be seen, else with 0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("ports", nargs="*", metavar="PORT", help="ports to ask about (default: all)")
    parser.add_argument(
        "--fail-on",
        metavar="WORDS",
        help="verdicts that end with 1, separated by commas: suspicious, misconfigured, unresolved, unexplained, "
        "custom, undeclared (default: misconfigured,suspicious); 'nothing' for none",
    )
    parser.add_argument(
        "--from",
        dest="printed",
        metavar="FILE",
        help="judge what ss, netstat, lsof, sockstat, Get-NetTCPConnection or quietport --json printed, anywhere: "
        "a file, or - for standard input",
    )
    parser.add_argument(
        "--command", action="store_true", help="the command lines too, secrets masked as far as they can be told"
    )
    parser.add_argument("--no-history", action="store_true", help="note nothing, and compare with no earlier look")
    parser.add_argument("--explain", action="store_true", help="the arithmetic of every verdict, rule by rule")
    parser.add_argument("--all", action="store_true", help="fold nothing, however many there are")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--netns", metavar="NAME", help="only this network namespace, as 'ip netns' lists it; Linux")
    place.add_argument("--pid", type=int, metavar="PID", help="only the network namespace of this process; Linux")
    parser.add_argument(
        "--hidden",
        action="store_true",
        help="also bind to every port of tcp and udp for an instant (about half a second), and name those that are "
        "taken and in no table of the kernel; this network namespace, Linux",
    )
    parser.add_argument(
        "--policy", metavar="FILE", help="obey this policy file instead of those of the system and the user"
    )
    form = add_output_options(parser)
    form.add_argument("--sarif", action="store_true", help="SARIF 2.1.0, for code scanning; redacted")
    form.add_argument("--junit", action="store_true", help="JUnit XML, for CI; redacted")
    parser.add_argument(
        "--no-redact", action="store_true", help="in SARIF and JUnit, name the host, users and home directories"
    )


def run(session: Session) -> ExitCode:
    """Run the verb."""
    # Where everything here is asked about, the host is already being looked at while the rest is imported.
    reading = host_reader.start_reading(with_command=session.args.command) if _asks_for_all(session) else None
    from quietport.host.facts import read_facts  # noqa: PLC0415
    from quietport.policy.locations import read_policy  # noqa: PLC0415
    from quietport.survey.check import check, unanswered  # noqa: PLC0415
    from quietport.survey.fail_on import fails  # noqa: PLC0415
    from quietport.survey.question import is_asked, parse_port_question  # noqa: PLC0415

    fail_on = parse_fail_on(session.args.fail_on)
    questions = tuple(parse_port_question(text) for text in session.args.ports)
    policy = read_policy(session.args.policy)
    if session.args.printed is not None:
        report = _check_printed(session, questions, policy)
    else:
        read_host = reading or _reader(session, lambda port: is_asked(port, questions))
        with _hidden(session, read_host) as reader:
            report = check(session.registry, reader, read_facts(), questions, session.host, session.now, policy)
        report = _remember(session, report, questions)
    _show(session, report, fail_on)
    if fails(report, fail_on):
        return ExitCode.FINDINGS
    return ExitCode.UNANSWERED if unanswered(report) else ExitCode.NOTHING


def _asks_for_all(session: Session) -> bool:
    args = session.args
    return not args.ports and args.netns is None and args.pid is None and args.printed is None


def _remember(session: Session, report: CheckReport, questions: tuple[PortQuestion, ...]) -> CheckReport:
    if session.args.no_history:
        return report
    import time  # noqa: PLC0415 - like the rest, after the look has begun

    from quietport.history.folder import state_folder  # noqa: PLC0415
    from quietport.survey.remembering import remember_look  # noqa: PLC0415

    return remember_look(report, state_folder(), questions, int(time.time()), session.left_open)


def _check_printed(session: Session, questions: tuple[PortQuestion, ...], policy: Policy) -> CheckReport:
    args = session.args
    if args.hidden or args.netns is not None or args.pid is not None:
        raise UsageError("--from judges what another tool printed; not with --hidden, --netns or --pid")
    from quietport.survey.check import check  # noqa: PLC0415 - only where it was asked for
    from quietport.survey.printed import FACTS_ELSEWHERE, read_printed  # noqa: PLC0415

    found = read_printed(args.printed, sys.stdin.buffer, session.registry)
    host, at = found.host or args.printed, found.generated_at or session.now
    return check(session.registry, lambda _quiet: found.view, FACTS_ELSEWHERE, questions, host, at, policy)


def _reader(session: Session, wanted: Wanted) -> HostReader:
    args = session.args
    if args.netns is None and args.pid is None:
        return partial(host_reader.read_host, wanted=wanted, with_command=args.command)
    if args.hidden:
        raise UsageError("--hidden binds to the ports of our own network namespace; not with --netns or --pid")
    from quietport.host.namespace.surroundings import read_namespace  # noqa: PLC0415 - only where it was asked for

    return partial(
        read_namespace,
        host_reader.find_namespace(args.netns, args.pid),
        wanted=wanted,
        with_command=args.command,
    )


@contextmanager
def _hidden(session: Session, read_host: HostReader) -> Iterator[HostReader]:
    if not session.args.hidden:
        yield read_host
        return
    from quietport.cli.progress import progress  # noqa: PLC0415 - only where it was asked for
    from quietport.survey.hidden import with_hidden  # noqa: PLC0415

    with progress(session, session.book.say("hidden.doing")) as tell:
        yield with_hidden(read_host, sys.platform, tell)


def _show(session: Session, report: CheckReport, fail_on: tuple[FailOn, ...]) -> None:
    if session.args.sarif or session.args.junit:
        _export(session, report, fail_on)
    elif session.args.json:
        from quietport.report.check_json import check_json_parts  # noqa: PLC0415 - one form, one import

        session.write_parts(check_json_parts(report, session.book))
    elif session.args.plain:
        from quietport.report.check_plain import render_check_plain  # noqa: PLC0415

        session.write(render_check_plain(report))
    else:
        _show_people(session, report)


def _show_people(session: Session, report: CheckReport) -> None:
    from quietport.report.check_sheet import lay_out_arithmetic, lay_out_check  # noqa: PLC0415 - one form, one import

    unfolded = session.args.all
    if session.args.explain:
        names = {id_: source.name for id_, source in session.registry.sources().items()}
        session.show(lambda sheet: lay_out_arithmetic(report, names, session.book, sheet), pager=True)
    else:
        session.show(lambda sheet: lay_out_check(report, session.book, sheet, unfolded=unfolded), pager=True)


def _export(session: Session, report: CheckReport, fail_on: tuple[FailOn, ...]) -> None:
    """Write a form that other programs collect."""

    def fails(verdict: Verdict) -> bool:
        return any(kind.fits(verdict) for kind in fail_on)

    redact = not session.args.no_redact
    if session.args.junit:
        from quietport.report.junit import render_junit  # noqa: PLC0415 - one form, one import

        session.write(render_junit(report, session.book, fails, redact=redact))
        return
    from quietport.judge import read_rules  # noqa: PLC0415
    from quietport.report.sarif import render_sarif  # noqa: PLC0415

    reasons = {rule.id: rule.reason for rule in read_rules()}
    session.write(render_sarif(report, session.book, fails, reasons, redact=redact))


def parse_fail_on(text: str | None) -> tuple[FailOn, ...]:
    """Return the verdicts that ``--fail-on`` names; UsageError for a word that is none."""
    from quietport.survey.fail_on import DEFAULT_FAIL_ON, FailOn  # noqa: PLC0415 - as in run

    if text is None:
        return DEFAULT_FAIL_ON
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words == ["nothing"]:
        return ()
    try:
        return tuple(FailOn(word) for word in words)
    except ValueError as error:
        strange = next(word for word in words if word not in set(FailOn))
        message = f"--fail-on: no verdict {strange!r}; there are: {', '.join(FailOn)}, nothing"
        raise UsageError(message) from error
