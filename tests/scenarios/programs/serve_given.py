"""Serves the socket that it was given as file 3 (sd_listen_fds(3)), one caller after the other."""

import socket

listener = socket.socket(fileno=3)
while True:
    caller, _ = listener.accept()
    caller.sendall(b"here\n")
    caller.recv(64)
