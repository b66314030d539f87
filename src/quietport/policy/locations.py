"""Which policy files are in force: the system's, then the user's; or the one that was named, instead of both.

Never one that only lies in the working directory. A file that somebody else could have written is not obeyed by root
(see ``trust``), and is named. On Windows who may write a file is not told by its mode: an elevated process obeys
only the file that was named, anybody else their own.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from quietport.model.errors import PolicyError
from quietport.model.unknown import Reason, Unseen
from quietport.policy.policy import NO_POLICY, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quietport.model.declaration import Declaration

NAME = "quietport.toml"
"""The name that a policy file has."""

SYSTEM_FILE = f"/etc/quietport/{NAME}"
"""The system's policy, on Linux, macOS and the like (Filesystem Hierarchy Standard 3.0, section 3.7)."""

MAX_BYTES = 8 * 1024 * 1024
"""More than this is no policy."""


def current_user() -> int | None:
    """Return the effective user id, or None where the system has none."""
    if sys.platform == "win32":
        return None
    return os.geteuid()


def user_file(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the user's policy file, whether there is one or not; None where the user has no home.

    A relative XDG_CONFIG_HOME would lead into the working directory, and is not heeded (XDG Base Directory 0.8).
    """
    if sys.platform == "win32":
        folder = environ.get("APPDATA", "")
        return f"{folder}\\quietport\\{NAME}" if folder else None
    folder = environ.get("XDG_CONFIG_HOME", "")
    if not folder.startswith("/"):
        home = environ.get("HOME", "")
        folder = f"{home}/.config" if home.startswith("/") else ""
    return f"{folder}/quietport/{NAME}" if folder else None


def standard_files(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the files that would be in force: the system's, then the user's."""
    user = user_file(environ)
    if sys.platform == "win32":
        return () if user is None or _is_elevated() else (user,)
    return (SYSTEM_FILE,) if user is None else (SYSTEM_FILE, user)


def _is_elevated() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415 - one system

    return bool(ctypes.windll.shell32.IsUserAnAdmin())


def read_policy(named: str | None = None, files: tuple[str, ...] | None = None, uid: int | None = None) -> Policy:
    """Return the policy in force: of the file that was named, else of the standard ones that are there.

    ``files`` and ``uid`` stand in for the standard files and the user in tests. Raises PolicyError where a file
    that should be obeyed is malformed, or the one that was named cannot be read.
    """
    if named is not None:
        return _policy([(named, _read_named(named))], ())
    uid = current_user() if uid is None else uid
    texts: list[tuple[str, bytes]] = []
    unseen: list[Unseen] = []
    for file in standard_files() if files is None else files:
        try:
            why = None if uid is None else _distrust(file, uid)
            if why is None:
                texts.append((file, _read(file)))
            else:
                unseen.append(Unseen("unseen.policy-refused", Reason.NOT_LOOKED, "remedy.policy-trust", None, why))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            detail = f"{file}: {error.strerror}"
            unseen.append(Unseen("unseen.policy-unreadable", Reason.PERMISSION, "remedy.policy-readable", None, detail))
    return _policy(texts, tuple(unseen)) if texts or unseen else NO_POLICY


def _distrust(file: str, uid: int) -> str | None:
    os.lstat(file)  # Most hosts have no policy: that is seen before anything is imported.
    from quietport.policy.trust import find_distrust  # noqa: PLC0415

    why = find_distrust(file, uid)
    return why if why is None or why.startswith(f"{file} ") else f"{file}: {why}"


def _read_named(file: str) -> bytes:
    """Return the content of the file that somebody named; it may be a pipe, ``--policy <(…)``."""
    try:
        return _read(file)
    except OSError as error:
        raise PolicyError(file, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise PolicyError(file, "is no name that a file could have") from error


def _read(file: str) -> bytes:
    with open(file, "rb") as opened:  # noqa: PTH123 - it is a string
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PolicyError(file, f"has more than {MAX_BYTES} bytes, and cannot be a policy")
    return content


def _policy(texts: list[tuple[str, bytes]], unseen: tuple[Unseen, ...]) -> Policy:
    declarations: list[Declaration] = []
    if texts:
        from quietport.policy.policy_file import parse_policy  # noqa: PLC0415 - tomllib costs 10 ms

        for file, content in texts:
            declarations += parse_policy(decode(content, file), file)
    return Policy(declarations, tuple(file for file, _ in texts), unseen)


def decode(content: bytes, file: str) -> str:
    """Return the text of a policy file; PolicyError names the line where it is no UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{file}, line {line}", "is not UTF-8") from error
