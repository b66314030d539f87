"""What a control group says of a process: its systemd unit, and the container it runs in.

A service manager and a container engine each put what they start into a control group of its own, and the kernel
tells its path (``man 7 cgroups``, ``/proc/PID/cgroup``). Only those two may write above it, but whoever was given a
part of the tree (``Delegate=``, a container) makes any name below that part. So a path is read from its root down, as
systemd does it (``cg_path_get_unit``): below the first unit no other unit is believed, and below the first container
nothing. A container that is named below a unit is that unit's word.
"""

from __future__ import annotations

from typing import NamedTuple

_ID_LETTERS = 64
_HEX = frozenset("0123456789abcdef")
_UNIT_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.\\@")
_UNIT_MAX = 255  # systemd, src/basic/unit-def.h: UNIT_NAME_MAX
_UNITS = (".service", ".scope", ".socket", ".mount", ".swap")
"""Units that processes can be in; a slice holds units."""
_SCOPES = {
    "docker-": "docker",
    "libpod-": "podman",
    "libpod-payload-": "podman",
    "cri-containerd-": "containerd",
    "nerdctl-": "containerd",
    "crio-": "cri-o",
}
"""How engines begin the name of a container's group; the 64 hexadecimal digits of its id follow."""
_PARENTS = {"docker": "docker", "ecs": "docker"}
"""Groups in which an engine without a prefix of its own makes a container's group."""
_PLAIN_SCOPES = {"runc-": "runc", "crun-": "crun"}
"""Prefixes after which a person chose the id."""
_KEPT = {"name=systemd": 0, "": 1}
"""The hierarchies that systemd keeps its units in, the first choice first; ``""`` is version 2."""
_DELETED = " (deleted)"


class ControlGroup(NamedTuple):
    """What the path of a process's control group says."""

    unit: str | None = None
    """The systemd unit: ``ssh.service``; that of a user's own manager after the manager's, as
    ``user@1000.service/foo.service``, so that it is never taken for the system's."""
    engine: str | None = None
    """The engine that made the container, or None where no container is named."""
    id: str | None = None
    """The container, as its engine calls it."""
    pod: str | None = None
    """The uid of the Kubernetes pod it belongs to."""
    path: str = "/"
    """The path that was read, from the root of the tree that we see."""

    @property
    def leaf(self) -> str | None:
        """Return the last name of a path that ends in no unit, slice or container that we know, or None.

        Engines without a form of their own (``runc run``, ``ctr run``) call a container's group by its id.
        """
        name = self.path.rpartition("/")[2]
        return None if self.engine is not None or name.endswith((".slice", *_UNITS)) else name or None


NOWHERE = ControlGroup()
"""A process of no unit and no container."""


def parse_control_group(text: bytes) -> ControlGroup:
    """Return what the lines of ``/proc/PID/cgroup`` say, version 1, 2 or both at once.

    systemd keeps its units in the hierarchy ``name=systemd`` where there is version 1, else in the only one of
    version 2; an engine may keep its containers in any other, so those are looked through for a container too.
    Malformed lines are passed over.
    """
    lines = _parse_lines(text)
    groups = [parse_path(path) for path, _ in lines]
    unit = next((group.unit for group, (_, kept) in zip(groups, lines, strict=True) if kept and group.unit), None)
    inside = next((group for group in groups if group.engine is not None), None)
    chosen = inside or next((group for group in groups if group.path != "/"), NOWHERE)
    return chosen if chosen.unit == unit else chosen._replace(unit=unit)


def _parse_lines(text: bytes) -> list[tuple[str, bool]]:
    """Return the distinct paths, each with whether systemd keeps its units there; those first."""
    found: dict[str, int] = {}
    for line in text.decode("utf-8", "backslashreplace").split("\n"):
        _, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if colon and path.startswith("/"):
            rank = _KEPT.get(controllers, len(_KEPT))
            found[path] = min(rank, found.get(path, rank))
    order = sorted(found, key=lambda path: found[path])
    return [(path, found[path] < len(_KEPT)) for path in order]


def parse_path(path: str) -> ControlGroup:
    """Return what one path says, from its root down to the first container."""
    path = path.removesuffix(_DELETED)
    parts = [part for part in path.split("/") if part not in {"", ".."}]
    units = _Units()
    pod: str | None = None
    for at, part in enumerate(parts):
        pod = _pod(part) or pod
        container = _container(parts, at, in_pod=pod is not None)
        if container is not None:
            engine, name = container
            return ControlGroup(units.name, "kubernetes" if pod else engine, name, pod, path)
        units.add(part)
    return ControlGroup(units.name, path=path)


