"""What officers decide about a running consultation: a closed union, one member for each decision. No behaviour.

A pack says what is planned. What is decided later is never written into it: it is laid over it by `flows.running`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum

from flows.closings import EarlyClose, Extension


class Status(StrEnum):
    """Where a consultation has got to. It opens and closes by its dates; the rest is decided."""

    DRAFT = "draft"
    """Its pack asks for an approval, and there is none."""
    APPROVED = "approved"
    """Nothing more is needed for it to open on its day."""
    OPEN = "open"
    CLOSED = "closed"
    ANALYSED = "analysed"
    """Everything that was said has been read and put together."""
    ANSWERED = "answered"
    """People have been told what came of it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What has to be thought through before anybody is asked (the Gunning principles). Texts as officers wrote them."""

    reasons: str = ""
    """Why people are consulted, while nothing is decided yet."""
    alternatives: str = ""
    """What else was considered."""
    who_decides: str = ""
    """The person or body that decides in the end."""
    decides_on: date | None = None
    """The day by which they decide."""
    privacy_contact: str = ""
    """Whom people can ask about their data."""
    impact_assessment: str = ""
    """The reference under which the impact assessment is filed."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of what is not there yet, in the order in which it is asked for."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name) in {"", None})


@dataclass(frozen=True, slots=True)
class GateFilled:
    """The answers to the gate's questions, whole; some may still be missing."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Approved:
    """A named body has approved that it opens."""

    body: str
    on: date
    version: str
    """The content hash of the pack as it was approved."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The approval was taken back before it opened."""

    why: str


@dataclass(frozen=True, slots=True)
class StageApproved:
    """A named body has approved that a stage opens."""

    stage: str
    body: str
    on: date


@dataclass(frozen=True, slots=True)
class Extended:
    """It stays open longer."""

    closes_at: datetime
    """UTC."""
    reasons: Mapping[str, str]
    """By language; the pack's own is always there."""
    role: str | None = None
    """The role it is for; None for everybody."""
    stage: str | None = None
    """The stage it is for, in a consultation that has some."""


@dataclass(frozen=True, slots=True)
class ClosedEarly:
    """It closes earlier, for everybody."""

    closes_at: datetime
    """UTC."""
    reasons: Mapping[str, str]
    """By language; the pack's own is always there."""
    stage: str | None = None
    """The stage it is for, in a consultation that has some."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """Everything that was said has been read and put together."""


@dataclass(frozen=True, slots=True)
class Answered:
    """People have been told what came of it."""


What = GateFilled | Approved | Withdrawn | StageApproved | Extended | ClosedEarly | Analysed | Answered


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a consultation's history."""

    number: int
    """1 for the first; without gaps."""
    at: datetime
    """UTC: when it was entered."""
    officer: str
    """Who entered it, by e-mail address."""
    what: What


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that was decided about a consultation so far, put together by `flows.running.standing`."""

    number: int = 0
    """Of the last decision; 0 where there is none."""
    gate: Gate = field(default_factory=Gate)
    approval: Approved | None = None
    stages: Mapping[str, StageApproved] = field(default_factory=dict[str, StageApproved])
    """The approvals of stages, by code."""
    extensions: tuple[Extension, ...] = ()
    closed_early: EarlyClose | None = None
    stage_closings: Mapping[str, Extension | EarlyClose] = field(default_factory=dict[str, Extension | EarlyClose])
    """The last change of a stage's closing time, by code."""
    analysed_at: datetime | None = None
    answered_at: datetime | None = None
    """UTC."""
