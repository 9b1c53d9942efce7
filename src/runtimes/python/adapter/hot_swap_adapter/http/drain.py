"""What a process still has after the cutover, until nothing is left that it is needed for."""

from __future__ import annotations

import socket
import time
from typing import Any, Callable, Dict

from .traffic import Traffic

#: Who has asked nothing for so long (s) is not about to.
_idle = 0.3
_progress = 0.25
_beat = 1.0


class Drain:
    def __init__(self, traffic: Traffic, seconds: float, is_last: bool, say: Callable[..., None]) -> None:
        """`is_last`: there is no successor yet, so that idle connections are closed."""
        self._traffic = traffic
        self._say = say
        self._begun = time.monotonic()
        self._deadline = self._begun + seconds
        self._is_last = is_last
        self._had = self._count()
        self._lost = 0
        self._is_over = False
        self._told = self._begun

    @property
    def progress(self) -> Dict[str, int]:
        count = self._count()
        kinds = ("requests", "eventStreams", "webSockets")
        return {**{kind: count[kind] for kind in kinds}, "connections": sum(count.values())}

    def begin(self) -> None:
        for connection in self._traffic.all():
            connection.exchange.dismiss(connection)
        self.check()

    def check(self) -> None:
        if not self._is_over and not self._left() and self._traffic.passing == 0:
            self._finish()

    def look(self) -> None:
        """To be called now and then."""
        now = time.monotonic()
        if self._is_over:
            return
        if self._is_last and now > self._begun + _idle:
            for connection in self._traffic.all():
                if connection.exchange.at_rest:
                    _close(connection)
        if now < self._deadline:
            if now > self._told + _progress:
                self._told = now
                self._say("draining", **self.progress)
        elif self._traffic.passing > 0:
            if now > self._told + _beat:
                self._told = now
                self._say("passing")
        else:
            self._lost = self._count()["requests"]
            self._finish()
            return
        self.check()

    def _left(self) -> bool:
        return any(not connection.exchange.is_taken for connection in self._traffic.all())

    def _finish(self) -> None:
        self._is_over = True
        had = self._had
        self._say(
            "drained",
            finished=max(0, had["requests"] - self._lost),
            eventStreams=had["eventStreams"],
            webSockets=had["webSockets"],
            idle=had["idle"],
            lost=self._lost,
        )

    def _count(self) -> Dict[str, int]:
        count = {"requests": 0, "eventStreams": 0, "webSockets": 0, "idle": 0}
        for connection in self._traffic.all():
            if not connection.exchange.is_taken:
                count[connection.exchange.kind] += 1
        return count


def _close(connection: Any) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has gone
