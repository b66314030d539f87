"""``quietport accept``: declare that a door should be there, list what is declared, take it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from quietport.cli.exit_code import ExitCode
from quietport.cli.options import add_output_options
from quietport.model.errors import UsageError
from quietport.model.page import Phrase
from quietport.model.unknown import Coverage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from quietport.cli.session import Session
    from quietport.model.listener import Listener
    from quietport.survey.accept import Acceptance
    from quietport.survey.propose import Proposal, Wish

DESCRIPTION = """\
Declare in a policy file that a door should be there, and why. Its scope and program are recorded as they are here
now, so that nobody else's door is declared with it."""
EXAMPLES = """\
examples:
  quietport accept 8080/tcp --because "dashboard of team x" --until 2027-03-31
  quietport accept 8080/tcp --because "..." --dry-run           show what would be written
  quietport accept 6000-6063/tcp --because "..." --any-program  whoever holds it
  quietport accept 9000/tcp --because "..." --image docker.io/library/php --policy image.toml
  quietport accept --list
  quietport accept --undo 8080/tcp

root writes /etc/quietport/quietport.toml, anybody else ~/.config/quietport/quietport.toml;
an entry for the same door is renewed where it stands

ends with 1 where there is no such entry to take out, with 4 where a policy file is malformed, else with 0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("port", nargs="?", metavar="PORT", help="a port with its transport, 8080/tcp or 6000-6063/tcp")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--because", metavar="TEXT", help="the reason, in your words")
    what.add_argument("--list", action="store_true", help="show what is declared, of one port or of all")
    what.add_argument("--undo", action="store_true", help="take the entry out")
    narrow = parser.add_argument_group("conditions", "with --undo, they say which of several entries is meant")
    narrow.add_argument("--program", metavar="NAME", help="path or base name of the executable or script")
    narrow.add_argument("--any-program", action="store_true", help="do not record the program that holds it here")
    narrow.add_argument("--unit", metavar="NAME", help="systemd unit")
    narrow.add_argument("--image", metavar="NAME", help="container image, with or without a tag")
    narrow.add_argument("--package", metavar="NAME", help="package that owns the executable")
    narrow.add_argument("--scope", metavar="SCOPE", help="the widest: loopback, link-local, private, public, any")
    narrow.add_argument("--host", metavar="PATTERN", help="hosts it holds for, as web-* (default: every host)")
    parser.add_argument("--until", metavar="DATE", help="the last day that it holds, as 2027-03-31 (default: no end)")
    parser.add_argument("--author", metavar="NAME", help="who declares it (default: you)")
    parser.add_argument("--no-host", action="store_true", help="do not look at this host")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--system", action="store_true", help="the system's policy file (default for root)")
    where.add_argument("--policy", metavar="FILE", help="this policy file")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show the difference")
    add_output_options(parser)


def run(session: Session) -> ExitCode:
    """Run the verb."""
    args = session.args
    if args.list:
        return _list(session)
    if args.port is None:
        message = 'accept needs a port, as in: quietport accept 8080/tcp --because "dashboard of team x"'
        raise UsageError(message)
    return _undo(session) if args.undo else _declare(session)


def _list(session: Session) -> ExitCode:
    from quietport.cli.wish import read_port  # noqa: PLC0415
    from quietport.survey.accept import list_entries  # noqa: PLC0415

    args = session.args
    policy, entries = list_entries(args.policy, None if args.port is None else read_port(args.port))
    if args.json:
        from msgspec.structs import replace  # noqa: PLC0415

        from quietport.report.accept_report import render_accept_json  # noqa: PLC0415

        occasion = replace(session.occasion, coverage=Coverage(policy.unseen))
        session.write(render_accept_json("listed", entries, policy.files, occasion))
    elif args.plain:
        from quietport.report.accept_report import render_accept_plain  # noqa: PLC0415

        session.write(render_accept_plain("listed", entries))
    else:
        from quietport.report.accept_report import lay_out_list  # noqa: PLC0415

        today = session.now[:10]
        session.show(lambda sheet: lay_out_list(entries, policy.files, policy.unseen, today, session.book, sheet))
    return ExitCode.NOTHING


def _declare(session: Session) -> ExitCode:
    from quietport.cli.wish import read_wish  # noqa: PLC0415
    from quietport.survey.accept import accept  # noqa: PLC0415
    from quietport.survey.propose import propose  # noqa: PLC0415

    args = session.args
    wish = read_wish(args, session.now[:10])
    file = _file(session)
    listeners = None if args.no_host else _look(wish, session.host)
    proposal = propose(wish, listeners, session.host, file)
    done = accept(proposal, dry_run=args.dry_run)
    _show(session, done, _says(proposal, args.policy))
    return ExitCode.NOTHING


def _file(session: Session) -> str:
    from quietport.policy.write import target_file  # noqa: PLC0415
    from quietport.survey.accept import refuse_disobeyed  # noqa: PLC0415

    args = session.args
    file = target_file(args.policy, system=args.system)
    if args.policy is None:
        refuse_disobeyed(file)
    return file


def _look(wish: Wish, host: str) -> Sequence[Listener] | None:
    """Return what listens at the ports here; None where the entry is for other hosts."""
    from quietport.host import host_reader  # noqa: PLC0415
    from quietport.policy.match import is_like  # noqa: PLC0415

    if wish.host is not None and not is_like(host, wish.host):
        return None
    view = host_reader.read_host(None, wanted=lambda p: p.transport is wish.transport and p.number in wish.ports)
    return view.listeners


def _says(proposal: Proposal, named: str | None) -> list[Phrase]:
    """Return what there is to say of a new entry, in reading order."""
    from quietport.report.declaration_json import condition_phrases, port_of  # noqa: PLC0415

    port = {"port": port_of(proposal.declaration)}
    says = []
    if proposal.recorded:
        says.append(
            Phrase("accept.recorded", {"conditions": condition_phrases(proposal.declaration, proposal.recorded)})
        )
    if proposal.doors == 0:
        says.append(Phrase("accept.nothing-seen", port))
    if proposal.holder_unseen:
        says.append(Phrase("accept.holder-unseen", port))
    elif proposal.doors and not proposal.fitting:
        says.append(Phrase("accept.fits-none", port))
    if named is not None:
        says.append(Phrase("accept.when-named", {"file": named}))
    return says


def _undo(session: Session) -> ExitCode:
    from quietport.cli.wish import read_port, read_scope  # noqa: PLC0415
    from quietport.survey.accept import Action, Which, undo  # noqa: PLC0415

    args = session.args
    asked = {name: getattr(args, name) for name in ("program", "unit", "image", "package", "host")}
    asked["scope"] = read_scope(args.scope)
    which = Which(*read_port(args.port), {name: value for name, value in asked.items() if value is not None})
    done = undo(which, _file(session), dry_run=args.dry_run)
    _show(session, done, [])
    return ExitCode.FINDINGS if done.action is Action.NONE else ExitCode.NOTHING


def _show(session: Session, done: Acceptance, says: list[Phrase]) -> None:
    from quietport.report import accept_report as report  # noqa: PLC0415

    args, proposal = session.args, done.proposal
    entries = () if done.declaration is None else (done.declaration,)
    change = done.file, done.before, done.after
    if args.json:
        session.write(
            report.render_accept_json(
                done.action, entries, (done.file,), session.occasion, written=done.written,
                recorded=proposal.recorded if proposal else (), doors=proposal.doors if proposal else None,
                fitting=proposal.fitting if proposal else None, change=change,
            )
        )  # fmt: skip
    elif args.plain:
        session.write(report.render_accept_plain(done.action, entries))
    elif done.written:
        session.show(
            partial(report.lay_out_done, done.action, args.port, done.file, done.declaration, says, session.book)
        )
    else:
        session.show(partial(report.lay_out_diff, change, says, session.book))
