"""The rules that ship, each with its own proof, and the file format they stand in."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.judge.facts import Context, Facts, connection_facts, listener_facts
from quietport.judge.rule import WEIGHTS, Rule, parse_rules, read_rules
from quietport.model.endpoint import Endpoint
from quietport.model.errors import SourceTextError
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Registration, Status
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Standing
from quietport.registry.snapshot import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = read_rules()
EXAMPLES = [
    pytest.param(rule, example, hits, id=f"{rule.id}-{'hit' if hits else 'miss'}-{number}")
    for rule in RULES
    for hits, examples in ((True, rule.hits), (False, rule.misses))
    for number, example in enumerate(examples)
]

RULE = """\
[[rule]]
id = "x"
speaks_for = "custom"
decibans = 6
group = "g"
sentence = "It is so."
reason = "Because."
references = ["rfc6335"]
when = { kind = "listener" }
hit = [{ kind = "listener" }]
miss = [{ kind = "connection" }]
"""


@pytest.mark.parametrize(("rule", "example", "hits"), EXAMPLES)
def test_every_example_proves_its_rule(
    rule: Rule, example: dict[str, object], hits: bool, make_facts: Callable[..., Facts]
) -> None:
    assert rule.matches(make_facts(**example)) is hits


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_written_out(rule: Rule) -> None:
    assert rule.hits
    assert rule.misses
    assert rule.decibans in {0, 3, 6, 10, 20}
    assert rule.reason.endswith(".")
    assert rule.sentence.endswith(".")


def test_no_two_rules_go_by_one_name() -> None:
    names = [rule.id for rule in RULES]
    assert sorted(names) == sorted(set(names))


def test_every_reference_is_a_source_of_the_registry() -> None:
    with Registry() as registry:
        sources = registry.sources()
    assert {rule.id: [one for one in rule.references if one not in sources] for rule in RULES} == {
        rule.id: [] for rule in RULES
    }


def test_only_the_rules_that_state_what_is_missing_weigh_nothing() -> None:
    assert [rule.id for rule in RULES if rule.decibans == 0] == ["nothing-explains-it", "owner-not-seen"]


PLACES = ("/usr/sbin/x", "/usr/local/bin/x", "/home/a/x", "/tmp/x", "/memfd:x", "/srv/x", "/", "", None)
UNREAD = Unknown(Reason.PERMISSION, "executable")
UNTOLD = Unknown(Reason.NOT_SUPPORTED, "executable")


def owner(
    program: str = "x",
    executable: str | Unknown | None = "/usr/sbin/x",
    *,
    deleted: bool = False,
) -> Owner:
    return Owner(
        41,
        program,
        executable,
        file=ExecutableFile.GONE if deleted else ExecutableFile.PRESENT,
        uid=0,
        user="root",
        started_at="2026-11-23T10:00:00Z",
    )


OWNERS: list[tuple[Owner, ...] | Unknown] = [
    *((owner("x", path),) for path in (*PLACES, UNREAD, "/usr/sbin/rpc.statd")),
    *((owner("", path),) for path in ("", None, UNREAD)),
    *((owner(name, UNTOLD),) for name in ("x", "rpc.statd")),
    (owner(deleted=True),),
    (),
    *(Unknown(reason, "owner") for reason in Reason),
]
PORTS = (
    *((Port(number, Transport.TCP), Status.UNASSIGNED, ()) for number in (300, 851, 9999)),
    (Port(22, Transport.TCP), Status.ASSIGNED, ("ssh",)),
    (Port(6379, Transport.TCP), Status.ASSIGNED, ("redis",)),
    (Port(40000, Transport.UDP), Status.UNASSIGNED, ()),
)
PROGRAMS = ((), (KnownProgram("x", "X", ("redis",), "s", "l", "w"), KnownProgram("x", "Y", (), "s", "l", "w")))
USES = ((), (DeFactoUse(PortRange(851, 851), Transport.TCP, "X", "data", "s", "l", "w"),))


def test_a_rule_that_matches_has_every_value_its_sentence_shows() -> None:
    seen = set()
    for owners, (port, status, names), programs, uses, address in itertools.product(
        OWNERS, PORTS, PROGRAMS, USES, ("0.0.0.0", "127.0.0.1")
    ):
        listener = Listener(Endpoint(address, port), Family.IPV4, ListenerState.LISTENING, None, 0, (7,), owners)
        known = programs if isinstance(owners, tuple) and owners else ()
        registration = Registration(port, status, names, ())
        lent = PortRange(32768, 60999)
        seen |= _shown(listener_facts(listener, registration, uses, known, lent))
        for direction in Direction:
            end = Endpoint(address, port)
            connection = Connection(end, end, direction, 0, 7, owners)
            seen |= _shown(connection_facts(connection, registration, uses, known, lent))
    assert seen == {rule.id for rule in RULES}


def _shown(context: Context) -> set[str]:
    matching = [rule for rule in RULES if rule.matches(context.facts)]
    for rule in matching:
        missing = set(re.findall(r"\{([a-z_]+)\}", rule.sentence)) - set(context.values)
        assert not missing, (rule.id, context.facts)
    return {rule.id for rule in matching}


def test_a_rule_is_read_as_it_stands() -> None:
    (rule,) = parse_rules("x.toml", RULE)
    assert (rule.id, rule.speaks_for, rule.decibans, rule.next_step) == ("x", Standing.CUSTOM, 6, None)
    assert [(one.fact, one.asked, one.negated) for one in rule.when] == [("kind", "listener", False)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('reason = "Because."\n', "", "x.toml, rule x: missing: ['reason']; not known: []"),
        ('group = "g"', 'group = "g"\nmood = 1', "x.toml, rule x: missing: []; not known: ['mood']"),
        ("decibans = 6", "decibans = 7", "x.toml, rule x: decibans 7 is none of [0, 3, 6, 10, 20]"),
        (
            'speaks_for = "custom"',
            'speaks_for = "evil"',
            "x.toml, rule x: speaks for 'evil', which is neither a standing nor a concern",
        ),
        ('when = { kind = "listener" }', "when = { pid = true }", "x.toml, rule x: asks about 'pid', which is no fact"),
        (
            'when = { kind = "listener" }',
            'when = { kind = { like = "l" } }',
            "x.toml, rule x: kind: a table has one key, 'not'",
        ),
        ('when = { kind = "listener" }', "when = { kind = 7 }", "x.toml, rule x: kind: 7 can not be asked for"),
    ],
)
def test_a_malformed_rule_is_named_with_its_file(old: str, new: str, said: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_rules("x.toml", RULE.replace(old, new)))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "x"', "id = 7", "x.toml, rule 7"),
        ('sentence = "It is so."', "sentence = 7", "x.toml, rule x"),
        ('references = ["rfc6335"]', "references = []", "x.toml, rule x"),
        ('references = ["rfc6335"]', 'references = "rfc6335"', "x.toml, rule x"),
        ("decibans = 6", "decibans = [6]", "x.toml, rule x"),
        ('speaks_for = "custom"', "speaks_for = [1]", "x.toml, rule x"),
        ('when = { kind = "listener" }', "when = 7", "x.toml, rule x"),
        ('when = { kind = "listener" }', "when = { kind = [[1]] }", "x.toml, rule x"),
        ('hit = [{ kind = "listener" }]', "hit = [7]", "x.toml, rule x"),
        ('hit = [{ kind = "listener" }]', "hit = 7", "x.toml, rule x"),
    ],
)
def test_a_value_of_another_type_is_named_too(old: str, new: str, place: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_rules("x.toml", RULE.replace(old, new)))
    assert caught.value.place == place


@pytest.mark.parametrize("text", ["[[rule]", "rule = 7", "rule = [7]", "[rule]\nid = 'x'"])
def test_a_text_that_holds_no_rules_is_named(text: str) -> None:
    with pytest.raises(SourceTextError) as caught:
        list(parse_rules("x.toml", text))
    assert caught.value.place.startswith("x.toml")


VALUES = st.recursive(
    st.booleans() | st.integers(-1, 9) | st.sampled_from(["x", "custom", "kind", "listener"]).map(repr),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["not", "kind"]), inner, max_size=2),
    max_leaves=3,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(st.text(max_size=80))
def test_any_text_is_rules_or_an_error_of_ours(text: str) -> None:
    try:
        rules = list(parse_rules("x.toml", text))
    except SourceTextError as error:
        assert error.place.startswith("x.toml")
    else:
        assert rules == []


@given(st.dictionaries(st.sampled_from(re.findall(r"^(\w+) =", RULE, re.MULTILINE)), VALUES, max_size=3))
def test_any_values_make_a_rule_or_an_error_of_ours(strange: dict[str, object]) -> None:
    lines = [
        f"{key} = {toml(strange[key])}" if (key := line.partition(" ")[0]) in strange else line
        for line in RULE.splitlines()
    ]
    try:
        (rule,) = parse_rules("x.toml", "\n".join(lines))
    except SourceTextError as error:
        assert error.place.startswith("x.toml")
    else:
        assert rule.decibans in WEIGHTS
        assert isinstance(rule.speaks_for, Standing | Concern)
        assert all(isinstance(text, str) for text in (rule.id, rule.group, rule.sentence, rule.reason))


def test_a_fact_that_is_not_known_satisfies_nothing(make_facts: Callable[..., Facts]) -> None:
    asks, denies = (
        next(parse_rules("x.toml", RULE.replace('kind = "listener" }\nhit', f"{when} }}\nhit")))
        for when in ("deleted = true", "deleted = { not = true }")
    )
    unknown = Unknown(Reason.PERMISSION, "owner")
    assert [rule.matches(make_facts(deleted=fact)) for rule in (asks, denies) for fact in (True, False, unknown)] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]


def test_a_set_of_words_holds_any_of_those_asked_for(make_facts: Callable[..., Facts]) -> None:
    one, several, other = (
        next(parse_rules("x.toml", RULE.replace('kind = "listener" }\nhit', f"services = {when} }}\nhit")))
        for when in ('"ssh"', '["http", "ssh"]', '{ not = ["ssh"] }')
    )
    facts = make_facts(services=["ssh", "sftp"])
    assert (one.matches(facts), several.matches(facts), other.matches(facts)) == (True, True, False)
