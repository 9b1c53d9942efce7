"""
Watches what modules do while they load, beside defining things. What others could see before the app has begun is
stopped before it happens, where Python tells of it (https://docs.python.org/3/library/audit_events.html).
"""

from __future__ import annotations

import os
import sys

from . import effects, kinds, main_module, state
from .. import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set, Tuple

class LeftOut(BaseException):
    """Ends the import of a module that must wait for the app. No `except Exception` of a package's stops it."""


class Observer:
    def __init__(self, plan: Dict[str, Any], output: int) -> None:
        self._left_out: Set[str] = set(plan["leftOut"])
        self._names: Set[str] = set(plan["modules"])
        self._variables: Set[str] = set(plan["variables"])
        self._output = output
        #: Modules that are being loaded, the innermost last.
        self.stack: List[str] = []
        #: Module → what it does.
        self.offences: Dict[str, str] = {}
        #: Modules that led to such a one.
        self.leading: Set[str] = set()
        self.read: Set[str] = set()
        #: What there was no module of.
        self.missing: Set[str] = set()
        self._in_library = False
        self._library_exits = 0
        self._seeking: Set[str] = set()
        self._encode: Any = None
        #: Each: one that changed this kind of what is shared.
        self._changed: Dict[str, List[str]] = {}

    def begin(self) -> None:
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        files.hear_also(self._audit)
        environ: Any = os.environ
        self._encode = environ.encodekey
        environ.encodekey = self._encode_key
        main_module.watch(lambda: self.blame("looks at the main module"))

    def end(self) -> None:
        environ: Any = os.environ
        environ.encodekey = self._encode
        files.hear_also(None)
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        main_module.unwatch()

    def blame(self, does: str, module: Optional[str] = None) -> None:
        """The innermost module, or that one; whatever leads to it waits with it."""
        name = module or (self.stack[-1] if self.stack else "")
        if name != "":
            self.offences.setdefault(name, does)
        self.leading.update(self.stack)

    def compare(self, served: Dict[str, List[str]], before: Dict[str, List[str]]) -> None:
        """What packages have changed has to be as it is where the app serves."""
        now = state.shared()
        for kind, value in now.items():
            if value != before.get(kind) and value != served.get(kind):
                for module in self._changed.get(kind) or []:
                    self.offences.setdefault(module, f"changes {kind}, as the app does")

    # A finder: https://docs.python.org/3/reference/import.html#the-meta-path

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name in self._seeking or name.startswith("hot_swap_adapter"):
            return None
        if name in self._left_out:
            self.leading.update(self.stack)
            raise LeftOut(name)
        self._seeking.add(name)
        try:
            spec = self._find(name, path, target)
        finally:
            self._seeking.discard(name)
        if spec is None:
            self.missing.add(name)
            return None
        if not kinds.is_dependency(spec):
            self.blame(f"loads {name}, which is the app's")
            raise LeftOut(name)
        if spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec

    def _find(self, name: str, path: Any, target: Any) -> Any:
        for finder in list(sys.meta_path):
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find else None
            if spec is not None:
                return spec
        return None

    def during(self, name: str, work: Any) -> Any:
        is_library = name.split(".", 1)[0] in sys.stdlib_module_names
        if is_library and not self._in_library:
            return self._during_library(name, work)
        before = None if is_library else (self._look(), len(self.offences), {k: len(v) for k, v in self._changed.items()})
        self.stack.append(name)
        try:
            done = work()
        except LeftOut:
            raise
        except BaseException:
            if name in self._names and name not in self.offences:
                # The app could load it: something of the app's was there that is not here.
                self.leading.update(self.stack)
                self.offences.setdefault(name, "needs the app")
            raise
        finally:
            self.stack.pop()
        if before is not None:
            self._judge(name, before)
        return done

    def _during_library(self, name: str, work: Any) -> Any:
        """What Python's own modules have done at the exit is theirs."""
        before = effects.exits()
        self._in_library = True
        try:
            return self.during(name, work)
        finally:
            self._in_library = False
            self._library_exits += effects.exits() - before

    def _look(self) -> Tuple[Any, ...]:
        return (*effects.looks(), self._printed(), effects.exits() - self._library_exits, state.shared())

    def _judge(self, name: str, before: Any) -> None:
        """What was done by others that it has loaded was told already."""
        old, offences, changed = before
        new = self._look()
        for does, was, is_now in zip(effects.words, old, new):
            if was != is_now and len(self.offences) == offences:
                self.leading.update(self.stack)
                self.offences[name] = does
                self.leading.add(name)
        for kind, value in new[-1].items():
            so_far = self._changed.setdefault(kind, [])
            if value != old[-1][kind] and len(so_far) == changed.get(kind, 0):
                so_far.append(name)

    def _printed(self) -> int:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass
        return os.lseek(self._output, 0, os.SEEK_END)

    def _encode_key(self, key: Any) -> Any:
        if self.stack and key in self._variables:
            self.blame(f"reads {key}")
        return self._encode(key)

    def _audit(self, event: str, args: Any) -> None:
        if not self.stack:
            return
        does = effects.stopped.get(event)
        if event == "open":
            does = self._opened(args[0], args[2])
        elif event in effects.writes:
            does = None if "__pycache__" in str(args[0]) else "writes a file"
        elif event in ("os.listdir", "os.scandir") and isinstance(args[0], str) and args[0] not in sys.path:
            does = "lists a folder of the app" if files.is_own(os.path.abspath(args[0])) else None
        elif event == "socket.bind":
            does = None if isinstance(args[1], tuple) and args[1][1] == 0 else "binds"
        if does is not None:
            self.blame(does)
            raise LeftOut(does)

    def _opened(self, path: Any, flags: Any) -> Optional[str]:
        if not isinstance(path, str) or "__pycache__" in path or path.startswith(("/dev/", "/proc/", "/sys/")):
            return None
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) != 0:
            return "writes a file"
        file = os.path.abspath(path)
        if not kinds.is_library(file) and os.path.isfile(file):
            self.read.add(file)
        return None


class _Loader:
    def __init__(self, loader: Any, observer: Observer) -> None:
        self._loader = loader
        self._observer = observer

    def create_module(self, spec: Any) -> Any:
        return self._observer.during(spec.name, lambda: self._loader.create_module(spec))

    def exec_module(self, module: Any) -> None:
        module.__loader__ = module.__spec__.loader = self._loader  # nothing of us stays
        self._observer.during(module.__spec__.name, lambda: self._loader.exec_module(module))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
