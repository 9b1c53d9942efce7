"""
The one call that an app may make, if it likes to: `hot_swap.kept(name, make)`, for descriptors that are to outlive it (a
pipe, a device, a connection). They are handed from the generation that serves to the next one, over a Unix socket in the
supervisor's private folder; the first makes them.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence

from . import files
from .invitation import Invitation

_most = 64
_patience = 2.0

_kept: Dict[str, List[int]] = {}
_published: Dict[str, Any] = {}
_invitation: Optional[Invitation] = None


def kept(invitation: Invitation, name: str, make: Callable[[], Sequence[int]]) -> List[int]:
    """What the generation before has kept by that name, else what `make` returns: descriptors, of which it stays the owner."""
    global _invitation
    _invitation = invitation
    descriptors = _kept.get(name)
    if descriptors is None:
        descriptors = _of_predecessor(name) or list(make())
        _kept[name] = descriptors
        if files.is_booted:
            publish()
    return list(descriptors)


def publish() -> None:
    """This is the generation that serves: from now on the next one asks here. Not sooner: it may fail."""
    import socket
    from _thread import start_new_thread

    for name, descriptors in _kept.items():
        if name in _published:
            continue
        try:
            door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            path = _path(name)
            own = f"{path}.{os.getpid()}"
            door.bind(own)
            door.listen(8)
            os.rename(own, path)
        except OSError:
            continue  # the next one makes its own
        _published[name] = door
        start_new_thread(_hand_out, (door, descriptors))


def _hand_out(door: Any, descriptors: Sequence[int]) -> None:
    import socket

    while True:
        try:
            visitor, _ = door.accept()
            with visitor:
                socket.send_fds(visitor, [b"."], list(descriptors))
        except OSError:
            return


def _of_predecessor(name: str) -> Optional[List[int]]:
    import socket

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as way:
            way.settimeout(_patience)
            way.connect(_path(name))
            _, descriptors, _, _ = socket.recv_fds(way, 16, _most)
        return list(descriptors) or None
    except (OSError, AttributeError):
        return None


def _path(name: str) -> str:
    """The same for all generations of a command, and short: a path of a Unix socket has hardly a hundred bytes."""
    import hashlib

    assert _invitation is not None
    said = "\0".join([os.getcwd(), *sys.argv, name])
    return os.path.join(_invitation.doors, f"kept-{hashlib.sha1(said.encode()).hexdigest()[:12]}")
