"""One turn on one channel: the events of one message, and the rule that a channel may be for older people only.

`flows.step` does not know channels; this is the one rule of the conversation that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from flows import events, interrupt
from flows.concern_rules import Concern
from flows.definition import Consultation
from flows.effects import Ask, CancelQueued, ConcernRaised, Effect, Erase, Keep, Notice, Tell
from flows.messages import Channel
from flows.state import Phase, State
from flows.step import Step, step

_TALKING: Final = frozenset({Phase.ASKING, Phase.JOINING, Phase.CHANGING})


def take(
    consultation: Consultation,
    state: State,
    happened: Sequence[events.Event],
    channel: Channel,
    *,
    now: datetime,
    concern: Concern | None = None,
) -> Step:
    """One message's events, one after the other; only the last of them is answered in words.

    Whoever turns out to be too young for the channel is handed to another, whatever else would have been said: under
    Telegram's terms a person in the United Kingdom must be 16 (rule R7.1). `concern` is what their words suggest: what
    comes of it is said and done whoever they turn out to be.
    """
    done = Step(state)
    for event in happened:
        done = Step(done.state, silent(done.effects)).then(step(consultation, done.state, event, now=now))
    if happened and is_too_young(consultation, done.state, channel):
        done = _handed_on(consultation, done, happened[-1].at, now)
    if not happened or concern is None:
        return done
    return interrupt.beside(done, concern, state.current, happened[-1].at)


def _handed_on(consultation: Consultation, done: Step, at: datetime, now: datetime) -> Step:
    handed_on = step(consultation, done.state, events.TooYoungHere(at), now=now)
    return Step(done.state, silent(done.effects)).then(handed_on)


def is_too_young(consultation: Consultation, state: State, channel: Channel) -> bool:
    """Whether somebody under way is in a band that ends below the channel's minimum age."""
    least = consultation.min_age.get(channel.value)
    if least is None or state.band is None or state.stopped or state.phase not in _TALKING:
        return False
    return state.band.oldest < least


def beside_another(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """What nobody's own message called for, while another conversation asks at the same address.

    It is told, and no question is put: the next message answers the one that was put last, and is another's. The word
    that leads back is named instead.
    """
    told = tuple(effect for effect in effects if not isinstance(effect, Ask))
    return effects if told == effects else (*told, Tell(Notice.WAITS_BESIDE))


def silent(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """What is done without a word."""
    return tuple(effect for effect in effects if isinstance(effect, Keep | CancelQueued | Erase | ConcernRaised))
