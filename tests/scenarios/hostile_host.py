"""A host on which every name is of an attacker's choosing: of programs, folders, cards, namespaces; in every output.

    unshare -n -m -p -f --mount-proc --kill-child python hostile_host.py

Prints, as JSON, what each form of output wrote (base64 of its bytes), and the names.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from stage import ENVIRONMENT, PATIENCE_S, make_private, open_ports, quietport

FOLDER = "/opt/\x1b[41m\u202e\nfolder\t<b>&'\""
NAMES = (
    b"\x1b[2J\x1b[31mred",
    b"\x1b]0;title\x07",
    b"two\nlines",
    b"tab\tand\rback",
    "\u202egnp.exe".encode(),
    "\u2066isolate\u2069".encode(),
    b"\xff\xfe\xc3\x28",
    b"\xc2\x9b31m",  # CSI as one character of C1
    b"<b>&amp;'\"]]>",
    b"%s%n{0}{pid}",
    b"[bold red]x",  # Rich's markup
    b"x) R 1 2 3 (y",  # as /proc/PID/stat would go on
    "\u200bzero\ufeff".encode(),
)
FIRST_PORT = 28200
CARD = "\x1b[7m\u202ex"
NAMESPACE = "\x1b[5m\u202e\nblue"
LONG = "A" * 4000
FORMS = {
    "json": ["--json"],
    "json-ru": ["--json", "--lang", "ru"],
    "plain": ["--plain"],
    "sarif": ["--sarif", "--no-redact"],
    "junit": ["--junit", "--no-redact"],
    "sarif-redacted": ["--sarif"],
    "junit-redacted": ["--junit"],
}
SHEETS = {
    "terminal": ["check", "--lang", "en"],
    "terminal-ru": ["check", "--lang", "ru"],
    "terminal-one-port": ["check", str(FIRST_PORT)],
    "explain": ["explain", str(FIRST_PORT)],
}
SO_BINDTODEVICE = 25  # asm-generic/socket.h


def main() -> None:
    """Start the programs, and write every form."""
    make_private()
    ports = start_programs()
    subprocess.run(["ip", "link", "set", "cable", "name", CARD], check=True)
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, CARD.encode())
    door.bind(("", FIRST_PORT - 1))
    door.listen()
    wait_for(ports)
    written = {form: quietport("check", *arguments).stdout for form, arguments in FORMS.items()}
    written |= {form: on_a_terminal(*arguments) for form, arguments in SHEETS.items()}
    encoded = {form: base64.b64encode(text).decode() for form, text in written.items()}
    print(json.dumps({"ports": ports, "written": encoded}))  # noqa: T201 - its one output


def start_programs() -> list[int]:
    """Start a listener under each name, one in a namespace with such a name too; return their ports."""
    Path(FOLDER).mkdir(parents=True)
    ports = []
    for port, name in enumerate(NAMES, FIRST_PORT):
        path = Path(FOLDER, os.fsdecode(name))
        shutil.copy2("/usr/bin/nc.openbsd", path)
        subprocess.Popen(
            [path, "-lk", "-I", "1024", "0.0.0.0", str(port)], env=ENVIRONMENT | {"LONG": LONG},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        ports.append(port)
    long = ["\x1b[31m" + LONG, "-c", "import signal; from socket import *; s = create_server(('', 28190)); "
            "signal.pause() #" + LONG]  # fmt: skip
    subprocess.Popen(long, executable=ENVIRONMENT["PYTHON"], env=ENVIRONMENT, stdin=subprocess.DEVNULL)
    subprocess.run(["ip", "netns", "add", NAMESPACE], check=True, env=ENVIRONMENT)
    subprocess.Popen(["ip", "netns", "exec", NAMESPACE, path, "-lk", "0.0.0.0", "28191"], env=ENVIRONMENT)
    return [28190, *ports]


def wait_for(ports: list[int]) -> None:
    """Wait until all of them are open."""
    until = time.monotonic() + PATIENCE_S
    while missing := {f"tcp {port}" for port in ports} - set(open_ports()):
        if time.monotonic() > until:
            raise SystemExit(f"not open: {sorted(missing)}")
        time.sleep(0.02)
    time.sleep(0.2)  # the one in the other namespace


def on_a_terminal(*arguments: str) -> bytes:
    """Return what quietport writes on a terminal of 100 columns."""
    import pty  # noqa: PLC0415 - not on Windows
    import sys  # noqa: PLC0415

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(ENVIRONMENT | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "50", "PAGER": "cat"})
        os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2] / "src")
        command = [sys.executable, "-m", "quietport", *arguments]
        os.execv(command[0], command)  # noqa: S606 - of our own choosing
    written = b""
    try:
        while part := os.read(terminal, 65536):
            written += part
    except OSError:  # EIO: the other end is closed
        pass
    os.waitpid(pid, 0)
    return written


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
