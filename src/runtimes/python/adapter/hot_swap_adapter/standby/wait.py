"""Stands by: loads what its predecessor had loaded of packages, and blocks until it is to be the next generation."""

from __future__ import annotations

import os
import sys
import time

from . import kinds, state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Set

    from ..invitation import Invitation
    from .observer import Observer

_low = "10"
_polite_s = 3.0


def is_for(invitation: Invitation) -> bool:
    """Whether it is this process that waits, and none above it."""
    own = (invitation.standby or {}).get("own") or {}
    return getattr(sys, "orig_argv", None) == own.get("argv") and sys.executable == own.get("executable")


def stand_by(invitation: Invitation) -> None:
    """Returns when it is released. Ends the process if it never is."""
    import json

    standby: Any = invitation.standby
    file = standby["own"]["plan"]
    plan = _plan(file)
    if "released" in plan:  # what a watcher starts again has nothing to wait for
        invitation.released(plan["released"])
        return
    _polite(_low)
    folders = _OwnFolders()
    own = _Warming(plan, folders).run() if plan["modules"] else {"offences": {}, "leading": [], "read": [], "against": []}
    _polite("0")
    report = {"type": "warm", "modules": len(sys.modules) if plan["modules"] else 0, "memory": _memory(), "own": own}
    generation = _wait(standby["fd"], json.dumps(report))
    with open(file, "w", encoding="utf-8") as record:
        json.dump({"released": generation}, record)
    invitation.released(generation)
    if folders.would_load_others():
        os.execv(sys.executable, sys.orig_argv)  # from cold: what is loaded is not what it would load now
    _forget_times()


def _plan(file: str) -> Dict[str, Any]:
    import json

    try:
        with open(file, encoding="utf-8") as opened:
            plan: Dict[str, Any] = json.load(opened)
            return plan
    except OSError:
        return {"modules": []}  # a second process of one standby only waits


class _Warming:
    def __init__(self, plan: Dict[str, Any], folders: _OwnFolders) -> None:
        self._plan = plan
        self._folders = folders
        self._since = time.monotonic()
        self._is_polite = True

    def run(self) -> Dict[str, Any]:
        import gc

        names: List[str] = self._plan["modules"]
        # It brings the rest of us with it, whose work is no package's.
        __import__("socket")
        folder = kinds.main_folder()
        if folder is not None:
            sys.path.insert(0, folder)
        state.begin_finalizers(self._plan["shared"])
        held = _HeldOutput()
        observer = _observer(self._plan, held.fd)
        before = state.shared()
        gc.disable()
        observer.begin()
        try:
            for name in names:
                self._lose_patience()
                self._load(name, observer)
        finally:
            observer.end()
            gc.enable()
            has_printed = held.end()
            if folder is not None:
                sys.path.remove(folder)
        self._folders.missing = observer.missing
        observer.compare(self._plan["shared"], before)
        _forget_own_folders()
        gc.collect()
        return {
            "offences": observer.offences,
            "leading": sorted(observer.leading),
            "read": sorted(observer.read),
            "against": self._against(has_printed and "prints" not in observer.offences.values()),
        }

    def _against(self, prints: bool) -> List[str]:
        """What speaks against loading any package before the app."""
        differing = set(self._plan["replaced"]) ^ set(state.replaced())
        return [f"the app replaces {name}" for name in sorted(differing)] + (["one of them prints"] if prints else [])

    def _lose_patience(self) -> None:
        """On a busy machine, who is polite for longer is never warm."""
        if self._is_polite and time.monotonic() - self._since > _polite_s:
            self._is_polite = False
            _polite("0")

    def _load(self, name: str, observer: Observer) -> None:
        left_out = self._plan["leftOut"]
        parts = name.split(".")
        if name in sys.modules or any(".".join(parts[:count]) in left_out for count in range(1, len(parts) + 1)):
            return
        from .observer import LeftOut

        try:
            __import__(name)
        except LeftOut:
            observer.leading.add(name)
        except Exception:
            observer.leading.add(name)
            observer.offences.setdefault(name, "needs the app")


def _observer(plan: Dict[str, Any], output: int) -> Observer:
    from .observer import Observer

    return Observer(plan, output)


class _OwnFolders:
    """Those of the app in which Python looks for modules. What is new there may be found before what was loaded."""

    def __init__(self) -> None:
        first = kinds.main_folder()
        all_folders = ([] if first is None else [first]) + sys.path
        self._folders = [one for one in all_folders if not (kinds.is_packages(f"{one}/") or kinds.is_library(f"{one}/"))]
        self._before = self._names()
        self.missing: Set[str] = set()

    def _names(self) -> Set[str]:
        found: Set[str] = set()
        for folder in self._folders:
            try:
                found.update(name.partition(".")[0] for name in os.listdir(folder or "."))
            except OSError:
                pass  # a path that is none, or an archive
        return found

    def would_load_others(self) -> bool:
        return any(name in sys.modules or name in self.missing for name in self._names() - self._before)


class _HeldOutput:
    """What is printed meanwhile: nobody is to see it before the app has begun."""

    def __init__(self) -> None:
        self._flush()
        self._kept = [os.dup(1), os.dup(2)]
        self.fd = _nameless()
        for number in (1, 2):
            os.dup2(self.fd, number)

    def end(self) -> bool:
        """Whether there was something."""
        self._flush()
        size = os.lseek(self.fd, 0, os.SEEK_END)
        for number, kept in zip((1, 2), self._kept):
            os.dup2(kept, number)
            os.close(kept)
        os.close(self.fd)
        return size > 0

    def _flush(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()


def _nameless() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("held")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _wait(fd: int, line: str) -> int:
    import json

    os.write(fd, f"{line}\n".encode())
    said = b""
    while not said.endswith(b"\n"):
        try:
            piece = os.read(fd, 4096)
        except BlockingIOError:
            time.sleep(0.001)
            continue
        except OSError:
            piece = b""
        if piece == b"":
            os._exit(0)  # nobody needs it
        said += piece
    os.close(fd)
    generation: int = json.loads(said)["generation"]
    return generation


def _forget_own_folders() -> None:
    """What was in the app's folders is looked for anew."""
    for folder in list(sys.path_importer_cache):
        if not (kinds.is_packages(f"{folder}/") or kinds.is_library(f"{folder}/")):
            del sys.path_importer_cache[folder]


def _forget_times() -> None:
    """logging counts from its own start (`%(relativeCreated)d`)."""
    logging: Any = sys.modules.get("logging")
    if hasattr(logging, "_startTime"):
        logging._startTime = time.time() if isinstance(logging._startTime, float) else time.time_ns()


def _memory() -> int:
    try:
        with open("/proc/self/statm", encoding="utf-8") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _polite(nice: str) -> None:
    """Of its session, which is its generation's: sched(7), "The autogroup feature"."""
    for _ in range(20):
        try:
            with open("/proc/self/autogroup", "r+", encoding="utf-8") as file:
                file.write(nice)
            return
        except BlockingIOError:
            time.sleep(0.02)  # ten times a second at most
        except OSError:
            return
