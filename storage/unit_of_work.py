"""One transaction for one batch of steps: what came in, what it meant, the new states, the replies; all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flows.messages import Channel, Status
from flows.state import State
from storage import (
    answers,
    concerns,
    consents,
    conversations,
    erasure,
    integrity,
    links,
    messages,
    participants,
    permissions,
    safeguarding,
    statuses,
    to_read,
    versions,
)
from storage.conversations import Beginning
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.participants import Snapshot
from storage.records import (
    AddressKey,
    AnswerRecord,
    ConcernRecord,
    ConsentRecord,
    ConversationRecord,
    FlagRecord,
    InboundRecord,
    OutboundRecord,
    Person,
    ToRead,
)
from storage.sessions import Session, Statement

_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


class UnitOfWork:
    """A batch being handled. Nothing of it is in the database before `commit` has returned.

    Whatever is saved, added or queued is collected and written with one statement for each table. Every method that is
    awaited may raise UnavailableError or ConflictError; the unit is then over.
    """

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring
        self._people: dict[int, Person] = {}
        self._loaded: dict[int, tuple[Snapshot, Snapshot]] = {}
        self._erased: set[int] = set()
        self._unheard: set[int] = set()
        """People who were made here and have said nothing yet."""
        self._here: dict[int, int] = {}
        """The address at which each person is being heard."""
        self._clear()

    def _clear(self) -> None:
        self._saved: dict[int, Person] = {}
        self._beginnings: dict[int, Beginning] = {}
        self._changed: dict[int, ConversationRecord] = {}
        self._answers: list[AnswerRecord] = []
        self._consents: list[ConsentRecord] = []
        self._concerns: list[ConcernRecord] = []
        self._flags: list[FlagRecord] = []
        self._in_the_lobby: list[tuple[ConcernRecord, str, str]] = []
        self._to_read: list[ToRead] = []
        self._queued: list[OutboundRecord] = []
        self._cancelled: set[int] = set()

    # --- who it is ---

    async def people(
        self, keys: Sequence[AddressKey], *, new_ids: Callable[[], int], now: datetime
    ) -> dict[AddressKey, Person]:
        """Loads and locks everybody at these addresses, in a fixed order; makes those who are new.

        Raises:
            ConflictError: two of the addresses are one person's. One at a time they can be handled.
        """
        await self.flush()
        found = await participants.people(self._session, self._keyring, keys, new_ids=new_ids, now=now)
        self._remember(found.values())
        self._here |= {person.participant_id: person.address_id for person in found.values()}
        self._unheard |= {person.participant_id for person in found.values() if person.is_new}
        return found

    async def due(self, now: datetime, limit: int) -> list[Person]:
        """People with a conversation that wanted to be woken by `now`, locked, those whom others handle passed over.

        Each is at the address that the conversation used last, with `found_by` set to it. For a web address the key's
        `address` is empty: it is not stored in clear, and nothing can be sent there.
        """
        await self.flush()
        waking = await participants.waking(self._session, now, limit)
        found = await participants.load_due(self._session, self._keyring, waking, now)
        self._remember(found)
        return found

    async def under_way(self, participant_id: int, slug: str) -> list[Person]:
        """One person, locked, as by `due`; nobody where the conversation waits for no time any more, or is gone."""
        await self.flush()
        await participants.lock(self._session, participant_id)
        found = await participants.load_due(self._session, self._keyring, {participant_id: slug}, _ALWAYS)
        self._remember(found)
        return found

    async def anybody(self, participant_id: int, slug: str) -> Person | None:
        """One person, locked, as by `due`, whether or not they wait for a time; None where there is nobody."""
        await self.flush()
        await participants.lock(self._session, participant_id)
        found = await participants.load_asleep(self._session, self._keyring, {participant_id: slug})
        self._remember(found)
        return found[0] if found else None

    def _remember(self, found: Iterable[Person]) -> None:
        for person in found:
            self._people[person.participant_id] = person
            self._loaded[person.participant_id] = (
                participants.participant_part(person),
                participants.address_part(person),
            )

    # --- what they said ---

    async def already(self, channel: Channel, provider_ids: Iterable[str]) -> frozenset[str]:
        """Those of these deliveries that came before. Decisive once `people` holds their senders."""
        return await messages.already(self._session, self._keyring, channel, provider_ids)

    async def keep(self, records: Sequence[InboundRecord]) -> frozenset[str]:
        """Adds messages that came in; returns the provider ids of those that were new.

        A second delivery is left out, also one of a message by somebody who was erased since.
        """
        self._unheard -= {record.participant_id for record in records}
        gone = [record for record in records if record.participant_id in self._erased]
        hashed = await messages.keep_hashes(self._session, self._keyring, gone) if gone else frozenset[str]()
        living = [record for record in records if record.participant_id not in self._erased]
        return hashed | await messages.keep(self._session, self._keyring, living)

    async def question_of(self, person: Person, original_ref: str) -> tuple[str, str] | None:
        """Slug and question of the answer that an edited message, or an earlier edit of it, had given."""
        await self.flush()
        channel = person.key.channel
        return await messages.question_of(self._session, self._keyring, person.participant_id, channel, original_ref)

    async def heard_at(self, person: Person, original_ref: str) -> str | None:
        """The question that was open when a message came that was edited since. After `question_of`, which flushes."""
        channel = person.key.channel
        return await messages.heard_at(self._session, self._keyring, person.participant_id, channel, original_ref)

    # --- what became of it ---

    def begin(
        self,
        person: Person,
        *,
        slug: str,
        version: str,
        conversation_id: int,
        reference: str,
        at: datetime,
        channel: Channel,
        state: State,
    ) -> ConversationRecord:
        """A new conversation, which `person.conversations` then has.

        Should another conversation have the reference, writing it ends in a ConflictError: begin anew with another.
        """
        record = ConversationRecord(
            conversation_id, person.participant_id, slug, version, reference, channel, state, person.address_id
        )
        person.conversations[slug] = record
        self._unheard.discard(person.participant_id)
        self._beginnings[conversation_id] = Beginning(record, at)
        return record

    def save_person(self, person: Person) -> None:
        self._unheard.discard(person.participant_id)
        self._saved[person.participant_id] = person

    def save_conversation(self, record: ConversationRecord) -> None:
        record.address_id = self._here.get(record.participant_id, record.address_id)
        if record.conversation_id not in self._beginnings:
            self._changed[record.conversation_id] = record

    def add_answer(self, record: AnswerRecord) -> None:
        self._answers.append(record)

    def add_consent(self, record: ConsentRecord) -> None:
        """What somebody agreed to, or does not agree to any more: it holds instead of what they said before."""
        self._consents.append(record)

    def add_concern(self, record: ConcernRecord) -> None:
        """That a person must read a message: it is written in the transaction of the message itself."""
        self._concerns.append(record)

    def add_flag(self, record: FlagRecord) -> None:
        """That a conversation bears a sign that it may not be somebody's own; a second of its kind changes nothing."""
        self._flags.append(record)

    def add_lobby_concern(self, record: ConcernRecord, reference: str, text: str) -> None:
        """A concern of somebody who is in no consultation: it has a reference, and its words, of its own."""
        self._concerns.append(record)
        self._in_the_lobby.append((record, reference, text))

    def add_to_read(self, record: ToRead) -> None:
        """That a person has to read a message: it is on the list as soon as it is kept."""
        self._to_read.append(record)

    def queue(self, record: OutboundRecord) -> None:
        self._unheard.discard(record.participant_id)
        self._queued.append(record)

    async def cancel_queued(self, participant_id: int) -> None:
        """What waits to be sent to them is not sent, but for what may go out after a STOP. Later messages are."""
        self._cancelled.add(participant_id)
        self._queued = [
            replace(record, status=Status.CANCELLED)
            if record.participant_id == participant_id and record.status is Status.QUEUED and not record.after_stop
            else record
            for record in self._queued
        ]

    async def cancel_at(self, address_id: int) -> None:
        """What waits to be sent to one address is not sent: nobody is there any more."""
        await self.flush()
        await statuses.cancel_at(self._session, address_id)

    async def keep_version(self, slug: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        await versions.keep(self._session, slug, version, files, at)

    async def wake_all(self, slug: str, at: datetime) -> int:
        """Has every conversation that is under way woken by that UTC instant: its timetable was changed.

        Returns how many were to sleep longer.
        """
        await self.flush()
        return await conversations.wake_all(self._session, slug, at)

    # --- moving and leaving ---

    async def issue_code(self, person: Person, slug: str, code: str, expires_at: datetime) -> None:
        """Stores a code that carries this person's conversation to another channel, once, until `expires_at` (UTC).

        Raises:
            ConflictError: the code is taken.
        """
        await links.issue(self._session, self._keyring, person.participant_id, slug, code, expires_at)

    async def claim_code(self, person: Person, code: str, now: datetime) -> str | None:
        """Uses a code up; returns its slug, or None where it is unknown, used or out of date.

        `person` is the code's participant afterwards: number, `next_seq` and conversations are theirs. Keep the message
        that brought the code after this, so that it is theirs too.

        Raises:
            ConflictError: that participant is in this batch at another address.
        """
        await self.flush()
        claim = await links.claim(self._session, self._keyring, person.participant_id, code, now)
        if claim is None:
            return None
        if claim.participant_id != person.participant_id:
            await self._become(person, claim.participant_id)
        return claim.slug

    async def ask_parent(self, person: Person, slug: str, code: str, now: datetime) -> None:
        """Stores a code with which a parent says whether this person may answer.

        Raises:
            ConflictError: the code is taken.
        """
        await permissions.issue(self._session, self._keyring, person.participant_id, slug, code, now)

    async def asked_with(self, code: str) -> permissions.Asked | None:
        """What a code asks a parent; None where there is no such code."""
        return await permissions.asked(self._session, self._keyring, code)

    async def decide(self, code: str, *, allowed: bool, channel: Channel, now: datetime) -> None:
        """Writes down what a parent has said. Let the child's conversation hear of it in the same unit."""
        await permissions.decide(self._session, self._keyring, code, allowed=allowed, channel=channel, now=now)

    async def _become(self, person: Person, participant_id: int) -> None:
        if participant_id in self._people:
            raise ConflictError("Two of the messages are one person's at two addresses: do them one at a time.")
        loaded = (await participants.load(self._session, self._keyring, [person.key]))[person.key]
        for name in ("participant_id", "current", "language", "next_seq", "stopped_at", "told_nothing_open", "is_new"):
            setattr(person, name, getattr(loaded, name))
        person.conversations = loaded.conversations
        self._remember([person])
        self._here[participant_id] = person.address_id

    async def erase(self, participant_id: int, *, now: datetime) -> None:
        """Erases everything about a person. Keyed hashes of what they sent stay, so that a replay changes nothing.

        A confirmation queued with `after_stop`, in this unit, goes out first and then loses its text.
        """
        await self.flush()
        self._erased |= await erasure.erase(self._session, participant_id, now=now)

    # --- the end ---

    async def flush(self) -> None:
        """Writes what was collected, without committing it."""
        await self._write([])

    async def _write(self, heard: Sequence[InboundRecord]) -> None:
        """Writes what was collected, and messages that came in, in one journey to the database.

        Raises:
            ConflictError: one of the messages had come before, or a new conversation's reference is taken.
        """
        if self._cancelled:
            await messages.cancel(self._session, self._cancelled)
        beginnings = [beginning for beginning in self._beginnings.values() if not self._gone(beginning.record)]
        statements = [
            *messages.keeping(self._session, self._keyring, heard),
            *conversations.insert(self._session, self._keyring, beginnings),
            *self._people_changes(),
            *conversations.changes(self._session, self._keyring, self._changes()),
            *messages.queue(self._session, self._keyring, self._outbound()),
            *answers.add(self._session, self._keyring, [one for one in self._answers if not self._gone(one)]),
            *consents.add(self._session, [one for one in self._consents if not self._gone(one)]),
            *concerns.add(self._session, [one for one in self._concerns if not self._gone(one)]),
            *integrity.add(self._session, [one for one in self._flags if not self._gone(one)]),
            *safeguarding.in_the_lobby(
                self._session, self._keyring, [one for one in self._in_the_lobby if not self._gone(one[0])]
            ),
            *to_read.add(self._session, [one for one in self._to_read if not self._gone(one)]),
        ]
        if statements:
            new = sum(await self._session.together(statements))
            if new < len(heard) + len(beginnings):
                raise ConflictError("A message had come before, or a reference is taken: do this again, one by one.")
        self._clear()

    def _gone(
        self,
        record: ConversationRecord
        | AnswerRecord
        | ConsentRecord
        | ConcernRecord
        | FlagRecord
        | ToRead
        | InboundRecord
        | OutboundRecord,
    ) -> bool:
        return record.participant_id in self._erased

    def _people_changes(self) -> list[Statement]:
        saved = [person for person in self._saved.values() if person.participant_id not in self._erased]
        before = self._loaded
        changed_people = [one for one in saved if before[one.participant_id][0] != participants.participant_part(one)]
        changed_addresses = [one for one in saved if before[one.participant_id][1] != participants.address_part(one)]
        self._remember(saved)
        return participants.changes(self._session, changed_people, changed_addresses)

    def _changes(self) -> list[ConversationRecord]:
        # In the order in which `wake_all` takes them, so that neither waits for the other for ever.
        living = [record for record in self._changed.values() if not self._gone(record)]
        return sorted(living, key=lambda record: (record.participant_id, record.slug))

    def _outbound(self) -> list[OutboundRecord]:
        # Of an erased person's messages only the confirmation goes out, and nothing says what it was about.
        return [
            replace(record, conversation_id=None, question=None) if self._gone(record) else record
            for record in self._queued
            if record.after_stop or not self._gone(record)
        ]

    async def commit(self, heard: Sequence[InboundRecord] = ()) -> None:
        """Writes what was collected, with the messages that it answers, and makes it durable.

        Raises:
            ConflictError: one of those messages had come before. `already` and `keep` tell which.
            UnavailableError: it may or may not have been committed; doing the same again is safe.
        """
        self._unheard -= {record.participant_id for record in heard}
        gone = [record for record in heard if self._gone(record)]
        if len(await messages.keep_hashes(self._session, self._keyring, gone) if gone else ()) < len(gone):
            raise ConflictError("A message had come before: do this again, one by one.")
        await self._write([record for record in heard if not self._gone(record)])
        await erasure.forget(self._session, self._erased)
        # Made for a message that had come before, from somebody who was erased since: nothing may be left of them.
        await participants.remove(self._session, self._unheard)
        await self._session.commit()
