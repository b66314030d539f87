"""The command line of a process, and what must not be shown of it.

Masking is never complete: a secret that stands where none is expected, in a form that nobody has thought of, stays.
A command line is therefore read for people who asked for it, and is not kept otherwise.
"""

from __future__ import annotations

MAX_BYTES = 65_536
"""How much of a command line is read; the kernel allows 2 MiB."""
MAX_LETTERS = 4096
"""How much of one argument is kept: what is longer is no option, and patterns take their time."""
MASK = "***"
"""Stands in place of a secret."""

_KEY = (
    r"(?:[\w.:-]{0,48}(?:password|passwd|passphrase|passcode|secret|token|credentials?|cookie|requirepass|masterauth"
    r"|(?:api|access|account|auth|encryption|master|private|secret|shared|signing|license)[_-]?key)"
    r"|(?:[\w.:-]{0,48}[_.:-])?(?:pass|pwd|auth|authorization|session[_-]?id|pin|psk))"
)
"""The end of an option, variable or parameter that holds a secret."""
_NAME = rf"{_KEY}(?:[_-]?(?:hash|base64|b64|hex|id))?"
_SCHEME = "(?:Basic|Bearer|Digest|Token|Negotiate)"
_GAP = r"\s{0,8}"
_LOOKS_RANDOM = r"(?=[A-Za-z0-9+/_=-]*[0-9])(?:[0-9a-fA-F]{16,}|[A-Za-z0-9+_-][A-Za-z0-9+/_-]{19,}={0,2})"
"""A long hexadecimal or base64 word; one that begins with a slash is a path."""
_KEYS_WITH_FILES = r"(?:[\w.:-]{0,48}[_.:-])?key"
"""``--key`` is followed by a file more often than by a key: masked where the value looks random."""
_MYSQL = frozenset({"mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlsh", "mariadb", "mariadb-dump", "sshpass"})
_USER_OPTION = frozenset({"curl", "wget", "http", "https", "ldapsearch", "smbclient"})


def parse_command(raw: bytes) -> tuple[str, ...]:
    """Return the arguments of ``/proc/PID/cmdline``; bytes that are no UTF-8 become escapes.

    A process may write over its own (``setproctitle``); blanks and zeros after what it wrote are left out.
    """
    raw = raw.rstrip(b"\0")
    return tuple(_shorten(part.decode("utf-8", "backslashreplace")) for part in raw.split(b"\0")) if raw else ()


def _shorten(argument: str) -> str:
    return argument if len(argument) <= MAX_LETTERS else argument[:MAX_LETTERS] + "…"


def mask_secrets(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command line with ``***`` in place of what looks like a secret; see above for what that is worth."""
    program = _base_name(command[0]) if command else ""
    masked: list[str] = []
    secret_follows = random_follows = False
    for at, argument in enumerate(command):
        if secret_follows and not argument.startswith("--"):
            shown = MASK if argument else argument
        elif random_follows and _matches(_LOOKS_RANDOM, argument):
            shown = MASK
        else:
            shown = _mask_argument(argument) if at == 0 else _mask_option(program, argument)
        masked.append(shown)
        secret_follows = at > 0 and _takes_secret(program, argument)
        random_follows = at > 0 and _matches(rf"--?{_KEYS_WITH_FILES}", argument)
    return tuple(masked)


def _takes_secret(program: str, argument: str) -> bool:
    """Tell whether the next argument is a secret: ``--password x``, ``sshpass -p x``, ``curl -u x``."""
    if program in _USER_OPTION and argument in {"-u", "--user", "-w", "-U"}:
        return True
    return (program == "sshpass" and argument == "-p") or _matches(rf"--?{_NAME}", argument)


def _mask_option(program: str, argument: str) -> str:
    attached = argument.startswith("-p") and not argument.startswith("--") and len(argument) > len("-p")
    if program in _MYSQL and attached:
        return f"-p{MASK}"
    if program in _USER_OPTION and argument.startswith("-u") and ":" in argument:
        return f"{argument.partition(':')[0]}:{MASK}"
    return _mask_argument(argument)


def _mask_argument(argument: str) -> str:
    """Return an argument without the secrets that its own words give away."""
    import re  # noqa: PLC0415 - only for who asks for command lines

    rules = (
        (r"(://[^/\s:@]{0,256}):[^/\s@]{0,256}@", rf"\1:{MASK}@"),
        (r"://[^/\s:@]{20,256}@", f"://{MASK}@"),
        (rf"(?i)\b((?:Proxy-)?Authorization{_GAP}[:=]{_GAP}{_SCHEME}?{_GAP})\S.*", rf"\1{MASK}"),
        (
            rf"(?i)((?:^|[\s?&;,{{'\"-]){_NAME}['\"]?{_GAP}[=:]{_GAP}['\"]?)(?!//|{_SCHEME}\s)[^\s&;,'\"}}]+",
            rf"\1{MASK}",
        ),
        (rf"(?i)((?:^|[\s?&;,-]){_KEYS_WITH_FILES}=){_LOOKS_RANDOM}", rf"\1{MASK}"),
        (r"\bey[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_-]*", MASK),
        (r"\b(?:gh[pousr]_|glpat-|xox[abprs]-|AKIA|ASIA|sk_live_|npm_)[A-Za-z0-9_-]{8,}", MASK),
    )
    for pattern, replacement in rules:
        argument = re.sub(pattern, replacement, argument)
    return argument


def _matches(pattern: str, text: str) -> bool:
    import re  # noqa: PLC0415 - as above

    return re.fullmatch(pattern, text, re.IGNORECASE) is not None


def _base_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
