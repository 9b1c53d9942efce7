"""
What modules change of the process while they load, beside themselves. Where an app has, when it serves, what its packages
alone have made of it, it has changed nothing of that itself: so they may come before it.
"""

from __future__ import annotations

import gc
import sys

from . import kinds

TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

_ours = "hot_swap_adapter"


def _name(value: Any) -> str:
    if value is None:
        return "None"
    kind = value if hasattr(value, "__qualname__") else type(value)
    return f"{getattr(kind, '__module__', '')}.{kind.__qualname__}"


def _warnings() -> List[str]:
    filters = getattr(sys.modules.get("warnings"), "filters", [])
    return [
        f"{action} {getattr(text, 'pattern', text)} {category.__name__} {getattr(module, 'pattern', module)} {line}"
        for action, text, category, module, line in list(filters)
    ]


def _logging() -> List[str]:
    logging: Any = sys.modules.get("logging")
    if getattr(logging, "root", None) is None or not hasattr(logging, "lastResort"):
        return []
    root = logging.root
    found = [str(root.level), str(root.disabled), str(root.manager.disable), str(logging.raiseExceptions)]
    names = [*root.handlers, *root.filters, logging.lastResort, logging._loggerClass, logging._logRecordFactory]
    return found + [_name(one) for one in names]


def _locale() -> List[str]:
    locale: Any = sys.modules.get("_locale")
    return [] if locale is None else [locale.setlocale(locale.LC_ALL, None)]


def _finders() -> List[str]:
    all_names = [_name(one) for one in [*sys.meta_path, *sys.path_hooks]]
    return [name for name in all_names if not name.startswith(_ours)]


def _hooks() -> List[str]:
    return [_name(hook) for hook in (sys.excepthook, sys.displayhook, sys.unraisablehook, sys.breakpointhook)]


def _limits() -> List[str]:
    all_limits = [sys.getrecursionlimit(), sys.getswitchinterval(), gc.get_threshold(), len(gc.callbacks)]
    digits = getattr(sys, "get_int_max_str_digits", None)
    return [str(limit) for limit in [*all_limits, digits() if digits else 0]]


def _loops() -> List[str]:
    events: Any = sys.modules.get("asyncio.events")
    return [_name(getattr(events, "_event_loop_policy", None))]


def _streams() -> List[str]:
    return [_name(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)]


def _finalizers() -> List[str]:
    weakref: Any = sys.modules.get("weakref")
    return [str(getattr(getattr(weakref, "finalize", None), "_registered_with_atexit", False))]


_all: Dict[str, Callable[[], List[str]]] = {
    "warnings": _warnings,
    "logging": _logging,
    "the locale": _locale,
    "how modules are found": _finders,
    "the interpreter's hooks": _hooks,
    "the interpreter's limits": _limits,
    "asyncio's loops": _loops,
    "the standard streams": _streams,
    "finalizers": _finalizers,
}


def shared() -> Dict[str, List[str]]:
    """By kind, comparable between processes."""
    return {kind: look() for kind, look in _all.items()}


def begin_finalizers(served: Dict[str, List[str]]) -> None:
    """The first `weakref.finalize` has all of them called at the exit: that is Python's doing, not a package's."""
    if served.get("finalizers") == ["True"]:
        import weakref

        weakref.finalize(begin_finalizers, id).detach()


def replaced() -> List[str]:
    """Of Python's own modules, what somebody else has put there: `socket.socket`."""
    found: List[str] = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        is_ours_to_ask = name in sys.builtin_module_names if file is None else kinds.is_library(str(file))
        if not is_ours_to_ask or name in ("__main__", "sys"):
            continue
        for attribute, value in list(vars(module).items()):
            if attribute.startswith("_"):
                continue
            if _is_foreign(value):
                found.append(f"{name}.{attribute}")
            elif isinstance(value, type) and value.__module__ == name:
                inner = list(vars(value).items())
                found += [f"{name}.{attribute}.{method}" for method, one in inner if _is_foreign(one)]
    return sorted(found)


def _is_foreign(value: Any) -> bool:
    kind = type(value)
    if kind in (str, int, dict, list, tuple, bool, float, bytes, type(sys), type(None), set, frozenset):
        return False
    if isinstance(value, type) or kind.__name__ in ("function", "method"):
        return _is_from_elsewhere(getattr(value, "__module__", None))
    return callable(value) and _is_from_elsewhere(kind.__module__)


def _is_from_elsewhere(name: Any) -> bool:
    """In a module that is neither Python's nor ours."""
    if not isinstance(name, str) or name.split(".", 1)[0] == _ours:
        return False
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if name == "__main__":
        return True
    return isinstance(file, str) and not kinds.is_library(file)
