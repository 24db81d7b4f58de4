"""One person's one event: what it means, the step it causes, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from bot import ids, log, meaning, parents, safety, signs
from bot.meaning import Carries, Concerns, Edits, InTheLobby, Left, Permits, Returned
from bot.one_question import one_at_a_time
from bot.own_words import rank_of
from bot.packs import Library
from bot.perform import Cause, Surroundings, perform, queue
from bot.replies import Reply
from bot.sitting import Sitting, key_of
from bot.transcribe import question_named, transcribe
from bot.versions import Versions
from flows import cutoff, events, lobby, turn, wording
from flows.concern_rules import Tier
from flows.definition import Command, Consultation, Kind
from flows.effects import Notice
from flows.escalation import is_told_at_once
from flows.messages import Bubble, InboundMessage, Status, Typed
from flows.state import Phase, State, changed
from flows.step import Step, step
from storage.records import ConcernRecord, ConversationRecord, InboundRecord, Person, ToRead

_ENGLISH: Final = "en"
_NOWHERE: Final = "SAY"
"""What a reference begins with that belongs to no consultation."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken in, by what may be said of it in a log."""

    reference: str | None
    seq: int


@dataclass(frozen=True, slots=True)
class Handler:
    """Takes messages in, and wakes conversations; knows nothing of batches."""

    library: Library
    versions: Versions
    around: Surroundings
    listen: Callable[[str, str, tuple[str, ...]], str | None] | None = None
    """What language a text is surely in, given those of the conversation and the pack. Called in a thread."""

    async def hear(self, sitting: Sitting, message: InboundMessage) -> Taken:
        """Takes in one message, in the order in which its sender sent them."""
        person = await sitting.person(key_of(message))
        about = meaning.meaning_of(message, person, self.library)
        # Whoever writes to us can be reached.
        person.away_since = sitting.now if isinstance(about, Left) else None
        sitting.work.save_person(person)
        match about:
            case Left():
                await sitting.work.cancel_at(person.address_id)
                return self._keep(sitting, person, message, None, None)
            case Returned():
                return self._keep(sitting, person, message, None, None)
            case Edits(edit):
                answered = await sitting.work.question_of(person, edit.original)
                meant = meaning.meaning_of_edit(message, edit, person, self.library, answered)
                edited = answered[1] if answered else await sitting.work.heard_at(person, edit.original)
                return await self._go_on(sitting, person, message, meant, edited)
            case Carries(code, otherwise):
                return await self._carry(sitting, person, message, code, otherwise)
            case Permits(reply, otherwise):
                return await self._permit(sitting, person, message, reply, otherwise)
            case Concerns() | InTheLobby():
                return await self._go_on(sitting, person, message, about)
            case _:
                assert_never(about)

    async def _go_on(
        self,
        sitting: Sitting,
        person: Person,
        message: InboundMessage,
        about: Concerns | InTheLobby | None,
        edited: str | None = None,
    ) -> Taken:
        """`edited` is the question that an edited message had been about, and so the edit is."""
        match about:
            case Concerns():
                return await self._converse(sitting, person, message, about, edited)
            case InTheLobby():
                return await self._welcome(sitting, person, message, about)
            case None:
                record = person.conversations.get(message.slug or person.current or "")
                consultation = await self.versions.of(record.slug, record.version) if record else None
                return self._keep(sitting, person, message, record, consultation, edited)
            case _:
                assert_never(about)

    # --- in a conversation ---

    async def _converse(
        self,
        sitting: Sitting,
        person: Person,
        message: InboundMessage,
        about: Concerns,
        edited: str | None = None,
    ) -> Taken:
        if about.unstops:
            person.stopped_at = None
        record = person.conversations.get(about.slug)
        if record is None:
            record = await self._begin(sitting, person, message, about)
        consultation = await self.versions.of(record.slug, record.version)
        record.state = _mirrored(record.state, person)
        message, event = meaning.tap_in_full(message, about.event, consultation)
        taken = self._keep(sitting, person, message, record, consultation, edited)
        heard = await self._listened(event, consultation, record.state)
        happened = (*heard, *_with_language(message, event, consultation, record.state))
        concern = safety.concern_in(
            event, consultation.languages, self.library.rules_of(record.slug), band=record.state.band
        )
        done = turn.take(consultation, record.state, happened, message.channel, now=sitting.now, concern=concern)
        rank = rank_of(event, done.effects, concern)
        if rank is not None:
            asked = edited or question_named(message.content, record.state)
            read = ToRead(person.participant_id, taken.seq, record.slug, asked, rank, message.counts_at)
            sitting.work.add_to_read(read)
        before = record.state
        await self._settle(sitting, person, record, consultation, done, Cause(message, taken.seq))
        for sign in signs.seen(message, record, before, sitting.now):
            sitting.work.add_flag(sign)
        return taken

    async def _listened(
        self, event: events.Event, consultation: Consultation, state: State
    ) -> tuple[events.LanguageHeard, ...]:
        """The language of an answer as it comes, from the few who answered in another before: the offer is in time.

        Everybody else's is heard after it was kept: see `bot.labels`.
        """
        text = _own_words(event, consultation, state)
        if self.listen is None or text is None or state.writes_in is None or state.current is None:
            return ()
        heard = await asyncio.to_thread(self.listen, text, state.language, consultation.languages)
        return () if heard is None else (events.LanguageHeard(event.at, state.current, heard),)

    async def _begin(
        self, sitting: Sitting, person: Person, message: InboundMessage, about: Concerns
    ) -> ConversationRecord:
        """A new conversation, about the consultation as it is now."""
        consultation = self.library.get(about.slug)
        if consultation is None:
            raise LookupError(about.slug)  # `meaning_of` names no consultation that is neither open nor begun
        if consultation.version not in sitting.versions:
            files = self.library.files(about.slug)
            await sitting.work.keep_version(about.slug, consultation.version, files, sitting.now)
            sitting.versions.add(consultation.version)
        language = _language(message, person, consultation)
        record = sitting.work.begin(
            person,
            slug=about.slug,
            version=consultation.version,
            conversation_id=ids.new_id(),
            reference=f"{consultation.reference_prefix}-{ids.reference()}",
            at=sitting.now,
            channel=message.channel,
            state=State(language=language, stopped=person.stopped_at is not None),
        )
        if not isinstance(about.event, events.Began):
            # A page shows its first question before anything is stored; what it said is written down here.
            opening = events.Began(about.event.at, language)
            done = step(consultation, record.state, opening, now=sitting.now)
            await self._settle(sitting, person, record, consultation, done, None)
        return record

    async def _settle(
        self,
        sitting: Sitting,
        person: Person,
        record: ConversationRecord,
        consultation: Consultation,
        done: Step,
        cause: Cause | None,
    ) -> None:
        """The state after a step is kept, and what the step asked for is done."""
        record.state = done.state
        record.channel = person.key.channel
        person.current = record.slug
        if done.state.stopped is not (person.stopped_at is not None):
            person.stopped_at = sitting.now if done.state.stopped else None
        sitting.work.save_conversation(record)
        sitting.work.save_person(person)
        await perform(sitting, person, record, consultation, done.effects, self.around, cause)

    async def _carry(
        self, sitting: Sitting, person: Person, message: InboundMessage, code: str, otherwise: Concerns | None
    ) -> Taken:
        slug = await sitting.work.claim_code(person, code, sitting.now)
        if slug is not None:
            moved = Concerns(slug, events.Moved(message.counts_at))
            return await self._converse(sitting, person, message, moved)
        if otherwise is not None:
            return await self._converse(sitting, person, message, otherwise)
        return self._say_unknown_code(sitting, person, message)

    async def _permit(
        self, sitting: Sitting, person: Person, message: InboundMessage, reply: Reply, otherwise: Concerns | None
    ) -> Taken:
        said = await parents.hear(sitting, person, reply, self.versions, self.around)
        if said is None and otherwise is not None:
            return await self._converse(sitting, person, message, otherwise)
        if said is None:
            return self._say_unknown_code(sitting, person, message)
        taken = self._keep(sitting, person, message, None, None)
        queue(sitting, person, None, _mirrored(State(language=said.language or _ENGLISH), person), (said,))
        return taken

    def _say_unknown_code(self, sitting: Sitting, person: Person, message: InboundMessage) -> Taken:
        record = person.conversations.get(message.slug or person.current or "")
        taken = self._keep(sitting, person, message, record, None)
        state = record.state if record else State(language=person.language or _ENGLISH)
        state = _mirrored(state, person)
        words = self.library.lobby_words(state.language)
        said = wording.say(words, Notice.CODE_UNKNOWN, {})
        spoken = words.language_of("say", Notice.CODE_UNKNOWN)
        queue(sitting, person, record, state, (Bubble(said, language=spoken),))
        return taken

    # --- in the lobby ---

    async def _welcome(self, sitting: Sitting, person: Person, message: InboundMessage, about: InTheLobby) -> Taken:
        person.language = about.language or person.language
        taken = self._keep(sitting, person, message, None, None)
        language = person.language or _ENGLISH
        command = self._listened_in_the_lobby(sitting, person, message, about.command, taken.seq)
        guest = lobby.Lobby(stopped=person.stopped_at is not None, told_nothing_open=person.told_nothing_open)
        shows = self.around.shows[message.channel]
        words = self.library.lobby_words(language)
        welcome = lobby.greet(self._open(message.counts_at), words, guest, command, shows)
        person.told_nothing_open = welcome.told_nothing_open or person.told_nothing_open
        if welcome.stopped is not None:
            person.stopped_at = sitting.now if welcome.stopped else None
        if welcome.stopped:
            await sitting.work.cancel_queued(person.participant_id)
        # Anew: looking an edit up has written down who they were before.
        sitting.work.save_person(person)
        state = State(language=language, stopped=person.stopped_at is not None)
        queue(sitting, person, None, state, () if about.silently else welcome.bubbles)
        if welcome.erase:
            await sitting.erase(person)
        return taken

    @staticmethod
    def _listened_in_the_lobby(
        sitting: Sitting, person: Person, message: InboundMessage, command: Command | None, seq: int
    ) -> Command | None:
        """The command that is answered: whoever may not be safe is told where help is, whatever they meant."""
        if not isinstance(message.content, Typed):
            return command
        concern = safety.concern_before(message.content.text, command)
        if concern is None:
            return command
        raised = ConcernRecord(
            person.participant_id, seq, 0, "", None, concern, message.counts_at, alert=is_told_at_once(concern)
        )
        sitting.work.add_lobby_concern(raised, f"{_NOWHERE}-{ids.reference()}", message.content.text)
        log.warning("somebody may not be safe", reason=concern.tier.value)
        return Command.HELP if command is None and concern.tier is Tier.URGENT else command

    def _open(self, at: datetime) -> Sequence[Consultation]:
        return [pack for pack in self.library.all() if cutoff.takes_answers(pack.timetable, at)]

    # --- what is kept of a message ---

    def _keep(
        self,
        sitting: Sitting,
        person: Person,
        message: InboundMessage,
        record: ConversationRecord | None,
        consultation: Consultation | None,
        edited: str | None = None,
    ) -> Taken:
        kept = inbound(sitting, person, message, record, consultation, edited=edited)
        sitting.inbound.append(kept)
        return Taken(record.reference if record else None, kept.seq)

    # --- when time alone does something ---

    async def wake(self, sitting: Sitting, person: Person) -> int:
        """Lets time do what it has to do in every conversation of this person that is due; returns how many were."""
        due = _due(person, sitting.now)
        # What they are being asked already comes last, and is asked again where time asks.
        for record in sorted(due, key=lambda record: record.slug == person.current):
            consultation = await self.versions.of(record.slug, record.version)
            state = _mirrored(record.state, person)
            done = step(consultation, state, events.TimePassed(sitting.now), now=sitting.now)
            record.state = done.state
            effects = one_at_a_time(person, record, done.effects)
            await perform(sitting, person, record, consultation, effects, self.around, None)
            sitting.work.save_conversation(record)
        sitting.work.save_person(person)
        return len(due)

    def put_off(self, sitting: Sitting, person: Person, until: datetime) -> None:
        """Wakes them later, where waking them now failed."""
        for record in _due(person, sitting.now):
            record.state = changed(record.state, wake_at=until)
            sitting.work.save_conversation(record)


