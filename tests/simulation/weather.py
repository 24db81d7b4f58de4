"""What goes wrong in one run, and how often.

Each seed has some kinds of trouble and not others: where all of them happen all the time, only the first ever shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.dice import Dice


@dataclass(frozen=True, slots=True)
class Climate:
    """The troubles of one run. Those that are chances are for one call, message or commit."""

    lost: float = 0.0
    """A request, or the answer to one, that never arrives."""
    broken: float = 0.0
    """A connection that breaks instead of answering."""
    doubled: float = 0.0
    """A webhook that is delivered twice."""
    latency: float = 0.05
    """Seconds that the network usually takes."""
    late: float = 0.0
    """Something that takes very much longer on its way."""
    too_many: float = 0.0
    """A provider that says 429."""
    error: float = 0.0
    """A provider that says 500."""
    hang: float = 0.0
    """A provider that never answers."""
    refuses: bool = False
    """A provider that does not know our account, for a while."""
    blocks: bool = False
    """People who block us, and come back."""
    landlines: bool = False
    opt_out: bool = False
    """Twilio answers STOP and START itself."""
    slow: float = 0.0
    """A statement that takes seconds."""
    full: float = 0.0
    failing: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    away: bool = False
    """A database that cannot be reached, for a while."""
    crashes: bool = False
    deadly: float = 0.0
    """A process that dies just after a commit."""
    upgrades: bool = False
    """A process that is stopped as it should be, and started again."""
    jumps: bool = False
    """Hours in which nothing happens."""
    skew: float = 0.0
    """Seconds by which a worker's clock may be wrong."""
    extends: bool = False
    """The consultation stays open longer, and says so in the middle of everything."""
    parents: bool = False
    """Children of one consultation wait for a parent's yes, and parents give it, and take it back."""
    workers: int = 1
    disorder: float = 0.0
    seldom: float = 5.0
    """How often an empty queue is looked at, in seconds."""
    recover: float = 45.0


def climate_of(dice: Dice) -> Climate:
    """The climate of a seed."""

    def sometimes(chance: float, low: float, high: float) -> float:
        return dice.between(low, high) if dice.happens(chance) else 0.0

    return Climate(
        lost=sometimes(0.4, 0.01, 0.2),
        broken=sometimes(0.3, 0.01, 0.2),
        doubled=sometimes(0.4, 0.05, 0.4),
        latency=dice.pick((0.01, 0.05, 0.3, 1.5)),
        late=sometimes(0.3, 0.01, 0.15),
        too_many=sometimes(0.3, 0.02, 0.3),
        error=sometimes(0.3, 0.02, 0.3),
        hang=sometimes(0.25, 0.01, 0.15),
        refuses=dice.happens(0.15),
        blocks=dice.happens(0.3),
        landlines=dice.happens(0.15),
        opt_out=dice.happens(0.3),
        slow=sometimes(0.25, 0.002, 0.03),
        full=sometimes(0.2, 0.005, 0.1),
        failing=sometimes(0.2, 0.002, 0.03),
        cut_before=sometimes(0.3, 0.01, 0.15),
        cut_after=sometimes(0.3, 0.01, 0.15),
        away=dice.happens(0.2),
        crashes=dice.happens(0.5),
        deadly=sometimes(0.2, 0.005, 0.05),
        upgrades=dice.happens(0.2),
        jumps=dice.happens(0.3),
        skew=sometimes(0.3, 0.0, 3.0),
        extends=dice.happens(0.15),
        workers=2 if dice.happens(0.5) else 1,
        disorder=dice.pick((0.0, 0.1, 0.5, 1.0)),
        seldom=dice.pick((1.0, 5.0, 15.0)),
        recover=dice.pick((20.0, 60.0)),
    )
