"""What can be seen of a process that modules do to it while they load."""

from __future__ import annotations

import _signal
import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

#: Events of Python's own (https://docs.python.org/3/library/audit_events.html) that end the import before it is done.
stopped = {
    "subprocess.Popen": "starts a process",
    "os.system": "starts a process",
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.exec": "starts a program",
    "os.chdir": "changes the working directory",
    "os.putenv": "changes the environment",
    "os.unsetenv": "changes the environment",
    "socket.connect": "connects",
    "socket.sendto": "sends",
    "socket.getaddrinfo": "asks for a name",
    "signal.pthread_kill": "sends a signal",
    "os.kill": "sends a signal",
    "_thread.start_new_thread": "starts a thread",
    "sys.settrace": "traces",
    "sys.setprofile": "traces",
    "sqlite3.connect": "opens a database",
    "input": "asks for input",
}
#: What has happened where these looks differ, in the order of `looks`.
words = (
    "starts a thread",
    "keeps something open",
    "handles a signal",
    "prints",
    "has something done at the exit",
)
writes = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown")


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        threading: Any = sys.modules.get("threading")
        return 1 if threading is None else threading.active_count()


def _descriptors() -> List[str]:
    try:
        return os.listdir("/dev/fd")
    except OSError:
        return []


def _handlers() -> List[Any]:
    return [_signal.getsignal(number) for number in sorted(_signal.valid_signals())]


def exits() -> int:
    count: int = atexit._ncallbacks()  # type: ignore[attr-defined]
    return count


def looks() -> List[Any]:
    return [_threads(), _descriptors(), _handlers()]
