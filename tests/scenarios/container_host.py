"""A real container: runc and busybox, with a web server in a network namespace of its own.

    unshare -n -m -p -f --mount-proc --kill-child python container_host.py NAME

Prints the report as JSON. Control groups are the machine's own, so the container is deleted before this ends.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from scenario import find_command
from stage import ENVIRONMENT, PATIENCE_S, SCENES, check, make_private

BUNDLE = SCENES / "bundle"
SERVER = ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]


def main() -> None:
    """Run the container, look, delete it."""
    (name,) = sys.argv[1:]
    make_private()
    make_bundle()
    runc("run", "--detach", "--bundle", str(BUNDLE), name)
    try:
        pid = json.loads(runc("state", name))["pid"]
        wait_for_server(pid)
        namespace = str(Path(f"/proc/{pid}/ns/net").readlink())
        print(json.dumps({"pid": pid, "namespace": namespace, "told": check()}))  # noqa: T201
    finally:
        runc("delete", "--force", name)


def make_bundle() -> None:
    """Make the container's files and its description (OCI runtime specification, config.json)."""
    (BUNDLE / "rootfs" / "bin").mkdir(parents=True)
    (BUNDLE / "rootfs" / "www").mkdir()
    shutil.copy2(str(find_command("busybox")), BUNDLE / "rootfs" / "bin" / "busybox")
    subprocess.run(["runc", "spec"], cwd=BUNDLE, env=ENVIRONMENT, check=True)
    description = BUNDLE / "config.json"
    spec = json.loads(description.read_text("utf-8"))
    spec["process"] |= {"args": SERVER, "terminal": False}
    description.write_text(json.dumps(spec), "utf-8")


def runc(*arguments: str) -> str:
    """Return what runc prints; its messages go where ours go."""
    # A container that goes on keeps what it was given: never a pipe that somebody reads to its end.
    output = subprocess.PIPE if arguments[0] == "state" else sys.stderr
    done = subprocess.run(
        ["runc", *arguments],
        env=ENVIRONMENT,
        check=True,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=output,
        timeout=30,
    )
    return done.stdout or ""


def wait_for_server(pid: int) -> None:
    """Wait until the server in the container listens."""
    until = time.monotonic() + PATIENCE_S
    while " 00000000000000000000000000000000:1F90 " not in Path(f"/proc/{pid}/net/tcp6").read_text("ascii"):
        if time.monotonic() > until:
            raise SystemExit("the server in the container does not listen")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
