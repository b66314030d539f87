"""The container that a control group belongs to, with the name and image that its engine's files give it.

An engine is never asked, and need not run: its files are read where they lie (``engine_file``). Where none can be read
the container is known by its id alone. Root may read them all, a user those of the containers of his own.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct, field

from quietport.host.process.control_group import ControlGroup
from quietport.host.process.engine_file import decode, decode_file, list_names, resolve
from quietport.host.process.users import find_home
from quietport.model.owner import Container

_DOCKER = ("var/lib/docker", "var/snap/docker/common/var-lib-docker")
_DOCKER_OF_USER = ".local/share/docker"
_STORAGE = "var/lib/containers/storage"
_STORAGE_OF_USER = ".local/share/containers/storage"
_CONTAINERD = (
    "run/containerd/io.containerd.runtime.v2.task",
    "run/k3s/containerd/io.containerd.runtime.v2.task",
    "var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task",
)
_RUNC = ("run/runc", "run/crun")
_ID_LETTERS = 64

_CRI = "io.kubernetes.cri."
_LABELS = ("io.kubernetes.pod.namespace", "io.kubernetes.pod.name", "io.kubernetes.container.name")
"""What docker and CRI-O call the three parts of a workload's name."""
_ANNOTATIONS = (f"{_CRI}sandbox-namespace", f"{_CRI}sandbox-name", f"{_CRI}container-name")
"""What containerd calls them."""


class _Names(NamedTuple):
    name: str | None = None
    image: str | None = None


class _DockerSettings(Struct, rename="pascal"):
    image: str = ""
    labels: dict[str, str] | None = None


class _DockerFile(Struct, rename="pascal"):
    """``config.v2.json``."""

    name: str = ""
    config: _DockerSettings = field(default_factory=_DockerSettings)


class _Stored(Struct):
    """One container in ``containers.json`` of containers/storage, which podman and CRI-O share."""

    id: str = ""
    names: list[str] | None = None
    metadata: str = ""


class _Metadata(Struct, rename="kebab"):
    """JSON within that JSON."""

    image_name: str = ""
    name: str = ""


class _Bundle(Struct):
    """``config.json`` of the OCI runtime specification."""

    annotations: dict[str, str] | None = None


class _RuncState(Struct):
    """``state.json`` of runc."""

    cgroup_paths: dict[str, str] | None = None


def find_container(group: ControlGroup, root: str = "/") -> Container | None:
    """Return the container that a control group names, or the one whose engine says that the group is its own.

    ``root`` is where the files of the host lie.
    """
    if group.engine is not None and group.id is not None:
        names = _NAMES[group.engine](group, root) if group.engine in _NAMES else _Names(group.id)
        return Container(group.engine, group.id, names.name, names.image)
    return _find_plain(group, root)


def _find_plain(group: ControlGroup, root: str) -> Container | None:
    """Return the container of a group that is called by the id alone; its engine must know it."""
    leaf = group.leaf
    if leaf is None or leaf == "..":
        return None
    for place in _RUNC:
        state = decode_file(root, f"{place}/{leaf}/state.json", _RuncState)
        if state is not None and _is_among(group.path, state.cgroup_paths or {}):
            return Container("runc", leaf, leaf)
    candidate = group._replace(engine="docker", id=leaf)
    if len(leaf) == _ID_LETTERS:
        names = _docker(candidate, root)
        if names != _Names():
            return Container("docker", leaf, names.name, names.image)
    space = group.path.strip("/").removesuffix(f"/{leaf}")
    found = _bundle(root, [f"{place}/{space}/{leaf}" for place in _CONTAINERD])
    return Container("containerd", leaf, found.name or leaf, found.image) if found is not None else None


def _is_among(path: str, kept: dict[str, str]) -> bool:
    """Tell whether runc keeps a group: ``/sys/fs/cgroup/PATH``, or ``/sys/fs/cgroup/CONTROLLER/PATH`` in version 1."""
    below = [place.removeprefix("/sys/fs/cgroup") for place in kept.values()]
    return any(path in {place, "/" + place[1:].partition("/")[2]} for place in below)


def _docker(group: ControlGroup, root: str) -> _Names:
    for directory, place in ((root, place) for place in _DOCKER):
        names = _docker_file(directory, f"{place}/containers/{group.id}/config.v2.json")
        if names is not None:
            return names
    home = _home(group, root)
    found = _docker_file(home, f"{_DOCKER_OF_USER}/containers/{group.id}/config.v2.json") if home else None
    return found or _Names()


