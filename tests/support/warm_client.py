# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is a Python from outside, with its standard streams, folder and environment, its signals and its end.

A fork of the server (warm_server.py) runs the script. This file starts in milliseconds as it imports next to nothing.
"""

from __future__ import annotations

import _socket
import marshal
import os
import signal
import sys

#: From the program that runs this file: the server's socket, and a Python for what the server doesn't do.
SERVER, PYTHON, *ARGUMENTS = sys.argv[1:]
FORWARDED = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def ended() -> bytes:
    """How the script did: b"e" and its exit code, b"k" and the signal that killed it; nothing if it wasn't run."""
    if not ARGUMENTS or ARGUMENTS[0].startswith("-"):
        return b""
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.connect(SERVER)
    mask = os.umask(0o077)
    os.umask(mask)
    request = marshal.dumps((ARGUMENTS, dict(os.environ), os.getcwd(), mask))
    streams = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (0, 1, 2))
    server.sendmsg([len(request).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    while request:
        request = request[server.send(request) :]
    for number in FORWARDED:
        signal.signal(number, lambda number, _frame: server.send(bytes([number])))
    answer = server.recv(2)
    for number in FORWARDED:
        signal.signal(number, signal.SIG_DFL)
    return answer or b"e\x7f"


answer = ended()
if answer in (b"", b"no"):
    os.execv(PYTHON, [PYTHON, *ARGUMENTS])
if answer.startswith(b"k"):
    os.kill(os.getpid(), answer[1])
os._exit(answer[1])
