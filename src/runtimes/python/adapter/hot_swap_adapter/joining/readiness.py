"""
A descriptor that is readable when those in it are, and that can be put in place of a listening socket: `select`, `poll`,
`epoll` and every event loop wait for it as they would for that. So the app waits for clients as always, and who comes in is
decided here: what is not in it wakes nobody.
"""

from __future__ import annotations

import select as _select
from typing import Any

select: Any = _select  # which has one or the other, by the system


class Readiness:
    def __init__(self) -> None:
        self._queue: Any = select.epoll() if hasattr(select, "epoll") else select.kqueue()

    def fileno(self) -> int:
        number: int = self._queue.fileno()
        return number

    def add(self, fd: int) -> None:
        if hasattr(select, "epoll"):
            self._queue.register(fd, select.EPOLLIN)
        else:
            self._control(fd, select.KQ_EV_ADD)

    def remove(self, fd: int) -> None:
        try:
            if hasattr(select, "epoll"):
                self._queue.unregister(fd)
            else:
                self._control(fd, select.KQ_EV_DELETE)
        except (FileNotFoundError, ValueError):
            pass  # it was not in it

    def close(self) -> None:
        self._queue.close()

    def _control(self, fd: int, flags: int) -> None:
        self._queue.control([select.kevent(fd, select.KQ_FILTER_READ, flags)], 0)
