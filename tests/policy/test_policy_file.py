"""What a policy file may say, and what is said of one that says something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.declaration import Declaration
from quietport.model.endpoint import Scope
from quietport.model.errors import PolicyError
from quietport.model.port import PortRange, Transport
from quietport.policy.policy_file import parse_policy

FULL = """\
# What we expect.
[[accept]]
port = "8080/tcp"
because = "dashboard of team x"  # [[accept]]

 [[ accept ]]
port = "6000-6063/UDP"
because = '''
[[accept]]
port = "1/tcp" '''
scope = "private"
program = "/usr/sbin/nginx"
"unit" = "nginx.service"
'image' = "docker.io/library/nginx:1.27"
package = "nginx"
host = "web-*"
author = "kim"
until = 2027-03-31

[["accept"]]
port = "53/udp"
because = "\\"quoted\\" # no comment"
until = "2028-02-29"
"""


def test_every_key_of_every_entry() -> None:
    assert parse_policy(FULL, "p.toml") == (
        Declaration(Transport.TCP, PortRange(8080, 8080), "dashboard of team x", "p.toml", 2),
        Declaration(
            Transport.UDP,
            PortRange(6000, 6063),
            '[[accept]]\nport = "1/tcp" ',
            "p.toml",
            6,
            Scope.PRIVATE,
            "/usr/sbin/nginx",
            "nginx.service",
            "docker.io/library/nginx:1.27",
            "nginx",
            "web-*",
            "kim",
            "2027-03-31",
        ),
        Declaration(Transport.UDP, PortRange(53, 53), '"quoted" # no comment', "p.toml", 20, until="2028-02-29"),
    )


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "accept = []\n"])
def test_nothing_is_declared(text: str) -> None:
    assert parse_policy(text, "p.toml") == ()


def test_windows_line_ends_count_as_lines() -> None:
    found = parse_policy(FULL.replace("\n", "\r\n"), "p.toml")
    assert [(entry.line, entry.because) for entry in found] == [
        (2, "dashboard of team x"),
        (6, '[[accept]]\nport = "1/tcp" '),
        (20, '"quoted" # no comment'),
    ]


ENTRY = '[[accept]]\nport = "1/tcp"\nbecause = "x"\n'


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("[[accept]]\nport = 1/tcp\n", "p.toml, line 2", "is no TOML: "),
        ("x =", "p.toml", "is no TOML: "),
        ("\n\nallow = 1\n", "p.toml, line 3", "unknown key 'allow'; there is only [[accept]]"),
        (ENTRY + "[rules]\n", "p.toml, line 4", "unknown key 'rules'; there is only [[accept]]"),
        ('[accept]\nport = "1/tcp"\n', "p.toml, line 1", "entries are tables: write [[accept]], in double brackets"),
        ("accept = [1]", "p.toml, line 1", "entries are tables: write [[accept]], in double brackets"),
        (
            'accept = [{ port = "1/tcp", because = "x" }]',
            "p.toml",
            "every entry is a table of its own, under a line [[accept]]",
        ),
        (
            ENTRY + 'prot = "tcp"\n',
            "p.toml, line 4",
            "prot: unknown key; there are: port, because, scope, program, unit, image, package, host, author, until",
        ),
        (ENTRY + "[accept.more]\nx = 1", "p.toml, line 1", "more: unknown key; there are: "),
        ('\n[[accept]]\nbecause = "x"', "p.toml, line 2", 'port: is missing; every entry needs port = "8080/tcp"'),
        (
            '[[accept]]\nport = "1/tcp"',
            "p.toml, line 1",
            'because: is missing; every entry needs because = "why it should be there"',
        ),
        (
            '[[accept]]\nport = "1/tcp"\nbecause = " "',
            "p.toml, line 3",
            'because: is empty; it takes text, as because = "why it should be there"',
        ),
        (
            '[[accept]]\nport = 8080\nbecause = "x"',
            "p.toml, line 2",
            'port: is of type int; it takes text, as port = "8080/tcp"',
        ),
        (
            '[[accept]]\nport = "8080"\nbecause = "x"',
            "p.toml, line 2",
            "port: '8080' leaves open over which transport; write 8080/tcp or 8080/udp",
        ),
        (
            '[[accept]]\nport = "80801/tcp"\nbecause = "x"',
            "p.toml, line 2",
            "port: '80801/tcp' is no port; ports are 0 to 65535, as in 8080/tcp or 6000-6063/tcp",
        ),
        ('[[accept]]\nport = "9-3/tcp"\nbecause = "x"', "p.toml, line 2", "port: '9-3/tcp' is no port; "),
        ('[[accept]]\nport = "ssh/tcp"\nbecause = "x"', "p.toml, line 2", "port: 'ssh/tcp' is no port; "),
        ('[[accept]]\nport = " 80/tcp"\nbecause = "x"', "p.toml, line 2", "port: ' 80/tcp' is no port; "),
        (
            '[[accept]]\nport = "80/icmp"\nbecause = "x"',
            "p.toml, line 2",
            "port: '80/icmp' names no transport; there are: tcp, udp, sctp, dccp",
        ),
        (
            ENTRY + 'scope = "lan"',
            "p.toml, line 4",
            "scope: no scope 'lan'; there are: loopback, link-local, private, public, any, multicast",
        ),
        (ENTRY + 'until = "31.3.2027"', "p.toml, line 4", "until: '31.3.2027' is no day; write one as 2027-03-31"),
        (ENTRY + 'until = "2027-02-29"', "p.toml, line 4", "until: '2027-02-29' is no day of the calendar"),
        (ENTRY + "until = 2027-02-29", "p.toml, line 4", "is no TOML: "),
        (ENTRY + "until = 2027-03-31T00:00:00Z", "p.toml, line 4", "until: datetime.datetime("),
        (ENTRY + "until = 2027", "p.toml, line 4", "until: 2027 is no day; write one as 2027-03-31"),
        (ENTRY + "program = ['nginx']", "p.toml, line 4", "program: is of type list; it takes text, as program = "),
        ("x = " + "[" * 5000, "p.toml", "cannot be read: "),
        ("x = " + "9" * 5000, "p.toml", "cannot be read: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_would_be_right(text: str, place: str, problem: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "p.toml")
    assert caught.value.place == place
    assert caught.value.problem.startswith(problem)
    assert str(caught.value) == f"{place}: {caught.value.problem}"


LINES = st.sampled_from(
    [
        "[[accept]]", "[accept]", 'port = "80/tcp"', 'because = "x"', "because = '''", "'''", '"""', "# [[accept]]",
        'because = "a # b', "until = 2027-03-31", "host = 'web-*'", "", "x = [", "[[1]]", "]", "\\", '"',
    ]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(LINES, max_size=12).map("\n".join)))
def test_any_text_is_a_policy_or_an_error_that_names_the_file(text: str) -> None:
    try:
        entries = parse_policy(text, "p.toml")
    except PolicyError as error:
        assert error.place.startswith("p.toml")
        assert error.problem
    else:
        lines = text.split("\n")
        assert all("accept" in lines[entry.line - 1] for entry in entries)


def test_the_example_of_the_documentation_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
    (entry,) = parse_policy(page.partition("```toml\n")[2].partition("```")[0], "p.toml")
    assert entry == Declaration(
        Transport.TCP, PortRange(8080, 8080), "dashboard of team x", "p.toml", 1, Scope.PRIVATE, "/usr/sbin/nginx",
        "nginx.service", "docker.io/library/nginx", "nginx", "web-*", "kim", "2027-03-31",
    )  # fmt: skip
