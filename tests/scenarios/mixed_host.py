"""A host with doors of every kind, good and bad, written in every form, for root and for another user.

    unshare -n -m -p -f --mount-proc --kill-child python mixed_host.py NAME...

Prints as JSON, for each form and user, what was written, the messages and the exit code.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from scenario import read_corpus
from stage import make_private, prepare, quietport, run_script, start, wait_for

NOBODY = 65534
FORMS = {
    "sheet": [],
    "all": ["--all"],
    "explain": ["--explain"],
    "plain": ["--plain"],
    "json": ["--json"],
    "sarif": ["--sarif", "--no-redact"],
    "junit": ["--junit", "--no-redact"],
    "hidden": ["--hidden", "--json"],
    "russian": ["--lang", "ru"],
}


def main() -> None:
    """Start the scenarios that are named, and write every form."""
    corpus = read_corpus()
    make_private()
    Path("/root").chmod(0o711)  # a private copy; Python may lie in it
    for name in sys.argv[1:]:
        scenario = corpus[name]
        prepare(scenario)
        start(scenario)
        if missing := wait_for(scenario):
            raise SystemExit(f"{name}: not open in time: {missing}")
        run_script(scenario.then, Path("/srv/scene", name))
    time.sleep(0.5)  # sockets below the ports are in no table that could be waited for
    written: dict[str, list[str | int]] = {}
    for user in (None, NOBODY):
        for form, arguments in FORMS.items():
            done = quietport("check", *arguments, *(() if "--lang" in arguments else ("--lang", "en")), user=user)
            said = done.stderr.decode("utf-8", "replace")
            written[f"{form} {'root' if user is None else 'nobody'}"] = [done.stdout.decode(), said, done.returncode]
    printed = subprocess.run(["ss", "-ltnup"], capture_output=True, check=True).stdout
    for name, given in (("ss", printed), ("json", str(written["json root"][0]).encode())):
        done = quietport("check", "--from", "-", "--json", "--lang", "en", given=given)
        written[f"from {name}"] = [done.stdout.decode(), done.stderr.decode("utf-8", "replace"), done.returncode]
    print(json.dumps(written))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
