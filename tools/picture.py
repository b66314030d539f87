"""Make the picture of README.md: a real run of quietport in a network namespace of its own.

    python tools/picture.py [OUT.svg]

Starts OpenSSH, Redis (opened too wide), a web server at work on loopback and a stranger on 851, asks
``quietport check`` in the same namespace, and writes what a terminal would have shown as SVG.
Needs root, unshare, sshd and redis-server.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "picture.svg"
WIDTH = 92
QUIETPORT = [sys.executable, "-m", "quietport"]
INSIDE = "QUIETPORT_PICTURE_INSIDE"
STRANGER = "import socket,time; s=socket.create_server(('0.0.0.0', 851)); time.sleep(60)"


def inside(folder: Path) -> None:
    """Start the servers in this namespace, print what quietport says, and end the servers."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    key = folder / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    Path("/run/sshd").mkdir(exist_ok=True)
    stranger = folder / "helperd"
    stranger.write_bytes(Path(sys.executable).resolve().read_bytes())
    stranger.chmod(0o755)
    home = {**os.environ, "PYTHONHOME": sys.base_prefix}
    servers = [
        subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", key, "-o", "PidFile=none"]),
        subprocess.Popen(
            ["redis-server", "--bind", "0.0.0.0", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL
        ),
        subprocess.Popen(
            [sys.executable, "-m", "http.server", "-b", "127.0.0.1", "8000"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ),
        subprocess.Popen([stranger, "-c", STRANGER], env=home),
    ]
    try:
        wanted = {22, 851, 6379, 8000}
        for _ in range(100):
            shown = subprocess.run(
                [*QUIETPORT, "check", "--plain", "--no-history"], capture_output=True, text=True, check=False
            ).stdout
            if wanted <= {int(line.split("\t")[2]) for line in shown.splitlines()[1:]}:
                break
        for arguments in (["check", "--lang", "en"], ["check", "850", "--lang", "en"]):
            print(f"\x1b[1m$ quietport {' '.join(arguments[:-2])}\x1b[0m", flush=True)
            subprocess.run([*QUIETPORT, *arguments], check=False)
            print(flush=True)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def draw(shown: str) -> str:
    """Return what a terminal has shown as SVG, with the fonts of whoever looks at it."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(shown.replace("\r\n", "\n").rstrip()))
    svg = console.export_svg(title="quietport", unique_id="quietport")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> int:
    """Run the scene in a namespace and write the picture."""
    if os.environ.get(INSIDE):
        inside(Path(os.environ[INSIDE]))
        return 0
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    with tempfile.TemporaryDirectory() as folder:
        scene = {**os.environ, INSIDE: folder, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
        scene |= {"QUIETPORT_STATE": f"{folder}/state", "PAGER": ""}
        scene.pop("NO_COLOR", None)
        # A terminal of its own, so that quietport shows what it shows to a person.
        shell = f"hostname kitchen; stty cols {WIDTH} rows 60; exec {sys.executable} {__file__}"
        done = subprocess.run(
            ["unshare", "-n", "-pf", "--mount-proc", "--uts", "script", "-qec", shell, "/dev/null"],
            env=scene, capture_output=True, text=True, check=True,
        )  # fmt: skip
    out.write_text(draw(done.stdout), "utf-8")
    print(done.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
