"""
A listening socket of the app. What the app has is a stand-in (readiness.py); the socket itself is kept here, and those who
come through the side door are accepted from it, too.
"""

from __future__ import annotations

import _socket
import errno
import os
import select
import socket
from collections import deque
from typing import Any, Deque, Optional, Tuple

from ..http.connection import Connection, Exchange, accepted
from .readiness import Readiness
from ..http.traffic import Traffic


class Listener:
    def __init__(self, key: str, real: socket.socket, adopted: bool, traffic: Traffic) -> None:
        """`real`: listens already, and is this one's to close."""
        self.key = key
        self.adopted = adopted
        self.address: Any = _socket.socket.getsockname(real)
        self.real = real
        #: It is told to the supervisor.
        self.is_announced = False
        self.accepts = False
        self._traffic = traffic
        real.setblocking(False)
        self._visitors: Deque[Tuple[int, Any, Any]] = deque()
        self._begin()

    def _begin(self) -> None:
        self.readiness = Readiness()
        self._bell, self._button = socket.socketpair()
        for end in (self._bell, self._button):
            end.setblocking(False)
        self.readiness.add(self._bell.fileno())

    def stand_in(self, fd: int) -> None:
        """From here on the app's descriptor is no socket: the methods of it ask here."""
        os.dup2(self.readiness.fileno(), fd, inheritable=False)

    def open(self) -> None:
        if not self.accepts:
            self.accepts = True
            self.readiness.add(self.real.fileno())

    def shut(self) -> None:
        """Who comes from now on waits in the kernel's queue for the next process that accepts."""
        if self.accepts:
            self.accepts = False
            self.readiness.remove(self.real.fileno())

    def visit(self, fd: int, peer: Any, local: Any) -> None:
        """Somebody has come through the side door, on the connected socket `fd`, for `peer`."""
        self._visitors.append((fd, peer, local))
        try:
            self._button.send(b".")
        except BlockingIOError:
            pass  # it rings already

    def accept(self, timeout: Optional[float]) -> Tuple[Connection, Any]:
        """As `socket.accept` with that timeout (s; None: for ever)."""
        while True:
            found = self._next()
            if found is not None:
                return found
            if timeout == 0:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            poll = select.poll()
            poll.register(self.readiness.fileno(), select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise socket.timeout("timed out")

    def _next(self) -> Optional[Tuple[Connection, Any]]:
        try:
            self._bell.recv(4096)
        except BlockingIOError:
            pass
        if self._visitors:
            fd, peer, local = self._visitors.popleft()
            if self._visitors:
                self._button.send(b".")
            return accepted(fd, self.real.family, Exchange(self._traffic, self.key, peer, local, True))
        if not self.accepts:
            return None
        try:
            fd, peer = self.real._accept()  # type: ignore[attr-defined]
        except (BlockingIOError, ConnectionAbortedError):
            return None
        return accepted(fd, self.real.family, Exchange(self._traffic, self.key, peer, self.address, False))

    def after_fork(self) -> None:
        """In a child, which accepts by itself, and for itself alone."""
        self.adopted = True
        self.is_announced = False
        self.accepts = False
        self._visitors.clear()
        self.readiness.close()
        self._bell.close()
        self._button.close()
        self._begin()

    def close(self) -> None:
        self.readiness.close()
        self._bell.close()
        self._button.close()
        self.real.close()
