from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.mount_table import Mount, parse_mounts, place_on_device, read_mounts

TABLE = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 /root /  rw,relatime - ext4 /dev/vda rw
28 27 254:0 /root/usr /usr ro,relatime shared:1 - ext4 /dev/vda rw
29 28 0:31 / /usr/with\040blank rw - tmpfs tmpfs rw
cut off
30 27 0:9 no-slash /x rw - tmpfs tmpfs rw
"""
ROOT = Mount(b"27", b"1", b"254:0", b"/root", b"/")
USR = Mount(b"28", b"27", b"254:0", b"/root/usr", b"/usr")


def test_the_mounts_of_a_process() -> None:
    assert parse_mounts(TABLE) == [
        Mount(b"22", b"27", b"0:21", b"/", b"/proc"),
        ROOT,
        USR,
        Mount(b"29", b"28", b"0:31", b"/", b"/usr/with blank"),
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (b"/usr/sbin/nginx", (b"254:0", b"/root/usr/sbin/nginx")),
        (b"/usrlocal/nginx", (b"254:0", b"/root/usrlocal/nginx")),
        (b"/usr/with blank/nginx", (b"0:31", b"/nginx")),
        (b"/proc/1/exe", (b"0:21", b"/1/exe")),
    ],
)
def test_where_a_path_leads(path: bytes, place: tuple[bytes, bytes]) -> None:
    assert place_on_device(parse_mounts(TABLE), path) == place


def test_a_read_only_view_of_a_directory_is_the_same_place() -> None:
    assert place_on_device([ROOT], b"/usr/sbin/nginx") == place_on_device([ROOT, USR], b"/usr/sbin/nginx")


def test_a_mount_under_a_later_one_is_not_seen() -> None:
    below = Mount(b"40", b"27", b"0:40", b"/", b"/usr/sbin")
    above = Mount(b"41", b"27", b"0:41", b"/", b"/usr")
    again = Mount(b"42", b"41", b"0:42", b"/", b"/usr")
    assert place_on_device([ROOT, below, above], b"/usr/sbin/nginx") == (b"0:41", b"/sbin/nginx")
    assert place_on_device([ROOT, above, again], b"/usr/sbin/nginx") == (b"0:42", b"/sbin/nginx")


def test_without_a_root_nothing_can_be_told() -> None:
    assert place_on_device([USR], b"/usr/sbin/nginx") is None
    assert place_on_device([], b"/usr/sbin/nginx") is None


FIELD = st.sampled_from([b"1", b"2", b"3"])
POINT = st.sampled_from([b"/", b"/a", b"/a/b", b"/a/"])


@given(st.lists(st.builds(Mount, FIELD, FIELD, FIELD, POINT, POINT)), POINT)
def test_no_table_is_too_strange(mounts: list[Mount], path: bytes) -> None:
    place = place_on_device(mounts, path)
    assert place is None or place[0] in {mount.device for mount in mounts}


@given(st.binary())
def test_no_bytes_are_too_strange(content: bytes) -> None:
    assert all(mount.point.startswith(b"/") for mount in parse_mounts(content))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_our_own_mounts() -> None:
    assert place_on_device(read_mounts("/proc", "self"), b"/proc/self/exe") == (
        next(mount.device for mount in reversed(read_mounts("/proc", "self")) if mount.point == b"/proc"),
        b"/self/exe",
    )
