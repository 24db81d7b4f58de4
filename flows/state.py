"""Where one conversation has got to. Immutable: a step makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from flows.definition import AgeBand
from flows.values import Value

__all__ = ["Given", "Phase", "State", "changed"]


class Phase(StrEnum):
    """What the conversation waits for."""

    NEW = "new"
    """Nothing was said yet."""
    ASKING = "asking"
    """The question `current` was put."""
    JOINING = "joining"
    """`current` has an answer as long as a full segment; a next part may come until `joining_until`."""
    CHANGING = "changing"
    """A list was shown; the person picks the answer to change."""
    CONFIRMING_DELETE = "confirming-delete"
    ELSEWHERE = "elsewhere"
    """Handed to another channel; waits for the code to be used there."""
    FINISHED = "finished"
    ASKING_AGE = "asking-age"
    """They were asked whether they are of the age from which they may answer."""
    ASKING_A_PARENT = "asking-a-parent"
    """They may answer once a parent has said yes, on a telephone or computer of their own."""
    TOO_YOUNG = "too-young"
    """They may not answer, as far as they have said."""
    REFUSED = "refused"
    """Not open yet, or closed before they began: told so."""
    ERASED = "erased"


ANSWERED: Final = frozenset((Phase.ASKING, Phase.JOINING, Phase.CHANGING, Phase.CONFIRMING_DELETE, Phase.ASKING_AGE))
"""The phases in which the next message answers something that was asked."""


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that stands for a question, and how it came to stand."""

    value: Value = field(repr=False)
    revision: int
    late: bool
    counts: bool
    """False only where every revision so far was refused."""


@dataclass(frozen=True)  # without slots: see `changed`
class State:
    """One conversation, whole. Written to storage after every step and read back before the next."""

    phase: Phase = Phase.NEW
    language: str = "en"
    role: str | None = None
    band: AgeBand | None = None
    helped_by: str | None = None
    stage: str | None = None
    """The stage that they are in; None before the first, and where the pack has none."""
    current: str | None = None
    """The question that was put last and has no end yet."""
    asked_language: str = "en"
    asked_band: AgeBand | None = None
    """Which wording of `current` was shown."""
    attempt: int = 0
    """How often an answer to `current` was not understood: 0, 1 or 2."""
    changing: bool = False
    """True while `current` is put again for a change: the conversation then returns to where it was."""
    resume: Phase | None = None
    """The phase to return to after CHANGING, CONFIRMING_DELETE, ELSEWHERE, ASKING_AGE or ASKING_A_PARENT."""
    resume_question: str | None = None
    given: Mapping[str, Given] = field(default_factory=dict[str, Given])
    """Answers by question code, in the order first given."""
    passed: tuple[str, ...] = ()
    """Questions put and left without an answer (skipped, or passed over), in order."""
    stopped: bool = False
    """The person said STOP, here or in any other conversation: nothing is sent."""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    heard_at: datetime | None = None
    """When the person last said anything. All times are UTC."""
    reminded: bool = False
    told_closed: bool = False
    """They know that it has closed."""
    told_late: bool = False
    """They know that what they answer now is late: kept and marked, or refused."""
    joining_since: datetime | None = None
    """While JOINING: when the first part came. All parts are one message, and that is its time."""
    joining_until: datetime | None = None
    """While JOINING: when we stop waiting for a next part."""
    told_close: datetime | None = None
    """The closing time that they were last told of; an extension beyond it is told once."""
    writes_in: str | None = None
    """Another language of the pack, in which their last answers in their own words were written."""
    wrote_for: tuple[str, ...] = ()
    """The questions that were answered in it, one after another."""
    language_offered: bool = False
    """They were told that they can carry on in it."""
    age_asked: int = 0
    """The age in years that they were last asked about, or are too young for; 0 for none."""
    at_least: int = 0
    """They said that they are of this age or older; 0 where they said nothing."""
    below: int = 0
    """They said that they are younger than this, or would not say; 0 where they did not."""
    allowed: bool = False
    """A parent has said that they may answer, and has not taken it back."""
    waiting_who: str | None = None
    """Who they say they are: it is kept once it is known that they may answer."""
    told_of: tuple[str, ...] = ()
    """The notices before new kinds of data that they have had: see `flows.telling`."""
    helped_at: datetime | None = None
    """When they were last told whom they can call, because of something they had said."""
    asked_to_go_on: bool = False
    """They were asked so with the last message: a plain yes or no is about that."""
    wake_at: datetime | None = None
    """When a `TimePassed` event is wanted, at the latest."""


if TYPE_CHECKING:
    from dataclasses import replace as changed
else:

    def changed(state: State, **fields: object) -> State:
        """The state with some of its fields at another value, as by `dataclasses.replace`.

        That one passes every field through the constructor, which takes seven times as long, and a step does it six
        times over.
        """
        made = object.__new__(State)
        made.__dict__.update(state.__dict__)
        made.__dict__.update(fields)
        return made
