"""What is expected of one run: lines, answers and people, as the model makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows import wording
from flows.definition import Consultation
from flows.effects import Keep
from flows.messages import Channel, InboundMessage
from storage.records import AddressKey, ConversationRecord
from tests.simulation.watch import Heard, Woke
from tests.simulation.worker import surroundings

AROUND = surroundings()


@dataclass(slots=True)
class Line:
    """One message of a transcript."""

    outward: bool
    text: str | None
    kind: str
    key: AddressKey
    slug: str | None
    after_stop: bool = False
    provider_id: str | None = None
    serial: int = 0


@dataclass(slots=True)
class Answered:
    """One revision of one answer."""

    slug: str
    kept: Keep
    wording: str
    channel: Channel
    seq: int
    received_at: datetime
    sent_at: datetime | None
    recorded_at: datetime
    clock: str


@dataclass(slots=True)
class Somebody:
    """One participant."""

    number: int
    language: str | None = None
    told_nothing_open: bool = False
    stopped_at: datetime | None = None
    conversations: dict[str, ConversationRecord] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    cancelled_before: int = 0
    """Lines up to here may have been cancelled."""
    stops: list[tuple[int, bool]] = field(default_factory=list)
    """Commits from which on they were stopped, or not."""
    erased: bool = False
    merged_into: int | None = None


@dataclass(slots=True)
class Told:
    """A child's conversation hears what a parent said."""

    key: AddressKey
    """Where the child is."""
    now: datetime
    away: bool
    last_said: int
    """The number of what the child said last: an answer that waited is theirs from there."""
    codes: list[str]
    views: dict[str, bool]
    extended: bool


def answered_by(
    somebody: Somebody, one: Heard | Woke | Told, record: ConversationRecord, consultation: Consultation, kept: Keep
) -> Answered:
    message: InboundMessage | None = one.message if isinstance(one, Heard) else None
    shows = AROUND.shows[one.key.channel]
    trusted = message is not None and message.sent_at is not None
    clock = "received"
    if message is not None and trusted and (message.recovered or message.channel is Channel.TELEGRAM):
        clock = "recovered" if message.recovered else "provider"
    return Answered(
        slug=record.slug,
        kept=kept,
        wording=wording.question_text(
            consultation, kept.question, kept.asked_language, kept.asked_band, shows, record.state
        ),
        channel=one.key.channel,
        seq=one.last_said if isinstance(one, Told) else len(somebody.lines),
        received_at=message.received_at if message else one.now,
        sent_at=message.sent_at if message else None,
        recorded_at=one.now,
        clock=clock,
    )
