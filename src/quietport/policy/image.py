"""Names of container images, as engines spell them (distribution reference grammar)."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

DEFAULT_REGISTRY = "docker.io"
"""Where an image comes from whose name begins with no registry."""


class ImageName(Struct, frozen=True):
    """An image's name in full."""

    repository: str
    """Registry and path, as ``docker.io/library/nginx``."""
    tag: str | None
    """The tag; None where none was named."""
    digest: str | None
    """As ``sha256:…``; None where none was named."""


@lru_cache(maxsize=1024)
def parse_image(text: str) -> ImageName:
    """Return the parts of an image's name: ``nginx`` and ``docker.io/library/nginx`` are the same one.

    ``evil.example/nginx`` is another. Any text has parts; nothing is raised.
    """
    name, _, digest = text.partition("@")
    head, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    repository = f"{head}{slash}{last}"
    first = repository.partition("/")[0]
    if "/" not in repository:
        repository = f"{DEFAULT_REGISTRY}/library/{repository}"
    elif not ("." in first or ":" in first or first == "localhost"):
        repository = f"{DEFAULT_REGISTRY}/{repository}"
    return ImageName(repository, tag if colon else None, digest or None)


def is_same_image(declared: str, seen: str) -> bool:
    """Tell whether an image is the declared one: registry and path exactly; tag and digest where they are declared."""
    if declared == seen:
        return True
    wanted, found = parse_image(declared), parse_image(seen)
    if wanted.repository != found.repository:
        return False
    if wanted.digest is not None and wanted.digest != found.digest:
        return False
    # Without tag and digest an engine takes "latest".
    tag = found.tag if found.tag or found.digest else "latest"
    return wanted.tag is None or wanted.tag == tag
