from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.likely import sort_by_likelihood, words_of

NAMES = ["libssh2-1:amd64", "bind9", "openssh-server", "openssh-client", "zlib1g:amd64", "libc6:amd64", "nginx-doc"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/usr/sbin/sshd", {"sshd", "ssh"}),
        ("/usr/lib/postgresql/15/bin/postgres", {"postgresql", "postgres"}),
        ("/usr/bin/python3.11", {"python3", "python"}),
        ("/usr/lib/x86_64-linux-gnu/redis/redis-server", {"redis", "redi"} - {"redi"}),
        ("/usr/bin/ls", set()),
        ("", set()),
    ],
)
def test_the_words_of_a_path(path: str, words: set[str]) -> None:
    assert words_of(path) == words


def test_packages_that_share_a_word_come_first_and_libraries_last() -> None:
    assert sort_by_likelihood(NAMES, ["/usr/sbin/sshd"]) == [
        "openssh-client",
        "openssh-server",
        "libssh2-1:amd64",
        "bind9",
        "zlib1g:amd64",
        "libc6:amd64",
        "nginx-doc",
    ]


@given(st.lists(st.text(), unique=True), st.lists(st.text()))
def test_no_package_is_lost(names: list[str], paths: list[str]) -> None:
    assert sorted(sort_by_likelihood(names, paths)) == sorted(names)
