"""What every verb shares: options, streams, language, the open registry."""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from quietport.history.store import Store
    from quietport.registry.snapshot import Registry
    from quietport.report.document import Occasion
    from quietport.report.sheet import Sheet
    from quietport.words.phrasebook import Phrasebook


class Session:
    """One run of the command line."""

    def __init__(self, args: argparse.Namespace, out: TextIO, err: TextIO) -> None:
        """Keep the parsed arguments, where data goes, and where messages and progress go."""
        self.args = args
        self.out = out
        self.err = err
        self.opened = ExitStack()
        """Closes what was opened on the way, when the run ends."""
        self.left_open: list[Store] = []
        """Histories that need no closing: to close one is to wait for the disk, and nothing is lost without."""

    @cached_property
    def book(self) -> Phrasebook:
        """Return the phrasebook of the language asked for."""
        from quietport.words.language import choose_language  # noqa: PLC0415 - nothing is imported here before a
        from quietport.words.phrasebook import phrasebook  # noqa: PLC0415 - verb could begin to look at the host

        return phrasebook(choose_language(self.args.lang, os.environ))

    @cached_property
    def registry(self) -> Registry:
        """Return the registry in force."""
        from quietport.registry.snapshot import Registry  # noqa: PLC0415 - as above
        from quietport.registry.store import current_snapshot  # noqa: PLC0415

        return self.opened.enter_context(Registry(current_snapshot()))

    def show(self, lay_out: Callable[[Sheet], None], *, pager: bool = False) -> None:
        """Show people what a function puts on a sheet, in a pager where it is long and one is wished for."""
        from quietport.report.terminal import make_sheet, show, wants_color  # noqa: PLC0415 - JSON and plain lines need none

        sheet = make_sheet(self.out)
        lay_out(sheet)
        color = False if self.args.no_color else wants_color(self.out)
        if not pager:
            show(sheet, self.out, color=color)
            return
        from quietport.cli.pager import paged  # noqa: PLC0415 - only for people

        with paged(self.out, len(sheet.lines)) as stream:
            show(sheet, stream, color=color)

    @property
    def occasion(self) -> Occasion:
        """Return where, when and in which language this run answers."""
        from quietport.report.document import Occasion  # noqa: PLC0415 - only documents have one

        return Occasion(self.book, self.host, self.now)

    @property
    def now(self) -> str:
        """Return the time, RFC 3339 in UTC, to the second."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    @property
    def host(self) -> str:
        """Return the name of this host."""
        return socket.gethostname()

    def write(self, text: str) -> None:
        """Write data and a line end."""
        self.write_parts((text,))

    def write_parts(self, parts: Iterable[str]) -> None:
        """Write data as its parts come, and a line end."""
        self.out.writelines(parts)
        self.out.write("\n")

    def tell(self, text: str) -> None:
        """Write a message, unless asked to be quiet."""
        if not self.args.quiet:
            print(text, file=self.err)


def standard_session(args: argparse.Namespace) -> Session:
    """Return a session on the standard streams."""
    return Session(args, sys.stdout, sys.stderr)
