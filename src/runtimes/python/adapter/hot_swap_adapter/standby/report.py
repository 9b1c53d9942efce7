"""What a process that serves tells of itself, from which its supervisor plans the next standby (python/planner.ts)."""

from __future__ import annotations

import os
import sys

from . import kinds, state
from ..invitation import VARIABLE, Invitation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

#: Of a process that forks those that serve: what it had loaded by then.
before_fork: Optional[List[str]] = None


def forks() -> None:
    global before_fork
    before_fork = kinds.dependencies()


def fingerprint(invitation: Invitation) -> str:
    """Another one if what a standby should load is."""
    text = "\n".join([*_names(), *_variables(invitation), sys.executable, sys.prefix])
    return f"{len(text)} {_hash(text)}"


def unfit() -> Optional[str]:
    """Why this process can have no standby, if so."""
    if not hasattr(sys, "orig_argv"):
        return "it needs Python 3.10"
    if kinds.main_kind() == "-":
        return "its program comes from standard input"
    if sys.flags.verbose or "importtime" in sys._xoptions:
        return "Python tells of its imports"
    if sys.gettrace() is not None or sys.getprofile() is not None or "pydevd" in sys.modules:
        return "it is traced"
    custom: Any = getattr(sys.modules.get("sitecustomize"), "__file__", None)
    if isinstance(custom, str) and not kinds.is_library(custom) and not custom.startswith(_adapter):
        return f"{custom} comes before it"
    return None


_adapter = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def loaded(invitation: Invitation) -> Dict[str, Any]:
    """`PythonGraph` in python/own-words.ts."""
    return {
        "argv": list(sys.orig_argv),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "modules": _names(),
        "files": kinds.package_files(),
        "folders": kinds.package_folders(),
        "mainFolder": kinds.main_folder(),
        "variables": _variables(invitation),
        "shared": state.shared(),
        "replaced": state.replaced(),
    }


def _names() -> List[str]:
    return kinds.dependencies() if before_fork is None else before_fork


def _variables(invitation: Invitation) -> List[str]:
    """Those that the app itself has set, changed or removed."""
    before = invitation.as_without_us(invitation.environment)
    now = invitation.as_without_us(dict(os.environ))
    names = [name for name in {*before, *now} if name != VARIABLE and before.get(name) != now.get(name)]
    return sorted(names)


def _hash(text: str) -> int:
    """The same in every process, which `hash` is not."""
    import zlib

    return zlib.crc32(text.encode("utf-8", "surrogateescape"))
