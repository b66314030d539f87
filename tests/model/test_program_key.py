"""Who holds a door, in words that stay the same over restarts and upgrades."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.owner import Container, ExecutableFile, Owner
from quietport.model.program_key import MAX_LENGTH, escaped, program_key, without_versions
from quietport.model.unknown import Reason, Unknown

UNREAD = Unknown(Reason.PERMISSION, "executable")
NOT_TOLD = Unknown(Reason.NOT_LOOKED, "script")


def owner(executable: str | Unknown | None = "/usr/sbin/sshd", pid: int = 42, **more: Any) -> Owner:
    fields: dict[str, Any] = {
        "program": "comm",
        "file": ExecutableFile.PRESENT,
        "uid": 0,
        "user": "root",
        "started_at": "2026-11-23T09:00:00Z",
        "script": None,
        "unit": None,
        "container": None,
    }
    return Owner(pid=pid, executable=executable, **(fields | more))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/usr/sbin/sshd", "/usr/sbin/sshd"),
        ("/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/*/bin/postgres"),
        ("/usr/bin/python3.11", "/usr/bin/python*"),
        ("/usr/bin/python3", "/usr/bin/python3"),
        ("/usr/sbin/php-fpm8.2", "/usr/sbin/php-fpm*"),
        ("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/lib/jvm/java-*-openjdk-amd64/bin/java"),
        ("/home/a/.nvm/versions/node/v18.12.1/bin/node", "/home/a/.nvm/versions/node/*/bin/node"),
        ("/opt/node-v18.12.1-linux-x64/bin/node", "/opt/node-v*-linux-x64/bin/node"),
        ("/opt/homebrew/Cellar/redis/7.2.4_1/bin/redis-server", "/opt/homebrew/Cellar/redis/*/bin/redis-server"),
        ("/snap/lxd/24322/bin/lxd", "/snap/lxd/*/bin/lxd"),
        ("/snap/mine/x1/bin/mine", "/snap/mine/*/bin/mine"),
        (
            "/nix/store/0c0mp7m1f7s0yxwdxkz3w2h2pi1b8v0d-nginx-1.24.0/bin/nginx",
            "/nix/store/nginx/bin/nginx",
        ),
        ("/gnu/store/0c0mp7m1f7s0yxwdxkz3w2h2pi1b8v0d-redis-7.0.12/bin/redis", "/gnu/store/redis/bin/redis"),
        ("/nix/store/short-nginx-1.24.0/bin/nginx", "/nix/store/short-nginx-*/bin/nginx"),
        ("/usr/bin/7zip", "/usr/bin/7zip"),
        ("/usr/bin/x11vnc", "/usr/bin/x11vnc"),
        ("/opt/jdk-17.0.2+8/bin/java", "/opt/jdk-*/bin/java"),
        ("/tmp/851/x", "/tmp/851/x"),
        ("/dev/shm/1.2.3/x", "/dev/shm/1.2.3/x"),
        ("/run/user/1000/x", "/run/user/1000/x"),
        ("/srv/*/x", "/srv/%2A/x"),
        ("/srv/50%/x", "/srv/50%25/x"),
        ("C:\\Program Files\\App 1.2\\app.exe", "C:\\Program Files\\App *\\app.exe"),
        ("", ""),
    ],
)
def test_a_path_loses_what_an_upgrade_would_change(path: str, shown: str) -> None:
    assert without_versions(path) == shown


@pytest.mark.parametrize(
    ("held", "key"),
    [
        (owner("/usr/sbin/sshd (deleted)"), "/usr/sbin/sshd"),
        (owner("/memfd:x"), "/memfd:x"),
        (owner("memfd:x"), "name:memfd:x"),
        (owner("script:/srv/app.py"), "name:script:/srv/app.py"),
        (owner(None, program="nfsd"), "kernel:nfsd"),
        (owner(None, pid=0, program="vxlan vx0"), "kernel:vxlan vx0"),
        (owner("/usr/bin/python3.11", script="/srv/app.py"), "script:/srv/app.py"),
        (owner("/usr/bin/python3.11", script="http.server"), "script:http.server"),
        (owner("/usr/bin/python3.11", script=UNREAD), UNREAD),
        (owner("/usr/bin/python3.11", script=NOT_TOLD, unit="app.service"), "unit:app.service"),
        (owner("/usr/bin/python3.11", script=NOT_TOLD, unit="session-3.scope"), "/usr/bin/python*"),
        (owner("/usr/bin/python3.11", script=None, unit="app.service"), "/usr/bin/python*"),
        (owner("/usr/sbin/nginx", script=UNREAD), "/usr/sbin/nginx"),
        (owner(UNREAD), UNREAD),
        (owner(UNREAD, container=Container("docker", "f00d", "web", "nginx:1.25")), UNREAD),
    ],
)
def test_one_holder(held: Owner, key: str | Unknown) -> None:
    assert program_key((held,)) == key


@pytest.mark.parametrize(
    ("name", "image", "key"),
    [
        ("web", "nginx:1.25", "container:web@nginx"),
        ("web", "registry.example:5000/team/nginx:1.25@sha256:00ff", "container:web@registry.example:5000/team/nginx"),
        ("jolly_euler", "nginx", "container:@nginx"),
        ("jolly_euler7", "nginx", "container:@nginx"),
        ("jolly_euler", None, "container:jolly_euler@"),
        ("shop_web_1", "nginx", "container:shop_web_1@nginx"),
        ("prod/web-7d4b9c6f5d-x2k7p/nginx", "nginx:1", "container:prod/web/nginx@nginx"),
        ("prod/agent-x2k7p/agent", None, "container:prod/agent/agent@"),
        ("prod/db-0/postgres", "postgres:16", "container:prod/db-0/postgres@postgres"),
        (None, None, "container:docker:/usr/sbin/nginx"),
        ("a@b", "c", "container:a%40b@c"),
    ],
)
def test_a_container_goes_by_its_name_or_workload_and_image(name: str | None, image: str | None, key: str) -> None:
    for id_ in ("f00d", "beef"):
        assert program_key((owner("/usr/sbin/nginx", container=Container("docker", id_, name, image)),)) == key


def test_nobody_is_unknown_and_so_is_who_was_not_read() -> None:
    assert program_key(UNREAD) is UNREAD
    assert program_key(()) == Unknown(Reason.NO_OWNER, "owner")


def test_of_several_holders_the_eldest_counts_whatever_its_pid() -> None:
    child = owner("/bin/sh", pid=7, started_at="2026-11-23T10:00:00Z")
    parent = owner("/usr/sbin/nginx", pid=42)
    unread = owner("/bin/x", pid=1, started_at=Unknown(Reason.EXITED, "start"))
    assert program_key((unread, child, parent)) == "/usr/sbin/nginx"
    assert program_key((owner("/bin/b", pid=9), owner("/bin/a", pid=8))) == "/bin/a"


def test_a_name_that_a_process_gave_itself_is_never_a_program() -> None:
    assert program_key((owner(UNREAD, program="/usr/sbin/sshd"),)) is UNREAD


ANY_TEXT = st.text(st.characters(), max_size=40)


@given(ANY_TEXT, ANY_TEXT)
def test_escaping_hides_nothing_and_keeps_texts_apart(one: str, other: str) -> None:
    shown = escaped(one)
    assert shown.isprintable()
    assert shown == escaped(one)
    assert (one == other) is (shown == escaped(other))


def test_bytes_that_are_no_utf_8() -> None:
    assert escaped("a\udcff\ud800\x1b\u202e\n") == "a%FF%uD800%1B%E2%80%AE%0A"


@given(st.one_of(st.none(), ANY_TEXT), st.one_of(st.none(), ANY_TEXT), st.one_of(st.none(), ANY_TEXT), ANY_TEXT)
def test_whatever_processes_and_engines_say(
    executable: str | None, script: str | None, name: str | None, image: str
) -> None:
    for container in (None, Container("docker", "f00d", name, image)):
        key = program_key((owner(executable, script=script, container=container),))
        assert isinstance(key, str)
        assert key.isprintable()
        assert key not in {"", "?"}


def test_a_very_long_program_is_cut_and_told_apart() -> None:
    one, other = (program_key((owner("/" + "x" * 5000 + last),)) for last in "ab")
    assert isinstance(one, str)
    assert isinstance(other, str)
    assert len(one) == MAX_LENGTH + 10
    assert one[:MAX_LENGTH] == other[:MAX_LENGTH]
    assert one != other
