"""Parse the command line, run one verb, turn errors into exit codes."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from quietport import __version__
from quietport.cli import verbs
from quietport.cli.exit_code import ExitCode
from quietport.cli.session import Session, standard_session
from quietport.model.errors import BadPortError, DataError, NoSuchEntryError, QuietportError, SurveyError, UsageError
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_COLUMNS = 80
"""Width of help where there is no terminal."""

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


def make_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line, with the arguments of one verb, or of all where none is named.

    The other verbs are listed and no more: their modules would cost time that the verb does not need.
    """
    parser = argparse.ArgumentParser(
        prog="quietport",
        description="What every one of the 65,536 ports should be, what is there, and what it means.",
        epilog=EPILOG,
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"quietport {__version__}")
    actions = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for name, summary in verbs.SUMMARIES.items():
        if only not in {None, name}:
            actions.add_parser(name, help=summary, formatter_class=_formatter)
            continue
        module = verbs.load(name)
        verb = actions.add_parser(
            name,
            help=summary,
            description=module.DESCRIPTION,
            epilog=module.EXAMPLES,
            formatter_class=_formatter,
        )
        module.add_arguments(verb)
        verb.set_defaults(run=module.run)
    return parser


def _formatter(prog: str) -> argparse.RawDescriptionHelpFormatter:
    """Lay out help; told the width, argparse need not import shutil to find it out at every argument."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_help_width())


@cache
def _help_width() -> int:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns) - 2
    try:
        return (os.get_terminal_size().columns or DEFAULT_COLUMNS) - 2
    except OSError:
        return DEFAULT_COLUMNS - 2


def with_verb(argv: Sequence[str]) -> list[str]:
    """Return the arguments with ``explain`` put before a leading port: digits can never be a verb."""
    first = next((argument for argument in argv if not argument.startswith("--")), "")
    if first[:1].isdigit() or (first[:1] == "-" and first[1:2].isdigit()):
        return ["explain", *argv]
    return list(argv)


def main(argv: Sequence[str], session: Session | None = None) -> int:
    """Run a command line and return its exit code; messages go to standard error."""
    arguments = with_verb(argv) or ["--help"]
    verb = arguments[0]
    if not verb.startswith("-") and verb not in verbs.SUMMARIES:
        return _fail(_no_verb(verb), ExitCode.USAGE)
    if verb.startswith("-") and verb not in {"-h", "--help", "--version"}:
        return _fail(f"options come after the verb, as in: quietport 851 {visible(verb)}", ExitCode.USAGE)
    args = make_parser(only=verb).parse_args(arguments)
    return _run(session or standard_session(args))


def _no_verb(word: str) -> str:
    from quietport.registry.spelling import nearest  # noqa: PLC0415 - only for a mistake

    like = nearest(word, verbs.SUMMARIES, most=1)
    hint = f"did you mean 'quietport {like[0]}'?" if like else f"try 'quietport explain {visible(word)}'"
    return f"no verb '{visible(word)}'; {hint}"


def _run(session: Session) -> int:
    try:
        with session.opened:
            code = session.args.run(session)
            session.out.flush()
        return int(code)
    except BadPortError as error:
        return _fail(
            f"'{visible(error.text)}' is no port: ports are 0 to 65535, as in 851, 851/udp, 6000-6063", ExitCode.USAGE
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
    return f"nothing goes by the name '{visible(error.name)}'{hint}"


def _fail(message: str, code: ExitCode) -> int:
    print(f"quietport: {visible(message, 2000)}", file=sys.stderr)
    return code


def run() -> NoReturn:
    """Run the command line of this process and exit."""
    # Records are made by the ten thousand and all live until the end: looking for garbage costs a third of the time.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A letter that the terminal's encoding lacks is better escaped than an end in the middle.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    # Records of 20,000 sockets take 70 ms to be freed one by one; the system frees them at once.
    os._exit(code)
