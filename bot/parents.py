"""A parent's yes or no to a child's answering: by text message, in an app, or on a page of their own.

It has to come from somewhere else than the child's own telephone or page. Who the parent is is not asked: what they
said, when, and on which channel is kept, and no more (storage.permissions).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.one_question import one_at_a_time
from bot.perform import Cause, Surroundings, perform
from bot.replies import Reply
from bot.sitting import Sitting
from bot.versions import Versions
from flows import events, turn
from flows.definition import AgeBand, Consultation
from flows.effects import Notice
from flows.messages import Bubble, Channel
from flows.phrases import Facts, beside, chosen, fill, known_to, spoken_in
from flows.state import State, changed
from storage.permissions import Asked
from storage.records import ConversationRecord, Person


@dataclass(frozen=True, slots=True)
class Child:
    """Somebody who waits for a parent's yes, or had one; locked, with their conversation."""

    asked: Asked
    person: Person
    record: ConversationRecord
    consultation: Consultation


async def child_of(sitting: Sitting, versions: Versions, asked: Asked) -> Child | None:
    """Whom a parent was asked about; None where the child was erased since."""
    person = await sitting.work.anybody(asked.participant_id, asked.slug)
    record = None if person is None else person.conversations.get(asked.slug)
    if person is None or record is None:
        return None
    return Child(asked, person, record, await versions.of(record.slug, record.version))


async def decide(
    sitting: Sitting, child: Child, code: str, channel: Channel, around: Surroundings, *, allowed: bool
) -> None:
    """Writes down what a parent said on that channel, and lets the child's conversation hear of it."""
    await sitting.work.decide(code, allowed=allowed, channel=channel, now=sitting.now)
    person, record = child.person, child.record
    state = changed(record.state, stopped=person.stopped_at is not None)
    happened = (events.ParentDecided(sitting.now, allowed),)
    done = turn.take(child.consultation, state, happened, person.key.channel, now=sitting.now)
    record.state = done.state
    cause = Cause(None, child.asked.last_said)
    effects = one_at_a_time(person, record, done.effects)
    await perform(sitting, person, record, child.consultation, effects, around, cause)
    sitting.work.save_person(person)
    sitting.work.save_conversation(record)


async def hear(
    sitting: Sitting, parent: Person, reply: Reply, versions: Versions, around: Surroundings
) -> Bubble | None:
    """Takes in what a parent sent, and says what they are to hear; None where the code is none.

    Nobody allows themselves: from the child's own number a code does nothing.
    """
    asked = await sitting.work.asked_with(reply.code)
    if asked is None:
        return None
    if asked.participant_id == parent.participant_id:
        own = parent.conversations[asked.slug]
        consultation = await versions.of(own.slug, own.version)
        return to_parent(sitting.now, parent, Notice.PERMISSION_NOT_THEIRS, reply.code, consultation, own.state, around)
    child = await child_of(sitting, versions, asked)
    if child is None:
        return None
    if reply.allowed is not None:
        await decide(sitting, child, reply.code, parent.key.channel, around, allowed=reply.allowed)
    notice = _NOTICES[reply.allowed]
    return to_parent(sitting.now, parent, notice, reply.code, child.consultation, child.record.state, around)


_NOTICES: Final = {
    None: Notice.PERMISSION_ASKED,
    True: Notice.PERMISSION_GIVEN,
    False: Notice.PERMISSION_REFUSED,
}


def to_parent(
    now: datetime,
    parent: Person,
    notice: Notice,
    code: str,
    consultation: Consultation,
    state: State,
    around: Surroundings,
) -> Bubble:
    """What a parent hears: in a language that they have chosen, else in the child's, whose `state` it is."""
    wanted = parent.language if parent.language in consultation.languages else state.language
    words = consultation.words_for(wanted or state.language, AgeBand.ADULT)
    short = around.shows[parent.key.channel].short
    language = spoken_in(words, notice, short=short)
    facts = Facts(public_url=around.public_url, now=now, code=code)
    adult = State(language=language, band=AgeBand.ADULT)
    values = beside({"code": code}, known_to(consultation, adult, facts, words, language))
    return Bubble(fill(chosen(words, notice, short=short), values), language=language)
