"""What a step asked for is done: words are made of it and queued, answers kept, codes issued, people erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from bot import ids, log
from bot.sitting import Sitting
from flows import wording
from flows.definition import YES_OPTION, Consultation
from flows.effects import (
    Ask,
    AskParent,
    CancelQueued,
    ConcernRaised,
    Effect,
    Erase,
    Keep,
    ListAnswers,
    OfferCode,
    Tell,
)
from flows.escalation import is_told_at_once
from flows.messages import Bubble, Channel, InboundMessage, Shows, Status
from flows.state import State
from flows.values import Choice
from storage.records import AnswerRecord, ConcernRecord, ConsentRecord, ConversationRecord, OutboundRecord, Person

CODE_LASTS: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the words of this deployment need to know of it."""

    public_url: str
    shows: Mapping[Channel, Shows]
    addresses: Mapping[Channel, str]
    """Where a channel can be written to, for texts that name it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The message that a step answers."""

    message: InboundMessage | None
    """None where it is one of before: something else made the step."""
    seq: int


async def perform(
    sitting: Sitting,
    person: Person,
    record: ConversationRecord,
    consultation: Consultation,
    effects: tuple[Effect, ...],
    around: Surroundings,
    cause: Cause | None,
) -> None:
    """Does everything that a step asked for. `record.state` is the state after it.

    The words go to the address that `person` was loaded at. `cause` is None where time alone was the cause.
    """
    shows = around.shows[person.key.channel]
    code: str | None = None
    for effect in effects:
        match effect:
            case Keep():
                sitting.work.add_answer(_answer(sitting, person, record, consultation, effect, shows, cause))
                _note_consent(sitting, record, consultation, effect)
            case CancelQueued():
                await sitting.work.cancel_queued(person.participant_id)
            case OfferCode() | AskParent():
                code = await _code(sitting, person, record, effect)
            case ConcernRaised(concern=concern):
                sitting.work.add_concern(_concern(person, record, effect, cause))
                # That, and no more: whom it is about, and what it is about, belongs in no log.
                log.warning("somebody may not be safe", reason=concern.tier.value)
            case Ask() | Tell() | ListAnswers() | Erase():
                pass
            case _:
                assert_never(effect)
    facts = wording.Facts(
        public_url=around.public_url,
        code=code,
        now=sitting.now,
        channel_address=around.addresses.get(person.key.channel),
    )
    queue(sitting, person, record, record.state, wording.compose(consultation, record.state, effects, shows, facts))
    if any(isinstance(effect, Erase) for effect in effects):
        await sitting.erase(person)


async def _code(sitting: Sitting, person: Person, record: ConversationRecord, wanted: OfferCode | AskParent) -> str:
    match wanted:
        case OfferCode():
            code = ids.code()
            await sitting.work.issue_code(person, record.slug, code, sitting.now + CODE_LASTS)
        case AskParent():
            code = ids.permission_code()
            await sitting.work.ask_parent(person, record.slug, code, sitting.now)
        case _:
            assert_never(wanted)
    return code


def queue(
    sitting: Sitting,
    person: Person,
    record: ConversationRecord | None,
    state: State,
    bubbles: Iterable[Bubble],
) -> None:
    """Puts words into the transcript, to be sent. The web's are there at once: its page shows the transcript.

    To who said STOP, or has left, only the one confirmation goes.
    """
    channel = person.key.channel
    away = person.away_since is not None and channel is not Channel.WEB
    for bubble in bubbles:
        if (state.stopped or away) and not bubble.after_stop:
            continue
        seq = person.take_seq()
        sitting.work.queue(
            OutboundRecord(
                participant_id=person.participant_id,
                seq=seq,
                conversation_id=record.conversation_id if record else None,
                channel=channel,
                address_id=person.address_id,
                queued_at=sitting.now,
                question=bubble.question,
                language=bubble.language or state.language,
                text=bubble.text,
                buttons=bubble.buttons,
                status=Status.DELIVERED if channel is Channel.WEB else Status.QUEUED,
                after_stop=bubble.after_stop,
                request=log.request_id.get(),
            )
        )
        sitting.queued.add(channel)


def _note_consent(sitting: Sitting, record: ConversationRecord, consultation: Consultation, kept: Keep) -> None:
    """Whether they may be written to later is what they said last. A no is never too late.

    A yes is where it stands behind a no that was given in time: they are told that the earlier one still counts.
    """
    consent = consultation.question(kept.question).consent
    given = kept.value == Choice(YES_OPTION)
    if consent is not None and (kept.counts or not given):
        sitting.work.add_consent(
            ConsentRecord(record.participant_id, record.conversation_id, record.slug, consent, given, sitting.now)
        )


def _concern(person: Person, record: ConversationRecord, raised: ConcernRaised, cause: Cause | None) -> ConcernRecord:
    return ConcernRecord(
        participant_id=person.participant_id,
        message_seq=cause.seq if cause else person.next_seq - 1,
        conversation_id=record.conversation_id,
        slug=record.slug,
        question=raised.question,
        concern=raised.concern,
        at=raised.at,
        alert=is_told_at_once(raised.concern),
    )


def _answer(
    sitting: Sitting,
    person: Person,
    record: ConversationRecord,
    consultation: Consultation,
    kept: Keep,
    shows: Shows,
    cause: Cause | None,
) -> AnswerRecord:
    message = cause.message if cause else None
    return AnswerRecord(
        participant_id=person.participant_id,
        conversation_id=record.conversation_id,
        question=kept.question,
        revision=kept.revision,
        value=kept.value,
        role=kept.role,
        band=kept.band,
        helped_by=kept.helped_by,
        language=kept.language,
        wording=wording.question_text(
            consultation, kept.question, kept.asked_language, kept.asked_band, shows, record.state
        ),
        wording_language=wording.language_asked_in(consultation, kept.question, kept.asked_language, kept.asked_band),
        wording_band=kept.asked_band,
        channel=person.key.channel,
        # Where time was the cause, the answer is made of what was said last.
        message_seq=cause.seq if cause else person.next_seq - 1,
        sent_at=message.sent_at if message else None,
        received_at=message.received_at if message else sitting.now,
        recorded_at=sitting.now,
        counts_at=kept.at,
        clock=_whose_clock(message),
        cutoff=kept.cutoff,
        late_policy=consultation.timetable.late_policy.value,
        late=kept.late,
        counts=kept.counts,
        equality=kept.equality,
    )


def _whose_clock(message: InboundMessage | None) -> str:
    """Whose time decided: see `InboundMessage.counts_at`."""
    if message is None or message.counts_at is message.received_at:
        return "received"
    return "recovered" if message.recovered else "provider"
