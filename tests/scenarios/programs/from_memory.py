"""Runs a program from memory, as malware without files does: from_memory.py NAME PROGRAM [ARGUMENT...]."""

import os
import sys
from pathlib import Path

name, program, *arguments = sys.argv[1:]
memory = os.memfd_create(name, os.MFD_CLOEXEC)
os.write(memory, Path(program).read_bytes())
os.execve(memory, [name, *arguments], dict(os.environ))  # noqa: S606 - it is the point