class _Units:
    """The unit that a path leads to: the first below the slices, and below a user's manager the first of its own."""

    def __init__(self) -> None:
        self.name: str | None = None
        self._open = True

    def add(self, part: str) -> None:
        """Go one name down."""
        if not self._open or part.endswith(".slice"):
            return
        unit = unit_name(part)
        is_manager = self.name is None and unit is not None and unit.startswith("user@") and unit.endswith(".service")
        self._open = is_manager
        if unit is not None:
            self.name = unit if self.name is None else f"{self.name}/{unit}"


def unit_name(part: str) -> str | None:
    """Return the unit that a group's name stands for, or None where it stands for none.

    A name that the kernel uses itself is kept with ``_`` before it (systemd, src/basic/cgroup-util.c: cg_escape).
    """
    unit = part.removeprefix("_")
    stem, dot, _ = unit.rpartition(".")
    named = stem and dot and unit.endswith(_UNITS) and len(unit) <= _UNIT_MAX and _UNIT_LETTERS.issuperset(unit)
    return unit if named else None


def _container(parts: list[str], at: int, *, in_pod: bool) -> tuple[str, str] | None:
    """Return the engine and id that the name at a place stands for, or None."""
    part = parts[at]
    above, below = parts[at - 1] if at else "", parts[at + 1] if at + 1 < len(parts) else ""
    name = part.removesuffix(".scope")
    prefix, identifier = name[:-_ID_LETTERS], name[-_ID_LETTERS:]
    if len(identifier) == _ID_LETTERS and _HEX.issuperset(identifier):
        engine = _engine(prefix, above, parts[0], in_pod=in_pod)
        if engine is not None:
            return engine, identifier
    return _plain_container(part, name) or _lxc(above, part) or _machine(above, part, below)


def _engine(prefix: str, above: str, top: str, *, in_pod: bool) -> str | None:
    """Return whose container a group is that ends in 64 hexadecimal digits, or None (conmon watches from outside)."""
    if not prefix:
        return "kubernetes" if in_pod else _PARENTS.get(above) or _PARENTS.get(top)
    if prefix.endswith(":"):  # containerd without the systemd driver was given slice:prefix:id
        prefix = prefix[:-1].rpartition(":")[2] + "-"
    return _SCOPES.get(prefix)


def _plain_container(part: str, name: str) -> tuple[str, str] | None:
    if name != part:
        for prefix, engine in _PLAIN_SCOPES.items():
            if name.startswith(prefix) and len(name) > len(prefix):
                return engine, name.removeprefix(prefix)
    return None


def _pod(part: str) -> str | None:
    """Return the uid of the pod that ``pod<uid>`` or ``kubepods-burstable-pod<uid>.slice`` is the group of."""
    name = part.partition(":")[0].removesuffix(".slice")
    if not name.startswith("pod") and "kubepods" not in name:
        return None
    _, word, uid = name.rpartition("pod")
    uid = uid.replace("_", "-")
    uuid_or_hash = {36, 32}  # a static pod is known by an MD5 hash of its manifest
    return uid if word and len(uid) in uuid_or_hash and _HEX.issuperset(uid.replace("-", "")) else None


def _lxc(above: str, part: str) -> tuple[str, str] | None:
    name = part.removeprefix("lxc.payload.")
    if name and name != part:
        return "lxc", name
    return ("lxc", part) if above in {"lxc.payload", "lxc"} else None


def _machine(above: str, part: str, below: str) -> tuple[str, str] | None:
    """Return the machine of systemd-nspawn, or the LXC container of libvirt, that a unit of machine.slice keeps."""
    stem, _, suffix = part.rpartition(".")
    if suffix == "scope" and stem.startswith("machine-"):
        machine = _unescape(stem.removeprefix("machine-"))
        if machine.startswith("lxc-"):
            return "lxc", machine
        inside = below != "supervisor" and not machine.startswith("qemu-")
        return ("systemd-nspawn", machine) if inside else None
    name, at, instance = stem.partition("@")
    kept = name == "systemd-nspawn" or above == "machine.slice"
    inside = below in {"payload", "init.scope"} or below.endswith(".slice")
    if suffix == "service" and at and kept and inside:
        return "systemd-nspawn", _unescape(instance)
    return None


def _unescape(name: str) -> str:
    r"""Return a name as it was before systemd-escape(1): ``\x2d`` is a hyphen, other bytes stay as they are."""
    return name.replace("\\x2d", "-")
