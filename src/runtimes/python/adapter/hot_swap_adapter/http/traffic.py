"""
What becomes of the requests of this process's clients: answered here (`serve`), waiting (`hold`), passed on to the
successor (`relay`), or answered here as the last of their connection (`last`, through the process's own side door).
"""

from __future__ import annotations

import os
import threading
from typing import Any, Callable, Dict, List, Optional
from weakref import WeakSet

from .connection import Connection, Exchange


class Traffic:
    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` hears `held` (the number has changed), `answered` (a client, for the first time) and `less` (to drain)."""
        self._tell = tell
        self.changed = threading.Condition()
        self.mode = "serve"
        #: Key → side door of the successor.
        self._doors: Dict[str, str] = {}
        #: The same, of this process.
        self.own_doors: Dict[str, str] = {}
        #: Some apps leave it to the garbage collector to close them.
        self.connections: WeakSet[Connection] = WeakSet()
        #: Requests that wait or were passed on.
        self.passing = 0
        self._has_answered = False

    def takes(self, exchange: Exchange) -> bool:
        """Whether a request that begins now is not the app's. The last ones come back through the door."""
        return self.mode in ("hold", "relay") or (self.mode == "last" and not exchange.through_door)

    def take(self, exchange: Exchange, fd: int, data: bytes) -> None:
        from .relay import Relay

        with self.changed:
            self.passing += 1
        self._tell("held")
        Relay(self, exchange, fd, data).start()

    def passed(self) -> None:
        with self.changed:
            self.passing -= 1
        self._tell("held")
        self._tell("less")

    def door_for(self, key: str, tried: Optional[str] = None) -> str:
        """Waits until it is known who answers there: the side door of that process, another one than `tried`."""
        with self.changed:
            while True:
                doors = self._doors if self.mode == "relay" else self.own_doors
                door = doors.get(key)
                if self.mode != "hold" and door is not None and door != tried:
                    return door
                self.changed.wait()

    def become(self, mode: str, doors: Optional[Dict[str, str]] = None) -> None:
        with self.changed:
            self.mode = mode
            if doors is not None:
                self._doors = doors
            self.changed.notify_all()

    def came(self, connection: Connection) -> None:
        self.connections.add(connection)

    def gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.discard(connection)
            self._tell("less")

    def answered(self) -> None:
        if not self._has_answered:
            self._has_answered = True
            self._tell("answered")

    def rested(self) -> None:
        if self.mode in ("relay", "last"):
            self._tell("less")

    def all(self) -> List[Connection]:
        return list(self.connections)

    def after_fork(self) -> None:
        """In a child: the clients are the parent's."""
        self.changed = threading.Condition()
        self.connections = WeakSet()
        self.own_doors = {}
        self.passing = 0
        self.mode = "serve"


def after_sendfile(traffic: Traffic) -> None:
    """What leaves by sendfile(2) is seen by nobody else."""
    original: Any = os.sendfile

    def sendfile(out_fd: int, *others: Any, **named: Any) -> int:
        count: int = original(out_fd, *others, **named)
        for connection in traffic.all():
            if connection.fileno() == out_fd:
                connection.exchange.sent_file(count)
        return count

    os.sendfile = sendfile
