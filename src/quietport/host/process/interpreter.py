"""What an interpreter runs: the script, module or class that its command line names.

Of twenty ``python3.11`` no two are the same program; the script tells them apart. The command line is the process's
own to write, so this is what it says of itself, not what it proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.model.owner import base_name

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD_INPUT = "-"
"""In place of a script: it is read from standard input."""


class Invocation(NamedTuple):
    """How an interpreter was called."""

    interpreter: str
    """Its family, without version: ``python``, ``node``, ``java``, ``sh``..."""
    options: tuple[str, ...]
    """What stands before the script: the interpreter's own options."""
    script: str | None
    """The script as it was written, ``-m module``, a Java class, ``-`` for standard input; for code on the command
    line or a server of its own the option alone (``-c``, ``-e``, ``-S``); None where it is interactive."""
    arguments: tuple[str, ...]
    """What the script was given."""


class _Grammar(NamedTuple):
    """How a family of interpreters reads its options, from its manual page."""

    code: frozenset[str] = frozenset()
    """Options after which code follows, or that start a server of the interpreter's own."""
    module: frozenset[str] = frozenset()
    """Options that name a module."""
    script: frozenset[str] = frozenset()
    """Options that name a script."""
    value: frozenset[str] = frozenset()
    """Other options that take the next argument, where nothing is attached to them."""
    attached: frozenset[str] = frozenset()
    """One-letter options that take the rest of their own argument."""
    command: frozenset[str] = frozenset()
    """Words before the script that are none: ``run`` of ``deno run app.ts``."""
    clusters: bool = True
    """Letters may share a hyphen: ``-lc`` is ``-l -c``."""
    stdin: frozenset[str] = frozenset()
    """Options that read the script from standard input."""
    signs: str = ""
    """What else may begin an option: ``+`` in shells; ``@`` before a file of options, for java."""
    hyphen_ends: bool = False
    """A lone hyphen ends the options, as in shells; else it stands for standard input."""
    code_first: bool = False
    """The first word that is no option is code, as of awk."""


def _grammar(
    *, clusters: bool = True, hyphen_ends: bool = False, code_first: bool = False, signs: str = "", **sets: str
) -> _Grammar:
    words = {name: frozenset(text.split()) for name, text in sets.items()}
    return _Grammar(clusters=clusters, hyphen_ends=hyphen_ends, code_first=code_first, signs=signs, **words)


_SHELL = _grammar(code="-c", stdin="-s", value="-o -O +o +O --rcfile --init-file", signs="+", hyphen_ends=True)
_LUA = _grammar(code="-e", value="-l")
_TCL = _grammar(value="-encoding", clusters=False)
_GRAMMARS = {
    "python": _grammar(code="-c", module="-m", value="-W -X -Q --check-hash-based-pycs"),
    "perl": _grammar(code="-e -E", value="-I", attached="-i -x -C -D -F -m -M -V -:"),
    "ruby": _grammar(code="-e", value="-I -r -E -C --encoding --external-encoding", attached="-x -K -T -W -F -i -0"),
    "php": _grammar(
        code="-r -R -S --run --process-code --server",
        script="-f -F --file --process-file",
        value="-c -d -z -t -B -E --php-ini --define --docroot --zend-extension --process-begin --process-end",
    ),
    "sh": _SHELL,
    "fish": _grammar(code="-c --command", value="-C -d -o -p --init-command --debug --profile"),
    "node": _grammar(
        code="-e -p --eval --print",
        value=(
            "-r -C --require --import --loader --experimental-loader --conditions --env-file --env-file-if-exists"
            " --inspect-port --debug-port --title --icu-data-dir --openssl-config --redirect-warnings"
            " --trace-event-categories --diagnostic-dir --dns-result-order --unhandled-rejections --input-type"
            " --max-http-header-size --watch-path"
        ),
        command="inspect",
    ),
    "deno": _grammar(
        value="-c -L --config --import-map --log-level --lock --cert --seed --location --port --host --v8-flags",
        command="run serve",
    ),
    "bun": _grammar(code="-e -p --eval --print", value="-r -c --preload --require --cwd --config", command="run"),
    "java": _grammar(
        script="-jar",
        module="-m --module",
        value=(
            "-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --add-reads"
            " --add-exports --add-opens --limit-modules --patch-module --enable-native-access --source"
        ),
        clusters=False,
        signs="@",
    ),
    "lua": _LUA,
    "luajit": _LUA,
    "tclsh": _TCL,
    "wish": _TCL,
    "expect": _grammar(code="-c", script="-f -b"),
    "rscript": _grammar(code="-e", clusters=False),
    "r": _grammar(code="-e", script="-f --file", value="-g --gui --encoding", clusters=False),
    "julia": _grammar(code="-e -E --eval --print", value="-p -t -L -J -C -H --procs --threads --load --sysimage"),
    "dotnet": _grammar(
        value="--fx-version --additionalprobingpath --depsfile --runtimeconfig --roll-forward", command="exec"
    ),
    "mono": _grammar(clusters=False),
    "pwsh": _grammar(
        code="-c -command -encodedcommand -ec -e",
        script="-f -file",
        value="-executionpolicy -ex -ep -workingdirectory -wd -configurationname -settingsfile -windowstyle -version",
        clusters=False,
    ),
    "awk": _grammar(
        code="-e --source", script="-f --file", value="-F -v -i --assign --include", clusters=False, code_first=True
    ),
}
_ALIASES = {
    "nodejs": "node",
    "pypy": "python",
    "bash": "sh",
    "dash": "sh",
    "ash": "sh",
    "zsh": "sh",
    "ksh": "sh",
    "mksh": "sh",
    "rbash": "sh",
    "gawk": "awk",
    "mawk": "awk",
    "nawk": "awk",
    "powershell": "pwsh",
    "javaw": "java",
    "pythonw": "python",
    "php-cgi": "php",
}
_FOLDED = frozenset({"pwsh"})
"""Interpreters that do not tell upper case from lower in options."""


