"""
The connection to the supervisor, and the side doors: one thread that the app does not see (it is none of `threading`'s), and
that sleeps as long as nobody says anything.
"""

from __future__ import annotations

import json
import os
import select
import socket
from array import array
from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from ..invitation import VERSION, Invitation
from .listener import Listener

if TYPE_CHECKING:
    from .participant import Participant

_look_ms = 100
_longest_preface = 4096
#: All held requests knock at once.
_backlog = 4096


def send_handle(invitation: Invitation, listener: Listener) -> None:
    """In the framing of Node's `subprocess.send(message, handle)`: protocol/README.md."""
    said = {"key": listener.key, "token": invitation.token}
    message = {"cmd": "NODE_HANDLE", "type": "net.Native", "msg": said}
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    with socket.socket(fileno=os.dup(invitation.handles)) as way:
        way.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [listener.real.fileno()]))])


class Channel:
    def __init__(self, invitation: Invitation, participant: Participant) -> None:
        self._invitation = invitation
        self._participant = participant
        self._lock = allocate_lock()
        self._rest = b""
        self._doors: Dict[int, Tuple[socket.socket, Listener]] = {}
        #: At a door, before they have said for whom they come.
        self._knocking: Dict[int, Tuple[socket.socket, Listener]] = {}
        self._poll = select.poll()
        self._control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._control.connect(invitation.control)
        self._poll.register(self._control, select.POLLIN)
        self.send(
            {
                "type": "hello",
                "v": VERSION,
                "token": invitation.token,
                "pid": os.getpid(),
                "runtime": participant.runtime,
            }
        )
        self._bell, self._button = socket.socketpair()
        self._poll.register(self._bell, select.POLLIN)
        start_new_thread(self._run, ())

    def send(self, message: Dict[str, Any]) -> None:
        try:
            with self._lock:
                self._control.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # the end is read by the thread

    def open_door(self, listener: Listener) -> str:
        """Returns its path."""
        name = f"g{self._invitation.generation}-{os.getpid()}-{len(self._doors)}"
        path = os.path.join(self._invitation.doors, name)
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(path)
        door.listen(_backlog)
        door.setblocking(False)
        self._doors[door.fileno()] = (door, listener)
        self._poll.register(door, select.POLLIN)
        self._button.send(b".")  # who waits has not heard of it yet
        return path

    def _run(self) -> None:
        while True:
            for fd, _ in self._poll.poll(_look_ms if self._participant.is_draining else 1000):
                if fd == self._control.fileno():
                    if not self._listen():
                        self._participant.leave()
                        return
                elif fd == self._bell.fileno():
                    self._bell.recv(4096)
                elif fd in self._doors:
                    self._open(*self._doors[fd])
                else:
                    self._greet(fd)
            self._participant.tick()

    def _listen(self) -> bool:
        """False: the supervisor has gone."""
        try:
            data = self._control.recv(65536)
        except OSError:
            data = b""
        if data == b"":
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
                if isinstance(message, dict) and isinstance(message.get("type"), str):
                    self._participant.obey(message)
            except Exception as error:  # the server itself goes on
                self.send({"type": "trouble", "message": f"{type(error).__name__}: {error}"})
        return True

    def _open(self, door: socket.socket, listener: Listener) -> None:
        try:
            visitor, _ = door.accept()
        except OSError:
            return
        visitor.setblocking(False)
        self._knocking[visitor.fileno()] = (visitor, listener)
        self._poll.register(visitor, select.POLLIN)

    def _greet(self, fd: int) -> None:
        visitor, listener = self._knocking[fd]
        line = self._preface(visitor)
        if line is None:
            return
        self._poll.unregister(fd)
        del self._knocking[fd]
        try:
            said = json.loads(line)
        except ValueError:
            visitor.close()  # who hangs up, or speaks something else
            return
        address = (said.get("remoteAddress") or "127.0.0.1", said.get("remotePort") or 0)
        more = (0, 0) if listener.real.family == socket.AF_INET6 else ()
        local = (said.get("localAddress") or listener.address[0], said.get("localPort") or listener.address[1])
        listener.visit(visitor.detach(), address + more, local + more)

    def _preface(self, visitor: socket.socket) -> Optional[bytes]:
        """The first line, and nothing of what follows. None: it is not whole yet."""
        try:
            seen = visitor.recv(_longest_preface, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        end = seen.find(b"\n") + 1
        if end == 0:
            return None if seen != b"" and len(seen) < _longest_preface else b""
        return visitor.recv(end)
