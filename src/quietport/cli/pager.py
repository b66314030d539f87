"""What is longer than the screen goes through the reader's pager, as the manual pages do."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LESS_OPTIONS = "FRX"
"""Leave where all fits, keep colours, do not clear the screen; where LESS says nothing else."""


@contextmanager
def paged(out: TextIO, lines: int, environ: Mapping[str, str] = os.environ) -> Iterator[TextIO]:
    """Give a stream to write to: a pager where ``out`` is a terminal with fewer rows than ``lines``, else ``out``.

    QUIETPORT_PAGER or PAGER names another than ``less``; an empty name or ``cat`` means none.
    """
    command = shlex.split(environ.get("QUIETPORT_PAGER", environ.get("PAGER", "less")))
    fits = lines < shutil.get_terminal_size().lines
    if fits or not out.isatty() or command in ([], ["cat"]) or shutil.which(command[0]) is None:
        yield out
        return
    import signal  # noqa: PLC0415 - only for people, and only where there is much to read
    import subprocess  # noqa: PLC0415

    out.flush()
    environment = {"LESS": LESS_OPTIONS, **environ}
    pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True, errors="backslashreplace")
    stream = cast("TextIO", pager.stdin)
    # Ctrl-C is a key of the pager's; who leaves early has seen enough.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(BrokenPipeError):
            yield stream
        with suppress(BrokenPipeError):
            stream.close()
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, before)
