"""Names and images from the files that engines keep, in the form that each writes them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from quietport.host.process import containers
from quietport.host.process.containers import find_container
from quietport.host.process.control_group import parse_path
from quietport.model.owner import Container

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="container engines of Linux")

ID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
OTHER = "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
POD = "87a18a64-b74a-454a-b10b-a4a36059d0a3"
DOCKER = f"/system.slice/docker-{ID}.scope"
PODMAN = f"/machine.slice/libpod-{ID}.scope/container"
ROOTLESS = "/user.slice/user-1000.slice/user@1000.service/user.slice"
KUBERNETES = f"/kubepods.slice/kubepods-pod{POD.replace('-', '_')}.slice/cri-containerd-{ID}.scope"
CRIO = f"/kubepods.slice/kubepods-pod{POD.replace('-', '_')}.slice/crio-{ID}.scope"


def write(root: Path, path: str, content: Any) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content if isinstance(content, str) else json.dumps(content))


def find(root: Path, path: str) -> Container | None:
    return find_container(parse_path(path), str(root))


def docker_file(name: str = "/web", labels: dict[str, str] | None = None) -> dict[str, Any]:
    """As dockerd 20 to 28 writes config.v2.json, shortened."""
    return {
        "StreamConfig": {},
        "State": {"Running": True, "Pid": 4711, "ExitCode": 0},
        "ID": ID,
        "Config": {"Hostname": "4f797c539e6c", "Env": ["A=1"], "Image": "nginx:1.25", "Labels": labels},
        "Image": "sha256:0f8e",
        "Name": name,
        "Driver": "overlay2",
    }


def stored(*names: str, metadata: dict[str, Any] | str) -> list[dict[str, Any]]:
    """As containers/storage writes containers.json for podman and CRI-O, shortened."""
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    return [
        {"id": OTHER, "names": ["other"], "image": "d7af", "layer": "67b0", "metadata": "{}"},
        {"id": ID, "names": list(names), "image": "d7af", "layer": "67b0", "metadata": text, "flags": {}},
    ]


def test_without_any_file_the_id_is_all_that_is_known(tmp_path: Path) -> None:
    assert find(tmp_path, DOCKER) == Container("docker", ID)
    assert find(tmp_path, PODMAN) == Container("podman", ID)
    assert find(tmp_path, KUBERNETES) == Container("kubernetes", ID)
    assert find(tmp_path, "/system.slice/ssh.service") is None


def test_docker(tmp_path: Path) -> None:
    write(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", docker_file())
    assert find(tmp_path, DOCKER) == Container("docker", ID, "web", "nginx:1.25")


def test_docker_that_runs_a_pod(tmp_path: Path) -> None:
    labels = {
        "io.kubernetes.container.name": "nginx",
        "io.kubernetes.pod.name": "web-1",
        "io.kubernetes.pod.namespace": "shop",
    }
    path = f"/kubepods/besteffort/pod{POD}/{ID}"
    write(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", docker_file("/k8s_nginx_web-1_shop_x_0", labels))
    assert find(tmp_path, path) == Container("kubernetes", ID, "shop/web-1/nginx", "nginx:1.25")


def test_docker_below_a_parent_that_somebody_named(tmp_path: Path) -> None:
    assert find(tmp_path, f"/mine/{ID}") is None
    write(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", docker_file())
    assert find(tmp_path, f"/mine/{ID}") == Container("docker", ID, "web", "nginx:1.25")


def test_podman(tmp_path: Path) -> None:
    metadata = {
        "image-name": "docker.io/library/redis:7",
        "image-id": "d7af",
        "name": "cache",
        "created-at": 1711141194,
    }
    path = "var/lib/containers/storage/overlay-containers/containers.json"
    write(tmp_path, path, stored("cache", metadata=metadata))
    assert find(tmp_path, PODMAN) == Container("podman", ID, "cache", "docker.io/library/redis:7")


def test_podman_whose_inner_record_is_damaged(tmp_path: Path) -> None:
    write(tmp_path, "var/lib/containers/storage/vfs-containers/containers.json", stored("cache", metadata="{"))
    assert find(tmp_path, PODMAN) == Container("podman", ID, "cache")


def test_engines_of_a_user_keep_their_files_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "find_home", {1000: "/home/anna"}.get)
    write(
        tmp_path,
        "home/anna/.local/share/containers/storage/overlay-containers/containers.json",
        stored("cache", metadata={"image-name": "redis", "name": "cache"}),
    )
    write(tmp_path, f"home/anna/.local/share/docker/containers/{ID}/config.v2.json", docker_file())
    assert find(tmp_path, f"{ROOTLESS}/libpod-{ID}.scope") == Container("podman", ID, "cache", "redis")
    assert find(tmp_path, f"{ROOTLESS}/docker-{ID}.scope") == Container("docker", ID, "web", "nginx:1.25")


def test_a_link_out_of_a_home_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "find_home", {1000: "/home/anna"}.get)
    write(tmp_path, f"secret/containers/{ID}/config.v2.json", docker_file())
    (tmp_path / "home" / "anna" / ".local" / "share").mkdir(parents=True)
    (tmp_path / "home" / "anna" / ".local" / "share" / "docker").symlink_to(tmp_path / "secret")
    assert find(tmp_path, f"{ROOTLESS}/docker-{ID}.scope") == Container("docker", ID)


def test_containerd_that_runs_a_pod(tmp_path: Path) -> None:
    """As `crictl` and kind show it; the bundle is that of the OCI runtime specification."""
    notes = {
        "io.kubernetes.cri.container-name": "nginx",
        "io.kubernetes.cri.container-type": "container",
        "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.25",
        "io.kubernetes.cri.sandbox-id": OTHER,
        "io.kubernetes.cri.sandbox-name": "web-1",
        "io.kubernetes.cri.sandbox-namespace": "shop",
        "io.kubernetes.cri.sandbox-uid": POD,
    }
    task = f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}/config.json"
    write(tmp_path, task, {"ociVersion": "1.1.0", "annotations": notes})
    assert find(tmp_path, KUBERNETES) == Container("kubernetes", ID, "shop/web-1/nginx", "docker.io/library/nginx:1.25")


def test_the_pause_container_of_a_pod_has_no_name_of_its_own(tmp_path: Path) -> None:
    notes = {"io.kubernetes.cri.sandbox-name": "web-1", "io.kubernetes.cri.sandbox-namespace": "shop"}
    task = f"run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}/config.json"
    write(tmp_path, task, {"annotations": notes})
    assert find(tmp_path, KUBERNETES) == Container("kubernetes", ID, "shop/web-1")


def test_cri_o_that_runs_a_pod(tmp_path: Path) -> None:
    name = f"k8s_nginx_web-1_shop_{POD}_0"
    metadata = {"pod-name": f"k8s_POD_web-1_shop_{POD}_0", "image-name": "quay.io/nginx:1.25", "name": name}
    path = "var/lib/containers/storage/overlay-containers/containers.json"
    write(tmp_path, path, stored(name, metadata=metadata))
    assert find(tmp_path, CRIO) == Container("kubernetes", ID, "shop/web-1/nginx", "quay.io/nginx:1.25")


def test_nerdctl(tmp_path: Path) -> None:
    task = f"run/containerd/io.containerd.runtime.v2.task/default/{ID}/config.json"
    write(tmp_path, task, {"annotations": {"nerdctl/name": "web", "nerdctl/namespace": "default"}})
    assert find(tmp_path, f"/system.slice/nerdctl-{ID}.scope") == Container("containerd", ID, "web")


def test_ctr_calls_the_group_by_namespace_and_id(tmp_path: Path) -> None:
    task = "run/containerd/io.containerd.runtime.v2.task/default/demo/config.json"
    write(tmp_path, task, {"ociVersion": "1.1.0"})
    assert find(tmp_path, "/default/demo") == Container("containerd", "demo", "demo")
    assert find(tmp_path, "/other/demo") is None


def test_the_logs_of_the_kubelet_name_a_workload(tmp_path: Path) -> None:
    write(tmp_path, f"var/log/pods/shop_web-1_{POD}/nginx/0.log", "")
    assert find(tmp_path, KUBERNETES) == Container("kubernetes", ID, "shop/web-1")
    write(tmp_path, f"var/log/containers/web-2_shop_other-{OTHER}.log", "")
    write(tmp_path, f"var/log/containers/web-1_shop_nginx-proxy-{ID}.log", "")
    assert find(tmp_path, KUBERNETES) == Container("kubernetes", ID, "shop/web-1/nginx-proxy")


def test_runc_must_know_the_group_as_its_own(tmp_path: Path) -> None:
    paths = {"": "/sys/fs/cgroup/unified/owntest", "pids": "/sys/fs/cgroup/pids/owntest"}
    write(tmp_path, "run/runc/owntest/state.json", {"id": "owntest", "cgroup_paths": paths, "config": {"labels": []}})
    assert find(tmp_path, "/owntest") == Container("runc", "owntest", "owntest")
    assert find(tmp_path, "/user.slice/owntest") is None
    write(tmp_path, "run/runc/new/state.json", {"cgroup_paths": {"": "/sys/fs/cgroup/a/new"}})
    assert find(tmp_path, "/a/new") == Container("runc", "new", "new")


def test_engines_whose_id_is_the_name(tmp_path: Path) -> None:
    assert find(tmp_path, "/lxc.payload.c1") == Container("lxc", "c1", "c1")
    assert find(tmp_path, "/system.slice/runc-shop.scope") == Container("runc", "shop", "shop")
    nspawn = "/machine.slice/systemd-nspawn@media.service/payload"
    assert find(tmp_path, nspawn) == Container("systemd-nspawn", "media", "media")


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"Name": 5}', '{"Config": null}', "\0", '"x"'])
def test_damaged_files_are_as_good_as_none(tmp_path: Path, content: str) -> None:
    write(tmp_path, f"var/lib/docker/containers/{ID}/config.v2.json", content)
    write(tmp_path, "var/lib/containers/storage/overlay-containers/containers.json", content)
    write(tmp_path, f"run/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}/config.json", content)
    write(tmp_path, f"run/runc/{ID}/state.json", content)
    for path, engine in ((DOCKER, "docker"), (PODMAN, "podman"), (KUBERNETES, "kubernetes")):
        assert find(tmp_path, path) == Container(engine, ID)
    assert find(tmp_path, f"/{ID}") is None


@pytest.mark.parametrize("path", ["/..", "/a/..", "/a\0b", "/" + "a" * 300, "/."])
def test_names_that_are_no_directory(tmp_path: Path, path: str) -> None:
    write(tmp_path, "run/state.json", {"cgroup_paths": {"": f"/sys/fs/cgroup{path}"}})
    assert find(tmp_path, path) is None