def _docker_file(directory: str, path: str) -> _Names | None:
    found = decode_file(directory, path, _DockerFile)
    if found is None:
        return None
    workload = _workload(found.config.labels, _LABELS)
    return _Names(workload or found.name.removeprefix("/") or None, found.config.image or None)


def _storage(group: ControlGroup, root: str) -> _Names:
    home = _home(group, root)
    places = [(root, _STORAGE), *([(home, _STORAGE_OF_USER)] if home else [])]
    for directory, place in places:
        for driver in ("overlay", "vfs"):
            for stored in decode_file(directory, f"{place}/{driver}-containers/containers.json", list[_Stored]) or ():
                if stored.id == group.id:
                    return _stored_names(stored)
    return _Names()


def _stored_names(stored: _Stored) -> _Names:
    metadata = decode(stored.metadata, _Metadata) or _Metadata()
    name = metadata.name or next(iter(stored.names or ()), "")
    return _Names(_kubelet_name(name) or name or None, metadata.image_name or None)


def _kubelet_name(name: str) -> str | None:
    """Return the workload of ``k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT``, or None."""
    parts = name.split("_")
    if len(parts) != 6 or parts[0] != "k8s":  # noqa: PLR2004 - as above
        return None
    _, container, pod, namespace, *_ = parts
    return f"{namespace}/{pod}/{container}"


def _containerd(group: ControlGroup, root: str) -> _Names:
    places = [f"{place}/{space}/{group.id}" for place in _CONTAINERD for space in list_names(root, place)]
    return _bundle(root, places) or _Names()


def _bundle(root: str, places: list[str]) -> _Names | None:
    """Return the names that the first readable bundle gives its container, or None where there is none."""
    for place in places:
        bundle = decode_file(root, f"{place}/config.json", _Bundle)
        if bundle is not None:
            notes = bundle.annotations or {}
            name = _workload(notes, _ANNOTATIONS) or _workload(notes, _LABELS) or notes.get("nerdctl/name")
            return _Names(name, notes.get(f"{_CRI}image-name") or notes.get("io.kubernetes.cri-o.ImageName"))
    return None


def _workload(labels: dict[str, str] | None, keys: tuple[str, str, str]) -> str | None:
    parts = [(labels or {}).get(key) for key in keys]
    return "/".join(part for part in parts if part) if parts[1] else None


def _kubernetes(group: ControlGroup, root: str) -> _Names:
    """Return what the runtime says of a pod's container, or what the kubelet's logs are called."""
    name = image = None
    for read in (_containerd, _storage, _docker):
        names = read(group, root)
        name, image = name or names.name, image or names.image
        if name is not None:
            break
    return _Names(name or _log_name(group, root), image)


def _log_name(group: ControlGroup, root: str) -> str | None:
    """Return the workload that the kubelet named a log for.

    ``/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log``, ``/var/log/pods/NAMESPACE_POD_UID``.
    """
    ending = f"-{group.id}.log"
    for log in list_names(root, "var/log/containers"):
        parts = log.removesuffix(ending).split("_")
        if log.endswith(ending) and len(parts) == 3:  # noqa: PLR2004 - as above
            return f"{parts[1]}/{parts[0]}/{parts[2]}"
    for log in list_names(root, "var/log/pods"):
        parts = log.split("_")
        if len(parts) == 3 and parts[2] == group.pod:  # noqa: PLR2004 - as above
            return f"{parts[0]}/{parts[1]}"
    return None


def _home(group: ControlGroup, root: str) -> str | None:
    """Return the home of the user below whose manager the group lies, under ``root``."""
    manager = (group.unit or "").partition("/")[0]
    uid = manager.removeprefix("user@").removesuffix(".service")
    if not manager.startswith("user@") or not uid.isdigit():
        return None
    home = find_home(int(uid))
    return resolve(root, home.lstrip("/")) if home else None


_NAMES = {
    "docker": _docker,
    "podman": _storage,
    "containerd": _containerd,
    "cri-o": _storage,
    "kubernetes": _kubernetes,
}
"""Engines that keep names in files; with the others the id is the name that people gave."""
