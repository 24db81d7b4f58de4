"""When a consultation listens: what counts as in time, when people may be written to, and how it is told.

Every instant that comes in or goes out is aware and UTC. Local time is only ever read from a timetable's own zone:
where the server stands and what its clock says play no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from flows import dates
from flows.closings import EarlyClose, Extension, Moved
from flows.definition import LatePolicy, Timetable
from flows.errors import LocalTimeError

_A_MINUTE = timedelta(minutes=1)
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an answer, as far as time goes."""

    late: bool
    """It did not come before the cutoff."""
    accepted: bool
    """It stands as an answer; otherwise it stays in the transcript alone."""
    cutoff: datetime
    """UTC: what it was held against."""


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive local wall time.

    Raises:
        LocalTimeError: clocks never show that time there (they go forward over it), or show it twice.
    """
    if local.tzinfo is not None:
        raise LocalTimeError(local, zone.key, "is not a local time, for it names an offset", "Leave the offset out")
    try:
        first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        shown = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise LocalTimeError(local, zone.key, "is outside the calendar", "Write a year from 2 to 9998") from None
    if shown != local.replace(fold=0):
        raise LocalTimeError(
            local, zone.key, "never happens: the clocks go forward over it", "Write a time an hour earlier or later"
        )
    if first != second:
        raise LocalTimeError(
            local, zone.key, "happens twice: the clocks go back over it", "Write a time an hour earlier or later"
        )
    return first


def _extension(timetable: Timetable, role: str | None) -> Extension | None:
    """The latest extension that is for everybody or for this role."""
    if not timetable.extensions:  # nearly always, and asked for several times in a step
        return None
    fitting = [extension for extension in timetable.extensions if extension.role in {None, role}]
    return max(fitting, key=lambda extension: extension.closes_at, default=None)


def _planned(timetable: Timetable, role: str | None) -> datetime:
    """The cutoff as it stood before any extension."""
    return timetable.closes_at if role is None else timetable.role_closes_at.get(role, timetable.closes_at)


def closes_at(timetable: Timetable, role: str | None) -> datetime:
    """The cutoff for a role, in UTC; the general one while the role is not known.

    An extension only ever makes it later: one for everybody that ends before a role's own cutoff changes nothing there.
    An early close makes it earlier, for everybody.
    """
    planned, extension = _planned(timetable, role), _extension(timetable, role)
    return _not_after_the_close(timetable, planned if extension is None else max(planned, extension.closes_at))


def _not_after_the_close(timetable: Timetable, at: datetime) -> datetime:
    early = timetable.closed_early
    return at if early is None else min(at, early.closes_at)


def last_close(timetable: Timetable) -> datetime:
    """The UTC instant from which nobody's answer is in time any more."""
    extended = (extension.closes_at for extension in timetable.extensions)
    latest = max((timetable.closes_at, *timetable.role_closes_at.values(), *extended))
    return _not_after_the_close(timetable, latest)


def moved(timetable: Timetable, role: str | None) -> Extension | EarlyClose | None:
    """What made a role's closing time another than was planned; None where nothing did."""
    early, extension = timetable.closed_early, _extension(timetable, role)
    planned = _planned(timetable, role)
    before = planned if extension is None else max(planned, extension.closes_at)
    if early is not None and early.closes_at < before:
        return early
    return extension if before > planned else None


def reason_of_extension(timetable: Timetable, role: str | None, language: str = "") -> str | None:
    """Why a role has longer than was planned, in that language where it was given in it; None where it has not."""
    found = moved(timetable, role)
    return found.reasons.get(language, found.reason) if isinstance(found, Extension) else None


def reason_of_early_close(timetable: Timetable, role: str | None, language: str = "") -> str | None:
    """Why a role has less time than it was told, in that language where it was given in it; None where it has not."""
    found = moved(timetable, role)
    return found.reasons.get(language, found.reason) if isinstance(found, EarlyClose) else None


