"""Control groups as systemd and the engines make them; each with where its form is written down."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quietport.host.process.control_group import NOWHERE, ControlGroup, parse_control_group, parse_path, unit_name

ID = "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
OTHER = "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
POD = "87a18a64-b74a-454a-b10b-a4a36059d0a3"
POD_IN_SLICE = POD.replace("-", "_")
USER = "/user.slice/user-1000.slice/user@1000.service"


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/", None),
        ("/init.scope", "init.scope"),
        ("/system.slice", None),
        ("/system.slice/ssh.service", "ssh.service"),
        ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service"),
        ("/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service"),
        (r"/system.slice/systemd-cryptsetup@a\x2db.service", r"systemd-cryptsetup@a\x2db.service"),
        ("/system.slice/sshd@3-10.0.0.1:22-10.0.0.2:40000.service", "sshd@3-10.0.0.1:22-10.0.0.2:40000.service"),
        ("/system.slice/_memory.service", "memory.service"),
        ("/system.slice/ssh.service (deleted)", "ssh.service"),
        ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope"),
        (USER, "user@1000.service"),
        (f"{USER}/init.scope", "user@1000.service/init.scope"),
        (f"{USER}/app.slice/foo.service", "user@1000.service/foo.service"),
        (f"{USER}/app.slice/app-gnome-firefox-4711.scope", "user@1000.service/app-gnome-firefox-4711.scope"),
        ("/../../system.slice/ssh.service", "ssh.service"),
        ("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope"),
        ("/system.slice/docker.service", "docker.service"),
        ("/process_api/77ec01e86fcc2308f469b0ff65c644e7", None),
    ],
)
def test_the_unit_that_systemd_would_name(path: str, unit: str | None) -> None:
    assert parse_path(path) == ControlGroup(unit, path=path.removesuffix(" (deleted)"))


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/system.slice/web.service/ssh.service", "web.service"),
        ("/system.slice/web.service/system.slice/ssh.service", "web.service"),
        (f"{USER}/app.slice/foo.service/user@0.service/ssh.service", "user@1000.service/foo.service"),
        ("/made-by-hand/ssh.service", None),
    ],
)
def test_names_below_a_unit_are_not_believed(path: str, unit: str | None) -> None:
    assert parse_path(path).unit == unit


@pytest.mark.parametrize(
    ("path", "unit", "engine", "identifier", "pod"),
    [
        # docs.docker.com, "Runtime metrics": cgroup version 2 with the systemd driver, and version 1 with cgroupfs
        (f"/system.slice/docker-{ID}.scope", None, "docker", ID, None),
        (f"/docker/{ID}", None, "docker", ID, None),
        (f"/docker/{ID}/system.slice/nginx.service", None, "docker", ID, None),
        (f"/docker/{ID}/docker/{OTHER}", None, "docker", ID, None),
        # docs.docker.com, "Rootless mode": below the user's own manager
        (f"{USER}/user.slice/docker-{ID}.scope", "user@1000.service", "docker", ID, None),
        # AWS ECS agent: /ecs/TASK/ID
        (f"/ecs/0db6c1a3-7f5b-4f2f-8a1b-8e2ac2a6d0c5/{ID}", None, "docker", ID, None),
        # podman#13673, #6666 (crun makes `container` below), coroot-node-agent#251 for --cgroups=split
        (f"/machine.slice/libpod-{ID}.scope/container", None, "podman", ID, None),
        (f"/machine.slice/machine-libpod_pod_{OTHER}.slice/libpod-{ID}.scope", None, "podman", ID, None),
        (f"/libpod_parent/libpod-{ID}", None, "podman", ID, None),
        (f"{USER}/user.slice/libpod-{ID}.scope/container", "user@1000.service", "podman", ID, None),
        (f"/system.slice/web.service/libpod-payload-{ID}", "web.service", "podman", ID, None),
        # docs/systemd.md of runc; get_systemd_scope_and_slice of crun
        ("/system.slice/runc-shop.scope", None, "runc", "shop", None),
        ("/system.slice/crun-shop.scope", None, "crun", "shop", None),
        # nerdctl with the systemd driver, then containerd and CRI-O without Kubernetes
        (f"/system.slice/nerdctl-{ID}.scope", None, "containerd", ID, None),
        (f"/system.slice/cri-containerd-{ID}.scope", None, "containerd", ID, None),
        (f"/system.slice/crio-{ID}.scope/container", None, "cri-o", ID, None),
        # kubelet, both drivers: pkg/kubelet/cm/cgroup_manager_linux.go
        (f"/kubepods/besteffort/pod{POD}/{ID}", None, "kubernetes", ID, POD),
        (f"/kubepods/burstable/pod{POD}/crio-{ID}", None, "kubernetes", ID, POD),
        (
            f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{POD_IN_SLICE}.slice"
            f"/cri-containerd-{ID}.scope",
            None,
            "kubernetes",
            ID,
            POD,
        ),
        (
            f"/kubepods.slice/kubepods-pod{POD_IN_SLICE}.slice/crio-{ID}.scope/container",
            None,
            "kubernetes",
            ID,
            POD,
        ),
        (f"/kubepods.slice/kubepods-pod{POD_IN_SLICE}.slice/docker-{ID}.scope", None, "kubernetes", ID, POD),
        # a static pod: its uid is an MD5 hash
        (
            f"/kubepods/burstable/pod5a1e2b9c6d7f8091a2b3c4d5e6f70819/{ID}",
            None,
            "kubernetes",
            ID,
            "5a1e2b9c6d7f8091a2b3c4d5e6f70819",
        ),
        # containerd 1.5 with the cgroupfs driver told of a slice (opentelemetry's container detectors test it)
        (
            f"/system.slice/containerd.service/kubepods-pod{POD_IN_SLICE}.slice:cri-containerd:{ID}",
            "containerd.service",
            "kubernetes",
            ID,
            POD,
        ),
        (
            f"/kuberuntime/containerd/kubepods-pod{POD_IN_SLICE}:cri-containerd:{ID}",
            None,
            "kubernetes",
            ID,
            POD,
        ),
        # kind: a node is a container, and what is in it is the node's word
        (
            f"/system.slice/docker-{ID}.scope/kubelet.slice/kubelet-kubepods.slice/cri-containerd-{OTHER}.scope",
            None,
            "docker",
            ID,
            None,
        ),
        # lxc#2782, htop#217, Proxmox
        ("/lxc.payload/example/init.scope", None, "lxc", "example", None),
        ("/lxc.payload.c1/system.slice/ssh.service", None, "lxc", "c1", None),
        ("/lxc/101/ns/system.slice/ssh.service", None, "lxc", "101", None),
        (r"/machine.slice/machine-lxc\x2d4711\x2dweb.scope", None, "lxc", "lxc-4711-web", None),
        # systemd-nspawn(1), and systemd's CONTAINER_INTERFACE; NixOS keeps its own unit
        (
            "/machine.slice/systemd-nspawn@media.service/payload/init.scope",
            None,
            "systemd-nspawn",
            "media",
            None,
        ),
        (r"/machine.slice/machine-a\x2db.scope/payload/system.slice/x.service", None, "systemd-nspawn", "a-b", None),
        ("/machine.slice/container@web.service/payload/init.scope", None, "systemd-nspawn", "web", None),
    ],
)
def test_the_container_that_an_engine_would_name(
    path: str, unit: str | None, engine: str, identifier: str, pod: str | None
) -> None:
    assert parse_path(path) == ControlGroup(unit, engine, identifier, pod, path)


@pytest.mark.parametrize(
    "path",
    [
        f"/machine.slice/libpod-conmon-{ID}.scope",
        f"/system.slice/crio-conmon-{ID}.scope",
        f"/kubepods/besteffort/pod{POD}/crio-conmon-{ID}",
        "/lxc.monitor.c1",
        "/lxc.monitor/example",
        "/machine.slice/systemd-nspawn@media.service/supervisor",
        "/machine.slice/machine-media.scope/supervisor",
        "/system.slice/web.service/payload/init.scope",
        "/system.slice/docker-4f797c539e6c.scope",
        f"/system.slice/backup-{ID}.scope",
        f"/system.slice/dev-mapper-docker-{ID}.mount",
        f"/{ID}",
    ],
)
def test_what_only_resembles_a_container_is_none(path: str) -> None:
    assert parse_path(path).engine is None


def test_version_1_and_hybrid_name_the_unit_in_systemds_own_hierarchy() -> None:
    text = (
        b"12:pids:/user.slice/user-0.slice/session-2.scope\n"
        b"4:memory:/system.slice/other.service\n"
        b"1:name=systemd:/system.slice/ssh.service\n"
        b"0::/system.slice/ssh.service\n"
    )
    assert parse_control_group(text) == ControlGroup("ssh.service", path="/system.slice/ssh.service")


def test_version_1_without_systemd_names_no_unit_and_yet_the_container() -> None:
    text = f"3:cpuset:/\n2:pids:/docker/{ID}\n1:name=openrc:/docker\n".encode()
    assert parse_control_group(text) == ControlGroup(None, "docker", ID, None, f"/docker/{ID}")


def test_a_unit_in_another_hierarchy_than_systemds_is_none() -> None:
    text = b"4:memory:/system.slice/ssh.service\n1:name=systemd:/\n0::/\n"
    assert parse_control_group(text).unit is None


def test_the_container_of_one_hierarchy_and_the_unit_of_another() -> None:
    text = f"2:pids:/docker/{ID}\n1:name=systemd:/system.slice/docker.service\n".encode()
    assert parse_control_group(text) == ControlGroup("docker.service", "docker", ID, None, f"/docker/{ID}")


def test_runc_alone_leaves_the_id_as_the_last_name() -> None:
    """As `runc run owntest` made it on this kernel."""
    text = b"9:name=systemd:/owntest\n4:memory:/process_api/77ec01e86fcc2308f469b0ff65c644e7/owntest\n0::/owntest\n"
    group = parse_control_group(text)
    assert (group, group.leaf) == (ControlGroup(path="/owntest"), "owntest")


def test_a_unit_a_slice_or_a_known_container_has_no_leaf() -> None:
    paths = ["/", "/system.slice", "/system.slice/ssh.service", f"/docker/{ID}"]
    assert [parse_path(path).leaf for path in paths] == [None] * 4


def test_no_lines_are_nowhere() -> None:
    assert [parse_control_group(text) for text in (b"", b"\n", b"0::\n", b"junk", b"0::/\n")] == [NOWHERE] * 5


@pytest.mark.parametrize("name", ["", ".service", "a b.service", "ssh", "a.slice", "é.service", "x" * 248 + ".service"])
def test_no_unit(name: str) -> None:
    assert unit_name(name) is None


@given(st.binary(max_size=300))
@example(b"1:name=systemd:/a\0b/\xff.service\n")
def test_any_text_is_a_group(text: bytes) -> None:
    group = parse_control_group(text)
    assert (group.engine is None) == (group.id is None)
    assert group.path.startswith("/")


NAMES = st.sampled_from(
    ["system.slice", "a.service", "user@7.service", "b.scope", f"docker-{ID}.scope", "lxc", "payload", "..", "x"]
)


@given(st.lists(NAMES, max_size=6), st.lists(NAMES, max_size=6))
def test_what_a_container_makes_below_itself_changes_nothing(above: list[str], below: list[str]) -> None:
    path = "/" + "/".join([*above, f"libpod-{ID}.scope"])
    inside = f"{path}/{'/'.join(below)}"
    assert parse_path(inside)._replace(path="") == parse_path(path)._replace(path="")


@given(st.lists(NAMES, max_size=6), st.lists(NAMES, max_size=6))
def test_what_a_service_makes_below_itself_is_no_other_unit(above: list[str], below: list[str]) -> None:
    path = "/system.slice/web.service"
    assert parse_path(f"{path}/{'/'.join([*above, *below])}").unit == "web.service"
