"""Which way to look at the host that we run on."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.host.view import HostView, Quiet, Wanted


def start_reading(system: str = sys.platform) -> Callable[[Quiet | None], HostView]:
    """Begin to look at this host, where that takes time, and return what tells of it; to be asked once.

    Whoever has something to import or to open meanwhile waits less.
    """
    if system != "linux":
        return partial(read_host, system=system)
    from quietport.host.holders import HolderWalk  # noqa: PLC0415 - one system, one import

    walk = HolderWalk("/proc", share=True)

    def read(quiet: Quiet | None) -> HostView:
        from quietport.host.linux import read_listeners  # noqa: PLC0415 - imported while the walk goes on
        from quietport.host.namespace.surroundings import Surroundings  # noqa: PLC0415

        surroundings = Surroundings("/proc", established=quiet is not None)
        return read_listeners(quiet, walk=walk, surroundings=surroundings)

    return read


def read_host(quiet: Quiet | None = None, system: str = sys.platform, wanted: Wanted | None = None) -> HostView:
    """Return the listeners of this host, and the established connections from or to ports that ``quiet`` names.

    Where only some ports are ``wanted`` others may be left out: on Linux that saves looking for their owners.
    Raises SurveyError where this system shows no sockets at all.
    """
    if system == "linux":
        from quietport.host.linux import read_listeners  # noqa: PLC0415 - one system, one import
        from quietport.host.namespace.surroundings import Surroundings  # noqa: PLC0415

        surroundings = Surroundings("/proc", established=quiet is not None)
        return read_listeners(quiet, wanted=wanted, surroundings=surroundings)
    from quietport.host.psutil_sockets import read_through_psutil  # noqa: PLC0415 - psutil costs 35 ms

    return read_through_psutil(quiet, system=system)
