"""``quietport explain``: the page of a port, and what is there on this host."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.model.port import PortRange
from quietport.model.unknown import Coverage
from quietport.survey.explain import Explanation, explain, with_host
from quietport.survey.question import PortQuestion, is_asked, parse_question

if TYPE_CHECKING:
    import argparse

    from quietport.cli.session import Session

DESCRIPTION = "What a port should be, what software uses it, what was reported of it, and what is there on this host."
EXAMPLES = """\
examples:
  quietport 851                 short for: quietport explain 851
  quietport explain 53/udp      over one transport
  quietport explain 6000-6063   a range
  quietport explain grafana     by name
  quietport 22 --json | jq .transports.tcp
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("port", metavar="PORT", help="a port, a port/transport, a range, or the name of a service")
    parser.add_argument("--no-host", action="store_true", help="do not look at this host")
    add_output_options(parser)


def run(session: Session) -> ExitCode:
    """Run the verb."""
    args = session.args
    question = parse_question(args.port)
    explanation = explain(session.registry, args.port, question)
    coverage = Coverage()
    if explanation.registrations and not args.no_host:
        explanation, coverage = _look_here(session, explanation)
    if args.json:
        from quietport.report.page_json import render_page_json  # noqa: PLC0415 - json is needed by this form alone

        occasion = replace(session.occasion, coverage=coverage)
        session.write(render_page_json(explanation.page, explanation.registrations, args.port, occasion))
    elif args.plain:
        from quietport.report.plain import render_page_plain  # noqa: PLC0415

        session.write(render_page_plain(explanation.page, session.book))
    else:
        from quietport.report.page_sheet import lay_out_page  # noqa: PLC0415

        session.show(lambda sheet: lay_out_page(explanation.page, session.book, sheet))
    return ExitCode.NOTHING


def _look_here(session: Session, explanation: Explanation) -> tuple[Explanation, Coverage]:
    from quietport.host import host_reader  # noqa: PLC0415
    from quietport.host.facts import read_facts  # noqa: PLC0415 - only where this host is looked at
    from quietport.survey.check import check  # noqa: PLC0415

    number = explanation.registrations[0].port.number
    named = tuple(entry.port.transport for entry in explanation.registrations)
    transports = named if len(named) == 1 else ()
    facts = read_facts()
    asked = PortQuestion(PortRange(number, number), transports)
    read_host = partial(host_reader.read_host, wanted=lambda port: is_asked(port, [asked]))
    report = check(session.registry, read_host, facts, [asked], session.host, session.now)
    return with_host(explanation, report, facts), report.coverage
