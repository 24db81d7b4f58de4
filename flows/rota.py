"""The rota: who is told when somebody may not be safe, and when. How they are reached stands elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

_WORKING_DAYS: Final = 5


class Hours(StrEnum):
    """When somebody on the rota is to be told."""

    ALWAYS = "always"
    WORKING = "working-hours"
    """On working days, between the hours that the settings name."""
    OUTSIDE = "outside-working-hours"
    """At all other times: an emergency duty team."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of Monday to Friday in which an office is staffed, on its own clock. Holidays are not known."""

    begins: time = time(9)
    ends: time = time(17)
    """The first moment that is not worked any more."""

    def cover(self, local: datetime) -> bool:
        """Whether somebody is in the office. `local` is the time where the consultation is held."""
        return local.weekday() < _WORKING_DAYS and self.begins <= local.time() < self.ends


@dataclass(frozen=True, slots=True)
class Member:
    """One person, or one team, on the rota. How they are reached stands elsewhere."""

    rota_id: int
    place: int
    """Lower ones are told first."""
    hours: Hours = Hours.ALWAYS
    slugs: frozenset[str] | None = None
    """The consultations that they are told about; None: all."""
