"""What the options of ``accept`` ask for; UsageError, with what would be right, for what cannot be asked."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from quietport.model.errors import UsageError
from quietport.policy.policy_file import parse_day, parse_port, parse_scope
from quietport.survey.propose import Wish

if TYPE_CHECKING:
    import argparse

    from quietport.model.endpoint import Scope
    from quietport.model.port import PortRange, Transport

TEXTS = ("program", "unit", "image", "package", "host", "author")
"""Options that take a text."""


def read_port(text: str) -> tuple[PortRange, Transport]:
    """Return the numbers and the transport that an argument names."""
    try:
        return parse_port(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def read_scope(text: str | None) -> Scope | None:
    """Return the scope that ``--scope`` names."""
    try:
        return None if text is None else parse_scope(text)
    except ValueError as error:
        message = f"--scope: {error}"
        raise UsageError(message) from error


def read_wish(args: argparse.Namespace, today: str) -> Wish:
    """Return what somebody wants to declare on a day, ``2026-11-25``."""
    ports, transport = read_port(args.port)
    if not (args.because or "").strip():
        message = f'accept {args.port} needs its reason: --because "why it should be there"'
        raise UsageError(message)
    if args.any_program and args.program:
        message = "--program names one and --any-program none; leave one of them out"
        raise UsageError(message)
    for name in TEXTS:
        value = getattr(args, name)
        if value is not None and not value.strip():
            message = f"--{name} is empty"
            raise UsageError(message)
    return Wish(
        ports, transport, args.because.strip(), read_scope(args.scope), args.program, args.unit, args.image,
        args.package, args.host, args.author or _whoever_asks(), _until(args.until, today), args.any_program,
    )  # fmt: skip


def _until(text: str | None, today: str) -> str | None:
    try:
        until = None if text is None else parse_day(text)
    except ValueError as error:
        message = f"--until: {error}"
        raise UsageError(message) from error
    if until is not None and until < today:
        message = f"--until: {until} has passed"
        raise UsageError(message)
    return until


def _whoever_asks() -> str | None:
    """Return the name of whoever runs this, under sudo as well; None where there is none."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None
