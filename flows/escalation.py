"""Of which concerns people are told at once, who of the rota is next, and how long they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from flows.concern_rules import Concern, Tier
from flows.rota import Hours, Member, WorkingHours

FAILED: Final = "any/failed"
"""The rule of a text that could not be looked at: nobody knows what is in it."""
ROUNDS: Final = 3
"""After everybody was told so often, they are told further, but hourly."""
_HOURLY: Final = timedelta(hours=1)


def is_told_at_once(concern: Concern) -> bool:
    """Whether people are told of it, beside its place on the list.

    What is not urgent waits on the list like every answer: alerts that are mostly nothing are soon not read. A text
    that could not be looked at may hold anything.
    """
    return concern.tier is Tier.URGENT or FAILED in concern.rules


def on_call(members: Sequence[Member], slug: str, local: datetime, working: WorkingHours) -> tuple[Member, ...]:
    """Who is told about a consultation at that time, in order. Where it is nobody's hour, everybody: never nobody."""
    in_office = working.cover(local)
    own = sorted(
        (one for one in members if one.slugs is None or slug in one.slugs), key=lambda one: (one.place, one.rota_id)
    )
    return tuple(one for one in own if _is_their_hour(one.hours, in_office=in_office)) or tuple(own)


def _is_their_hour(hours: Hours, *, in_office: bool) -> bool:
    match hours:
        case Hours.ALWAYS:
            return True
        case Hours.WORKING:
            return in_office
        case Hours.OUTSIDE:
            return not in_office
        case _:
            assert_never(hours)


def next_to_tell(members: Sequence[Member], told: Mapping[int, int]) -> Member | None:
    """Who is told next: of those told least often, the first in order. `told`: how often each was, by `rota_id`.

    So it goes on to the next, to the end, and round again, whatever changed in the rota meanwhile.
    """
    return min(members, key=lambda one: (told.get(one.rota_id, 0), one.place, one.rota_id), default=None)


def wait_before_next(times: int, people: int, patience: timedelta) -> timedelta:
    """How long somebody has to acknowledge before the next is told. `times`: how often anybody was told by now."""
    return patience if times < ROUNDS * max(people, 1) else max(patience, _HOURLY)
