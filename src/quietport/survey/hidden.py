"""``check --hidden``: a host reader that also binds to every port, and shows what no table lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.host.hidden.doors import mark_doors
from quietport.host.hidden.ports import find_hidden
from quietport.host.linux import find_owners, read_namespace
from quietport.model.errors import UsageError
from quietport.model.unknown import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.host.view import HostView, Quiet
    from quietport.model.cross_view import CrossView
    from quietport.survey.check import HostReader


def with_hidden(
    read_host: HostReader, system: str, tell: Callable[[float], None], find: Callable[..., CrossView] = find_hidden
) -> HostReader:
    """Return a reader of the same host that looks for hidden ports too; ``tell`` is told of the progress, 0 to 1.

    Raises UsageError on another system than Linux.
    """
    if system != "linux":
        message = "--hidden compares the tables of Linux with what a bind says; this system has no such tables"
        raise UsageError(message)

    def read(quiet: Quiet) -> HostView:
        view = read_host(quiet)
        cross = find(tell=tell)
        runs = mark_doors(view.runs, cross, find_owners, read_namespace("/proc"))
        coverage = Coverage((*view.coverage.unseen, *cross.coverage.unseen))
        return replace(view, runs=runs, coverage=coverage, cross_view=cross)

    return read
