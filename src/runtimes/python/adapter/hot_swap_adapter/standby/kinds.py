"""Which modules are the app's own, which a package's, and which Python's: by where they lie."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any, List, Optional, Set, Tuple

_packages = ("/site-packages/", "/dist-packages/")
_library = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_ours = "hot_swap_adapter"


def is_packages(file: str) -> bool:
    return any(part in file for part in _packages)


def is_library(file: str) -> bool:
    return file.startswith(_library) and not is_packages(file)


def is_dependency(spec: Any) -> bool:
    """Of a package or of Python itself; a folder without `__init__.py` is what those are in which it lies."""
    origin = spec.origin
    if origin in ("built-in", "frozen"):
        return True
    if isinstance(origin, str) and spec.has_location:
        file = os.path.abspath(origin)
        return is_packages(file) or is_library(file)
    folders = list(spec.submodule_search_locations or [])
    if folders:
        return all(is_packages(f"{folder}/") or is_library(f"{folder}/") for folder in folders)
    return True  # a finder of a package's own has made it


def dependencies() -> List[str]:
    """Names of what is loaded that is not the app's own, in the order in which that began."""
    names: List[str] = []
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or spec.name != name or name == "__main__" or name.split(".", 1)[0] == _ours:
            continue
        if is_dependency(spec):
            names.append(name)
    return names


def package_files() -> List[str]:
    """Of all packages that are loaded."""
    found: Set[str] = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and is_packages(file):
            found.add(os.path.abspath(file))
    return sorted(found)


def package_folders() -> List[str]:
    return sorted({os.path.abspath(folder) for folder in sys.path if is_packages(f"{folder}/")})


def main_folder() -> Optional[str]:
    """What Python puts before sys.path when it begins with the app; None: nothing."""
    if getattr(sys.flags, "safe_path", False):
        return None
    kind, main = _main_of(sys.orig_argv[1:])
    if kind == "m":
        return os.getcwd()
    if kind != "":
        return ""
    file = os.path.realpath(main)
    return os.path.abspath(main) if os.path.isdir(main) or not file.endswith(".py") and _is_zip(file) else os.path.dirname(file)


def _is_zip(file: str) -> bool:
    try:
        with open(file, "rb") as opened:
            return opened.read(2) == b"PK"
    except OSError:
        return False


def _main_of(args: List[str]) -> Tuple[str, str]:
    """('m', module), ('c', text), ('', file), or ('-', '') where it reads from its standard input."""
    rest = iter(args)
    for arg in rest:
        if arg == "-" or not arg.startswith("-"):
            return ("-", "") if arg == "-" else ("", arg)
        if arg.startswith("--"):
            if arg == "--check-hash-based-pycs":
                next(rest, None)
            continue
        for at, letter in enumerate(arg[1:], 2):
            if letter in "cm":
                return (letter, arg[at:] or next(rest, ""))
            if letter in "WX":
                if arg[at:] == "":
                    next(rest, None)
                break
    return ("-", "")


def main_kind() -> str:
    return _main_of(sys.orig_argv[1:])[0]
