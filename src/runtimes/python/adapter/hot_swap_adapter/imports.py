"""Something is done when a module has been loaded, and nothing before: a process that never loads it pays nothing."""

from __future__ import annotations

import sys
TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional


_waiting: Dict[str, Callable[[], None]] = {}


def when_loaded(name: str, then: Callable[[], None]) -> None:
    """Calls `then` once the module `name` is there: now, or just after the app has imported it."""
    if name in sys.modules:
        then()
        return
    if not _waiting:
        sys.meta_path.insert(0, _Waiting())
    _waiting[name] = then


class _Waiting:
    """A finder that finds nothing itself, and wraps the loaders of the modules that are waited for."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in _waiting:
            return None
        then = _waiting.pop(name)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, then)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    def __init__(self, loader: Any, then: Callable[[], None]) -> None:
        self._loader = loader
        self._then = then

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__loader__ = module.__spec__.loader = self._loader  # nothing of us stays
        self._loader.exec_module(module)
        self._then()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class Missing:
    """The last finder: it hears of modules that nobody else has found."""

    def __init__(self, tell: Callable[[str, Optional[Any]], None]) -> None:
        self._tell = tell

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self._tell(name, path)
