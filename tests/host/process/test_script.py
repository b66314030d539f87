from __future__ import annotations

import pytest

from quietport.host.process.script import tell_script
from quietport.model.unknown import Reason, Unknown

NODE = ("node", "app.js")


def test_a_script_and_its_debugger() -> None:
    assert tell_script(30, "/usr/bin/node", ("node", "--inspect", "app.js")) == ("app.js", "node-inspect", 9229)
    assert tell_script(30, "/usr/bin/node", NODE) == ("app.js", None, None)


@pytest.mark.parametrize(
    ("executable", "command", "environ", "word"),
    [
        ("/usr/bin/node", NODE, b"A=1\0NODE_OPTIONS=--trace-warnings --inspect\0", "node-inspect"),
        ("/usr/bin/java", ("java", "Main"), b"JAVA_TOOL_OPTIONS=-agentlib:jdwp=server=y\0", "jdwp"),
        ("/usr/bin/java", ("java", "Main"), b"_JAVA_OPTIONS=-Dcom.sun.management.jmxremote.port=1\0", "jmx"),
        ("/usr/bin/java", ("java", "Main"), b"NODE_OPTIONS=--inspect\0", None),
        ("/usr/bin/node", NODE, Unknown(Reason.PERMISSION, "environment of process 30"), None),
    ],
)
def test_the_environment_may_add_options(
    executable: str, command: tuple[str, ...], environ: bytes | Unknown, word: str | None
) -> None:
    assert tell_script(30, executable, command, environ)[1] == word


@pytest.mark.parametrize("executable", ["/usr/sbin/sshd", None])
def test_any_other_program_runs_none(executable: str | None) -> None:
    assert tell_script(30, executable, Unknown(Reason.NOT_LOOKED, "not asked for")) == (None, None, None)


def test_busybox_that_is_no_shell_runs_none() -> None:
    assert tell_script(30, "/bin/busybox", ("httpd", "-f")) == (None, None, None)


@pytest.mark.parametrize(
    ("executable", "command", "reason"),
    [
        (Unknown(Reason.PERMISSION, "executable of process 30"), NODE, Reason.PERMISSION),
        ("/usr/bin/node", Unknown(Reason.EXITED, "command of process 30"), Reason.EXITED),
        ("/usr/bin/node", ("next-server (v14.2.3)",), Reason.NOT_SUPPORTED),
        ("/usr/bin/node", (), Reason.NOT_SUPPORTED),
    ],
    ids=["an executable that is not seen", "a command that is not", "a title over it", "an empty one"],
)
def test_why_it_is_not_known(executable: str | Unknown, command: tuple[str, ...] | Unknown, reason: Reason) -> None:
    assert tell_script(30, executable, command) == (
        Unknown(reason, "script of process 30"),
        Unknown(reason, "debugger of process 30"),
        Unknown(reason, "debugger of process 30"),
    )
