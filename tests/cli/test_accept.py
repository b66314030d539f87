"""The verb ``accept``: what it says, what it writes, how it ends."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from quietport.cli.main import main
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.unknown import Reason, Unknown
from quietport.policy.edit import HEADER

Capture = pytest.CaptureFixture[str]
NGINX = Owner(42, "nginx", "/usr/sbin/nginx", ExecutableFile.PRESENT, 0, "root", "2026-11-23T09:00:00Z")


pytestmark = pytest.mark.usefixtures("put_host")


@pytest.fixture(autouse=True)
def _neutral_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from this host and its users."""
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "kim")


def ended(*argv: str) -> int:
    try:
        return main(argv)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), 'accept needs a port, as in: quietport accept 8080/tcp --because "dashboard of team x"'),
        (("8080",), "'8080' leaves open over which transport; write 8080/tcp or 8080/udp"),
        (("ssh",), "'ssh' is no port; ports are 0 to 65535, as in 8080/tcp or 6000-6063/tcp"),
        (("8080/icmp",), "'8080/icmp' names no transport; there are: tcp, udp, sctp, dccp"),
        (("8080/tcp",), 'accept 8080/tcp needs its reason: --because "why it should be there"'),
        (("8080/tcp", "--because", " "), 'accept 8080/tcp needs its reason: --because "why it should be there"'),
        (
            ("8080/tcp", "--because", "x", "--until", "tomorrow"),
            "--until: 'tomorrow' is no day; write one as 2027-03-31",
        ),
        (("8080/tcp", "--because", "x", "--until", "2020-01-01"), "--until: 2020-01-01 has passed"),
        (("8080/tcp", "--because", "x", "--scope", "lan"), "--scope: no scope 'lan'; there are: loopback, "),
        (("8080/tcp", "--because", "x", "--program", ""), "--program is empty"),
        (
            ("8080/tcp", "--because", "x", "--program", "y", "--any-program"),
            "--program names one and --any-program none; leave one of them out",
        ),
    ],
)
def test_what_cannot_be_asked_ends_with_two(capsys: Capture, argv: tuple[str, ...], said: str) -> None:
    assert ended("accept", *argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"quietport: {said}")


def test_the_whole_way(tmp_path: Path, capsys: Capture, put_host: Callable[..., None]) -> None:
    put_host(8080, owners=(NGINX,))
    path = tmp_path / "p.toml"
    policy = ("--policy", str(path))
    assert ended("accept", "8080/tcp", "--because", "team x", "--until", "2999-12-31", *policy) == 0
    out, err = capsys.readouterr()
    assert " ".join(out.split()) == (
        f"8080/tcp is declared in {path}, line 5. "
        "Taken from what listens here: scope loopback and program /usr/sbin/nginx. "
        "To leave that open: --any-program, --scope any. "
        f"It holds where the file is named: quietport check --policy {path}"
    )
    assert err == ""
    assert path.read_text() == (
        f'{HEADER}\n[[accept]]\nport = "8080/tcp"\nbecause = "team x"\nscope = "loopback"\n'
        'program = "/usr/sbin/nginx"\nauthor = "kim"\nuntil = 2999-12-31\n'
    )
    assert ended("accept", "--list", *policy) == 0
    listed = " ".join(capsys.readouterr().out.split())
    assert listed == (
        f"In force: {path} 8080/tcp scope loopback and program /usr/sbin/nginx until 2999-12-31 team x (kim) {path}:5"
    )
    assert ended("accept", "--undo", "8080/tcp", *policy) == 0
    assert " ".join(capsys.readouterr().out.split()) == f"The entry for 8080/tcp, line 5, is taken out of {path}."
    assert path.read_text() == HEADER
    assert ended("accept", "8080/tcp", "--undo", *policy) == 1
    assert " ".join(capsys.readouterr().out.split()) == f"{path} has no such entry for 8080/tcp."
    assert ended("accept", "--list", *policy) == 0
    assert " ".join(capsys.readouterr().out.split()) == f"In force: {path} Nothing is declared."


