"""The script and the debugging interface of a process, from its executable, command line and environment."""

from __future__ import annotations

from typing import NamedTuple

from quietport.host.process.activation import find_variable
from quietport.host.process.interpreter import Invocation, find_interpreter, is_busybox, is_rewritten, parse_invocation
from quietport.model.unknown import Reason, Unknown

Command = tuple[str, ...] | Unknown
"""A command line, or why there is none."""


class Told(NamedTuple):
    """What a command line tells of an interpreter."""

    script: str | Unknown | None
    """The script or module."""
    debugger: str | Unknown | None
    """The debugging interface that it opens."""
    debugger_port: int | Unknown | None
    """The port that the command line gives it."""


def tell_script(pid: int, executable: str | Unknown | None, command: Command, environ: bytes | Unknown = b"") -> Told:
    """Return the script that an interpreter runs, and the debugging interface that it opens; None for other programs.

    Unknown where the executable or the command line may not be read, or where the process has written a title over it.
    """
    if executable is None or (
        isinstance(executable, str) and not find_interpreter(executable) and not is_busybox(executable)
    ):
        return Told(None, None, None)
    reason = next((fact.reason for fact in (executable, command) if isinstance(fact, Unknown)), None)
    if reason is None and not isinstance(command, Unknown) and is_rewritten(command):
        reason = Reason.NOT_SUPPORTED
    if reason is not None or isinstance(executable, Unknown) or isinstance(command, Unknown):
        reason = reason or Reason.NOT_SUPPORTED
        unread = Unknown(reason, f"debugger of process {pid}")
        return Told(Unknown(reason, f"script of process {pid}"), unread, unread)
    invocation = parse_invocation(executable, command)
    if invocation is None:
        return Told(None, None, None)
    from quietport.host.process.debugger import find_debugger, find_debugger_port  # noqa: PLC0415 - only interpreters

    variables = _more_options(invocation, environ)
    debugger = find_debugger(invocation, variables)
    return Told(invocation.script, debugger, find_debugger_port(debugger, invocation, variables))


def _more_options(invocation: Invocation, environ: bytes | Unknown) -> list[str]:
    """Return the options that the environment adds to those of the command line."""
    if isinstance(environ, Unknown):
        return []
    from quietport.host.process.debugger import OPTION_VARIABLES  # noqa: PLC0415 - only for interpreters

    values = (find_variable(environ, name) for name in OPTION_VARIABLES.get(invocation.interpreter, ()))
    return [word for value in values if value for word in value.decode("utf-8", "backslashreplace").split()]
