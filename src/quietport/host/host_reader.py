"""Which way to look at the host that we run on."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from quietport.model.errors import SurveyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.host.holders import HolderWalk
    from quietport.host.namespace.found import FoundNamespace
    from quietport.host.view import HostView, Quiet, Wanted


def start_reading(system: str = sys.platform, *, with_command: bool = False) -> Callable[[Quiet | None], HostView]:
    """Begin to look at this host, where that takes time, and return what tells of it; to be asked once.

    Whoever has something to import or to open meanwhile waits less. ``with_command`` asks for command lines too.
    """
    if system != "linux":
        return partial(read_host, system=system, with_command=with_command)
    from quietport.host.holders import HolderWalk  # noqa: PLC0415 - one system, one import

    return partial(_read_linux, walk=HolderWalk("/proc", share=True), with_command=with_command)


def _read_linux(
    quiet: Quiet | None, *, walk: HolderWalk | None = None, wanted: Wanted | None = None, with_command: bool
) -> HostView:
    from quietport.host.linux import read_listeners  # noqa: PLC0415 - imported while the walk goes on
    from quietport.host.namespace.surroundings import Surroundings  # noqa: PLC0415

    surroundings = Surroundings("/proc", established=quiet is not None)
    return read_listeners(quiet, walk=walk, wanted=wanted, surroundings=surroundings, with_command=with_command)


def find_namespace(name: str | None, pid: int | None, system: str = sys.platform) -> FoundNamespace:
    """Return the network namespace of a name or of a process.

    Raises UsageError where there is none or this system has no namespaces, SurveyError where it may not be seen.
    """
    if system != "linux":
        raise UsageError("only Linux has network namespaces")
    from quietport.host.namespace.found import find_by_name, find_by_pid  # noqa: PLC0415 - one system, one import

    try:
        found = find_by_pid(pid) if name is None and pid is not None else find_by_name(name or "")
    except PermissionError as error:
        raise SurveyError(f"the namespace of process {pid} may not be seen: {error.strerror}; ask as root") from error
    if found is None:
        missing = f"there is no process {pid}" if name is None else f"no network namespace goes by the name {name!r}"
        raise UsageError(f"{missing}; 'ip netns' and 'lsns -t net' list what there is")
    return found


def read_host(
    quiet: Quiet | None = None,
    system: str = sys.platform,
    wanted: Wanted | None = None,
    *,
    with_command: bool = False,
) -> HostView:
    """Return the listeners of this host, and the established connections from or to ports that ``quiet`` names.

    Where only some ports are ``wanted`` others may be left out: on Linux that saves looking for their owners.
    ``with_command`` asks for the command lines of owners, secrets masked.
    Raises SurveyError where this system shows no sockets at all.
    """
    if system == "linux":
        return _read_linux(quiet, wanted=wanted, with_command=with_command)
    from quietport.host.psutil_sockets import read_through_psutil  # noqa: PLC0415 - psutil costs 35 ms

    return read_through_psutil(quiet, system=system, with_command=with_command)