def why_moved(timetable: Timetable, role: str | None, language: str, default: str) -> Moved | None:
    """What to tell of a moved closing time in that language; the reason in the pack's own where it has no other."""
    found = moved(timetable, role)
    if found is None:
        return None
    told = language if language in found.reasons else default
    return Moved(isinstance(found, Extension), found.reasons.get(told, found.reason), told)


def verdict(timetable: Timetable, role: str | None, at: datetime, *, started_at: datetime | None) -> Verdict:
    """What becomes of an answer that counts from the UTC instant `at`.

    Late from the cutoff itself on. What a late answer is worth is the timetable's policy; none takes one from somebody
    who began (`started_at`, UTC; None: not yet) only after the cutoff. The grace time is half-open as well.
    """
    cutoff = closes_at(timetable, role)
    if at < cutoff:
        return Verdict(late=False, accepted=True, cutoff=cutoff)
    under_way = started_at is not None and started_at < cutoff
    match timetable.late_policy:
        case LatePolicy.STRICT:
            accepted = False
        case LatePolicy.TAG_LATE:
            accepted = under_way
        case LatePolicy.FINISH_IN_PROGRESS:
            accepted = under_way and at < cutoff + timetable.grace
        case _:
            assert_never(timetable.late_policy)
    return Verdict(late=True, accepted=accepted, cutoff=cutoff)


def has_opened(timetable: Timetable, at: datetime) -> bool:
    """True from the opening instant on, also after the close."""
    return timetable.approved and timetable.opens_at <= at


def takes_answers(timetable: Timetable, at: datetime) -> bool:
    """True while somebody's answer can be in time: in a consultation in stages, while one of them is open."""
    within = has_opened(timetable, at) and at < last_close(timetable)
    return within and (not timetable.stages or any(stage.is_open(at) for stage in timetable.stages))


def is_open(timetable: Timetable, role: str | None, at: datetime) -> bool:
    """True while answers of that role are in time."""
    return has_opened(timetable, at) and at < closes_at(timetable, role)


def not_at_night(timetable: Timetable, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls in: when somebody may be written to first. UTC.

    The quiet hours may span local midnight; where both ends are the same hour there are none.
    """
    quiet_from, quiet_until = timetable.quiet_from % _HOURS, timetable.quiet_until % _HOURS
    local = at.astimezone(timetable.zone)
    if quiet_from <= quiet_until:
        quiet, morning = quiet_from <= local.hour < quiet_until, local.date()
    else:
        quiet = local.hour >= quiet_from or local.hour < quiet_until
        morning = local.date() + timedelta(days=1 if local.hour >= quiet_from else 0)
    if not quiet:
        return at
    # Should the clocks go forward over that hour, Python reads it with the offset before: an hour later on the wall.
    return datetime.combine(morning, time(quiet_until), tzinfo=timetable.zone).astimezone(UTC)


def reminder_at(timetable: Timetable, role: str | None) -> datetime | None:
    """The UTC instant of the one reminder, outside the quiet hours.

    None where the pack wants none, and where it would come before the opening or not before the cutoff.
    """
    if timetable.reminder_before is None:
        return None
    cutoff = closes_at(timetable, role)
    planned = not_at_night(timetable, cutoff - timetable.reminder_before)
    return planned if timetable.opens_at <= planned < cutoff else None


def closing_in_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """A cutoff as people are told it: the last whole minute before it, such as "11:59pm on Friday 9 March 2018".

    Never "midnight", which half of all readers take for the day before. English where Sayso has no words for the
    language.
    """
    # In UTC, because subtracting a minute from a local time goes wrong at the clock change (PEP 495).
    return dates.time_in_words((at.astimezone(UTC) - _A_MINUTE).astimezone(zone), language)


def day_in_words(day: date, language: str) -> str:
    """A day as people say it: "Friday 9 March 2018"."""
    return dates.day_in_words(day, language)
