"""How long people have waited to hear what came of a consultation, until something of it is published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from flows import cutoff
from flows.definition import Consultation

WEEKS: Final = 12
"""In which an answer is due (Cabinet Office, Consultation principles; held to councils as a benchmark)."""
_WEEK: Final = timedelta(weeks=1)
_YEAR: Final = 52


def response_due(pack: Consultation, now: datetime) -> str:
    """What an officer is reminded of after the close, now in UTC; empty before it."""
    closes_at = cutoff.last_close(pack.timetable)
    if now < closes_at:
        return ""
    zone = pack.timetable.zone
    # The close is the first moment after the last day.
    closed_on = (closes_at - timedelta(microseconds=1)).astimezone(zone).date()
    today = now.astimezone(zone).date()
    said = [f"It closed {_ago(today - closed_on)}, and people have not been told what came of it."]
    said.append(_within(closed_on + WEEKS * _WEEK, today))
    if pack.feedback_due is not None:
        said.append(_promised(pack.feedback_due, today))
    return " ".join(said)


def _ago(since: timedelta) -> str:
    weeks = since // _WEEK
    match weeks:
        case 0:
            return "less than a week ago"
        case 1:
            return "1 week ago"
        case _ if weeks < _YEAR:
            return f"{weeks} weeks ago"
        case _:
            return "a year ago or more"


def _within(due: date, today: date) -> str:
    day = cutoff.day_in_words(due, "en")
    if today > due:
        return f"Government guidance asks for that within {WEEKS} weeks, which ended on {day}."
    return f"Government guidance asks for that within {WEEKS} weeks: by {day}."


def _promised(due: date, today: date) -> str:
    day = cutoff.day_in_words(due, "en")
    return f"They were promised it by {day}{', which has passed' if today > due else ''}."
