"""Replace a policy file whole or not at all, one writer at a time.

The new text is written beside the file, forced to the disk and put in its place by rename(2): whoever reads, or is
killed, meets the old file or the new one. Writers wait for each other at a lock beside it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.model.errors import PolicyError
from quietport.policy.locations import MAX_BYTES, SYSTEM_FILE, current_user, decode, user_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 10.0
"""How long to wait for another writer."""

_PAUSE_S = 0.02

_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def target_file(named: str | None, *, system: bool) -> str:
    """Return the file to write: the one named, else the system's for root or where asked for, else the user's."""
    if named is not None:
        return named
    uid = current_user()
    if uid is not None and (system or uid == 0):
        return SYSTEM_FILE
    user = user_file()
    if system or user is None:
        raise PolicyError("policy", "there is no such place on this system; name a file with --policy FILE")
    return user


def mode_of(file: str) -> int | None:
    """Return the mode that a new policy file gets: the user's is for them alone, the system's for all to read.

    None for any other, which gets what the umask leaves, as from any editor.
    """
    return {user_file(): 0o600, SYSTEM_FILE: 0o644}.get(file)


def rewrite(file: str, edit: Callable[[str], str], mode: int | None) -> tuple[str, str]:
    """Put what a function makes of a policy's text in its place; return the text before and after.

    The function is given an empty text where there is no file yet; folder and file are then made, for those who may
    read it by its ``mode``. Raises PolicyError where somebody else could lead the write astray, and where the file
    cannot be written.
    """
    try:
        real = _real_file(file)
        if not real.parent.is_dir():
            _make_folder(real.parent, mode)
        with _lock(real):
            before = read_text(real)
            after = edit(before)
            if after != before:
                _replace(real, after.encode("utf-8"), mode)
    except OSError as error:
        raise PolicyError(file, f"cannot be written: {error.strerror}") from error
    return before, after


def _make_folder(folder: Path, mode: int | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if mode is not None:
        # Who may read the file may enter its folder, whatever the umask.
        folder.chmod(mode | (mode & 0o444) >> 2)


def read_text(file: Path) -> str:
    """Return the text of a policy file, line ends as they are; empty where there is none."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    if len(content) > MAX_BYTES:
        raise PolicyError(str(file), f"has more than {MAX_BYTES} bytes, and cannot be a policy")
    return decode(content, str(file))


def _real_file(file: str) -> Path:
    """Return where a path leads; a link on the way is followed only where this user or root made it."""
    uid = current_user()
    if uid is not None:
        _refuse_strange_links(file, uid)
    real = Path(file).resolve()
    if real.exists() and not real.is_file():
        raise PolicyError(file, "is no regular file")
    return real


def _refuse_strange_links(file: str, uid: int) -> None:
    from quietport.policy.trust import steps_to  # noqa: PLC0415 - not for Windows

    with contextlib.suppress(FileNotFoundError):
        for step in steps_to(file):
            found = os.lstat(step)
            if stat.S_ISLNK(found.st_mode) and found.st_uid not in {0, uid}:
                raise PolicyError(file, f"is not written: the link {step} belongs to user {found.st_uid}")


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    path = file.with_name(f".{file.name}.lock")
    until = time.monotonic() + WAIT_S
    while (descriptor := _find_lock(path)) is None:
        if time.monotonic() > until:
            raise PolicyError(str(file), "is being written by another process; ask again")
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        if sys.platform != "win32":
            # Still ours: whoever waits sees that the name no longer leads to the file they hold, and begins anew.
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _find_lock(path: Path) -> int | None:
    """Return an open lock that is held and that the name leads to, or None where another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
    if _take(descriptor):
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
    os.close(descriptor)
    return None


def _take(descriptor: int) -> bool:
    """Take a lock, which ends with the descriptor; False where another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - one system

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - one system

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _replace(file: Path, content: bytes, mode: int | None) -> None:
    made = file.with_name(f".{file.name}.new")
    # What a writer left that was killed: the lock is ours, so nobody else is at it.
    made.unlink(missing_ok=True)
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666 if mode is None else mode)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            _keep_owner_and_mode(file, descriptor, mode)
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
        made.replace(file)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    _sync_folder(file.parent)


def _keep_owner_and_mode(file: Path, descriptor: int, mode: int | None) -> None:
    """Give the new file what the old one has; a first one gets its mode whatever the umask."""
    if sys.platform == "win32":
        return
    if file.exists():
        old = file.stat()
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        mode = stat.S_IMODE(old.st_mode)
    if mode is not None:
        os.fchmod(descriptor, mode)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
