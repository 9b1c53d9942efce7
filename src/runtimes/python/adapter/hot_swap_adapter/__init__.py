"""
How an unmodified Python server takes part: see ../../README.md.

This package is in every Python process below a server's command. Until the process listens it keeps a list of files, and
that is all: nothing here imports `socket` before the app does.
"""

from __future__ import annotations

from . import files, imports, stand_ins
from .invitation import Invitation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def begin(folder: str) -> None:
    """`folder`: where this package is, as PYTHONPATH names it."""
    invitation = Invitation.from_environment(folder)
    if invitation is None:
        return
    files.observe(invitation)
    invited = invitation

    def take_part() -> None:
        from .joining.sockets import intercept

        intercept(invited)

    imports.when_loaded("socket", take_part)
    stand_ins.replace()
    _offer(invitation)
    global _invitation
    _invitation = invitation


def _offer(invitation: Invitation) -> None:
    """The module `hot_swap`, which has one function: see kept.py. Most processes never ask for it."""
    import sys

    def kept(name, make):  # type: ignore[no-untyped-def]
        from . import kept as keeper

        return keeper.kept(invitation, name, make)

    module = type(sys)("hot_swap")
    module.kept = kept  # type: ignore[attr-defined]
    sys.modules["hot_swap"] = module


_invitation: Optional[Invitation] = None


def stand_by() -> None:
    """Blocks here, before the app, if this process is to be the next generation. Called when all of Python's start is over."""
    if _invitation is None or _invitation.standby is None:
        return
    from .standby import wait

    if wait.is_for(_invitation):
        wait.stand_by(_invitation)
