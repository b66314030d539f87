"""The package databases below one root, asked together.

A reader takes an open root and the paths that are asked about, and returns what its database says of each; it
raises FileNotFoundError where its database is not there. A root may hold more than one: what one does not know,
the next is asked. Where there is none that is understood (Arch's, Gentoo's, an image without any), no package
is not what was found: it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.host.package.database_root import DatabaseRoot

Found = Package | Unknown | None
"""The package of a file; None where no package owns it; or why that is not known."""


def find_in_root(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    """Return the package of each path below a root, as all databases there tell."""
    found: dict[str, Found] = {}
    left = list(dict.fromkeys(paths))
    for manager, places, read in _READERS:
        if not left:
            break
        if not any(map(root.holds, places)):
            continue
        for path, package in _ask(manager, read, root, left).items():
            if not isinstance(found.get(path), Unknown) or isinstance(package, Package):
                found[path] = package
        left = [path for path in left if not isinstance(found.get(path), Package)]
    no_database = Unknown(Reason.NOT_SUPPORTED, "package database")
    return {path: found.get(path, no_database) for path in paths}


def _ask(
    manager: str, read: Callable[[DatabaseRoot, Sequence[str]], dict[str, Found]], root: DatabaseRoot, paths: list[str]
) -> dict[str, Found]:
    try:
        return read(root, paths)
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.NOT_SUPPORTED
        return dict.fromkeys(paths, Unknown(reason, f"{manager} database"))


def _read_dpkg(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    from quietport.host.package.dpkg import find_packages  # noqa: PLC0415 - one system, one import

    return find_packages(root, paths)


def _read_distroless(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    from quietport.host.package.distroless import find_packages  # noqa: PLC0415 - one system, one import

    return find_packages(root, paths)


def _read_rpm(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    from quietport.host.package.rpm import find_packages  # noqa: PLC0415 - one system, one import

    return find_packages(root, paths)


def _read_apk(root: DatabaseRoot, paths: Sequence[str]) -> dict[str, Found]:
    from quietport.host.package.apk import find_packages  # noqa: PLC0415 - one system, one import

    return find_packages(root, paths)


_READERS = (
    ("dpkg", ("var/lib/dpkg/info",), _read_dpkg),
    ("dpkg", ("var/lib/dpkg/status.d",), _read_distroless),
    ("rpm", ("usr/lib/sysimage/rpm", "var/lib/rpm"), _read_rpm),
    ("apk", ("lib/apk/db/installed", "usr/lib/apk/db/installed"), _read_apk),
)
"""Name, where its database lies, and what reads it."""
