"""The rules that ship, each with its own proof, and the file format they stand in."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.judge import connection_facts, listener_facts, listener_likeness, raw_socket_facts, weigh
from quietport.judge.facts import Context, Facts, program_name, speaking_holder
from quietport.judge.rule import Rule
from quietport.judge.rule_text import WEIGHTS, parse_rules, read_rule_text
from quietport.judge.vocabulary import FACT_NAMES, WORDS
from quietport.model.declaration import Declaration, Expired
from quietport.model.endpoint import Endpoint
from quietport.model.errors import SourceTextError
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.owner import Activation, Container, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, PortRange, Transport
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Standing, Verdict
from quietport.registry.snapshot import Registry
from quietport.words.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = read_rule_text()
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
    assert {rule.id: str(rule.speaks_for) for rule in RULES if rule.decibans == 0} == {
        "nothing-explains-it": "unexplained",
        "owner-not-seen": "unexplained",
        "restart-needed": "none",
        "file-replaced": "none",
        "declaration-expired": "none",
    }
    assert [rule.id for rule in RULES if rule.speaks_for == "none" and rule.decibans] == []


def test_every_doubt_that_a_rule_raises_says_what_would_settle_it() -> None:
    assert [rule.id for rule in RULES if rule.speaks_for in {"suspicious", "unresolved"} and rule.settles is None] == []


def test_every_fact_is_asked_about() -> None:
    asked = {condition.fact for rule in RULES for condition in rule.when}
    assert FACT_NAMES - asked == {"ephemeral"} - asked


def test_examples_use_the_words_of_the_vocabulary() -> None:
    strange = [
        (rule.id, fact, word)
        for rule in RULES
        for example in (*rule.hits, *rule.misses)
        for fact, told in example.items()
        for word in (told if isinstance(told, list) else [told])
        if word not in WORDS.get(fact, {word})
    ]
    assert strange == []


UNREAD = Unknown(Reason.NOT_LOOKED, "not asked for")
UNTOLD = Unknown(Reason.NOT_SUPPORTED, "executable")
PATHS = (
    "/usr/sbin/sshd", "/usr/bin/redis-check-rdb", "/usr/bin/mongod", "/usr/bin/dockerd", "/usr/bin/kubelet",
    "/usr/sbin/rpc.statd", "/usr/lib/systemd/systemd", "/usr/sbin/inetd", "/usr/sbin/docker-proxy", "/usr/bin/bash",
    "/usr/bin/python3.11", "/usr/bin/node", "/usr/bin/java", "/usr/bin/nc.traditional", "/usr/bin/tcpdump",
    "/usr/share/grafana/bin/grafana", "/usr/bin/x", "/usr/local/bin/x", "/home/a/x", "/tmp/x", "/tmp/.x/y",
    "/tmp/go-build1/b001/exe/x", "/memfd:x", "/memfd:runc_cloned:x", "/dev/shm/sshd", "/home/a/.ssh/x",
    "/tmp/sshd", "/srv/a\u202eb", "/srv/x", "/", "", None, UNREAD, UNTOLD,
)  # fmt: skip
PORTS = (
    "22/tcp", "79/tcp", "100/tcp", "851/tcp", "860/udp", "700/tcp", "2375/tcp", "2376/tcp", "3000/tcp", "4000/tcp",
    "4444/tcp", "6379/tcp", "8000/tcp", "9200/tcp", "9229/tcp", "9230/tcp", "10250/tcp", "27017/tcp", "40000/udp",
    "50123/tcp",
)  # fmt: skip
HERE, ELSEWHERE = (NetworkNamespace("net:[1]", None, 1, is_own=own) for own in (True, False))
CONTAINER = Container("docker", "c" * 64)
DECLARATION = Declaration(Transport.TCP, PortRange(1, 2), "ours", "/etc/quietport.toml", 3, until="2026-01-31")


def strange_owner(dice: random.Random) -> Owner:
    path = dice.choice(PATHS)
    package = Package(
        "dpkg", dice.choice(["x", "grafana"]), "1", dice.random() < 0.2, dice.choice(["2026-11-24", "2026-11-01"])
    )
    return Owner(
        pid=41,
        program=dice.choice(["", "x", "sshd", "rpc.statd", "kworker/0:1"]),
        executable=path,
        file=dice.choice([*ExecutableFile, UNREAD]),
        uid=dice.choice([0, 1000, UNREAD]),
        user="a",
        started_at="2026-11-10T10:00:00Z",
        script=dice.choice([None, UNREAD, "-m http.server", "/srv/app.py"]),
        unit=dice.choice([None, UNREAD, "x.service", "session-1.scope"]),
        container=dice.choice([None, None, UNREAD, CONTAINER]),
        package=dice.choice([None, UNREAD, package, package]),
        activation=dice.choice([*Activation, UNREAD]),
        stdin_socket=dice.choice([True, False, UNREAD]),
        runs_shell=dice.choice([True, False, False, UNREAD]),
        debugger=dice.choice([None, None, UNREAD, "jdwp", "node-inspect"]),
        debugger_port=dice.choice([None, UNREAD, 9229, 9230]),
    )


def strange_owners(dice: random.Random) -> tuple[Owner, ...] | Unknown:
    if dice.random() < 0.1:
        return dice.choice([(), *(Unknown(reason, "owner") for reason in Reason)])
    return tuple(strange_owner(dice) for _ in range(dice.choice([1, 1, 1, 2])))


def strange_context(dice: random.Random, registry: Registry) -> Context:
    owners, namespace = strange_owners(dice), dice.choice([NO_NAMESPACE, HERE, ELSEWHERE])
    holder = speaking_holder(owners)
    practice = registry.practice
    known = practice.find_programs(program_name(holder)) if holder else ()
    aliases = practice.find_programs(holder.program) if holder else ()
    kind = dice.choice(["listener"] * 6 + ["connection", "raw"])
    if kind == "raw":
        raw = RawSocket(dice.choice(list(RawKind)), "packet", 3, None, None, 0, 7, owners, namespace)
        return raw_socket_facts(raw, known, alias_programs=aliases)
    number, _, transport = dice.choice(PORTS).partition("/")
    end = Endpoint(
        dice.choice(["0.0.0.0", "127.0.0.1", "10.0.0.1", "192.0.2.1"]), Port(int(number), Transport(transport))
    )
    told: dict[str, Any] = {
        "misuse": practice.misuse.find(end.port),
        "alias_programs": aliases,
        "declaration": dice.choice([None, None, DECLARATION, Expired(DECLARATION)]),
    }
    about = registry.lookup(end.port), practice.uses.find(end.port), known, PortRange(32768, 60999)
    if kind == "connection":
        seen = Connection(end, end, dice.choice(list(Direction)), 0, 7, owners, namespace)
        return connection_facts(seen, *about, **told)
    state = dice.choice([ListenerState.LISTENING] * 6 + list(ListenerState))
    listener = Listener(end, Family.IPV4, state, None, 0, dice.choice([1, 1, 2]), owners, namespace)
    return listener_facts(listener, *about, **told)


def test_a_rule_that_matches_has_every_value_its_sentence_shows() -> None:
    dice, seen = random.Random(851), set()  # noqa: S311 - the same doors in every run
    with Registry() as registry:
        for _ in range(25_000):
            seen |= _shown(strange_context(dice, registry))
    assert {rule.id for rule in RULES} - seen == set()


def test_no_step_for_a_socket_below_the_ports_names_a_port() -> None:
    dice, steps = random.Random(7), set()  # noqa: S311 - the same sockets in every run
    held = [Unknown(reason, "owner") for reason in Reason] + [strange_owners(dice) for _ in range(400)]
    with Registry() as registry:
        for kind, owners in itertools.product(RawKind, held):
            raw = RawSocket(kind, "packet", 3, None, None, 0, 7, owners, HERE)
            holder = speaking_holder(owners)
            known = registry.practice.find_programs(program_name(holder)) if holder else ()
            verdict = weigh(raw_socket_facts(raw, known), RULES)
            steps |= {verdict.next_step, verdict.settles or "settle.unresolved"}
    assert {"next.root-all", "next.packet-socket", "next.no-owner"} <= steps
    assert all(phrasebook("en").say(step, pid=41) for step in steps)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("owner", ["known", "permission", "none", "unseen"])
@pytest.mark.parametrize("kind", ["packet-socket", "raw-socket"])
def test_whatever_rule_speaks_no_step_below_the_ports_names_a_port(
    make_facts: Callable[..., Facts], rule: Rule, owner: str, kind: str
) -> None:
    below = {"kind": kind, "transport": "none", "range": "none", "status": "none", "owner": owner}
    facts = make_facts(**dict(rule.hits[0]) | below | {"declared": False, "declaration_expired": False})
    verdict = weigh(Context(facts, {}), [one for one in RULES if one.id == rule.id or one.decibans == 0])
    assert phrasebook("en").say(verdict.next_step, pid=41)


def test_listeners_that_are_alike_have_one_verdict() -> None:
    dice = random.Random(22)  # noqa: S311 - the same doors in every run
    held = [strange_owners(dice) for _ in range(40)]
    verdicts: dict[tuple[object, ...], Verdict] = {}
    shared = 0
    with Registry() as registry:
        for _ in range(8_000):
            owners, number = (
                dice.choice(held),
                dice.choice([dice.randrange(1, 65536), 9229, 9230, 3000, 3001, 851, 852]),
            )
            end = Endpoint(dice.choice(["0.0.0.0", "127.0.0.1"]), Port(number, Transport.TCP))
            namespace = dice.choice([HERE, ELSEWHERE])
            seen = Listener(end, Family.IPV4, ListenerState.LISTENING, None, 0, dice.choice([1, 2]), owners, namespace)
            holder = speaking_holder(owners)
            known = registry.practice.find_programs(program_name(holder)) if holder else ()
            about = registry.lookup(end.port), registry.practice.uses.find(end.port), known, PortRange(32768, 60999)
            told: dict[str, Any] = {
                "misuse": registry.practice.misuse.find(end.port),
                "declaration": dice.choice([None, None, DECLARATION, Expired(DECLARATION)]),
            }
            key = id(owners), *listener_likeness(seen, *about, **told)
            verdict = weigh(listener_facts(seen, *about, **told), RULES)
            shared += key in verdicts
            assert verdicts.setdefault(key, verdict) == verdict
    assert shared > 2_000


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
        (
            'when = { kind = "listener" }',
            'when = { kind = "door" }',
            "x.toml, rule x: kind: 'door' is none of its words",
        ),
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
        for when in ("malware_listed = true", "malware_listed = { not = true }")
    )
    unknown = Unknown(Reason.PERMISSION, "owner")
    assert [
        rule.matches(make_facts(malware_listed=fact)) for rule in (asks, denies) for fact in (True, False, unknown)
    ] == [
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
