"""
A connection that the app has accepted. To the app it is a socket like any other; what it reads and writes is followed, so
that a request which comes at a wrong time (held, or for a successor) is taken away before the app sees it: the app then
reads the end of the stream, as if its client had gone.
"""

from __future__ import annotations

import _socket
import os
import socket
from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Optional, Tuple

from .framing import Framing, Head, body_of_response

if TYPE_CHECKING:
    from .traffic import Traffic

#: RFC 6455, 5.5.1 and 7.4: an unmasked close frame with status 1012, "service restart".
_service_restart = b"\x88\x02\x03\xf4"


class Exchange:
    """How far HTTP has come on one connection."""

    def __init__(self, traffic: Traffic, key: str, peer: Any, local: Any, through_door: bool) -> None:
        self.traffic = traffic
        self.key = key
        self.peer = peer
        self.local = local
        #: The client is somewhere else: the descriptor is a Unix socket.
        self.through_door = through_door
        #: The app has nothing to do with it any more.
        self.is_taken = False
        self._methods: Deque[bytes] = deque()
        self._requests = Framing(self._asked)
        self._responses = Framing(self._answered)
        self._is_event_stream = False
        self._is_websocket = False
        self._is_chunked = False
        self._has_used_sendfile = False

    @property
    def is_http(self) -> bool:
        return not (self._requests.opaque or self._responses.opaque)

    @property
    def at_rest(self) -> bool:
        """Between two requests, or before the first."""
        return self.is_http and not self._requests.in_message and self._requests.finished == self._responses.finished

    @property
    def kind(self) -> str:
        if self._responses.opaque:
            return "webSockets" if self._is_websocket else "requests"
        if self._is_event_stream:
            return "eventStreams"
        return "idle" if self.at_rest else "requests"

    def received(self, connection: Connection, data: bytes) -> bytes:
        """What the app is to read of `data`."""
        if self.is_taken:
            return b""
        if data == b"":
            return data
        if self.at_rest and self.traffic.takes(self):
            self.is_taken = True
            self.traffic.take(self, os.dup(connection.fileno()), data)
            return b""
        if self.is_http:
            self._requests.feed(data)
        return data

    def sent(self, data: bytes) -> None:
        if self.is_http:
            self._responses.feed(data)
            if self.at_rest:
                self.traffic.rested()

    def sent_file(self, count: int) -> None:
        self._responses.skip(count)
        if self.at_rest:
            self.traffic.rested()

    def dismiss(self, connection: Connection) -> None:
        """At the cutover: who would stay for ever is told to come again, to the successor."""
        kind = self.kind
        try:
            if kind == "eventStreams":
                if self._is_chunked:
                    _socket.socket.send(connection, b"0\r\n\r\n")
                _socket.socket.shutdown(connection, socket.SHUT_WR)
                self.is_taken = True
            elif kind == "webSockets":
                _socket.socket.send(connection, _service_restart)
        except OSError:
            pass  # it has gone, or reads nothing

    def _asked(self, head: Head) -> Optional[str]:
        self._methods.append(head.method)
        self._is_websocket = head.headers.get(b"upgrade", b"").lower() == b"websocket"
        return None

    def _answered(self, head: Head) -> Optional[str]:
        method = self._methods[0] if self._methods else b""
        how = body_of_response(head, method)
        if how != "more" and self._methods:
            self._methods.popleft()
            self._is_event_stream = head.headers.get(b"content-type", b"").startswith(b"text/event-stream")
            self._is_chunked = b"transfer-encoding" in head.headers
            self.traffic.answered()
        return how


class Connection(socket.socket):
    """Made by `Listener.accept`, which sets `exchange`."""

    exchange: Exchange

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.exchange.is_taken:
            return b""
        data = super().recv(size, flags)
        return data if flags & socket.MSG_PEEK else self.exchange.received(self, data)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        if self.exchange.is_taken:
            return 0
        count = super().recv_into(buffer, nbytes, flags)
        if flags & socket.MSG_PEEK:
            return count
        return len(self.exchange.received(self, bytes(memoryview(buffer).cast("B")[:count])))

    def send(self, data: Any, flags: int = 0) -> int:
        if self.exchange.is_taken:
            return memoryview(data).nbytes
        count = super().send(data, flags)
        self.exchange.sent(bytes(memoryview(data).cast("B")[:count]))
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self.exchange.is_taken:
            return
        super().sendall(data, flags)
        self.exchange.sent(bytes(data))

    def sendmsg(self, buffers: Any, *others: Any) -> int:
        pieces = b"".join(bytes(piece) for piece in buffers)
        if self.exchange.is_taken:
            return len(pieces)
        count = super().sendmsg([pieces], *others)
        self.exchange.sent(pieces[:count])
        return count

    def shutdown(self, how: int) -> None:
        if not self.exchange.is_taken:
            super().shutdown(how)

    def getpeername(self) -> Any:
        return self.exchange.peer if self.exchange.through_door else super().getpeername()

    def getsockname(self) -> Any:
        return self.exchange.local if self.exchange.through_door else super().getsockname()

    def setsockopt(self, level: int, *others: Any) -> None:
        if not (self.exchange.through_door and level == socket.IPPROTO_TCP):
            super().setsockopt(level, *others)

    def detach(self) -> int:
        # TLS is what is spoken on it from here on.
        self.exchange.traffic.gone(self)
        return super().detach()

    def _real_close(self, *others: Any) -> None:
        self.exchange.traffic.gone(self)
        super()._real_close(*others)  # type: ignore[misc]


def accepted(fd: int, family: int, exchange: Exchange) -> Tuple[Connection, Any]:
    """What `accept` returns of the connected socket `fd`."""
    connection = Connection(family, socket.SOCK_STREAM, 0, fileno=fd)
    connection.exchange = exchange
    if socket.getdefaulttimeout() is None:
        connection.setblocking(True)
    exchange.traffic.came(connection)
    return connection, exchange.peer
