"""Who handed a process its socket: systemd or an inetd, as far as the process and its parent show it.

Environment and unit are not proof: anybody can start a process with LISTEN_PID. Proof is that systemd holds the socket
too, which only who knows all its holders can see (``mark_handed_over``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.process.stat import read_small
from quietport.model.owner import Activation

if TYPE_CHECKING:
    from quietport.model.owner import Owner
    from quietport.model.unknown import Unknown

_INETDS = frozenset(
    {"inetd", "xinetd", "openbsd-inetd", "inetutils-inetd", "rlinetd", "tcpserver", "tcpsvd", "systemd-socket-activate"}
)
"""Programs that take a connection and start another with it as standard input."""
_SYSTEM = ("/usr/", "/bin/", "/sbin/", "/lib/", "/nix/store/", "/gnu/store/")
"""Where such a program is installed: one of that name that lies elsewhere is no inetd."""
_SYSTEMD = "/lib/systemd/systemd"


def is_inetd(parent: str, applet: str | None) -> bool:
    """Tell whether an executable is an inetd; ``applet`` is the name by which a Busybox was called."""
    name = parent.rpartition("/")[2]
    return parent.startswith(_SYSTEM) and (name in _INETDS or (name.startswith("busybox") and applet in _INETDS))


def is_for_connection(parent: str, unit: str | Unknown | None) -> bool:
    """Tell whether systemd started a process for one connection of an ``Accept=yes`` socket.

    With ``StandardInput=socket`` it sets no variable; the instance tells the number of the connection and its two ends,
    as ``ssh@3-10.0.0.1:22-10.0.0.2:40000.service`` (``man 5 systemd.socket``).
    """
    if not parent.endswith(_SYSTEMD) or not parent.startswith(_SYSTEM) or not isinstance(unit, str):
        return False
    name, at, instance = unit.rpartition("/")[2].partition("@")
    number, hyphen, ends = instance.partition("-")
    return bool(name and at and hyphen and number.isdigit() and ends not in {"", ".service"})


def passed_to(pid: int, environ: bytes) -> bool:
    """Tell whether LISTEN_PID and LISTEN_FDS name this very process (``man 3 sd_listen_fds``).

    Its children inherit the variables, and not their meaning.
    """
    count, named = find_variable(environ, b"LISTEN_FDS") or b"", find_variable(environ, b"LISTEN_PID")
    return named == b"%d" % pid and count.isdigit() and count.strip(b"0") != b""


def find_variable(environ: bytes, name: bytes) -> bytes | None:
    """Return the value of a variable in ``/proc/PID/environ``; the first of a name counts, as for getenv(3)."""
    start = (b"\0" + environ).find(b"\0" + name + b"=")
    return environ[start + len(name) + 1 :].partition(b"\0")[0] if start >= 0 else None


def read_inner_pid(proc: str, pid: int) -> int | None:
    """Return the id that a process has in its own pid namespace (``NSpid`` of ``/proc/PID/status``), or None."""
    try:
        lines = read_small(f"{proc}/{pid}/status").split(b"\n")
    except OSError:
        return None
    numbers = next((line.split()[1:] for line in lines if line.startswith(b"NSpid:")), [])
    return int(numbers[-1]) if numbers and numbers[-1].isdigit() else None


def mark_handed_over(owners: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """Return all holders of one socket; where a systemd is among them, the others have it from that systemd."""
    if len(owners) == 1 or not any(map(is_service_manager, owners)):
        return owners
    from msgspec.structs import replace  # noqa: PLC0415 - only where a socket is shared

    return tuple(
        owner if is_service_manager(owner) else replace(owner, activation=Activation.SYSTEMD) for owner in owners
    )


def is_service_manager(owner: Owner) -> bool:
    """Tell whether a process is systemd itself: process 1, or the manager of one user, told by its executable."""
    if owner.pid == 1:
        return owner.program == "systemd"
    return isinstance(owner.executable, str) and owner.executable in {f"/usr{_SYSTEMD}", _SYSTEMD}
