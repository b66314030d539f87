"""From text to the one file that check reads, and back: the same rules, or an error of ours."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.judge.compile import compile_rules, parse_roles
from quietport.judge.compiled import (
    COMPILED,
    Compiled,
    asked_words,
    decode_compiled,
    encode_compiled,
    read_compiled,
    read_roles,
    read_rules,
)
from quietport.judge.role import ROLES, Roles
from quietport.judge.rule_text import RULES, read_rule_text
from quietport.model.errors import DataError, SourceTextError

SOURCES = '[rfc6335]\nkind = "rfc"\nname = "RFC 6335"\nas_of = 2011-08-01\n'
RULE = """\
[[rule]]
id = "x"
speaks_for = "custom"
decibans = 6
group = "g"
sentence = "It is so."
reason = "Because."
references = ["rfc6335"]
when = { kind = ["listener", "connection"], roles = { not = "shell" } }
hit = [{ kind = "listener" }]
miss = [{ kind = "raw-socket" }]
"""
ROLE = (
    "program\trole\tsource\tlocator\twords\nbash\tshell\trfc6335\t/x\tbash\nkworker*\tkernel-thread\trfc6335\t/y\tk\n"
)


def test_the_compiled_rules_are_those_of_the_text() -> None:
    text = tuple(msgspec.structs.replace(rule, hits=(), misses=()) for rule in read_rule_text())
    assert read_rules() == text


def test_the_same_text_gives_the_same_bytes(tree: Path) -> None:
    compile_rules(tree / "package", tree / "data")
    first = (tree / "package" / "judge" / "compiled" / "rules.bin").read_bytes()
    compile_rules(tree / "package", tree / "data")
    assert (tree / "package" / "judge" / "compiled" / "rules.bin").read_bytes() == first


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with a package and a data directory of one rule and two roles."""
    for name, content in {
        "package/judge/rules/a.toml": RULE,
        "data/sources/a.toml": SOURCES,
        "data/roles/a.tsv": ROLE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
    return tmp_path


def test_what_was_compiled_is_read_again(tree: Path) -> None:
    compile_rules(tree / "package", tree / "data")
    held = read_compiled(tree / "package" / "judge" / "compiled" / "rules.bin")
    (rule,) = read_rule_text(tree / "package" / "judge" / "rules")
    assert held == Compiled(
        (msgspec.structs.replace(rule, hits=(), misses=()),), Roles({"bash": ("shell",)}, ("kworker",))
    )


RULES_FILE, ROLES_FILE = "package/judge/rules/a.toml", "data/roles/a.tsv"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (RULES_FILE, "rfc6335", "rumour", "rule x: cites 'rumour', which no file in data/sources describes"),
        (ROLES_FILE, "\trfc6335\t/x", "\trumour\t/x", "a.tsv: cites 'rumour', which no file in data/sources describes"),
        (ROLES_FILE, "\tshell\t", "\tthief\t", "a.tsv:2: no role: 'thief'"),
        (ROLES_FILE, "\t/x\t", "\t\t", "a.tsv:2: a field is empty"),
        (ROLES_FILE, "\t/x\t", "\t", "a.tsv:2: 4 fields where 5 belong"),
        (ROLES_FILE, "program\tr", "name\tr", "a.tsv:1: the header should read: program role source locator words"),
    ],
)
def test_malformed_text_is_named_with_its_place(tree: Path, name: str, old: str, new: str, said: str) -> None:
    path = tree / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SourceTextError) as caught:
        compile_rules(tree / "package", tree / "data")
    assert str(caught.value) == said


@given(st.text(max_size=60))
def test_any_text_is_roles_or_an_error_of_ours(text: str) -> None:
    try:
        found = list(parse_roles("x.tsv", "program\trole\tsource\tlocator\twords\n" + text))
    except SourceTextError as error:
        assert error.place.startswith("x.tsv")
    else:
        assert all(role in ROLES for _, role, _ in found)


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xc0", msgspec.msgpack.encode([2, [], {}, []]), b"\x94\x01\x91\x91\xa1x\x80\x90"]
)
def test_a_damaged_file_says_to_install_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.bin"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_compiled(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith("; reinstall quietport")


def test_a_missing_file_says_so_too(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="reinstall quietport"):
        read_compiled(tmp_path / "rules.bin")


@given(
    st.binary(max_size=40)
    | st.recursive(st.none() | st.integers(0, 2) | st.text(max_size=3), lambda inner: st.lists(inner, max_size=5)).map(
        msgspec.msgpack.encode
    )
)
def test_any_bytes_are_rules_or_no_file_of_ours(content: bytes) -> None:
    try:
        held = decode_compiled(content)
    except (ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError):
        return
    assert isinstance(held, Compiled)


def test_whole_files_cut_short_are_no_files_of_ours(tmp_path: Path) -> None:
    content = encode_compiled(read_compiled(COMPILED))
    path = tmp_path / "rules.bin"
    for length in range(0, len(content), 997):
        path.write_bytes(content[:length])
        read_compiled.cache_clear()
        with pytest.raises(DataError):
            read_compiled(path)
    read_compiled.cache_clear()


def test_what_rules_ask_of_an_open_vocabulary_is_known() -> None:
    assert {"elasticsearch", "node.js inspector"} <= asked_words("default_of")
    assert asked_words("nothing") == frozenset()


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("bash", ("shell",)),
        ("python3.12", ("interpreter",)),
        ("python3", ("interpreter",)),
        ("php8.2", ("interpreter",)),
        ("busybox", ("multi-call", "dhcp")),
        ("systemd-networkd", ("dhcp", "lldp", "icmp")),
        ("docker-proxy", ("container-proxy",)),
        ("nginx", ()),
        ("", ()),
        ("7", ()),
    ],
)
def test_what_a_program_is_for(name: str, roles: tuple[str, ...]) -> None:
    assert read_roles().find(name) == roles


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("kworker/0:1", True),
        ("[kworker/u8:2]", True),
        ("kworker", True),
        ("irq/12-eth0", True),
        ("irqbalance", False),
        ("[", False),
        ("[celeryd: x", False),
        ("", False),
        ("sshd", False),
    ],
)
def test_names_of_kernel_threads(name: str, is_one: bool) -> None:
    assert read_roles().is_kernel_thread(name) is is_one


def test_every_role_is_used_by_a_row_and_asked_for_by_a_rule() -> None:
    roles = read_roles()
    used = {role for found in roles.of_program.values() for role in found}
    assert set(ROLES) - used == {"kernel-thread"}
    assert set(ROLES) - asked_words("roles") == {"development-server", "kernel-thread"}
    assert RULES.is_dir()
