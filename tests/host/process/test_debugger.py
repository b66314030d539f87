from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.process.debugger import DEBUGGERS, find_debugger, find_debugger_port
from quietport.host.process.interpreter import parse_invocation

JDWP = "transport=dt_socket,server=y,suspend=n,address=*:5005"


def debugger(command: str, variables: str = "") -> str | None:
    words = command.split()
    invocation = parse_invocation(words[0], words)
    assert invocation is not None
    return find_debugger(invocation, variables.split())


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("node --inspect app.js", "node-inspect"),
        ("node --inspect=0.0.0.0:9229 app.js", "node-inspect"),
        ("node --inspect-brk app.js", "node-inspect"),
        ("deno run --inspect-wait app.ts", "node-inspect"),
        ("bun --inspect app.ts", "node-inspect"),
        ("node app.js --inspect", None),
        ("node --inspect-port=9229 app.js", None),
        ("node --inspector app.js", None),
        (f"java -agentlib:jdwp={JDWP} -jar a.jar", "jdwp"),
        (f"java -Xdebug -Xrunjdwp:{JDWP} -jar a.jar", "jdwp"),
        (f"java -agentpath:/opt/lib/libjdwp.so={JDWP} Main", "jdwp"),
        ("java -agentlib:jdwp=transport=dt_socket,server=n,address=host:5005 Main", None),
        ("java -agentlib:jdwp=transport=dt_socket,address=host:5005 Main", None),
        (f"java Main -agentlib:jdwp={JDWP}", None),
        ("java -agentpath:/opt/profiler.so=server=y Main", None),
        ("java -Dcom.sun.management.jmxremote.port=9010 -jar a.jar", "jmx"),
        ("java -Dcom.sun.management.jmxremote -jar a.jar", None),
        ("java -Dcom.sun.management.jmxremote.port= -jar a.jar", None),
        (f"java -Dcom.sun.management.jmxremote.port=9010 -agentlib:jdwp={JDWP} Main", "jdwp"),
        ("python3 -m debugpy --listen 5678 app.py", "debugpy"),
        ("python3 -m debugpy --listen=0.0.0.0:5678 --wait-for-client -m app", "debugpy"),
        ("python3 /opt/ext/debugpy --listen 5678 app.py", "debugpy"),
        ("python3 /opt/ext/debugpy/adapter --port 5678", "debugpy"),
        ("python3 -m debugpy.adapter", "debugpy"),
        ("python3 -m debugpy --connect 5678 app.py", None),
        ("python3 -m debugpy app.py --listen 5678", None),
        ("python3 app.py -m debugpy --listen 5678", None),
        ("python3 -m http.server", None),
        ("bash --inspect", None),
    ],
)
def test_the_interface_that_a_command_line_opens(command: str, word: str | None) -> None:
    assert debugger(command) == word


def test_options_that_the_environment_adds() -> None:
    assert debugger("node app.js", "--max-old-space-size=512 --inspect") == "node-inspect"
    assert debugger("java Main", f"-agentlib:jdwp={JDWP}") == "jdwp"


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ("node --inspect app.js", 9229),
        ("node --inspect=0.0.0.0:9333 app.js", 9333),
        ("node --inspect-brk=[::1]:9334 app.js", 9334),
        ("node --inspect=0 app.js", None),
        ("node --inspect=localhost app.js", None),
        ("node app.js", None),
        (f"java -agentlib:jdwp={JDWP} -jar a.jar", 5005),
        ("java -agentlib:jdwp=transport=dt_socket,server=y Main", None),
        ("java -agentlib:jdwp=server=y,address=99999 Main", None),
        ("java -Dcom.sun.management.jmxremote.port=9010 -jar a.jar", 9010),
        ("python3 -m debugpy --listen 5678 app.py", 5678),
        ("python3 -m debugpy --listen=0.0.0.0:5679 -m app", 5679),
        ("python3 /opt/ext/debugpy/adapter --port 5680", 5680),
        ("python3 -m debugpy.adapter", None),
    ],
)
def test_the_port_that_a_command_line_gives_it(command: str, port: int | None) -> None:
    words = command.split()
    invocation = parse_invocation(words[0], words)
    assert invocation is not None
    assert find_debugger_port(find_debugger(invocation), invocation) == port


@given(
    st.sampled_from(["node", "java", "python3", "bash"]),
    st.lists(st.text(max_size=8) | st.sampled_from(["--inspect", "-m", "debugpy", "--listen"]), max_size=5),
)
def test_any_command_line_names_one_of_the_known(executable: str, words: list[str]) -> None:
    invocation = parse_invocation(executable, [executable, *words])
    assert invocation is not None
    word = find_debugger(invocation)
    assert word in {None, *DEBUGGERS}
    port = find_debugger_port(word, invocation)
    assert port is None or port in range(1, 65536)