def test_a_dry_run_shows_the_difference(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "p.toml"
    path.write_text("# ours\n")
    command = ("accept", "53/udp", "--because", "x", "--policy", str(path), "--no-host", "--author", "me")
    assert ended(*command, "--dry-run") == 0
    assert capsys.readouterr().out.startswith(
        f"Nothing was written. This is what would be:\n--- {path}\n+++ {path}\n@@ -1 +1,6 @@\n # ours\n+\n"
        '+[[accept]]\n+port = "53/udp"\n+because = "x"\n+author = "me"\n'
    )
    assert path.read_text() == "# ours\n"


def test_json_and_plain(tmp_path: Path, capsys: Capture, put_host: Callable[..., None]) -> None:
    put_host(8080, owners=(NGINX,))
    command = ("accept", "8080/tcp", "--because", "x", "--policy", f"{tmp_path}/p.toml")
    assert ended(*command, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["action"], document["written"], document["policy_files"]) == (
        "added",
        True,
        [f"{tmp_path}/p.toml"],
    )
    assert (document["recorded"], document["doors"], document["fitting"]) == (["scope", "program"], 1, 1)
    assert document["entries"][0]["program"] == "/usr/sbin/nginx"
    assert document["diff"].endswith('+program = "/usr/sbin/nginx"\n+author = "kim"\n')
    assert ended(*command, "--plain") == 0
    assert capsys.readouterr().out.splitlines() == [
        "action\tport\tscope\tprogram\tunit\timage\tpackage\thost\tuntil\tauthor\tbecause\tfile\tline",
        f"unchanged\t8080/tcp\tloopback\t/usr/sbin/nginx\t\t\t\t\t\tkim\tx\t{tmp_path}/p.toml\t5",
    ]
    assert ended("accept", "--list", "--json", "--policy", f"{tmp_path}/p.toml") == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["action"], listed["written"], len(listed["entries"]), listed["diff"]) == ("listed", False, 1, None)
    assert ended("accept", "80/tcp", "--list", "--plain", "--policy", f"{tmp_path}/p.toml") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("owners", "options", "said"),
    [
        ((NGINX,), ("--program", "apache2"), "The entry fits none of the doors on 8080/tcp that are here now."),
        (Unknown(Reason.PERMISSION, "owner"), (), "Not every program that holds 8080/tcp here could be seen"),
        (None, (), "Nothing listens on 8080/tcp here now"),
        ((NGINX,), ("--no-host",), None),
        ((NGINX,), ("--host", "another-*"), None),
    ],
)
def test_what_is_said_of_a_new_entry(
    tmp_path: Path,
    capsys: Capture,
    put_host: Callable[..., None],
    owners: tuple[Owner, ...] | Unknown | None,
    options: tuple[str, ...],
    said: str | None,
) -> None:
    if owners is not None:
        put_host(8080, owners=owners)
    assert ended("accept", "8080/tcp", "--because", "x", "--policy", f"{tmp_path}/p.toml", *options) == 0
    out = " ".join(capsys.readouterr().out.split())
    if said is None:
        assert "here" not in out.replace("where", "")
    else:
        assert said in out


def test_a_malformed_policy_ends_with_four(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "p.toml"
    path.write_text("\nx = '\x1b[2J'\n")
    for command in (("--list",), ("80/tcp", "--because", "x"), ("--undo", "80/tcp")):
        assert ended("accept", *command, "--policy", str(path)) == 4
        assert capsys.readouterr().err.startswith(f"quietport: {path}, line 2: ")


def test_without_policy_nothing_is_in_force(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quietport.policy.locations.standard_files", lambda: ())
    assert ended("accept", "--list", "--lang", "ru") == 0
    assert capsys.readouterr().out == "Ни один файл политики не действует.\n"


def test_a_file_that_is_not_obeyed_is_named_and_not_written(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.toml"
    path.write_text("")
    path.chmod(0o666)
    monkeypatch.setattr("quietport.policy.locations.standard_files", lambda: (str(path),))
    monkeypatch.setattr("quietport.policy.write.SYSTEM_FILE", str(path))
    assert ended("accept", "--list") == 0
    out = "".join(capsys.readouterr().out.split())
    assert "Apolicyfileisnotobeyed,becausesomebodyelsecouldhavewrittenit." in out
    assert str(path) in out
    assert ended("accept", "80/tcp", "--because", "x", "--system") == 4
    assert "would not be obeyed, and is not written" in capsys.readouterr().err
    assert path.read_text() == ""
