"""Which policy files are in force, and which are named because they are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quietport.model.errors import PolicyError
from quietport.model.unknown import Reason, Unseen
from quietport.policy import locations
from quietport.policy.locations import read_policy, standard_files, user_file

ROOT = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files to others")
ENTRY = '[[accept]]\nport = "{}/tcp"\nbecause = "{}"\n'
OTHER = 65534


def put(path: Path, number: int = 80, because: str = "x") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ENTRY.format(number, because), "utf-8")
    path.chmod(0o644)
    return str(path)


@pytest.mark.parametrize(
    ("environ", "file"),
    [
        ({"HOME": "/home/kim"}, "/home/kim/.config/quietport/quietport.toml"),
        ({"HOME": "/home/kim", "XDG_CONFIG_HOME": "/cfg"}, "/cfg/quietport/quietport.toml"),
        ({"HOME": "/home/kim", "XDG_CONFIG_HOME": "cfg"}, "/home/kim/.config/quietport/quietport.toml"),
        ({"HOME": "/home/kim", "XDG_CONFIG_HOME": "."}, "/home/kim/.config/quietport/quietport.toml"),
        ({"HOME": "."}, None),
        ({}, None),
    ],
)
def test_the_users_file_is_never_one_of_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], file: str | None
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_file(environ) == file
    assert standard_files(environ) == (("/etc/quietport/quietport.toml",) + ((file,) if file else ()))


def test_on_windows_only_the_users_own_unless_elevated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    environ = {"APPDATA": "C:\\Users\\kim\\AppData\\Roaming"}
    monkeypatch.setattr(locations, "_is_elevated", lambda: False)
    assert standard_files(environ) == ("C:\\Users\\kim\\AppData\\Roaming\\quietport\\quietport.toml",)
    assert standard_files({}) == ()
    monkeypatch.setattr(locations, "_is_elevated", lambda: True)
    assert standard_files(environ) == ()


def test_system_before_user_and_what_is_not_there_is_no_matter(trusted: Path) -> None:
    system, user = put(trusted / "etc" / "p.toml", 80), put(trusted / "home" / "p.toml", 81)
    policy = read_policy(files=(system, f"{trusted}/missing/p.toml", f"{user}/p.toml", user))
    assert policy.files == (system, user)
    assert [(entry.file, entry.ports.first) for entry in policy.declarations] == [(system, 80), (user, 81)]
    assert policy.unseen == ()


def test_where_there_is_none_nothing_is_declared(trusted: Path) -> None:
    policy = read_policy(files=(f"{trusted}/none.toml",))
    assert (policy.declarations, policy.files, policy.unseen) == ((), (), ())


@ROOT
def test_what_others_could_have_written_is_named_and_not_obeyed_nor_parsed(trusted: Path) -> None:
    system, user = put(trusted / "etc" / "p.toml"), trusted / "home" / "p.toml"
    put(user)
    user.write_text("this is no TOML")
    os.chown(user, OTHER, OTHER)
    policy = read_policy(files=(system, str(user)))
    assert policy.files == (system,)
    assert policy.unseen == (
        Unseen(
            "unseen.policy-refused",
            Reason.NOT_LOOKED,
            "remedy.policy-trust",
            None,
            f"{user} belongs to user {OTHER}",
        ),
    )


@ROOT
def test_of_a_folder_on_the_way_it_is_said_for_which_file(trusted: Path) -> None:
    path = put(trusted / "etc" / "p.toml")
    (trusted / "etc").chmod(0o777)
    (unseen,) = read_policy(files=(path,)).unseen
    assert unseen.detail == f"{path}: {trusted}/etc can be written by others (mode 0777)"


@ROOT
def test_the_named_file_is_obeyed_whoever_wrote_it_and_instead_of_all_others(trusted: Path) -> None:
    named = put(trusted / "named.toml", 90)
    os.chown(named, OTHER, OTHER)
    policy = read_policy(named, files=(put(trusted / "etc" / "p.toml"),))
    assert policy.files == (named,)
    assert [entry.ports.first for entry in policy.declarations] == [90]


@ROOT
def test_a_file_that_this_user_may_not_read_is_named(trusted: Path) -> None:
    """Asked in a process of its own, because root may read anything."""
    trusted.chmod(0o755)
    secret = Path(put(trusted / "etc" / "p.toml"))
    secret.chmod(0o600)
    code = (
        "import os\n"
        "import quietport.policy.trust\n"
        "from quietport.policy.locations import read_policy\n"
        f"os.setgroups([]); os.setgid({OTHER}); os.setuid({OTHER})\n"
        f"policy = read_policy(files=({str(secret)!r},))\n"
        "print(policy.files, [(u.what, str(u.reason), u.detail) for u in policy.unseen])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = [("unseen.policy-unreadable", "permission", f"{secret}: Permission denied")]
    assert ran.stdout == f"() {expected}\n"


def test_a_malformed_file_is_an_error_never_passed_over(trusted: Path) -> None:
    path = trusted / "p.toml"
    path.write_bytes(b"# x\n# \xff\n")
    path.chmod(0o644)
    with pytest.raises(PolicyError) as caught:
        read_policy(files=(str(path),))
    assert str(caught.value) == f"{path}, line 2: is not UTF-8"
    path.write_text("[[accept]]\n")
    with pytest.raises(PolicyError, match="port: is missing"):
        read_policy(files=(str(path),))


def test_a_named_file_that_cannot_be_read_is_an_error(trusted: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(f"{trusted}/none.toml")
    assert str(caught.value) == f"{trusted}/none.toml: cannot be read: No such file or directory"
    with pytest.raises(PolicyError, match="is no name that a file could have"):
        read_policy("a\0b")
    with pytest.raises(PolicyError, match="Is a directory"):
        read_policy(str(trusted))


def test_a_named_file_may_be_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, ENTRY.format(80, "x").encode())
    os.close(writing)
    try:
        assert [entry.ports.first for entry in read_policy(f"/dev/fd/{reading}").declarations] == [80]
    finally:
        os.close(reading)


def test_too_much_is_no_policy(trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "MAX_BYTES", 20)
    with pytest.raises(PolicyError, match="has more than 20 bytes, and cannot be a policy"):
        read_policy(put(trusted / "p.toml"))
