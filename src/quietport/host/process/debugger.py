"""Which debugging interface a command line opens: whoever reaches it runs code as the process.

What was switched on later (a signal to node, ``jcmd``, ``jattach``) is not seen, nor what a program does in its code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.port import PORT_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.host.process.interpreter import Invocation

NODE_INSPECT = "node-inspect"
"""``--inspect`` of node, deno or bun: the inspector protocol (nodejs.org, Debugging guide)."""
JDWP = "jdwp"
"""The Java Debug Wire Protocol agent, waiting to be attached to (``server=y``)."""
DEBUGPY = "debugpy"
"""debugpy that listens, or its adapter."""
JMX = "jmx"
"""Java management over RMI on a port of its own (``com.sun.management.jmxremote.port``)."""
DEBUGGERS = (NODE_INSPECT, JDWP, DEBUGPY, JMX)
"""Every word that ``Owner.debugger`` can hold."""

OPTION_VARIABLES = {
    "node": (b"NODE_OPTIONS",),
    "java": (b"JAVA_TOOL_OPTIONS", b"JDK_JAVA_OPTIONS", b"_JAVA_OPTIONS"),
}
"""Environment variables that hold further options of an interpreter."""

NODE_INSPECT_PORT = 9229
_DIGITS = 5

_INSPECT = frozenset({"--inspect", "--inspect-brk", "--inspect-wait"})
_JDWP = ("-agentlib:jdwp=", "-Xrunjdwp:")
_JMX_PORT = "-Dcom.sun.management.jmxremote.port="


def find_debugger(invocation: Invocation, variables: Sequence[str] = ()) -> str | None:
    """Return the interface that an interpreter was told to open, one of ``DEBUGGERS``, or None.

    ``variables`` holds the options that its environment adds. Options after the script are the script's own.
    """
    options = (*variables, *invocation.options)
    if invocation.interpreter in {"node", "deno", "bun"}:
        return NODE_INSPECT if any(option.partition("=")[0] in _INSPECT for option in options) else None
    if invocation.interpreter == "java":
        return _java(options)
    return _python(invocation) if invocation.interpreter == "python" else None


def find_debugger_port(interface: str | None, invocation: Invocation, variables: Sequence[str] = ()) -> int | None:
    """Return the port that the options give an interface which they open, or None where they give none.

    node's own default is the only one that is told without being said (nodejs.org, Debugging guide).
    """
    options = (*variables, *invocation.options)
    if interface == NODE_INSPECT:
        said = next(option for option in options if option.partition("=")[0] in _INSPECT).partition("=")[2]
        return _port(said) if said else NODE_INSPECT_PORT
    if interface == JMX:
        return next((_port(option.removeprefix(_JMX_PORT)) for option in options if option.startswith(_JMX_PORT)), None)
    if interface == JDWP:
        settings = (option.partition("=")[2].split(",") for option in options if _java_option(option) == JDWP)
        settings_of = [word.removeprefix("address=") for words in settings for word in words if "address=" in word]
        return _port(settings_of[0]) if settings_of else None
    return _listening_port(invocation.arguments) if interface == DEBUGPY else None


def _listening_port(arguments: Sequence[str]) -> int | None:
    for name in ("--listen", "--port"):
        for argument, following in zip(arguments, (*arguments[1:], ""), strict=False):
            if argument.partition("=")[0] == name:
                return _port(argument.partition("=")[2] or following)
    return None


def _port(text: str) -> int | None:
    """Return the port of ``5005``, ``*:5005`` or ``[::1]:5005``."""
    number = text.rpartition(":")[2].rpartition("=")[2]
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return None
    return int(number) if 0 < int(number) < PORT_COUNT else None


def _java(options: Iterable[str]) -> str | None:
    found = {_java_option(option) for option in options}
    return next((word for word in (JDWP, JMX) if word in found), None)


def _java_option(option: str) -> str | None:
    if option.startswith(_JMX_PORT) and len(option) > len(_JMX_PORT):
        return JMX
    if option.startswith("-agentpath:") and "jdwp" in option.partition("=")[0]:
        settings = option.partition("=")[2]
    else:
        settings = next((option.removeprefix(start) for start in _JDWP if option.startswith(start)), "")
    return JDWP if "server=y" in settings.split(",") else None


def _python(invocation: Invocation) -> str | None:
    module = (invocation.script or "").removeprefix("-m ").replace("\\", "/").rstrip("/").removesuffix("/__main__.py")
    if module == "debugpy.adapter" or module.endswith("debugpy/adapter"):
        return DEBUGPY
    is_debugpy = module == "debugpy" or module.endswith("/debugpy")
    return DEBUGPY if is_debugpy and _listens(invocation.arguments) else None


def _listens(arguments: Iterable[str]) -> bool:
    """Tell whether debugpy was told to listen, before the program that it runs begins."""
    for argument in arguments:
        if argument.partition("=")[0] == "--listen":
            return True
        if argument in {"-m", "-c", "--connect"} or argument.endswith(".py"):
            return False
    return False
