"""What an officer may do: duties are given to people, and each duty is a set of rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Right(StrEnum):
    """What a page needs of whoever opens it."""

    SIGN_IN = "sign-in"
    """The pages before anybody is known: open to everybody, and no others are."""
    OWN = "own"
    """One's own account, and the list of one's consultations."""
    FIGURES = "figures"
    """How many, never who or what: small numbers are suppressed."""
    ANSWERS = "answers"
    """Every answer and whole conversations, under references."""
    CODE = "code"
    """Themes, notes and redactions."""
    ORIGINALS = "originals"
    """What stood under a redaction."""
    EXPORT = "export"
    """Files of answers and conversations."""
    ENTER = "enter"
    """Type in answers that were given on paper, by telephone or face to face."""
    REQUESTS = "requests"
    """What somebody asks for who is held here: to see, correct or erase it, and to hear no more."""
    RUN = "run"
    """Approve, open, extend and close a consultation; say what came of it."""
    CONCERNS = "concerns"
    """Alerts that somebody may not be safe."""
    IDENTITY = "identity"
    """Who it was, with a reason given."""
    ADMINISTER = "administer"
    """Officers, their duties, and the record of what was done."""


class Duty(StrEnum):
    """What an officer is there for. One officer may have several."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    EDITOR = "editor"
    SAFEGUARDING_LEAD = "safeguarding-lead"
    ADMINISTRATOR = "administrator"


_EVERYBODY: Final = frozenset({Right.SIGN_IN, Right.OWN})

RIGHTS: Final[Mapping[Duty, frozenset[Right]]] = MappingProxyType(
    {
        Duty.VIEWER: _EVERYBODY | {Right.FIGURES},
        Duty.ANALYST: _EVERYBODY
        | {Right.FIGURES, Right.ANSWERS, Right.CODE, Right.EXPORT, Right.ENTER, Right.REQUESTS},
        Duty.EDITOR: _EVERYBODY | {Right.FIGURES, Right.ENTER, Right.RUN},
        # Reads everything, because somebody has to; takes nothing away.
        Duty.SAFEGUARDING_LEAD: _EVERYBODY
        | {Right.FIGURES, Right.ANSWERS, Right.ORIGINALS, Right.CONCERNS, Right.IDENTITY},
        # Gives others their rights, and has none of them over what people said.
        Duty.ADMINISTRATOR: _EVERYBODY | {Right.ADMINISTER},
    }
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the council's, signed in."""

    officer_id: int
    name: str
    email: str
    duties: frozenset[Duty]
    slugs: frozenset[str] | None
    """The consultations that are theirs; None where all of them are."""

    def may(self, right: Right, slug: str | None = None) -> bool:
        """Whether this is theirs to do; in the consultation `slug`, where it is done in one."""
        return self._sees(slug) and any(right in RIGHTS[duty] for duty in self.duties)

    def _sees(self, slug: str | None) -> bool:
        return slug is None or self.slugs is None or slug in self.slugs
