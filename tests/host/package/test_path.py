from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.path import find_in_path, parse_path
from quietport.model.package import Package

if TYPE_CHECKING:
    from pathlib import Path

NGINX = "/nix/store/" + "0123456789abcdfghijklmnpqrsvwxyz" + "-nginx-1.26.2"


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/snap/lxd/24322/bin/lxd", Package("snap", "lxd", "24322", False)),
        (f"{NGINX}/bin/nginx", Package("nix", "nginx", "1.26.2", False)),
        (f"{NGINX}-bin-2/bin/nginx", Package("nix", "nginx", "1.26.2-bin-2", False)),
        (NGINX.replace("nginx-1.26.2", "apache-httpd") + "/bin/x", Package("nix", "apache-httpd", None, False)),
        ("/snap/bin/lxd", None),
        ("/snap/lxd/24322", None),
        ("/snap//24322/bin/lxd", None),
        (NGINX, None),
        ("/nix/store/short-nginx-1/bin/nginx", None),
        ("/nix/var/" + "0" * 32 + "-x-1/bin/x", None),
        ("/usr/bin/x", None),
        ("", None),
    ],
)
def test_what_a_path_names(path: str, package: Package | None) -> None:
    assert parse_path(path) == package


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="it takes root to make what only root can write"
)
def test_only_where_nobody_but_root_can_write(tmp_path: Path) -> None:
    directory = tmp_path / "snap/lxd/24322"
    (directory / "bin").mkdir(parents=True)
    assert find_in_path(str(tmp_path), "/snap/lxd/24322/bin/lxd") == Package("snap", "lxd", "24322", False)
    directory.chmod(0o775)
    assert find_in_path(str(tmp_path), "/snap/lxd/24322/bin/lxd") is None
    directory.chmod(0o755)
    os.chown(directory, 1000, 1000)
    assert find_in_path(str(tmp_path), "/snap/lxd/24322/bin/lxd") is None
    assert find_in_path(str(tmp_path), "/snap/none/1/bin/lxd") is None
    (tmp_path / "snap/lxd/current").symlink_to("24322")
    assert find_in_path(str(tmp_path), "/snap/lxd/current/bin/lxd") is None


@given(st.lists(st.sampled_from(["", "snap", "nix", "store", "0" * 32 + "-a-1", "-", "é"])).map("/".join))
def test_no_path_is_too_strange(path: str) -> None:
    package = parse_path(path)
    assert package is None or package.name in path
