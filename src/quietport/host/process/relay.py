"""Whether a relay was told to join whoever is connected to a shell: netcat, ncat, socat, and BusyBox as one of them.

The command line is the process's own to write, so this is what it says of itself. A program that a relay starts and
that is no shell, or a shell that runs a script, is a service of somebody's: that is how an inetd works.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from quietport.host.process.interpreter import STANDARD_INPUT, find_interpreter, is_busybox, parse_invocation
from quietport.model.owner import base_name
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.host.process.script import Command

_NETCATS = frozenset({"nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"})
_EXECUTES = frozenset({"-e", "-c", "--exec", "--sh-exec"})
"""Options of netcat and ncat that name a program or a line for a shell (nc.traditional(1), ncat(1))."""
_ADDRESSES = ("exec:", "system:", "shell:")
"""Addresses of socat that are a program or a line for a shell, in any case of letters (socat(1))."""
_BEFORE_A_PROGRAM = frozenset({"exec", "env", "nohup", "setsid", "sudo"})
_SHELLS = frozenset({"sh", "fish"})


def is_relay(executable: str) -> bool:
    """Tell whether an executable joins sockets to programs, or is a BusyBox that may."""
    name = base_name(executable)
    return name in _NETCATS or name.startswith("socat") or is_busybox(name)


def gives_shell(executable: str | Unknown | None, command: Command) -> bool | Unknown:
    """Tell whether a relay was told to run a bare shell; False for any other program."""
    if isinstance(executable, Unknown):
        return executable
    if executable is None or not is_relay(executable):
        return False
    if isinstance(command, Unknown):
        return command
    words = command
    if words and is_busybox(base_name(executable)) and is_busybox(base_name(words[0])):
        words = words[1:]
    return any(_is_bare_shell(line) for line in _told_to_run(words))


def _told_to_run(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what a relay was told to run, in words."""
    name = base_name(words[0]) if words else ""
    if name.startswith("socat"):
        for word in words[1:]:
            yield from (_line(at) for at in word.split("!!") if at.lower().startswith(_ADDRESSES))
    elif name == "telnetd":
        yield from ((follows,) for word, follows in pairwise(words) if word == "-l")
    elif name in _NETCATS:
        for at, word in enumerate(words[1:], 2):
            option, _, attached = word.partition("=")
            is_letters = word[:1] == "-" and word[1:2] != "-" and word[-1:] in {"e", "c"}
            if option in _EXECUTES or is_letters:
                told = (attached,) if attached else words[at:]
                yield tuple(told[0].split()) + told[1:] if told else ()


def _line(address: str) -> tuple[str, ...]:
    """Return the words of ``EXEC:"bash -li",pty,stderr``."""
    line = address.partition(":")[2].partition(",")[0]
    return tuple(word.strip("\"'") for word in line.split())


def _is_bare_shell(line: tuple[str, ...]) -> bool:
    words = [word for word in line if not any(sign in word for sign in "<>|;&")]
    while words and base_name(words[0]) in _BEFORE_A_PROGRAM:
        words.pop(0)
    if words and is_busybox(base_name(words[0])):
        words.pop(0)
    if not words or find_interpreter(base_name(words[0])) not in _SHELLS:
        return False
    invocation = parse_invocation(words[0], words)
    return invocation is not None and invocation.script in {None, STANDARD_INPUT}
