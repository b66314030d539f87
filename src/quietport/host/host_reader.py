"""Which way to look at the host that we run on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quietport.host.view import HostView, Quiet


def read_host(quiet: Quiet | None = None, system: str = sys.platform) -> HostView:
    """Return the listeners of this host, and the established connections from or to ports that ``quiet`` names.

    Raises SurveyError where this system shows no sockets at all.
    """
    if system == "linux":
        from quietport.host.linux import read_listeners  # noqa: PLC0415 - one system, one import

        return read_listeners(quiet)
    from quietport.host.psutil_sockets import read_through_psutil  # noqa: PLC0415 - psutil costs 35 ms

    return read_through_psutil(quiet, system=system)
