"""One request that was taken from the app: it waits, and goes to whoever answers it; the answer is its connection's last."""

from __future__ import annotations

import json
import select
import socket
import time
from _thread import start_new_thread
from typing import TYPE_CHECKING, Optional

from .connection import Exchange
from .framing import Framing, Head, body_of_response, last_of_connection

if TYPE_CHECKING:
    from .traffic import Traffic

#: How long (s) a client that was told so may take to close.
_linger = 1.0
_piece = 65536
_nobody = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
    b"Hot Swap: the new generation ended before it answered this request.\n"
)


class Relay:
    def __init__(self, traffic: Traffic, exchange: Exchange, fd: int, data: bytes) -> None:
        """`fd`: the client's connection, from here on ours. `data`: what there is of the request."""
        self._traffic = traffic
        self._exchange = exchange
        self._client = socket.socket(fileno=fd)
        self._data = data
        self._method = b""
        self._request = Framing(self._asked)
        self._response = Framing(self._answered)
        #: Bytes of the answer's head, which is rewritten.
        self._head: Optional[bytes] = b""
        self._has_begun = False

    def start(self) -> None:
        start_new_thread(self._run, ())

    def _run(self) -> None:
        try:
            self._client.settimeout(None)
            self._relay()
        except OSError:
            pass  # one of the two has gone
        finally:
            self._client.close()
            self._traffic.passed()

    def _relay(self) -> None:
        door: Optional[socket.socket] = None
        tried: Optional[str] = None
        while door is None:
            path = self._traffic.door_for(self._exchange.key, tried)
            door = _knock(path)
            if door is None:
                tried = path  # its process has gone: there will be another
        with door:
            door.sendall(_preface(self._exchange) + self._own(self._data))
            is_whole = self._pump(door)
        if not self._has_begun:
            self._client.sendall(_nobody)
        elif not is_whole:
            return
        self._say_goodbye()

    def _own(self, data: bytes) -> bytes:
        """What of it belongs to the request: what follows comes again on another connection."""
        return data if self._request.opaque else data[: self._request.feed(data)]

    def _pump(self, door: socket.socket) -> bool:
        """Returns whether the answer came to its end."""
        poll = select.poll()
        poll.register(door, select.POLLIN)
        poll.register(self._client, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == door.fileno():
                    data = door.recv(_piece)
                    if data == b"":
                        return not self._response.in_message or self._ends_with_connection
                    self._forward(data)
                    if self._response.finished > 0:
                        return True
                else:
                    data = self._client.recv(_piece)
                    if data == b"" and self._response.opaque:
                        return True
                    if data == b"":
                        poll.unregister(self._client)  # it has said all; it may still read
                    elif self._response.opaque or self._request.finished == 0:
                        door.sendall(self._own(data))

    @property
    def _ends_with_connection(self) -> bool:
        return self._response.opaque or self._response.finished == 0 and self._until_end

    _until_end = False

    def _asked(self, head: Head) -> Optional[str]:
        self._method = head.method
        return None

    def _answered(self, head: Head) -> Optional[str]:
        how = body_of_response(head, self._method)
        is_framed = b"content-length" in head.headers or b"transfer-encoding" in head.headers
        self._until_end = how == "close" and not is_framed
        return how

    def _forward(self, data: bytes) -> None:
        self._has_begun = True
        self._response.feed(data)
        while self._head is not None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data = Head(self._head[:end]), self._head[end + 4 :]
            self._head = b""
            if head.status == 101:
                raw, is_last = head.raw + b"\r\n\r\n", True
            else:
                raw, is_last = last_of_connection(head)
            if is_last:
                self._head = None
            self._client.sendall(raw)
        if data != b"":
            self._client.sendall(data)

    def _say_goodbye(self) -> None:
        """Without a reset that would overtake the answer: the client closes first, or has had its time."""
        self._client.shutdown(socket.SHUT_WR)
        self._client.settimeout(_linger)
        until = time.monotonic() + _linger
        while self._client.recv(_piece) != b"" and time.monotonic() < until:
            pass


def _knock(path: str) -> Optional[socket.socket]:
    """None if nobody is behind that door. One that is busy is waited for."""
    while True:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.connect(path)
            return door
        except BlockingIOError:
            door.close()
            time.sleep(0.01)  # unix(7): its backlog is full
        except OSError:
            door.close()
            return None


def _preface(exchange: Exchange) -> bytes:
    family = "IPv6" if len(exchange.peer) > 2 else "IPv4"
    said = {
        "remoteAddress": exchange.peer[0],
        "remoteFamily": family,
        "remotePort": exchange.peer[1],
        "localAddress": exchange.local[0],
        "localPort": exchange.local[1],
    }
    return json.dumps(said).encode() + b"\n"
