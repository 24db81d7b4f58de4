"""The record of what officers did: only ever added to, each line chained to the one before by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record: who did what to what, when and why. Never anybody's words, name or number."""

    at: datetime
    """UTC."""
    officer: str
    """Their e-mail address; `system` for what the service did by itself, `command` for the command line."""
    act: str
    """Such as `export.made`: what was done, as `thing.done`."""
    slug: str = ""
    """The consultation that it was done in, if in one."""
    subject: str = ""
    """What it was done to: a reference, a question's or a theme's code, another officer's address."""
    why: str = ""
    """The reason that was given."""


async def append(session: Session, deed: Deed) -> None:
    """Adds a line within the transaction of what was done: either both are there, or neither."""
    raise NotImplementedError(session, deed)
