"""Which host this is, so that one history never takes one host's doors for another's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_LETTERS_OF_AN_ID = 32  # `man 5 machine-id`
_OF_THE_HOST = ("1", "2")
# Processes whose namespace is the host's: the first, and where that may not be read the first thread of the kernel.


def read_standpoint(hostname: str, etc: str = "/etc", proc: str = "/proc") -> str:
    """Return the machine id, or the name where there is none, and the network namespace where it is not the host's.

    From inside another namespace (``ip netns exec``) other doors are seen: what is seen there is a host of its own.
    Where this user may read the namespace of none of the first processes, our own is taken for the host's.
    """
    identity = hostname
    with suppress(OSError, ValueError):
        text = Path(etc, "machine-id").read_text("ascii").strip()
        identity = text if len(text) == _LETTERS_OF_AN_ID else hostname
    own = _read_namespace(proc, "self")
    of_the_host = next(filter(None, (_read_namespace(proc, pid) for pid in _OF_THE_HOST)), own)
    return identity if own == of_the_host else f"{identity}/{own}"


def _read_namespace(proc: str, pid: str) -> str | None:
    try:
        return str(Path(proc, pid, "ns", "net").readlink())
    except OSError:
        return None
