"""A bar on the terminal for what takes a while; nothing where messages go elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quietport.cli.session import Session


@contextmanager
def progress(session: Session, what: str) -> Iterator[Callable[[float], None]]:
    """Give a function to be told of the progress, 0 to 1, while a bar with a description is shown."""
    if session.args.quiet or not session.err.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for people who wait
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    columns = TextColumn("{task.description}", markup=False), BarColumn()
    with Progress(*columns, console=Console(file=session.err), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda part: bar.update(task, completed=part)
