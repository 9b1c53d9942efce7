"""This process as a part of its generation: what it says to the supervisor, and what it does on its word."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from _thread import start_new_thread
from typing import Any, Dict, List, Optional

from .. import files
from .channel import Channel, send_handle
from ..http.drain import Drain
from ..invitation import Invitation
from .listener import Listener
from ..http.traffic import Traffic, after_sendfile
from ..standby import report

#: What was passed on has this long (s) after its time; the supervisor waits five seconds for the end.
_late = 3.0


class Participant:
    def __init__(self, invitation: Invitation) -> None:
        self.invitation = invitation
        self.traffic = Traffic(self._hear)
        self.listeners: List[Listener] = []
        #: The process that forked this one, if that is what is to be ended.
        self.master: Optional[int] = None
        self._channel: Optional[Channel] = None
        self._accepting = False
        self._has_given_up = False
        self._drain: Optional[Drain] = None
        after_sendfile(self.traffic)

    @property
    def can_send(self) -> bool:
        """Whether a new listening socket can be given to the supervisor."""
        try:
            return socket.socket(fileno=os.dup(self.invitation.handles)).family == socket.AF_UNIX
        except OSError:
            return False

    def keep_for_workers(self, listener: Listener) -> None:
        """This process listens, and those that it forks accept: they are the ones that are ready, or not."""
        self.master = os.getpid()
        report.forks()
        self.listeners.append(listener)
        if not listener.adopted:
            send_handle(self.invitation, listener)

    def announce(self, listener: Listener) -> None:
        """The app listens, and is ready to accept."""
        if listener.is_announced:
            return
        listener.is_announced = True
        if listener not in self.listeners:
            self.listeners.append(listener)
        if self._channel is None:
            self.invitation.hide()
            self._channel = Channel(self.invitation, self)
        if not listener.adopted:
            send_handle(self.invitation, listener)
            listener.open()
        door = self._channel.open_door(listener)
        self.traffic.own_doors[listener.key] = door
        self._say(
            "listening",
            key=listener.key,
            adopted=listener.adopted,
            door=door,
            tls=False,
            address=listener.address[0],
            port=listener.address[1],
        )
        if listener.adopted and self._accepting:
            listener.open()

    def closed(self, listener: Listener) -> None:
        """The app closed it."""
        if listener in self.listeners:
            self.listeners.remove(listener)
        if listener.is_announced and not self._has_given_up:
            self._say("closed", key=listener.key)
        listener.close()

    def after_fork(self) -> None:
        self._channel = None
        self._accepting = self._has_given_up = False
        self._drain = None
        self.traffic.after_fork()

    def _say(self, type: str, **fields: Any) -> None:
        if self._channel is not None:
            self._channel.send({"type": type, **fields})

    def _hear(self, what: str) -> None:
        if what == "held":
            self._say("held", requests=self.traffic.passing)
        elif what == "answered":
            self._say("answered")
        elif self._drain is not None:
            self._drain.check()

    # What the supervisor says; see protocol/README.md.

    def obey(self, message: Dict[str, Any]) -> None:
        """Unknown messages are a newer supervisor's."""
        do = getattr(self, f"_on_{message['type']}", None)
        if do is not None:
            do(message)

    def _on_accept(self, _: Dict[str, Any]) -> None:
        self._accepting = True
        files.is_booted = True
        for listener in self.listeners:
            listener.open()
        keeper = sys.modules.get("hot_swap_adapter.kept")
        if keeper is not None:
            keeper.publish()
        self._say("accepting")

    def _on_hold(self, _: Dict[str, Any]) -> None:
        self.traffic.become("hold")
        self._say("holding")

    def _on_release(self, _: Dict[str, Any]) -> None:
        self.traffic.become("serve")

    def _on_stop(self, message: Dict[str, Any]) -> None:
        self._stop("relay", message["drainMs"] / 1000, message["successor"])

    def _on_vacate(self, message: Dict[str, Any]) -> None:
        self._stop("last", message["drainMs"] / 1000)

    def _stop(self, mode: str, seconds: float, doors: Optional[Dict[str, str]] = None) -> None:
        self._has_given_up = True
        for listener in self.listeners:
            listener.shut()
        self.traffic.become(mode, doors)
        self._drain = Drain(self.traffic, seconds, mode == "last", self._say)
        self._say("stopped", **self._drain.progress)
        self._drain.begin()

    def _on_relay(self, message: Dict[str, Any]) -> None:
        self.traffic.become("relay", message["successor"])

    def _on_resume(self, _: Dict[str, Any]) -> None:
        self._has_given_up = False
        self._drain = None
        self.traffic.become("serve")
        for listener in self.listeners:
            listener.open()
        self._say("resumed", ok=True)

    def _on_files(self, message: Dict[str, Any]) -> None:
        dependencies = report.fingerprint(self.invitation)
        self._say("files", id=message["id"], files=files.loaded(), complete=True, dependencies=dependencies)

    def _on_modules(self, message: Dict[str, Any]) -> None:
        why = report.unfit()
        own = report.loaded(self.invitation) if why is None else None
        self._say("modules", id=message["id"], **({} if why is None else {"unfit": why}), own=own)

    def _on_retire(self, message: Dict[str, Any]) -> None:
        start_new_thread(self._retire, (message.get("signal"),))

    def _retire(self, name: Optional[str]) -> None:
        until = time.monotonic() + _late
        while self.traffic.passing > 0 and time.monotonic() < until:
            time.sleep(0.02)
        self.leave(name)

    def tick(self) -> None:
        """Called now and then, and whenever something was said."""
        if self._drain is not None:
            self._drain.look()

    def leave(self, name: Optional[str] = None) -> None:
        """As after that signal; SIGTERM without one. Whoever holds a listener must not outlive the supervisor."""
        self._has_given_up = True
        number = getattr(signal, name or "SIGTERM", signal.SIGTERM)
        is_worker = self.master is not None and os.getppid() == self.master
        os.kill(self.master if is_worker and self.master is not None else os.getpid(), number)

    @property
    def is_draining(self) -> bool:
        return self._drain is not None

    @property
    def runtime(self) -> str:
        return f"python v{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"
