"""Days and times as officers type them, in a consultation's own zone, and as they read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows import cutoff
from flows.errors import LocalTimeError


def day_of(text: str) -> date | None:
    """A day such as 2030-05-31, as a browser's field for days sends it, or 31/5/2030, as people type it."""
    parts = text.strip().split("/")
    whole = "-".join((parts[2].zfill(4), parts[1].zfill(2), parts[0].zfill(2))) if len(parts) == 3 else text.strip()  # noqa: PLR2004 - day, month, year
    try:
        return date.fromisoformat(whole)
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """A time such as 17:00, without an offset."""
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime | str:
    """The UTC instant of a local day and time; a sentence where clocks do not show it exactly once."""
    try:
        return cutoff.instant(datetime.combine(day, at), zone)
    except LocalTimeError as error:
        return f"That time {error.problem}. {error.mend}"


def end_of(day: date) -> date | None:
    """The day after: its first moment is the end of this one. None at the end of the calendar."""
    try:
        return day + timedelta(days=1)
    except OverflowError:
        return None


def moment_in_words(at: datetime, zone: ZoneInfo) -> str:
    """An instant as officers read it: "9:30am on Friday 9 March 2018"; "the start of" a day for its midnight."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"the start of {cutoff.day_in_words(local.date(), 'en')}"
    # A cutoff is told as the last minute before it, which is not what is meant here.
    return cutoff.closing_in_words(at.astimezone(UTC) + timedelta(minutes=1), zone, "en")


def waited_in_words(since: datetime, now: datetime) -> str:
    """How long something has waited: "12 minutes", "3 hours", "2 days"."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
