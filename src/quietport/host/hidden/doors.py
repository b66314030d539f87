"""The doors of a cross-view: what is hidden, or in one table alone, among the listeners that are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.model.endpoint import Endpoint
from quietport.model.listener import Listener, ListenerRun, ListenerState, run_of
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quietport.model.cross_view import CrossView, HiddenPort, Mismatch
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner

NO_SOCKET = Unknown(Reason.NOT_SUPPORTED, "owner of a port without a socket in any table")
"""Who holds a hidden port: processes are found by the inode of their socket, and there is none to look for."""
NOT_LOOKED = Unknown(Reason.NOT_LOOKED, "owner")
"""Who holds a socket that only one table lists, where nobody asked."""


def mark_doors(
    runs: Iterable[ListenerRun],
    view: CrossView,
    owners_of: Callable[[int], tuple[Owner, ...] | Unknown] = lambda _: NOT_LOOKED,
    namespace: NetworkNamespace | Unknown = NO_NAMESPACE,
) -> tuple[ListenerRun, ...]:
    """Return the listeners with those of a mismatch marked as such, and the other doors of the view added.

    A listener that only one table lists stands once, as MISMATCH; so does the near end of connections that one
    table leaves out, unless such a listener stands on their port. ``owners_of`` finds holders by inode.
    Listeners of other namespaces stay as they are.
    """
    if not view.ports:
        return tuple(runs)
    marked = {one.local: one for one in view.mismatches if one.listens}
    doors = [part for run in runs for part in _marked(run, marked)]
    doors += [run_of(_mismatched(one, owners_of, namespace)) for one in _doors_left(view, marked.values())]
    doors += [run_of(_hidden(one, namespace)) for one in view.hidden]
    return tuple(doors)


def _marked(run: ListenerRun, marked: dict[Endpoint, Mismatch]) -> Iterator[ListenerRun]:
    """Yield a run in one or two parts; what is marked here is taken out of ``marked``."""
    is_own = isinstance(run.namespace, Unknown) or run.namespace.is_own
    places = {Endpoint(run.address, Port(number, run.transport)) for number in run.numbers} & marked.keys()
    if not is_own or not places:
        yield run
        return
    for place in places:
        del marked[place]
    numbers = {place.port.number for place in places}
    yield replace(run, state=ListenerState.MISMATCH, numbers=tuple(sorted(numbers)))
    if others := tuple(number for number in run.numbers if number not in numbers):
        yield replace(run, numbers=others)


def _doors_left(view: CrossView, left: Iterable[Mismatch]) -> list[Mismatch]:
    """Return those that are doors of their own: of many connections with one near end only the first."""
    ports = {one.local.port for one in view.mismatches if one.listens}
    near_ends = {one.local: one for one in reversed(view.mismatches) if one.local.port not in ports}
    return [*left, *near_ends.values()]


def _mismatched(
    one: Mismatch, owners_of: Callable[[int], tuple[Owner, ...] | Unknown], namespace: NetworkNamespace | Unknown
) -> Listener:
    return Listener(
        endpoint=one.local,
        family=one.family,
        state=ListenerState.MISMATCH,
        interface=None,
        uid=one.uid,
        sockets=int(bool(one.inode)),
        owners=owners_of(one.inode),
        namespace=namespace,
    )


def _hidden(one: HiddenPort, namespace: NetworkNamespace | Unknown) -> Listener:
    return Listener(
        endpoint=one.endpoint,
        family=one.family,
        state=ListenerState.HIDDEN,
        interface=None,
        uid=Unknown(Reason.NOT_SUPPORTED, "user of a port without a socket in any table"),
        sockets=0,
        owners=NO_SOCKET,
        namespace=namespace,
    )
