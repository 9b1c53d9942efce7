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
    global _invitation
    _invitation = invitation


_invitation: Optional[Invitation] = None


def stand_by() -> None:
    """Blocks here, before the app, if this process is to be the next generation. Called when all of Python's start is over."""
    if _invitation is None or _invitation.standby is None:
        return
    from .standby import wait

    if wait.is_for(_invitation):
        wait.stand_by(_invitation)
