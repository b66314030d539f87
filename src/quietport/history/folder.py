"""Where the history is kept: the system's folder for root and the daemon, the user's own for everybody else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FILE = "history.sqlite"
"""Name of the history inside the folder."""

SYSTEM_FOLDER = Path("/var/lib/quietport")
"""Of root and the daemon (Filesystem Hierarchy Standard 3.0, section 5.8)."""

GROUP = "quietport"
"""The group whose members may read the system's history, where there is such a group."""

VARIABLE = "QUIETPORT_STATE"
"""Names another folder."""


def state_folder(environ: dict[str, str] | os._Environ[str] = os.environ, euid: int | None = None) -> Path:
    """Return the folder for state: QUIETPORT_STATE, else root's, else the user's (XDG state).

    Root's files never go to a home, whatever HOME says, as ``sudo`` may leave it at the caller's.
    """
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE])
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", str(Path.home()))) / "quietport"
    if (os.geteuid() if euid is None else euid) == 0:
        return SYSTEM_FOLDER
    given = environ.get("XDG_STATE_HOME", "")
    # "All paths must be absolute": XDG Base Directory Specification 0.8.
    home = Path(given) if os.path.isabs(given) else Path(environ.get("HOME") or Path.home()) / ".local" / "state"  # noqa: PTH117 - one string
    return home / "quietport"


def prepare_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, or for the group too where it is the system's.

    Raises OSError where it cannot be made: PermissionError too where somebody else owns it or may write in it.
    """
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        hand_to_group(folder, folder, 0o750)
    if sys.platform == "win32":
        return
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder}: of another user, or others may write in it; no history is kept there")


def hand_to_group(path: Path, folder: Path, mode: int) -> None:
    """Let the group quietport read a file of the system's folder, where root owns it and there is such a group."""
    if sys.platform == "win32" or folder != SYSTEM_FOLDER or os.geteuid() != 0:
        return
    import grp  # noqa: PLC0415 - only for a file that is made

    try:
        gid = grp.getgrnam(GROUP).gr_gid
    except KeyError:
        return
    os.chown(path, 0, gid)
    path.chmod(mode)
