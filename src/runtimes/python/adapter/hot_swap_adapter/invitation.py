"""The invitation of the protocol: what a process needs to take part, in one environment variable."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # loading `typing` takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

VERSION = 1
VARIABLE = "HOT_SWAP"


class Invitation:
    """Types and meaning of the fields: protocol/messages.ts."""

    def __init__(self, said: Dict[str, Any], folder: str) -> None:
        self.control: str = said["control"]
        self.token: str = said["token"]
        self.generation: int = said["generation"]
        self.doors: str = said["doors"]
        self.handles: int = said["handles"]
        #: Key → descriptor of an inherited listening socket.
        self.listeners: Dict[str, int] = dict(said["listeners"])
        self.journal: Optional[str] = said.get("journal")
        self.by: List[int] = list(said.get("by") or [])
        #: {"fd": …, "own": …} of a process that is to wait, or of one above it.
        self.standby: Optional[Dict[str, Any]] = said.get("standby")
        self._said = said
        #: As it was when the process began.
        self.environment: Dict[str, str] = dict(os.environ)
        #: Where PYTHONPATH names this package.
        self.folder = folder

    @classmethod
    def from_environment(cls, folder: str) -> Optional[Invitation]:
        """None if there is none that is meant for this process, or one of another version."""
        try:
            said = _parse(os.environ[VARIABLE])
            if said.get("v") != VERSION or said.get("helps") is True:
                return None
            return cls(said, folder)
        except (KeyError, TypeError, ValueError, StopIteration):
            return None

    def released(self, generation: int) -> None:
        """It has waited; what it starts, or becomes, waits no more."""
        import json

        self.generation = self._said["generation"] = generation
        self.standby = None
        del self._said["standby"]
        os.environ[VARIABLE] = json.dumps(self._said, separators=(",", ":"))

    def as_without_us(self, environment: Dict[str, str]) -> Dict[str, str]:
        """Changes `environment`, and returns it."""
        environment.pop(VARIABLE, None)
        _without(environment, "PYTHONPATH", self.folder)
        _without(environment, "PATH", f"{self.doors}/tools")
        options = environment.get("NODE_OPTIONS", "")
        own = f'--require "{self.doors}/preload.js"'
        if own in options:
            _set(environment, "NODE_OPTIONS", options.replace(own, "").strip())
        return environment

    def hide(self) -> None:
        """
        From here on the environment is as it would be without us, for the app and for what it starts. Not sooner: a
        runner (`poetry run`) becomes the server by exec, and hands down what it has.
        """
        self.as_without_us(os.environ)  # type: ignore[arg-type]
        for fd in [self.handles, *self.listeners.values()]:
            try:
                os.set_inheritable(fd, False)
            except OSError:
                pass  # it was closed on the way, or is taken up


class _Plain:
    """What json.loads gives its scanner."""

    strict = True
    object_hook = object_pairs_hook = parse_constant = None
    parse_float = float
    parse_int = int
    memo: Dict[str, str] = {}


def _parse(text: str) -> Any:
    try:
        import _json
    except ImportError:
        import json

        return json.loads(text)
    # Without `json`, which loads `re`: most processes need neither.
    scanner: Any = _json.make_scanner
    return scanner(_Plain)(text, 0)[0]


def _without(environment: Dict[str, str], name: str, folder: str) -> None:
    folders = environment.get(name, "").split(os.pathsep)
    if folder in folders:
        _set(environment, name, os.pathsep.join(one for one in folders if one != folder))


def _set(environment: Dict[str, str], name: str, value: str) -> None:
    if value == "":
        del environment[name]
    else:
        environment[name] = value