def inbound(
    sitting: Sitting,
    person: Person,
    message: InboundMessage,
    record: ConversationRecord | None,
    consultation: Consultation | None,
    fault: Exception | None = None,
    *,
    edited: str | None = None,
) -> InboundRecord:
    """A message as it came, with the next of its sender's numbers.

    `fault` is what kept it from being handled; `edited` is the question that the message which it edits was about.
    """
    state = record.state if record else State(language=person.language or _ENGLISH)
    said = transcribe(message.content, consultation, state)
    return InboundRecord(
        participant_id=person.participant_id,
        seq=person.take_seq(),
        conversation_id=record.conversation_id if record else None,
        channel=message.channel,
        address_id=person.address_id,
        provider_id=message.provider_id,
        message_ref=message.message_ref,
        sent_at=message.sent_at,
        received_at=message.received_at,
        recorded_at=sitting.now,
        question=(edited or question_named(message.content, state)) if record else None,
        language=state.language,
        status=Status.FAILED_STEP if fault else Status.RECEIVED,
        text=said.text,
        kind=said.kind,
        error=type(fault).__name__ if fault else None,
    )


def _own_words(event: events.Event, consultation: Consultation, state: State) -> str | None:
    """The text of an answer to a question that is answered in one's own words."""
    if state.phase is not Phase.ASKING or state.current is None or state.stopped:
        return None
    if consultation.question(state.current).kind is not Kind.TEXT:
        return None
    match event:
        case events.Said(text=text):
            return text
        case events.Submitted(question=question, answers=(text,)) if question == state.current:
            return text
        case _:
            return None


def _mirrored(state: State, person: Person) -> State:
    """STOP was said to all of somebody's conversations, whichever of them heard it."""
    stopped = person.stopped_at is not None
    return state if state.stopped is stopped else changed(state, stopped=stopped)


def _due(person: Person, now: datetime) -> list[ConversationRecord]:
    """The conversation that its person was found by, and whichever of theirs is due besides."""
    return [
        record
        for record in person.conversations.values()
        if record.slug == person.found_by or (record.state.wake_at is not None and record.state.wake_at <= now)
    ]


def _language(message: InboundMessage, person: Person, consultation: Consultation) -> str:
    """What a new conversation is held in: what was asked for, now or before, where the pack speaks it."""
    for language in (message.language, person.language):
        if language in consultation.languages:
            return language
    return consultation.default_language


def _with_language(
    message: InboundMessage, event: events.Event, consultation: Consultation, state: State
) -> tuple[events.Event, ...]:
    """A page in another language than the conversation's says so with its form."""
    wanted = message.language
    if isinstance(event, events.Began) or wanted == state.language or wanted not in consultation.languages:
        return (event,)
    return events.LanguageChosen(event.at, wanted), event
