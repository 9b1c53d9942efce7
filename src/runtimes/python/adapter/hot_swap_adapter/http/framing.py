"""
Where HTTP/1.1 messages begin and end in a stream of bytes (RFC 9112, 6), and no more than that: so that it is known when a
connection is at rest between two requests. What is not HTTP/1 is `opaque`, and stays so.
"""

from __future__ import annotations

from typing import Callable, Dict, Optional, Tuple

_longest_head = 256 * 1024


class Head:
    """The first line and the headers of a message; names in lower case."""

    __slots__ = ("raw", "line", "headers")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        lines = raw.split(b"\r\n")
        self.line = lines[0]
        self.headers: Dict[bytes, bytes] = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            self.headers[name.strip().lower()] = value.strip()

    @property
    def method(self) -> bytes:
        return self.line.partition(b" ")[0]

    @property
    def target(self) -> bytes:
        return (self.line.split(b" ") + [b""])[1]

    @property
    def status(self) -> int:
        digits = (self.line.split(b" ") + [b""])[1]
        return int(digits) if digits.isdigit() else 0

    @property
    def is_http1(self) -> bool:
        return self.line.startswith(b"HTTP/1.") or self.line.rstrip().endswith((b" HTTP/1.1", b" HTTP/1.0"))


class Framing:
    """One direction of a connection. `on_head` says how the body of that message ends."""

    __slots__ = ("opaque", "finished", "_on_head", "_state", "_left", "_text")

    def __init__(self, on_head: Callable[[Head], Optional[str]]) -> None:
        """`on_head` returns `none` (no body), `close` (lasts until the end), `more` (not the last head), `opaque`, or None."""
        self._on_head = on_head
        self.opaque = False
        #: Messages that ended.
        self.finished = 0
        self._state = "head"
        self._left = 0
        self._text = b""

    @property
    def in_message(self) -> bool:
        return self._state != "head" or self._text != b""

    def feed(self, data: bytes) -> int:
        """Returns how many bytes of `data` belong to messages up to the first that ends, or all of them."""
        at = 0
        first: Optional[int] = None
        before = self.finished
        while at < len(data) and not self.opaque:
            at = self._body(data, at) if self._state in ("length", "chunk", "close") else self._line(data, at)
            if first is None and self.finished > before:
                first = at
        return len(data) if first is None else first

    def skip(self, count: int) -> None:
        """So many bytes of a body went another way (sendfile)."""
        if self._state in ("length", "chunk"):
            self._take(count)

    def _take(self, count: int) -> None:
        self._left -= count
        if self._left > 0:
            return
        if self._state == "chunk":
            self._state = "size"
        else:
            self._finish()

    def _body(self, data: bytes, at: int) -> int:
        if self._state == "close":
            return len(data)
        count = min(self._left, len(data) - at)
        self._take(count)
        return at + count

    def _line(self, data: bytes, at: int) -> int:
        """A head, a chunk's size or the trailer; what there is of it so far is kept."""
        mark = b"\r\n\r\n" if self._state == "head" else b"\r\n"
        known = len(self._text)
        text = self._text + data[at:]
        if self._state == "head" and known == 0:
            empty = len(text) - len(text.lstrip(b"\r\n"))
            if empty > 0:
                return at + empty
        end = text.find(mark)
        if end < 0:
            self._text = text
            self.opaque = len(text) > _longest_head or text[:4] == b"PRI " or text[:1] == b"\x16"
            return len(data)
        self._text = b""
        whole = text[: end + len(mark)]
        if self._state == "head":
            self._begin(Head(whole[:-4]))
        elif self._state == "size":
            self._size(whole)
        elif whole == b"\r\n":  # the trailer's end
            self._finish()
        return at + len(whole) - known

    def _begin(self, head: Head) -> None:
        how = self._on_head(head) if head.is_http1 else "opaque"
        length = head.headers.get(b"content-length", b"")
        if how == "opaque":
            self.opaque = True
        elif how == "more":
            return
        elif how == "none":
            self._finish()
        elif b"chunked" in head.headers.get(b"transfer-encoding", b"").lower():
            self._state = "size"
        elif length.isdigit() and int(length) > 0:
            self._state, self._left = "length", int(length)
        elif how == "close" and not length.isdigit():
            self._state = "close"
        else:
            self._finish()

    def _size(self, line: bytes) -> None:
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            self.opaque = True
            return
        if size == 0:
            self._state = "trailer"
        else:
            self._state, self._left = "chunk", size + 2

    def _finish(self) -> None:
        self._state = "head"
        self.finished += 1


def body_of_response(head: Head, method: bytes) -> Optional[str]:
    """What `on_head` is to say of the answer to a request of that method."""
    status = head.status
    if status == 101 or (method == b"CONNECT" and 200 <= status < 300):
        return "opaque"
    if 100 <= status < 200:
        return "more"
    return "none" if method == b"HEAD" or status in (204, 304) else "close"


def last_of_connection(head: Head) -> Tuple[bytes, bool]:
    """The head of an answer as the last one on its connection, and whether it is the answer's own (not 1xx)."""
    if 100 <= head.status < 200:
        return head.raw + b"\r\n\r\n", False
    lines = head.raw.split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join(kept) + b"\r\nConnection: close\r\n\r\n", True
