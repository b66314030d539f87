"""What the package databases inside containers claim, read by a child process that may be lost.

Whoever made a container can make its files anything: a file system that never answers, a database that takes
for ever, a crash in what parses it. So a child looks, with little memory and little time; what it does not
answer in time is not known, and the rest is asked again of another child. The child answers one line a root.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from quietport.host.package.database import Found, find_in_root
from quietport.host.package.database_root import DatabaseRoot
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EACH_S = 0.5
"""How long one root may take; a usual one takes 3 ms."""
ALL_S = 2.0
"""How long all of them may take together."""
_MORE_MEMORY = 1024**3
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_LATE = Unknown(Reason.NOT_LOOKED, "package database that takes too long to read")


class Question(NamedTuple):
    """What one container is asked."""

    root: str
    """Its root directory, ``/proc/PID/root``."""
    paths: tuple[str, ...]
    """Files, named as below that root."""


Answer = dict[str, Found]
_Row = tuple[str, str | None, str | None, str | None, str | None, str | None, str | None]


def find_claims(questions: Sequence[Question], each_s: float = EACH_S, all_s: float = ALL_S) -> list[Answer]:
    """Return what each container claims of its files, in the order of the questions."""
    end = time.monotonic() + all_s
    answers: list[Answer] = []
    while len(answers) < len(questions) and time.monotonic() < end:
        answers += _ask_child(questions[len(answers) :], each_s, end)
        if len(answers) < len(questions):
            answers.append(dict.fromkeys(questions[len(answers)].paths, _LATE))
    return answers + [dict.fromkeys(question.paths, _LATE) for question in questions[len(answers) :]]


def answer(question: Question) -> Answer:
    """Return what one container claims; to be called where it does no harm if this never returns."""
    try:
        with DatabaseRoot(question.root, is_claim=True) as root:
            return find_in_root(root, question.paths)
    except OSError as error:
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED
        return dict.fromkeys(question.paths, Unknown(reason, "root of the container"))


def _ask_child(questions: Sequence[Question], each_s: float, end: float) -> list[Answer]:
    """Return the answers of a child up to the first that does not come in time."""
    if sys.platform == "win32":
        return []
    reader, writer = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        return []
    if child == 0:
        _answer_and_exit(questions, writer)
    os.close(writer)
    try:
        return _read_answers(reader, len(questions), each_s, end)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _answer_and_exit(questions: Sequence[Question], writer: int) -> None:
    try:
        _limit_memory()
        with open(writer, "wb", closefd=False) as pipe:
            for question in questions:
                pipe.write(encode_answer(answer(question)) + b"\n")
                pipe.flush()
    finally:
        os._exit(0)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - absent on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > _MORE_MEMORY:
        resource.setrlimit(resource.RLIMIT_DATA, (_MORE_MEMORY, hard))


def _read_answers(reader: int, count: int, each_s: float, end: float) -> list[Answer]:
    answers: list[Answer] = []
    held = b""
    deadline = min(time.monotonic() + each_s, end)
    while len(answers) < count and len(held) < _MAX_ANSWER_BYTES:
        if not select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
            break
        read = os.read(reader, 65536)
        if not read:
            break
        *lines, held = (held + read).split(b"\n")
        if lines:
            answers += map(decode_answer, lines)
            deadline = min(time.monotonic() + each_s, end)
    return answers


def encode_answer(found: Answer) -> bytes:
    """Return an answer as one line of JSON."""
    return msgspec.json.encode([_row(path, package) for path, package in found.items()])


def decode_answer(line: bytes) -> Answer:
    """Return the answer that a line holds; raises msgspec.DecodeError where it is none."""
    found: Answer = {}
    for path, manager, name, version, changed_at, reason, what in _decode(line):
        if manager is not None and name is not None:
            found[path] = Package(manager, name, version, is_claim=True, changed_at=changed_at)
        else:
            found[path] = None if reason is None else Unknown(Reason(reason), what or "")
    return found


_decode: Callable[[bytes], list[_Row]] = msgspec.json.Decoder(list[_Row]).decode


def _row(path: str, package: Found) -> _Row:
    if isinstance(package, Package):
        changed_at = package.changed_at if isinstance(package.changed_at, str) else None
        return path, package.manager, package.name, package.version, changed_at, None, None
    if isinstance(package, Unknown):
        return path, None, None, None, None, package.reason, package.what
    return path, None, None, None, None, None, None
