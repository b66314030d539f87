"""Container images are the same by registry and path, and by tag and digest where those are declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.policy.image import ImageName, is_same_image, parse_image

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nginx", ImageName("docker.io/library/nginx", None, None)),
        ("nginx:1.27", ImageName("docker.io/library/nginx", "1.27", None)),
        ("team/app", ImageName("docker.io/team/app", None, None)),
        ("localhost/app:1", ImageName("localhost/app", "1", None)),
        ("registry:5000/app", ImageName("registry:5000/app", None, None)),
        (f"ghcr.io/x/y:2@{DIGEST}", ImageName("ghcr.io/x/y", "2", DIGEST)),
    ],
)
def test_parts_of_a_name(text: str, name: ImageName) -> None:
    assert parse_image(text) == name


@pytest.mark.parametrize(
    ("declared", "seen", "same"),
    [
        ("nginx", "docker.io/library/nginx:1.27", True),
        ("docker.io/library/nginx", "nginx", True),
        ("nginx", "evil.example/nginx", False),
        ("nginx", "evil.example/library/nginx:1.27", False),
        ("nginx", "nginx-evil", False),
        ("nginx", "team/nginx", False),
        ("nginx:1.27", "nginx:1.27", True),
        ("nginx:1.27", "nginx:1.27.1", False),
        ("nginx:latest", "nginx", True),
        ("nginx:1.27", "nginx", False),
        ("nginx", f"nginx@{DIGEST}", True),
        (f"nginx@{DIGEST}", f"nginx:1.27@{DIGEST}", True),
        (f"nginx@{DIGEST}", "nginx:1.27", False),
        ("nginx:latest", f"nginx@{DIGEST}", False),
    ],
)
def test_same_image(declared: str, seen: str, same: bool) -> None:
    assert is_same_image(declared, seen) is same


@given(st.text(), st.text())
def test_any_text_is_a_name_and_the_same_as_itself(one: str, other: str) -> None:
    assert is_same_image(one, one)
    if is_same_image(one, other):
        assert parse_image(one).repository == parse_image(other).repository
