"""What storage hands out and takes in: plain data, never rows. Personal fields are already decrypted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.concern_rules import Concern
from flows.consents import Consent
from flows.definition import AgeBand
from flows.integrity import Flag
from flows.messages import Button, Channel, Status
from flows.state import Phase, State
from flows.values import Value


@dataclass(frozen=True, slots=True)
class AddressKey:
    """Where a person can be reached, in clear. Looked up by keyed hash, stored encrypted, never printed."""

    channel: Channel
    address: str = field(repr=False)


@dataclass(slots=True)
class ConversationRecord:
    """One participant's way through one consultation."""

    conversation_id: int
    participant_id: int
    slug: str
    version: str
    reference: str
    """Such as `HFD-7K2M-9Q`; unique, and all that an export or a log ever shows of a person."""
    channel: Channel
    """The channel used last."""
    state: State
    address_id: int = 0
    """The address used last; kept by storage."""


@dataclass(slots=True)
class Person:
    """A participant at one address, locked for the unit of work that loaded it."""

    participant_id: int
    address_id: int
    key: AddressKey
    current: str | None
    """Slug of the consultation that this address is talking about: what comes next from there is an answer to it."""
    language: str | None
    """A language chosen before any consultation was."""
    next_seq: int
    """Number of the next message, either way: gapless, so it is the true order of what was said."""
    stopped_at: datetime | None
    """STOP holds for the whole participant, on every address."""
    away_since: datetime | None
    """This address cannot be reached: blocked, or opted out at the provider."""
    told_nothing_open: bool = False
    conversations: dict[str, ConversationRecord] = field(default_factory=dict[str, ConversationRecord])
    """By slug."""
    found_by: str | None = None
    """Slug of the conversation that they were loaded for, where that was not something they said."""
    is_new: bool = False
    """True when this unit of work has just made the participant."""

    def take_seq(self) -> int:
        """The next message number, used up."""
        seq = self.next_seq
        self.next_seq += 1
        return seq


@dataclass(frozen=True, slots=True)
class InboundRecord:
    """A message as it came, byte for byte."""

    participant_id: int
    seq: int
    conversation_id: int | None
    channel: Channel
    address_id: int
    provider_id: str = field(repr=False)
    """Stored only as a keyed hash: enough to know a second delivery."""
    message_ref: str | None = field(repr=False)
    """Stored only as a keyed hash: enough to find what a later edit means."""
    sent_at: datetime | None
    received_at: datetime
    recorded_at: datetime
    question: str | None
    """The question that was being asked when it came, or that the form named."""
    language: str | None
    status: Status
    text: str | None = field(repr=False)
    """None for what has no words (a picture, a block): `kind` then says what it was."""
    kind: str = "text"
    error: str | None = None
    """Our own fault, as the name of an exception class and nothing more."""


@dataclass(frozen=True, slots=True)
class OutboundRecord:
    """A message to be sent."""

    participant_id: int
    seq: int
    conversation_id: int | None
    channel: Channel
    address_id: int
    queued_at: datetime
    question: str | None
    language: str
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    status: Status = Status.QUEUED
    """QUEUED to be dispatched; DELIVERED at once for the web, whose page shows the transcript itself."""
    not_before: datetime | None = None
    after_stop: bool = False
    """May go out although the person has said STOP: its one confirmation."""
    request: str | None = None
    """What caused it, as the log names it."""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What somebody said when they were asked whether they may be written to later. The newest holds."""

    participant_id: int
    conversation_id: int
    slug: str
    consent: Consent
    given: bool
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class ToRead:
    """That a person has to read a message, because it is in somebody's own words. They are in the message."""

    participant_id: int
    message_seq: int
    slug: str
    question: str | None
    """The question that it was about."""
    rank: int
    """0: an urgent concern; 1: a concern; 2: nothing that a rule sees."""
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class ConcernRecord:
    """That a message may mean that somebody is not safe. Its words are in the message."""

    participant_id: int
    message_seq: int
    conversation_id: int
    slug: str
    question: str | None
    """The question that was open when it was said."""
    concern: Concern
    at: datetime
    """UTC."""
    alert: bool = False
    """Whether the rota is told of it at once."""


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """That a conversation bears a sign that it may not be somebody's own."""

    participant_id: int
    conversation_id: int
    slug: str
    flag: Flag
    at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One revision of one answer, frozen with everything that was true when it was given."""

    participant_id: int
    conversation_id: int
    question: str
    revision: int
    value: Value = field(repr=False)
    role: str | None
    band: AgeBand | None
    helped_by: str | None
    language: str
    """The language of the conversation at the time."""
    wording: str
    """The words of the question as they were shown."""
    wording_language: str
    wording_band: AgeBand | None
    channel: Channel
    message_seq: int
    """The inbound message it came from."""
    sent_at: datetime | None
    received_at: datetime
    recorded_at: datetime
    counts_at: datetime
    """UTC: the time that decided; `clock` says whose it was."""
    clock: str
    """`received`, `provider` or `recovered`."""
    cutoff: datetime
    late_policy: str
    late: bool
    counts: bool
    equality: bool = False
    """Kept apart from the other answers."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """An answer in somebody's own words that has no label for its language yet."""

    participant_id: int
    conversation_id: int
    question: str
    revision: int
    language: str
    """That of the conversation at the time."""
    slug: str
    version: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """The label of one revision of an answer."""

    reference: str
    question: str
    revision: int
    language: str
    """That of the conversation at the time."""
    heard: str
    """That of the answer."""


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message claimed for sending, until its lease ends."""

    participant_id: int
    seq: int
    channel: Channel
    address_id: int
    key: str
    """Opaque id of the message, the same on every attempt."""
    address: str = field(repr=False)
    text: str = field(repr=False)
    buttons: tuple[Button, ...]
    attempt: int
    """1 on the first attempt."""
    queued_at: datetime
    reference: str | None
    """For the log."""
    gap: timedelta = timedelta(0)
    """Least time between this message and the next to the same address."""
    request: str | None = None
    """What caused it, as the log names it."""


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """One message as the export and the web page show it."""

    reference: str
    seq: int
    at: datetime
    """When it was sent to us, or by us: the provider's time where there is one, else ours. UTC."""
    direction: str
    channel: Channel
    question: str | None
    language: str | None
    status: Status
    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class ParticipantTranscript:
    """Everything that one participant said and heard about a consultation."""

    reference: str
    role: str | None
    band: AgeBand | None
    status: str
    """`complete`, `partial` or `stopped`."""
    entries: Sequence[TranscriptEntry] = field(repr=False)
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class CountedAnswer:
    """The answer that counts for one question."""

    value: Value = field(repr=False)
    late: bool
    role: str | None
    band: AgeBand | None


@dataclass(frozen=True, slots=True)
class ParticipantAnswers:
    """One row of the `answers` export, before labels are put to codes."""

    reference: str
    version: str
    role: str | None
    band: AgeBand | None
    helped_by: str | None
    channel: Channel
    language: str
    status: str
    """`complete`, `partial` or `stopped`."""
    started_at: datetime
    completed_at: datetime | None
    answers: Mapping[str, CountedAnswer] = field(repr=False)
    phase: Phase = Phase.ASKING
    """Where the conversation has got to: REFUSED for those who came when it was not open."""
