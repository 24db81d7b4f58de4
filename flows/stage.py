"""A stage of a consultation: a part with dates of its own, opened only once a named body has approved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """One of them. Both instants are UTC; an answer counts when its time is before `closes_at`."""

    code: str
    name: str
    """What officers call it, in the pack's own language; respondents never see it."""
    opens_at: datetime
    closes_at: datetime
    roles: frozenset[str] | None = None
    """Whom it is for; None for everybody."""
    approved_by: str | None = None
    approved_on: date | None = None
    """Whose decision opened it, and of which day; both or neither."""
    planned_closes_at: datetime | None = None
    """UTC: when it was to close before that was moved; None where it was not."""
    reason: str = ""
    """Why it was moved, as people are told."""
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    """The same reason in other languages, by language."""

    @property
    def approved(self) -> bool:
        """Without an approval it is shut, whatever its dates say."""
        return self.approved_by is not None and self.approved_on is not None

    def is_open(self, at: datetime) -> bool:
        """Whether it is approved and its answers are in time at that UTC instant."""
        return self.approved and self.opens_at <= at < self.closes_at

    def is_for(self, role: str | None) -> bool:
        """Whether somebody of that role may be asked; who has none yet may be of any."""
        return self.roles is None or role is None or role in self.roles
