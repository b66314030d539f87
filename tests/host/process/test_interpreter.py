from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quietport.host.process.interpreter import (
    Invocation,
    find_interpreter,
    is_busybox,
    is_rewritten,
    parse_invocation,
)


@pytest.mark.parametrize(
    ("executable", "family"),
    [
        ("/usr/bin/python3.11", "python"),
        ("/usr/local/bin/python3.13t", "python"),
        ("/usr/bin/python3.11-dbg", "python"),
        ("/opt/pypy3.10/bin/pypy3.10", "python"),
        (r"C:\Python311\python.exe", "python"),
        ("/Library/Frameworks/Python.framework/Versions/3.11/Resources/Python.app/Contents/MacOS/Python", "python"),
        ("/usr/bin/nodejs", "node"),
        ("/usr/bin/perl5.36-x86_64-linux-gnu", "perl"),
        ("/usr/bin/ruby3.1", "ruby"),
        ("/usr/bin/php8.2", "php"),
        ("/usr/bin/dash", "sh"),
        ("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "java"),
        ("/usr/bin/lua5.4", "lua"),
        ("/usr/bin/tclsh8.6", "tclsh"),
        ("/usr/bin/node_exporter", None),
        ("/usr/sbin/php-fpm8.2", None),
        ("/usr/sbin/sshd", None),
        ("/usr/bin/pythonista", None),
        ("3proxy", None),
        ("", None),
    ],
)
def test_the_family_of_an_executable(executable: str, family: str | None) -> None:
    assert find_interpreter(executable) == family


@pytest.mark.parametrize(
    ("command", "script"),
    [
        ("python3 /usr/share/app/app.py --port 80", "/usr/share/app/app.py"),
        ("python3 -m http.server 8000", "-m http.server"),
        ("python3 -Bmhttp.server", "-m http.server"),
        ("python3 -X dev -W ignore app.py -m x", "app.py"),
        ("python3 -Wignore -u app.py", "app.py"),
        ("python3 -c import_os", "-c"),
        ("python3 -uc import_os", "-c"),
        ("python3 --check-hash-based-pycs always app.py", "app.py"),
        ("python3 - x", "-"),
        ("python3", None),
        ("python3 -i", None),
        ("python3 -m", None),
        ("python3 -- -odd.py", "-odd.py"),
        ("perl -lne print", "-e"),
        ("perl -Mstrict -I lib app.pl", "app.pl"),
        ("perl -i.bak -Ilib app.pl", "app.pl"),
        ("perl -T /usr/bin/munin-node", "/usr/bin/munin-node"),
        ("ruby -rbundler/setup -I lib bin/rails s", "bin/rails"),
        ("ruby -r json a.rb", "a.rb"),
        ("ruby --encoding utf-8 a.rb", "a.rb"),
        ("php -S 0.0.0.0:8000 -t public", "-S"),
        ("php -d a=b -dc=d -f x.php", "x.php"),
        ("php artisan serve", "artisan"),
        ("php --server=0.0.0.0:8000", "-s"),
        ("sh -c id", "-c"),
        ("bash -lc id", "-c"),
        ("bash -o pipefail -e x.sh", "x.sh"),
        ("bash +o posix x.sh", "x.sh"),
        ("bash --rcfile a b.sh", "b.sh"),
        ("bash -s x", "-"),
        ("bash -i", None),
        ("bash", None),
        ("sh - x.sh", "x.sh"),
        ("zsh -f x.zsh", "x.zsh"),
        ("fish -C a b.fish", "b.fish"),
        ("node --inspect=0.0.0.0:9229 -r dotenv/config app.js --inspect", "app.js"),
        ("node --require=a app.js", "app.js"),
        ("node -pe 1", "-p"),
        ("node --eval 1", "-e"),
        ("node inspect app.js", "app.js"),
        ("node", None),
        ("deno run --allow-net --config x.json s.ts", "s.ts"),
        ("deno serve s.ts", "s.ts"),
        ("deno s.ts", "s.ts"),
        ("deno task start", "task"),
        ("bun run dev", "dev"),
        ("bun --inspect app.ts", "app.ts"),
        ("java -Xmx1g -Dx=y -jar /opt/app.jar start", "/opt/app.jar"),
        ("java -cp a.jar:b.jar -Dx=y org.example.Main a", "org.example.Main"),
        ("java --add-opens java.base/java.lang=ALL-UNNAMED @args org.example.Main", "org.example.Main"),
        ("java --add-opens=java.base/java.lang=ALL-UNNAMED org.example.Main", "org.example.Main"),
        ("java -m example/org.example.Main", "-m example/org.example.Main"),
        ("java -version", None),
        ("lua -l x y.lua", "y.lua"),
        ("tclsh a.tcl b", "a.tcl"),
        ("expect -f x.exp", "x.exp"),
        ("Rscript --vanilla a.R", "a.R"),
        ("R --no-save --file=plumber.R", "plumber.R"),
        ("julia -t 4 --project=. a.jl", "a.jl"),
        ("dotnet exec a.dll", "a.dll"),
        ("dotnet /app/a.dll --urls x", "/app/a.dll"),
        ("mono --debug a.exe", "a.exe"),
        ("pwsh -NoProfile -File x.ps1", "x.ps1"),
        ("pwsh -COMMAND x", "-command"),
        ("awk -F : {print}", "-e"),
        ("gawk -f p.awk file", "p.awk"),
    ],
)
def test_what_an_interpreter_runs(command: str, script: str | None) -> None:
    words = command.split()
    invocation = parse_invocation(words[0], words)
    assert invocation is not None
    assert invocation.script == script


def test_options_stand_before_the_script_and_arguments_after_it() -> None:
    words = ["node", "--inspect", "-r", "x", "app.js", "--inspect-brk"]
    assert parse_invocation("/usr/bin/node", words) == Invocation(
        "node", ("--inspect", "-r", "x"), "app.js", ("--inspect-brk",)
    )


@pytest.mark.parametrize(
    ("command", "script"),
    [
        (["/bin/sh", "/etc/init.d/rcS"], "/etc/init.d/rcS"),
        (["busybox", "ash", "-c", "id"], "-c"),
        (["/bin/busybox.static", "sh", "x.sh"], "x.sh"),
    ],
)
def test_busybox_is_what_its_command_line_says(command: list[str], script: str) -> None:
    invocation = parse_invocation("/bin/busybox", command)
    assert invocation is not None
    assert (invocation.interpreter, invocation.script) == ("sh", script)


@pytest.mark.parametrize("command", [["/bin/nc", "-l"], ["busybox", "httpd", "-f"], ["busybox"], []])
def test_an_applet_that_is_no_shell_runs_no_script(command: list[str]) -> None:
    assert parse_invocation("/bin/busybox", command) is None


def test_which_executables_are_many_programs_in_one() -> None:
    paths = ("/bin/busybox", "/usr/bin/toybox", "/bin/busybox.static", "/bin/bash")
    assert [is_busybox(path) for path in paths] == [True, True, True, False]


@pytest.mark.parametrize(
    ("command", "rewritten"),
    [
        (("gunicorn: master [app]",), True),
        (("puma 5.6.5 (tcp://0.0.0.0:3000) [app]", "", ""), True),
        ((), True),
        (("",), True),
        (("python3",), False),
        (("/opt/my app/python3", "app.py"), False),
    ],
)
def test_a_title_over_the_command_line(command: tuple[str, ...], rewritten: bool) -> None:
    assert is_rewritten(command) is rewritten


WORDS = st.sampled_from(
    [
        "",
        "-",
        "--",
        "-c",
        "-m",
        "-mx",
        "-lc",
        "-e",
        "-S",
        "-f",
        "-jar",
        "--file=x",
        "@a",
        "+o",
        "run",
        "x.py",
        "-X",
        "=",
    ]
) | st.text(max_size=5)


@given(
    st.sampled_from(["python3", "perl", "php", "bash", "node", "deno", "java", "pwsh", "awk", "busybox"]),
    st.lists(WORDS, max_size=6),
)
@example("python3", ["-m"])
@example("bash", [""])
def test_any_command_line_is_read_without_loss(executable: str, words: list[str]) -> None:
    invocation = parse_invocation(executable, [executable, *words])
    if invocation is None:
        assert executable == "busybox"
        return
    skipped = len(words) - len(invocation.options) - len(invocation.arguments)
    assert skipped in {0, 1}
    assert words[: len(invocation.options)] == list(invocation.options)
    assert words[len(words) - len(invocation.arguments) :] == list(invocation.arguments) or not invocation.arguments
