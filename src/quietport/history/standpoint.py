"""Which host this is, so that one history never takes one host's doors for another's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_LETTERS_OF_AN_ID = 32  # `man 5 machine-id`


def read_standpoint(hostname: str, etc: str = "/etc", proc: str = "/proc") -> str:
    """Return the machine id, or the name where there is none, and the network namespace where it is not the host's.

    From inside another namespace (``ip netns exec``) other doors are seen: what is seen there is a host of its own.
    The namespace of process 1 tells, where this user may read it.
    """
    identity = hostname
    with suppress(OSError, ValueError):
        text = Path(etc, "machine-id").read_text("ascii").strip()
        identity = text if len(text) == _LETTERS_OF_AN_ID else hostname
    with suppress(OSError):
        own, first = (Path(proc, pid, "ns", "net").readlink() for pid in ("self", "1"))
        if own != first:
            return f"{identity}/{own}"
    return identity