def find_interpreter(executable: str) -> str | None:
    """Return the family that an executable is of, by its base name without version, or None where it is none."""
    name = base_name(executable).lower().removesuffix(".exe")
    for candidate in (name, _before_version(name)):
        family = _ALIASES.get(candidate, candidate)
        if family in _GRAMMARS:
            return family
    return None


def is_busybox(executable: str) -> bool:
    """Tell whether an executable is many programs in one, of which its command line tells which."""
    return executable.rpartition("/")[2].startswith(("busybox", "toybox"))


def parse_invocation(executable: str, command: Sequence[str]) -> Invocation | None:
    """Return how an interpreter was called, or None where the executable is no interpreter.

    ``command`` is the whole command line, its own name first. Busybox is what that name says, or the word after it.
    """
    if is_busybox(executable):
        executable = command[0] if command else ""
        if is_busybox(executable):
            command = command[1:]
            executable = command[0] if command else ""
    family = find_interpreter(executable)
    return _parse(family, tuple(command[1:])) if family is not None else None


def is_rewritten(command: Sequence[str]) -> bool:
    """Tell whether a command line no longer tells how the program was called.

    A program may write a title over it, as gunicorn and puma do: then it is empty, or one text with blanks.
    """
    return not any(command) or (" " in command[0] and not any(command[1:]))


def _before_version(name: str) -> str:
    """Return ``python`` for ``python3.11-dbg``: what stands before the first digit."""
    return name[: next((at for at, letter in enumerate(name) if letter in "0123456789"), len(name))].rstrip("-.")


def _parse(family: str, words: tuple[str, ...]) -> Invocation:
    grammar = _GRAMMARS[family]
    commands = grammar.command
    at = 0
    while at < len(words):
        word = words[at]
        if word in commands:
            commands, taken = frozenset(), 1
        elif word == "--" or (word == "-" and grammar.hyphen_ends):
            return _invocation(family, words, at + 1, 1)
        elif not _is_option(grammar, word):
            return _first_word(family, words, at)
        else:
            script, taken = _option(grammar, word.lower() if family in _FOLDED else word, words[at + 1 : at + 2])
            if script is not None:
                return Invocation(family, words[: at + taken], script, words[at + taken :])
        at += taken
    return Invocation(family, words, None, ())


def _is_option(grammar: _Grammar, word: str) -> bool:
    return len(word) > 1 and (word[0] == "-" or word[0] in grammar.signs)


def _first_word(family: str, words: tuple[str, ...], at: int) -> Invocation:
    if _GRAMMARS[family].code_first:
        return Invocation(family, words[:at], "-e", words[at + 1 :])
    return _invocation(family, words, at, 1)


def _invocation(family: str, words: tuple[str, ...], at: int, taken: int) -> Invocation:
    script = words[at] if at < len(words) else None
    return Invocation(family, words[:at], script, words[at + taken :])


def _option(grammar: _Grammar, word: str, following: tuple[str, ...]) -> tuple[str | None, int]:
    """Return the script that an option names, or None, and how many arguments the option takes."""
    name, equals, value = word.partition("=")
    if not equals and word in grammar.value | grammar.script | grammar.module:
        value, taken = (following[0], 2) if following else ("", 1)
    else:
        taken = 1
    if name in grammar.code:
        return _short(name), 1
    if name in grammar.stdin:
        return STANDARD_INPUT, 1
    if name in grammar.script:
        return value or None, taken
    if name in grammar.module:
        return (f"-m {value}" if value else None), taken
    if name in grammar.value or word.startswith("--") or not grammar.clusters:
        return None, taken
    return _letters(grammar, word, following)


def _short(option: str) -> str:
    """Return the one-letter form of an option that carries code."""
    return option[1:3] if option.startswith("--") else option


def _letters(grammar: _Grammar, word: str, following: tuple[str, ...]) -> tuple[str | None, int]:
    """Return the same for letters that share a hyphen, as ``-Bmhttp.server``."""
    for at, letter in enumerate(word[1:], 2):
        option, rest = f"{word[0]}{letter}", word[at:]
        if option in grammar.code:
            return option, 1
        if option in grammar.stdin:
            return STANDARD_INPUT, 1
        if option in grammar.attached:
            return None, 1
        if option in grammar.value | grammar.script | grammar.module:
            value, taken = (rest, 1) if rest else (following[0], 2) if following else ("", 1)
            if option in grammar.value or not value:
                return None, taken
            return (value if option in grammar.script else f"-m {value}"), taken
    return None, 1
