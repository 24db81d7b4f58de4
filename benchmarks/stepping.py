"""One step in memory: what the conversation itself costs, without a database, a network or a log.

Measured: a parent's whole conversation by SMS, again and again; the function `step` alone, `compose` which puts its
effects into words, and writing and reading back the state as storage does. CPU time of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Final, TypeVar

from benchmarks import people, processes, stage
from benchmarks.effort import Effort
from bot.channels.sms import SmsChannel
from bot.packs import Library
from flows import events
from flows.definition import Consultation
from flows.effects import Effect
from flows.state import State
from flows.step import step
from flows.wording import Facts, compose
from storage.codec import decode_state, encode_state

_NOON: Final = datetime.fromtimestamp(people.NOON, UTC)
_FACTS: Final = Facts(public_url="https://sayso.example", now=_NOON)
_MICRO: Final = 1e6

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stepping:
    """Microseconds for one message."""

    step: float
    words: float
    state: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """One event of a conversation, with what was before and after it."""

    before: State
    event: events.Event
    after: State
    effects: tuple[Effect, ...]


def measure(effort: Effort) -> Stepping:
    consultation = _consultation()
    turns, seconds = _conversation(consultation), effort.seconds / 2
    return Stepping(
        step=_cost(turns, seconds, lambda turn: step(consultation, turn.before, turn.event, now=turn.event.at)),
        words=_cost(
            turns, seconds, lambda turn: compose(consultation, turn.after, turn.effects, SmsChannel.shows, _FACTS)
        ),
        state=_cost(turns, seconds, lambda turn: decode_state(encode_state(turn.after))),
    )


def _consultation() -> Consultation:
    found = Library.load(processes.ROOT / "consultations").get(stage.SLUG)
    assert found is not None
    return found


def _conversation(consultation: Consultation) -> Sequence[_Turn]:
    said = ("Parent or carer", "Waiting lists. My son has waited for a year.", "We kept a diary of it.", "One number")
    happened: list[events.Event] = [events.Began(_NOON)]
    happened += [events.Said(_NOON + timedelta(minutes=minute), words) for minute, words in enumerate(said, 1)]
    turns: list[_Turn] = []
    state = State()
    for event in happened:
        done = step(consultation, state, event, now=event.at)
        turns.append(_Turn(state, event, done.state, done.effects))
        state = done.state
    return turns


def _cost(turns: Sequence[_Turn], seconds: float, work: Callable[[_Turn], T]) -> float:
    """Microseconds of CPU time for one turn."""
    began, count = process_time(), 0
    while process_time() - began < seconds:
        for turn in turns:
            work(turn)
        count += len(turns)
    return _MICRO * (process_time() - began) / count
