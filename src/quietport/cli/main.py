"""Parse the command line, run one verb, turn errors into exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from quietport import __version__
from quietport.cli import check, explain, registry, search
from quietport.cli.exit_code import ExitCode
from quietport.cli.session import Session, standard_session
from quietport.model.errors import BadPortError, DataError, NoSuchEntryError, QuietportError, SurveyError, UsageError
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = (explain, search, check, registry)
"""The verbs, in the order in which help lists them."""

EPILOG = """\
examples:
  quietport 851                  the page of a port
  quietport explain ssh          by the name of a service or software
  quietport search "remote desktop"
  quietport check                what listens on this host, and should it?
  quietport check 851 --json     one port, for a program

exit codes: 0 nothing to report, 1 findings or no such entry, 2 usage,
3 could not be answered for want of rights or data, 4 data damaged, 130 interrupted
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; completion and man page are made from it."""
    parser = argparse.ArgumentParser(
        prog="quietport",
        description="What every one of the 65,536 ports should be, what is there, and what it means.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"quietport {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for module in VERBS:
        verb = verbs.add_parser(
            module.NAME,
            help=module.HELP,
            description=module.DESCRIPTION,
            epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(verb)
        verb.set_defaults(run=module.run)
    return parser


def with_verb(argv: Sequence[str]) -> list[str]:
    """Return the arguments with ``explain`` put before a leading port: digits can never be a verb."""
    first = next((argument for argument in argv if not argument.startswith("--")), "")
    if first[:1].isdigit() or (first[:1] == "-" and first[1:2].isdigit()):
        return ["explain", *argv]
    return list(argv)


def main(argv: Sequence[str], session: Session | None = None) -> int:
    """Run a command line and return its exit code; messages go to standard error."""
    parser = make_parser()
    arguments = with_verb(argv)
    if not arguments:
        parser.print_help()
        return ExitCode.NOTHING
    _refuse_unknown_verb(parser, arguments[0])
    args = parser.parse_args(arguments)
    if args.verb is None:
        parser.print_help()
        return ExitCode.NOTHING
    return _run(session or standard_session(args))


def _refuse_unknown_verb(parser: argparse.ArgumentParser, word: str) -> None:
    names = {module.NAME for module in VERBS}
    if word.startswith("-") or word in names:
        return
    from quietport.registry.spelling import nearest  # noqa: PLC0415 - only for a mistake

    like = nearest(word, names, most=1)
    hint = f"did you mean 'quietport {like[0]}'?" if like else f"try 'quietport explain {visible(word)}'"
    parser.exit(ExitCode.USAGE, f"quietport: no verb {visible(word)!r}; {hint}\n")


def _run(session: Session) -> int:
    try:
        code = session.args.run(session)
        session.out.flush()
        return int(code)
    except BadPortError as error:
        return _fail(
            f"{visible(error.text)!r} is no port: ports are 0 to 65535, as in 851, 851/udp, 6000-6063", ExitCode.USAGE
        )
    except UsageError as error:
        return _fail(str(error), ExitCode.USAGE)
    except NoSuchEntryError as error:
        return _fail(_no_entry(error), ExitCode.FINDINGS)
    except SurveyError as error:
        return _fail(str(error), ExitCode.UNANSWERED)
    except (DataError, QuietportError) as error:
        return _fail(str(error), ExitCode.DATA)
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.NOTHING


def _no_entry(error: NoSuchEntryError) -> str:
    nearest = ", ".join(f"quietport explain {visible(name)}" for name in error.nearest)
    hint = f"; did you mean: {nearest}" if nearest else f"; try: quietport search {visible(error.name)}"
    return f"nothing goes by the name {visible(error.name)!r}{hint}"


def _fail(message: str, code: ExitCode) -> int:
    print(f"quietport: {visible(message, 2000)}", file=sys.stderr)
    return code


def run() -> NoReturn:
    """Run the command line of this process and exit."""
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    sys.exit(code)
