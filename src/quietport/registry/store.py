"""Where snapshots are kept: the one inside the package, and the one that ``registry update`` wrote."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from quietport.registry.snapshot import SHIPPED

FILE = "registry.sqlite"


def update_folder(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """Return the folder for updated snapshots: the system's for root, else the user's (XDG data)."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", str(Path.home()))) / "quietport"
    if os.geteuid() == 0:
        return Path("/var/lib/quietport")
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "quietport"


def updated_snapshot() -> Path:
    """Return where ``registry update`` keeps its snapshot, whether there is one or not."""
    return update_folder() / FILE


def current_snapshot() -> Path:
    """Return the snapshot in force: the updated one where there is one, else the one in the package."""
    updated = updated_snapshot()
    return updated if updated.is_file() else SHIPPED
