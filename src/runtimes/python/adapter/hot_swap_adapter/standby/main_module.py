"""The main module, as long as it is not there yet: who looks at it while it loads comes after the app."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

_tell: Optional[Callable[[], None]] = None


class _Main(type(sys)):  # type: ignore[misc]
    def __getattribute__(self, name: str) -> Any:
        if _tell is not None and name not in ("__class__", "__dict__"):
            _tell()
        return super().__getattribute__(name)


def watch(tell: Callable[[], None]) -> None:
    global _tell
    _tell = tell
    main: Any = sys.modules["__main__"]
    main.__class__ = _Main


def unwatch() -> None:
    global _tell
    _tell = None
    main: Any = sys.modules["__main__"]
    main.__class__ = type(sys)
