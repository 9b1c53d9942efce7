"""
Which files the app is made of: its modules, and what it reads while it runs. Told in the journal (protocol/journal.ts),
as it happens, and with the loaded modules when the supervisor asks.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import _local  # type: ignore[attr-defined]

from .imports import Missing
from .invitation import Invitation

TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any, List, Optional, Set, Tuple

_packages = ("/site-packages/", "/dist-packages/", "/__pycache__/", "/node_modules/", "/.git/")
_system = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/lib/", "/usr/share/")
_journal: Optional[int] = None
_told: Set[Tuple[str, str]] = set()
_busy = _local()
_own_folder = os.path.dirname(os.path.abspath(__file__))
#: From here on, a file that is read once more is read anew each time.
is_booted = False


def observe(invitation: Invitation) -> None:
    """Begins the journal. An audit hook stays for as long as the process lives: it does as little as it can."""
    global _journal
    if invitation.journal is None:
        return
    try:
        _journal = os.open(invitation.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    above = ",".join(str(pid) for pid in invitation.by)
    _write("P", f'{{"by":[{above}],"own":true}}')
    sys.addaudithook(_hear)
    sys.meta_path.append(Missing(_missing))


def loaded() -> List[str]:
    """Absolute paths of the app's own modules."""
    found: Set[str] = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            path = os.path.realpath(file)
            if is_own(path):
                found.add(path)
    return sorted(found)


_also: Any = None


def hear_also(listener: Any) -> None:
    """`listener(event, args)` is told first, of all; what it raises is raised. None: nobody."""
    global _also
    _also = listener


def _hear(event: str, args: Any) -> None:
    if _also is not None:
        _also(event, args)
    if event == "open":
        path, mode, flags = args
        if isinstance(path, str) and not path.endswith(".pyc"):
            _opened(path, flags)
    elif event == "sqlite3.connect" and isinstance(args[0], str) and not args[0].startswith((":", "file:")):
        _note("W", os.path.abspath(args[0]))
    elif event in ("os.rename", "os.remove"):
        for path in args[:2]:
            if isinstance(path, str):
                _note("W", os.path.abspath(path))


def _opened(path: str, flags: Any) -> None:
    file = os.path.abspath(path)
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) != 0
    if writes:
        if not is_booted and not os.path.exists(file):
            _note("M", file)
        _note("W", file)
    elif ("R", file) in _told:
        if is_booted and not file.endswith(".py"):  # which a traceback shows
            _note("A", file)
    else:
        _note("R" if os.path.isfile(file) else "S", file)


def _missing(name: str, path: Optional[Any]) -> None:
    last = name.rpartition(".")[2]
    for folder in sys.path if path is None else list(path):
        if isinstance(folder, str):
            _note("N", os.path.join(os.path.abspath(folder or "."), last))


def _note(letter: str, path: str) -> None:
    """Once for each file, and nothing of what it does itself."""
    if (letter, path) in _told or getattr(_busy, "now", False) or not is_own(path):
        return
    _busy.now = True
    try:
        _told.add((letter, path))
        _write(letter, path)
    finally:
        _busy.now = False


def _write(letter: str, about: str) -> None:
    if _journal is None or "\n" in about:
        return
    try:
        pid = os.getpid()
        lines = f"{pid} T {time.time() * 1000:.3f}\n{pid} {letter} {about}\n"
        os.write(_journal, lines.encode("utf-8", "surrogateescape"))
    except OSError:
        pass  # the supervisor is gone


def is_own(path: str) -> bool:
    """Neither a package's nor the system's, nor one of ours."""
    if any(part in path for part in _packages) or path.startswith(_system) or path.startswith(_own_folder):
        return False
    return not any(path.startswith(prefix) for prefix in _prefixes)


_prefixes = tuple(
    f"{os.path.join(prefix, 'lib')}{os.sep}" for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix} if prefix != ""
)
