"""Which messages a person has to read, because somebody said something in their own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from bot.safety import words_of
from flows import events
from flows.concern_rules import Concern, Tier
from flows.effects import Effect, Keep
from flows.values import Text

WORDS: Final = 3
"""So many words or more are something that was said, whatever was asked: "he hurts me" in answer to a choice."""


def rank_of(event: events.Event, effects: Iterable[Effect], concern: Concern | None) -> int | None:
    """Where a message comes on the read-list, lower ones first; None where nothing in it is to be read.

    Every answer in own words is, and whatever a rule saw; besides, words that answered nothing.
    """
    if concern is not None:
        return _rank(concern.tier)
    kept = [effect for effect in effects if isinstance(effect, Keep)]
    if any(isinstance(effect.value, Text) and not effect.equality for effect in kept):
        return 2
    said = words_of(event)
    unanswering = not kept and said is not None and sum(any(map(str.isalpha, word)) for word in said.split()) >= WORDS
    return 2 if unanswering else None


def _rank(tier: Tier) -> int:
    match tier:
        case Tier.URGENT:
            return 0
        case Tier.CONCERN:
            return 1
        case _:
            assert_never(tier)
