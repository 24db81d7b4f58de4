"""On what ground a consultation asks, and from which age somebody may answer: settings of a pack, each from a date on.

The age of digital consent may be moved by regulations, for one service and from one day (Children's Wellbeing and
Schools Act 2026, section 72). So no age stands in the code: the law in force is the one of the moment at which
something happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final


class Basis(StrEnum):
    """The lawful basis (UK GDPR, Article 6(1))."""

    PUBLIC_TASK = "public-task"
    """Point (e): what most councils rely on. Taking part is voluntary, and nobody is asked for a consent."""
    CONSENT = "consent"
    """Point (a): below an age it is a parent who gives it (Article 8; Data Protection Act 2018, section 9)."""


class Permission(StrEnum):
    """What somebody below the age needs of a grown-up."""

    NONE = "none"
    TELL_AN_ADULT = "tell-an-adult"
    """They are asked, kindly, to tell one."""
    REQUIRED = "required"
    """A parent says so themselves, on a telephone or computer of their own."""


@dataclass(frozen=True, slots=True)
class Law:
    """What holds from one instant until the next law does."""

    holds_from: datetime
    """UTC."""
    basis: Basis = Basis.PUBLIC_TASK
    permission: Permission = Permission.NONE
    under: int | None = None
    """The age in years below which it matters; None where it never does."""

    @property
    def least_age(self) -> int | None:
        """Nobody younger may answer without a parent's permission. None: everybody may."""
        needed = self.basis is Basis.CONSENT or self.permission is Permission.REQUIRED
        return self.under if needed else None

    @property
    def asks_parents(self) -> bool:
        """Whether a parent is asked, where somebody is too young to answer without one."""
        return self.permission is Permission.REQUIRED


WITHOUT: Final = Law(datetime.min.replace(tzinfo=UTC))
"""Where a pack says nothing."""


def in_force(laws: Sequence[Law], at: datetime) -> Law:
    """The law at that UTC instant; before the first of them, that one. `laws` stand in the order of their dates."""
    if not laws:
        return WITHOUT
    return next((law for law in reversed(laws) if law.holds_from <= at), laws[0])


def any_public_task(laws: Sequence[Law]) -> bool:
    """Whether at any time it asks as a public task."""
    return not laws or any(law.basis is Basis.PUBLIC_TASK for law in laws)
