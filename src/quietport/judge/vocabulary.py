"""Every name that a rule may ask about, and every word that it may ask for: read by the build and by tests."""

from __future__ import annotations

from quietport.judge.facts import Facts
from quietport.judge.holder_facts import DEBUGGERS
from quietport.judge.place import SIGNS
from quietport.judge.role import ROLES
from quietport.model.endpoint import Scope
from quietport.model.listener import Direction, ListenerState
from quietport.model.owner import Activation, ExecutableFile
from quietport.model.port import RangeName, Transport
from quietport.model.registration import Status

FACT_NAMES = frozenset(Facts.__struct_fields__)
"""Every name that a rule may ask about."""

_YES_OR_NO = frozenset({True, False})

WORDS: dict[str, frozenset[str | bool]] = {
    **{
        name: _YES_OR_NO
        for name, kind in Facts.__annotations__.items()
        if kind == "bool" or name in {"ephemeral", "privileged_user", "program_known", "registered_agrees"}
    },
    **dict.fromkeys(
        ("de_facto_agrees", "hidden_place", "scripted", "development_server", "stdin_socket", "runs_shell"), _YES_OR_NO
    ),
    "kind": frozenset({"listener", "connection", "packet-socket", "raw-socket"}),
    "transport": frozenset({*map(str, Transport), "none"}),
    "scope": frozenset(map(str, Scope)),
    "state": frozenset({*map(str, ListenerState), *map(str, Direction)}),
    "range": frozenset({*map(str, RangeName), "none"}),
    "status": frozenset({*(status.label for status in Status), "none"}),
    "namespace": frozenset({"own", "other", "unread"}),
    "owner": frozenset({"known", "kernel", "permission", "none", "unseen"}),
    "roles": frozenset(ROLES),
    "executable": frozenset({"system", "local", "home", "temporary", "memory", "other", "kernel", "untold"}),
    "path_signs": frozenset(SIGNS),
    "made_by": frozenset({"go-run", "appimage", "container-runtime", "none"}),
    "file": frozenset(map(str, ExecutableFile)),
    "masked_name": frozenset({"kernel-thread", "daemon", "no"}),
    "package": frozenset({"owned", "claimed", "none", "unread"}),
    "container": frozenset({"yes", "no", "unread"}),
    "upgrade": frozenset({"after-start", "before-start", "unread"}),
    "unit": frozenset({"service", "session", "other", "none", "unread"}),
    "activation": frozenset(map(str, Activation)),
    "debugger": frozenset({*DEBUGGERS, "other", "none"}),
    "debugger_port": frozenset({"this", "another", "unsaid"}),
}
"""For each fact of a closed vocabulary, every word it can be: a rule that asks for another could never match."""
