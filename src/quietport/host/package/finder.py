"""Which package each owner's executable came from: of all owners of a look at once, each database read once.

An executable that we see ourselves is judged by the databases of our own root. One that lies elsewhere, in a
container or a directory that a process was confined to, by those of its own root: a claim, since whoever
made that can have written anything there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.package.database import Found, find_in_root
from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.process_root import OwnFiles, ProcessRoots
from quietport.model.owner import ExecutableFile
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from quietport.model.owner import Owner


def find_packages(owners: Iterable[Owner], proc: str = "/proc", root: str = "/") -> dict[int, Found]:
    """Return the package of each owner's executable by its pid; None for one that no package owns."""
    found: dict[int, Found] = {}
    here: dict[int, str] = {}
    elsewhere: dict[int, OwnFiles] = {}
    roots = ProcessRoots(proc)
    for owner in owners:
        path = owner.executable
        if not isinstance(path, str) or owner.file is ExecutableFile.MEMORY:
            found[owner.pid] = _without_path(owner)
            continue
        files = roots.find_own_files(owner.pid, path)
        if files is None:
            here[owner.pid] = path
        elif isinstance(files, Unknown):
            found[owner.pid] = files
        else:
            elsewhere[owner.pid] = files
    packages = find_here(root, set(here.values()))
    for pid, path in here.items():
        found[pid] = packages[path]
        confined = roots.find_other_root(pid, path) if found[pid] is None else None
        if confined is not None:
            elsewhere[pid] = confined
    found.update(_find_elsewhere(proc, elsewhere))
    return found


def find_here(root: str, paths: Collection[str]) -> dict[str, Found]:
    """Return the package of each file of this host, whose root may be another directory than ``/``."""
    found: dict[str, Found] = {}
    for path in paths:
        if path.startswith(("/snap/", "/nix/")):
            from quietport.host.package.path import find_in_path  # noqa: PLC0415 - hosts with snap or nix only

            package = find_in_path(root, path)
            if package is not None:
                found[path] = package
    wanted = sorted(set(paths) - found.keys())
    if not wanted:
        return found
    try:
        with DatabaseRoot(root, is_claim=False) as opened:
            return found | find_in_root(opened, wanted)
    except OSError as error:
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.NOT_SUPPORTED
        return found | dict.fromkeys(wanted, Unknown(reason, "root directory"))


def _find_elsewhere(proc: str, files: dict[int, OwnFiles]) -> dict[int, Found]:
    """Return what the root of each process claims; processes of one container are asked about together."""
    if not files:
        return {}
    from quietport.host.package.claim import Question, find_claims  # noqa: PLC0415 - a host without containers

    containers: dict[tuple[str, str], list[int]] = {}
    for pid, own in files.items():
        containers.setdefault((own.namespace, own.root), []).append(pid)
    questions = [
        Question(f"{proc}/{pids[0]}/root", tuple(sorted({files[pid].path for pid in pids})))
        for pids in containers.values()
    ]
    answers = find_claims(questions)
    return {
        pid: answer[files[pid].path] for pids, answer in zip(containers.values(), answers, strict=True) for pid in pids
    }


def _without_path(owner: Owner) -> Found:
    """Return what there is to say of a kernel thread, a file that only is in memory, or one that is not known."""
    if isinstance(owner.executable, Unknown):
        return Unknown(owner.executable.reason, f"package of process {owner.pid}")
    return None
