from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.process.command_line import MAX_BYTES, MAX_LETTERS, mask_secrets, parse_command


def test_arguments() -> None:
    assert parse_command(b"nginx\0-g\0daemon off;\0") == ("nginx", "-g", "daemon off;")
    assert parse_command(b"a\0\0b\0") == ("a", "", "b")
    assert parse_command(b"caf\xc3\xa9\xff\0") == ("caf\u00e9\\xff",)


def test_a_title_with_zeros_after_it() -> None:
    assert parse_command(b"nginx: master process\0\0\0\0") == ("nginx: master process",)
    assert [parse_command(raw) for raw in (b"", b"\0", b"\0\0")] == [(), (), ()]


def test_what_is_too_long_for_an_argument_is_cut() -> None:
    (argument,) = parse_command(b"a" * 5000)
    assert argument == "a" * MAX_LETTERS + "\u2026"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("mysql -u root -phunter2 db", "mysql -u root -p*** db"),
        ("/usr/bin/mysqldump --password=hunter2 db", "/usr/bin/mysqldump --password=*** db"),
        ("sshpass -p hunter2 ssh host", "sshpass -p *** ssh host"),
        ("redis-server --requirepass hunter2", "redis-server --requirepass ***"),
        ("app --token hunter2 --port 80", "app --token *** --port 80"),
        ("app --api-key=hunter2", "app --api-key=***"),
        ("env DB_PASSWORD=hunter2 PGPASSWORD=hunter2 app", "env DB_PASSWORD=*** PGPASSWORD=*** app"),
        ("java -Djavax.net.ssl.keyStorePassword=hunter2 Main", "java -Djavax.net.ssl.keyStorePassword=*** Main"),
        ("vault server -dev-root-token-id=hunter2", "vault server -dev-root-token-id=***"),
        ("app postgres://u:hunter2@h/db", "app postgres://u:***@h/db"),
        ("git clone https://ghp_0123456789abcdefghij@github.com/x", "git clone https://***@github.com/x"),
        ("app jdbc:mysql://h/db?user=a&password=hunter2&x=y", "app jdbc:mysql://h/db?user=a&password=***&x=y"),
        ("curl -u joe:hunter2 http://h", "curl -u *** http://h"),
        ("curl -ujoe:hunter2 http://h", "curl -ujoe:*** http://h"),
        ("app --key deadbeefdeadbeef01 --key=deadbeefdeadbeef01", "app --key *** --key=***"),
        ("app eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", "app ***"),
        ("wg --private-key hunter2", "wg --private-key ***"),
        ("etcd --initial-cluster-token hunter2 --data-dir x", "etcd --initial-cluster-token *** --data-dir x"),
    ],
)
def test_secrets_are_masked(command: str, shown: str) -> None:
    assert mask_secrets(tuple(command.split())) == tuple(shown.split())


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("Authorization: Bearer hunter2", "Authorization: Bearer ***"),
        ("X-Api-Key: hunter2", "X-Api-Key: ***"),
        ('{"user": "a", "password": "hunter2"}', '{"user": "a", "password": "***"}'),
    ],
)
def test_secrets_within_an_argument(argument: str, shown: str) -> None:
    assert mask_secrets(("curl", "-H", argument)) == ("curl", "-H", shown)


@pytest.mark.parametrize(
    "command",
    [
        "nginx -g daemon-off",
        "/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only",
        "app --key /etc/ssl/private/key.pem --tls-key=/etc/key.pem --port 8080",
        "app --password-file /run/secrets/db",
        "mongod --keyFile /etc/mongo.key --tokenizer x --passive --compass=3",
        "python3 -m http.server 8000",
        "ssh -p 2222 host",
        "app x://user@host/",
        "sshd -D",
    ],
)
def test_what_is_no_secret_is_shown(command: str) -> None:
    assert mask_secrets(tuple(command.split())) == tuple(command.split())


@given(st.lists(st.text(max_size=20) | st.sampled_from(["--password", "-p", "--key", "curl", "-u"]), max_size=6))
def test_masking_keeps_every_argument_in_its_place(command: list[str]) -> None:
    shown = mask_secrets(tuple(command))
    assert len(shown) == len(command)
    assert mask_secrets(shown) == shown


@given(st.binary(max_size=200))
def test_any_bytes_are_arguments_that_can_be_encoded(raw: bytes) -> None:
    for argument in parse_command(raw):
        argument.encode()


@pytest.mark.parametrize("evil", ["-", "a-", "password", "ey-eyA.", "://", "A.-", "key=,", "token ", " "])
def test_hostile_command_lines_take_no_time(evil: str) -> None:
    raw = b"\0".join([(evil * MAX_LETTERS)[:MAX_LETTERS].encode()] * (MAX_BYTES // MAX_LETTERS))
    started = time.process_time()
    mask_secrets(parse_command(raw))
    assert time.process_time() - started < 5
