"""Whether something accepts on a port that is busy and in no table: connect over loopback, say nothing, close."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from typing import TYPE_CHECKING

from quietport.model.cross_view import Answer
from quietport.model.port import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.endpoint import Endpoint

TIMEOUT_S = 0.5
"""For all of them together; loopback answers within microseconds unless something drops it."""
TRIED_AT_MOST = 64
"""Endpoints that are connected to; where there are more, the first ones tell enough."""

_LOOPBACK = {"0.0.0.0": ("127.0.0.1",), "::": ("::1", "127.0.0.1")}  # noqa: S104 - compared with, not bound to


def try_connect(endpoints: Sequence[Endpoint], timeout_s: float = TIMEOUT_S) -> dict[Endpoint, Answer]:
    """Return what came of connecting to each endpoint over loopback; one that is not TCP is not tried.

    One on every address is asked at the loopback address, of both families where it is ``::``.
    Nothing is sent beyond the handshake, and the connection is closed at once.
    """
    tried = [endpoint for endpoint in endpoints if endpoint.port.transport is Transport.TCP][:TRIED_AT_MOST]
    answers = dict.fromkeys(endpoints, Answer.NOT_TRIED) | dict.fromkeys(tried, Answer.NO_ANSWER)
    with selectors.DefaultSelector() as selector:
        try:
            for endpoint in tried:
                for address in _LOOPBACK.get(endpoint.address, (endpoint.address,)):
                    _begin(endpoint, address, selector, answers)
            _collect(selector, answers, time.monotonic() + timeout_s)
        finally:
            for key in tuple(selector.get_map().values()):
                key.data[0].close()
    return answers


def _begin(endpoint: Endpoint, address: str, selector: selectors.BaseSelector, answers: dict[Endpoint, Answer]) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return
    opened.setblocking(False)
    code = opened.connect_ex((address, endpoint.port.number))
    if code == errno.EINPROGRESS:
        selector.register(opened, selectors.EVENT_WRITE, (opened, endpoint))
        return
    opened.close()
    _note(endpoint, code, answers)


def _collect(selector: selectors.BaseSelector, answers: dict[Endpoint, Answer], until: float) -> None:
    while selector.get_map() and (left_s := until - time.monotonic()) > 0:
        for key, _ in selector.select(left_s):
            opened, endpoint = key.data
            selector.unregister(opened)
            code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            opened.close()
            _note(endpoint, code, answers)


def _note(endpoint: Endpoint, code: int, answers: dict[Endpoint, Answer]) -> None:
    if code == 0:
        answers[endpoint] = Answer.ACCEPTED
    elif code == errno.ECONNREFUSED and answers[endpoint] is Answer.NO_ANSWER:
        answers[endpoint] = Answer.REFUSED
