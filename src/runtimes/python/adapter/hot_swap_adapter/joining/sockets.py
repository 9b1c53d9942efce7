"""`socket.socket` as the app knows it, with the methods by which a server meets its port replaced."""

from __future__ import annotations

import _socket
import os
import socket
import stat
import sys
from typing import Any, Dict, Optional

from ..invitation import Invitation
from .listener import Listener
from .participant import Participant

_original = _socket.socket


class _Bound:
    """A socket that was bound, and may listen."""

    def __init__(self, key: str, inherited: Optional[int]) -> None:
        self.key = key
        self.inherited = inherited


class Ports:
    """What is known of this process's descriptors. A number is the app's until it closes it."""

    def __init__(self, invitation: Invitation) -> None:
        self.participant = Participant(invitation)
        self._bound: Dict[int, _Bound] = {}
        self._by_fd: Dict[int, Listener] = {}
        self._unclaimed: Dict[str, int] = {
            key: fd for key, fd in invitation.listeners.items() if _is_listening(fd)
        }
        for fd in self._unclaimed.values():
            os.set_inheritable(fd, True)  # until this process is known to be the server
        os.register_at_fork(after_in_child=self._after_fork)

    def listener(self, sock: socket.socket) -> Optional[Listener]:
        return self._by_fd.get(_original.fileno(sock))

    def bind(self, sock: socket.socket, address: Any) -> None:
        fd = _original.fileno(sock)
        key = self._key_of(sock, address)
        inherited = None if key is None else self._unclaimed.get(key)
        if key is None or inherited is None:
            _original.bind(sock, address)
        else:
            # It is not bound again: for a process, the port is as free as it was for the first one.
            os.dup2(inherited, fd, inheritable=os.get_inheritable(fd))
        if key is not None:
            self._bound[fd] = _Bound(key, inherited)

    def listen(self, sock: socket.socket, *backlog: int) -> None:
        if self.participant.invitation.standby is not None:
            os._exit(0)  # it should have waited, and was not known for who it is: others serve
        fd = _original.fileno(sock)
        known = self._by_fd.get(fd)
        if known is not None:
            self.participant.announce(known)
            return
        bound = self._bound.pop(fd, None)
        if bound is None:
            _original.listen(sock, *backlog)
            return
        if bound.inherited is None:
            _original.listen(sock, *backlog)
            if not self.participant.can_send:
                return
        else:
            self._unclaimed.pop(bound.key, None)
        real = socket.socket(sock.family, sock.type, sock.proto, fileno=os.dup(fd))
        if bound.inherited is not None:
            os.close(bound.inherited)
        listener = Listener(bound.key, real, bound.inherited is not None, self.participant.traffic)
        self._by_fd[fd] = listener
        listener.stand_in(fd)
        if "gunicorn.arbiter" in sys.modules:
            self.participant.keep_for_workers(listener)
        else:
            self.participant.announce(listener)

    def made(self, sock: socket.socket, fileno: Optional[int]) -> None:
        """A socket object has a descriptor that was made just now."""
        if fileno is None or fileno in self._by_fd:
            self._forget(_original.fileno(sock))

    def duplicated(self, fd: int, copy: int) -> None:
        if fd in self._by_fd:
            self._by_fd[copy] = self._by_fd[fd]
        else:
            self._forget(copy)

    def closes(self, sock: socket.socket) -> None:
        fd = _original.fileno(sock)
        self._bound.pop(fd, None)
        listener = self._by_fd.pop(fd, None)
        if listener is not None and listener not in self._by_fd.values():
            self.participant.closed(listener)

    def stands_in(self, fd: int) -> Optional[Listener]:
        listener = self._by_fd.get(fd)
        if listener is None or stat.S_ISSOCK(os.fstat(fd).st_mode):
            return None
        return listener

    def _forget(self, fd: int) -> None:
        self._bound.pop(fd, None)
        self._by_fd.pop(fd, None)

    def _key_of(self, sock: socket.socket, address: Any) -> Optional[str]:
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or sock.type != socket.SOCK_STREAM:
            return None
        try:
            host, port = address[0], int(address[1])
        except (IndexError, TypeError, ValueError):
            return None  # the original says what is wrong
        name = host or ("*" if sock.family == socket.AF_INET else "::")
        key = f"tcp:{name}:{port}"
        if port != 0:
            return key
        taken = {listener.key for listener in self._by_fd.values()} | {one.key for one in self._bound.values()}
        # Any number of listeners may ask for "any port": told apart by their order.
        return next(
            one for one in (key if nth == 1 else f"{key}#{nth}" for nth in range(1, 1000)) if one not in taken
        )

    def _after_fork(self) -> None:
        if not self._by_fd:
            return
        self.participant.after_fork()
        for listener in set(self._by_fd.values()):
            listener.after_fork()
        for fd, listener in self._by_fd.items():
            listener.stand_in(fd)


def _is_listening(fd: int) -> bool:
    """Descriptors get lost on the way: what has that number may be another one by now."""
    try:
        probe = _original(fileno=os.dup(fd))
    except OSError:
        return False
    try:
        return probe.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) != 0
    except OSError:
        return False
    finally:
        probe.close()


def intercept(invitation: Invitation) -> None:
    """To be called once `socket` is loaded, before anybody uses it."""
    ports = Ports(invitation)
    kind: Any = socket.socket
    original: Dict[str, Any] = {name: kind.__dict__[name] for name in ("__init__", "accept", "_real_close", "detach")}
    module: Any = socket
    original_dup = module.dup

    def init(self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: Optional[int] = None) -> None:
        listener = None if fileno is None else ports.stands_in(fileno)
        if listener is None or fileno is None:
            original["__init__"](self, family, type, proto, fileno)
            ports.made(self, fileno)
            return
        # No socket object can be made of what stands in for one.
        os.dup2(listener.real.fileno(), fileno, inheritable=False)
        original["__init__"](self, family, type, proto, fileno)
        listener.stand_in(fileno)

    def accept(self: Any) -> Any:
        listener = ports.listener(self)
        if listener is None:
            return original["accept"](self)
        ports.participant.announce(listener)
        return listener.accept(self.gettimeout())

    def real_close(self: Any, *others: Any) -> None:
        ports.closes(self)
        original["_real_close"](self, *others)

    def detach(self: Any) -> int:
        number: int = original["detach"](self)  # the descriptor lives on: whoever takes it up finds its listener
        return number

    def dup(fd: int) -> int:
        copy: int = original_dup(fd)
        ports.duplicated(fd, copy)
        return copy

    def asking(name: str) -> Any:
        def ask(self: Any, *args: Any) -> Any:
            listener = ports.listener(self)
            return getattr(_original, name)(self if listener is None else listener.real, *args)

        return ask

    for name, method in {
        "__init__": init,
        "bind": lambda self, address: ports.bind(self, address),
        "listen": lambda self, *backlog: ports.listen(self, *backlog),
        "accept": accept,
        "_real_close": real_close,
        "detach": detach,
        **{name: asking(name) for name in ("getsockname", "getsockopt", "setsockopt")},
    }.items():
        method.__name__ = name
        setattr(kind, name, method)
    module.dup = dup
