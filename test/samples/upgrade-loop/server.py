"""
A web server that does the same: each generation greets the one before over a pipe, which outlives them all.

    python3 server.py                      kill -USR2 starts the successor, with the sockets and the pipe recorded
    hot-swap run -- python3 server.py      saving does

The one call of Hot Swap is optional: without Hot Swap there is no such module.
"""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

try:
    from hot_swap import kept
except ImportError:

    def kept(name, make):
        return make()


TEXT = "first text"

#: "listening;reads;writes;", as in nginx's variable NGINX.
RECORD = "UPGRADE"
recorded = [int(fd) for fd in os.environ.pop(RECORD, "").split(";") if fd]
heard = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = f"{TEXT}\n{os.fstat(reads).st_ino}\n{len(heard)}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def waiting(fd):
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0" * 4))[0]


def hear(server):
    """One greeting, that of the successor: the next one is for that. One's own is for who came before."""
    while waiting(reads) > 0:
        time.sleep(0.01)
    greeting = os.read(reads, 4096).decode().strip()
    heard.append(greeting)
    print(f"{os.getpid()} ({TEXT}) hears: {greeting}", flush=True)
    if "hot_swap" not in sys.modules:
        server.shutdown()


def upgrade(*_):
    descriptors = [server.fileno(), reads, writes]
    subprocess.Popen(
        [sys.executable, os.path.abspath(__file__)],
        env={**os.environ, RECORD: ";".join(map(str, descriptors)) + ";"},
        pass_fds=descriptors,
    )


made = []


def make():
    made.extend(os.pipe())
    return made


reads, writes = recorded[1:] if recorded else kept("greetings", make)
address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
server = ThreadingHTTPServer(address, Handler, bind_and_activate=not recorded)
if recorded:
    server.socket = socket.socket(fileno=recorded[0])
signal.signal(signal.SIGUSR2, upgrade)
if not made:
    os.write(writes, b"I am upgraded!\n")
threading.Thread(target=hear, args=(server,), daemon=True).start()
print(f"{os.getpid()} serves: {TEXT}", flush=True)
server.serve_forever()
