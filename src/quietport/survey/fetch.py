"""One conditional HTTP request: the only place where quietport asks the network for data."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from msgspec import Struct

from quietport import __version__
from quietport.model.errors import DataError, UsageError

TIMEOUT_S = 30
"""Seconds of silence after which the server is given up."""

MAX_BYTES = 64 * 1024 * 1024
"""IANA's CSV has about 1.2 MB; more than this is not the registry."""

NOT_MODIFIED = 304


class Answer(Struct, frozen=True):
    """What a server sent."""

    content: bytes
    """The body."""
    etag: str | None
    """Its ETag header."""
    last_modified: str | None
    """Its Last-Modified header."""


def fetch(url: str, etag: str | None, last_modified: str | None) -> Answer | None:
    """Return what is at an address, or None where the server says it has not changed (RFC 9110, 13.1).

    Raises DataError where the server cannot be reached, refuses, or sends too much or too little.
    """
    if not _is_http(url):
        message = f"{url!r} is no http or https address"
        raise UsageError(message)
    headers = {"User-Agent": f"quietport/{__version__}", "Accept": "text/csv, application/xml, text/xml"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
            content = response.read(MAX_BYTES + 1)
            expected = response.headers.get("Content-Length")
            found = Answer(content, response.headers.get("ETag"), response.headers.get("Last-Modified"))
            landed = response.url
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == NOT_MODIFIED:
            return None
        message = f"{url}: the server answered {error.code} {error.reason}; the registry in force is unchanged"
        raise DataError(message) from error
    except (OSError, http.client.HTTPException, ValueError, OverflowError) as error:
        # ValueError and OverflowError: an address with a host or port that is none.
        why = getattr(error, "reason", error) or type(error).__name__
        message = f"{url}: {why}; the registry in force is unchanged"
        raise DataError(message) from error
    if not _is_http(landed):
        message = f"{url}: the server sent us on to {landed!r}, which is not asked; the registry in force is unchanged"
        raise DataError(message)
    if len(content) > MAX_BYTES or (expected and expected.isdigit() and int(expected) != len(content)):
        message = f"{url}: {len(content)} bytes are not what was announced; the registry in force is unchanged"
        raise DataError(message)
    return found


def _is_http(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False
