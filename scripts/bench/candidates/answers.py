#!/usr/bin/python3
"""Exits with 0 if the app answers on gunicorn's socket: the check of s6 and of runit."""

import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.settimeout(1)
try:
    connection.connect(os.environ["PAIR_SOCKET"])
    connection.sendall(b"GET /ping HTTP/1.0\r\nHost: localhost\r\n\r\n")
    sys.exit(not connection.recv(12).endswith(b" 200"))
except OSError:
    sys.exit(1)
