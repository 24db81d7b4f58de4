"""What time alone does to a conversation, and when it next wants to be woken for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows import cutoff
from flows.definition import Consultation
from flows.effects import Ask, Effect, Manner, Notice, Tell
from flows.state import Phase, State, changed

AWAKE = timedelta(minutes=15)
"""Somebody heard from this recently is up and in the conversation: the end of it is no surprise, even at night."""
SETTLED = timedelta(hours=12)
"""Nobody is reminded of what they were busy with this recently."""

_UNDER_WAY = frozenset((Phase.ASKING, Phase.JOINING, Phase.CHANGING, Phase.CONFIRMING_DELETE, Phase.ELSEWHERE))


def under_way(state: State) -> bool:
    """They have begun, and have not come to the end."""
    return state.phase in _UNDER_WAY and state.completed_at is None


def next_wake(consultation: Consultation, state: State, *, now: datetime) -> datetime | None:
    """The earliest UTC instant at which time alone will do something; None if it never will."""
    if state.stopped:
        return None
    joining = state.joining_until if state.phase is Phase.JOINING else None
    instants = (
        joining,
        _reminder(consultation, state),
        _closing(consultation, state),
        _news(consultation, state, now),
        _bad_news(consultation, state, now),
    )
    return min((instant for instant in instants if instant is not None), default=None)


def tell(consultation: Consultation, state: State, *, now: datetime) -> tuple[State, tuple[Effect, ...]]:
    """Says what is due by now: that it stays open longer or shorter, that it has closed, or one reminder."""
    if state.stopped:
        return state, ()
    if _due(_news(consultation, state, now), now):
        closing = cutoff.closes_at(consultation.timetable, state.role)
        again = changed(state, told_close=closing, told_closed=False, told_late=False)
        about = consultation.timetable, state.role, state.language
        # Longer than they were told can still be shorter than was planned.
        reason = cutoff.reason_of_extension(*about) or cutoff.reason_of_early_close(*about) or ""
        return again, (Tell(Notice.EXTENDED, {"reason": reason}), *_question(again))
    if _due(_closing(consultation, state), now):
        return changed(state, told_closed=True), (_closes_now(consultation, state),)
    if _due(_bad_news(consultation, state, now), now):
        closing = cutoff.closes_at(consultation.timetable, state.role)
        reason = cutoff.reason_of_early_close(consultation.timetable, state.role, state.language) or ""
        told = changed(state, told_close=closing)
        return told, (Tell(Notice.CLOSING_EARLY, {"reason": reason}), *_question(told))
    if _due(_reminder(consultation, state), now):
        return changed(state, reminded=True), (Tell(Notice.REMINDER), *_question(state))
    return state, ()


def _closes_now(consultation: Consultation, state: State) -> Tell:
    """That it has closed; with the reason where that is earlier than they were told."""
    reason = cutoff.reason_of_early_close(consultation.timetable, state.role, state.language)
    closing = cutoff.closes_at(consultation.timetable, state.role)
    if reason is None or state.told_close is None or state.told_close <= closing:
        return Tell(Notice.CLOSING_NOW)
    return Tell(Notice.CLOSED_EARLY, {"reason": reason})


def _due(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant <= now


def _question(state: State) -> tuple[Effect, ...]:
    return (Ask(state.current, Manner.REPEATED),) if state.phase is Phase.ASKING and state.current is not None else ()


def _reminder(consultation: Consultation, state: State) -> datetime | None:
    planned = cutoff.reminder_at(consultation.timetable, state.role)
    if planned is None or state.reminded or state.told_closed or state.heard_at is None or not under_way(state):
        return None
    settled = state.heard_at + SETTLED
    # What is planned is not at night. So only for what comes after it there can be a night to wait for.
    due = planned if settled <= planned else cutoff.not_at_night(consultation.timetable, settled)
    return due if due < cutoff.closes_at(consultation.timetable, state.role) else None


def _closing(consultation: Consultation, state: State) -> datetime | None:
    if state.told_closed or not under_way(state):
        return None
    closing = cutoff.closes_at(consultation.timetable, state.role)
    if state.role is None:
        closing = cutoff.last_close(consultation.timetable)
    if state.heard_at is not None and closing - state.heard_at <= AWAKE:
        return closing
    return cutoff.not_at_night(consultation.timetable, closing)


def _news(consultation: Consultation, state: State, now: datetime) -> datetime | None:
    """An extension is news to those under way who were told of an earlier closing time."""
    closing = cutoff.closes_at(consultation.timetable, state.role)
    if state.told_close is None or closing <= state.told_close or closing <= now or not under_way(state):
        return None
    return cutoff.not_at_night(consultation.timetable, now)


def _bad_news(consultation: Consultation, state: State, now: datetime) -> datetime | None:
    """An earlier close is news to those under way who were told of a later one, as long as they can still answer."""
    if state.told_close is None or not under_way(state):
        return None
    closing = cutoff.closes_at(consultation.timetable, state.role)
    if closing >= state.told_close or closing <= now:
        return None
    if cutoff.reason_of_early_close(consultation.timetable, state.role, state.language) is None:
        return None
    told = cutoff.not_at_night(consultation.timetable, now)
    return told if told < closing else None
