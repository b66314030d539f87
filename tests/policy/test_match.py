"""What fits a declaration, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quietport.model.declaration import Declaration
from quietport.model.endpoint import Scope
from quietport.model.listener import Listener
from quietport.model.owner import NOT_LOOKED, Container, Owner
from quietport.model.package import Package
from quietport.model.port import PortRange, Transport
from quietport.model.unknown import Reason, Unknown
from quietport.policy.match import fits, is_within, widest

UNREAD = Unknown(Reason.PERMISSION, "owner")
MakeOwner = Callable[..., Owner]
MakeListener = Callable[..., Listener]


def declare(first: int = 8080, last: int | None = None, **conditions: Any) -> Declaration:
    ports = PortRange(first, first if last is None else last)
    return Declaration(Transport.TCP, ports, "x", "p.toml", 1, **conditions)


def asked(declaration: Declaration, listener: Listener, host: str = "web-1") -> bool | Unknown:
    return fits(declaration, listener, listener.owners, host)


@pytest.mark.parametrize(
    ("number", "transport", "fit"),
    [
        (3389, Transport.TCP, True),
        (3389, Transport.UDP, False),
        (63389, Transport.TCP, False),
        (33890, Transport.TCP, False),
        (338, Transport.TCP, False),
    ],
)
def test_a_number_fits_as_a_number(listener: MakeListener, number: int, transport: Transport, fit: bool) -> None:
    assert asked(declare(3389), listener(number=number, transport=transport)) is fit


def test_a_range_takes_in_both_ends(listener: MakeListener) -> None:
    found = [asked(declare(6000, 6063), listener(number=number)) for number in (5999, 6000, 6063, 6064)]
    assert found == [False, True, True, False]


ADDRESSES = {
    Scope.LOOPBACK: "::1",
    Scope.LINK_LOCAL: "fe80::1",
    Scope.PRIVATE: "10.0.0.1",
    Scope.PUBLIC: "192.0.2.1",
    Scope.ANY: "0.0.0.0",
    Scope.MULTICAST: "ff02::1",
}


@pytest.mark.parametrize(
    ("declared", "fitting"),
    [
        (None, set(Scope)),
        (Scope.ANY, set(Scope)),
        (Scope.LOOPBACK, {Scope.LOOPBACK}),
        (Scope.PRIVATE, {Scope.LOOPBACK, Scope.LINK_LOCAL, Scope.PRIVATE}),
        (Scope.PUBLIC, {Scope.LOOPBACK, Scope.LINK_LOCAL, Scope.PRIVATE, Scope.PUBLIC}),
        (Scope.MULTICAST, {Scope.MULTICAST}),
    ],
)
def test_the_scope_is_the_widest(listener: MakeListener, declared: Scope | None, fitting: set[Scope]) -> None:
    declaration = declare(scope=declared)
    assert {scope for scope, at in ADDRESSES.items() if asked(declaration, listener(address=at)) is True} == fitting


def test_the_narrowest_scope_that_takes_in_all() -> None:
    assert widest(set()) is None
    assert widest({Scope.ANY, Scope.LOOPBACK}) is None
    assert widest({Scope.MULTICAST, Scope.LOOPBACK}) is None
    assert widest({Scope.MULTICAST}) is Scope.MULTICAST
    assert widest({Scope.LOOPBACK, Scope.PRIVATE}) is Scope.PRIVATE
    for scope in set(Scope) - {Scope.ANY}:
        assert widest({scope}) is scope
        assert is_within(scope, widest({scope}))


@pytest.mark.parametrize(
    ("pattern", "host", "fit"),
    [
        ("web-1", "WEB-1", True),
        ("WEB-*", "web-1", True),
        ("web", "web-1", False),
        ("web-[12]", "web-3", False),
        ("*.example.org", "a.example.org.evil", False),
    ],
)
def test_a_host_fits_as_a_whole(listener: MakeListener, pattern: str, host: str, fit: bool) -> None:
    assert asked(declare(host=pattern), listener(), host) is fit


@pytest.mark.parametrize(
    ("program", "executable", "fit"),
    [
        ("nginx", "/usr/sbin/nginx", True),
        ("/usr/sbin/nginx", "/usr/sbin/nginx", True),
        ("/usr/sbin/nginx", "/tmp/nginx", False),
        ("sbin/nginx", "/usr/sbin/nginx", False),
        ("ngin", "/usr/sbin/nginx", False),
        ("nginx", "/usr/sbin/nginx-evil", False),
        ("svchost.exe", "C:\\Windows\\System32\\svchost.exe", True),
    ],
)
def test_a_program_fits_by_path_or_base_name(
    listener: MakeListener, owner: MakeOwner, program: str, executable: str, fit: bool
) -> None:
    # The name that the process gave itself is nginx each time, and decides nothing.
    assert asked(declare(program=program), listener(owner(executable))) is fit


def test_a_script_fits_like_a_program(listener: MakeListener, owner: MakeOwner) -> None:
    held = listener(owner("/usr/bin/python3.11", script="/opt/app/serve.py"))
    programs = ("serve.py", "/opt/app/serve.py", "python3.11", "other.py")
    assert [asked(declare(program=program), held) for program in programs] == [True, True, True, False]


def test_a_kernel_thread_fits_by_its_name(listener: MakeListener, owner: MakeOwner) -> None:
    assert asked(declare(program="kernel"), listener(owner(None, program="kernel"))) is True
    assert asked(declare(program="kernel"), listener(owner("/tmp/x", program="kernel"))) is False


NGINX = Container("docker", "0" * 64, "web", "docker.io/library/nginx:1.27")


@pytest.mark.parametrize(
    ("conditions", "held", "fit"),
    [
        ({"unit": "nginx.service"}, {"unit": "nginx.service"}, True),
        ({"unit": "nginx.service"}, {"unit": "nginx.service.d"}, False),
        ({"unit": "nginx.service"}, {"unit": None}, False),
        ({"unit": "nginx.service"}, {"unit": UNREAD}, UNREAD),
        ({"image": "nginx"}, {"container": NGINX}, True),
        ({"image": "nginx:1.28"}, {"container": NGINX}, False),
        ({"image": "nginx"}, {"container": None}, False),
        ({"image": "nginx"}, {"container": UNREAD}, UNREAD),
        (
            {"image": "nginx"},
            {"container": Container("docker", "0")},
            Unknown(Reason.PERMISSION, "image of the container"),
        ),
        ({"package": "nginx"}, {"package": Package("dpkg", "nginx", "1", is_claim=False)}, True),
        ({"package": "nginx"}, {"package": Package("dpkg", "nginx-core", "1", is_claim=False)}, False),
        ({"package": "nginx"}, {"package": None}, False),
        ({"package": "nginx"}, {"package": NOT_LOOKED}, NOT_LOOKED),
        ({"package": "nginx"}, {"package": Package("apk", "nginx", "1", is_claim=True), "container": NGINX}, False),
        (
            {"package": "nginx", "image": "nginx"},
            {"package": Package("apk", "nginx", "1", is_claim=True), "container": NGINX},
            True,
        ),
        ({"program": "nginx", "unit": "x.service"}, {"unit": "nginx.service"}, False),
        ({"program": "apache2", "unit": "x.service"}, {"unit": UNREAD}, False),
    ],
)
def test_unit_image_and_package(
    listener: MakeListener, owner: MakeOwner, conditions: dict[str, Any], held: dict[str, Any], fit: bool | Unknown
) -> None:
    assert asked(declare(**conditions), listener(owner(**held))) == fit


def test_a_holder_that_was_not_seen_fits_nothing_that_names_one(listener: MakeListener, owner: MakeOwner) -> None:
    unseen = listener(unseen=UNREAD)
    assert asked(declare(program="nginx"), unseen) == UNREAD
    assert asked(declare(), unseen) is True
    assert asked(declare(program="nginx"), listener(owner(UNREAD))) == UNREAD


def test_where_nobody_holds_a_door_no_program_does(listener: MakeListener) -> None:
    assert asked(declare(program="nginx"), listener()) is False
    assert asked(declare(program="nginx"), listener(unseen=Unknown(Reason.NO_OWNER, "owner"))) is False
    assert asked(declare(), listener()) is True


def test_every_holder_must_fit(listener: MakeListener, owner: MakeOwner) -> None:
    declaration = declare(program="nginx")
    master, worker, stranger = owner(pid=41), owner(pid=42), owner("/usr/bin/nc", pid=43)
    assert asked(declaration, listener(master, worker)) is True
    assert asked(declaration, listener(master, stranger, sockets=2)) is False
    assert asked(declaration, listener(stranger, master)) is False
    assert asked(declaration, listener(master, owner(UNREAD, pid=44))) == UNREAD
    assert asked(declaration, listener(stranger, owner(UNREAD, pid=44))) is False


def test_a_socket_that_systemd_made_is_its_own_and_the_services(listener: MakeListener, owner: MakeOwner) -> None:
    systemd, sshd = owner("/usr/lib/systemd/systemd", pid=1), owner("/usr/sbin/sshd", pid=50)
    stranger = owner("/usr/bin/nc", pid=51)
    for program in ("sshd", "systemd"):
        assert asked(declare(program=program), listener(systemd, sshd)) is True
    assert asked(declare(program="systemd"), listener(systemd)) is True
    assert asked(declare(program="sshd"), listener(systemd)) is False
    assert asked(declare(program="sshd"), listener(systemd, sshd, stranger)) is False
    # Two sockets: one of them systemd did not make.
    assert asked(declare(program="sshd"), listener(systemd, sshd, sockets=2)) is False
    assert asked(declare(program="systemd"), listener(systemd, stranger, sockets=2)) is False
    # Process 1 of a container is whatever runs in it.
    assert asked(declare(program="nginx"), listener(owner("/usr/bin/nc", pid=1), owner(pid=9))) is False
