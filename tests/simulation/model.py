"""What ought to have become of what was heard: the same steps again, in memory, with nothing in the way.

It is given what only the world can know (which messages were committed, in which order, at what time, and by a worker
that knew of which timetable; and the codes that chance has made), and works out who said what, every answer, every
reply and every state. It knows `flows`, and what a message is about (`bot.meaning`); of `storage`, of batches, workers
and crashes it knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import meaning, parents
from bot.meaning import Carries, Concerns, Edits, InTheLobby, Left, Permits, Returned
from bot.packs import Library
from bot.replies import Reply
from bot.transcribe import transcribe
from flows import cutoff, events, lobby, turn, wording
from flows.definition import Consultation
from flows.effects import Ask, AskParent, CancelQueued, Effect, Erase, Keep, Notice, OfferCode
from flows.messages import Bubble, Channel
from flows.state import ANSWERED, State
from flows.step import Step, step
from storage.records import AddressKey, ConversationRecord, Person
from tests.simulation.expected import AROUND, Line, Somebody, Told, answered_by
from tests.simulation.watch import Heard, Unit, Woke

CODE_LASTS = timedelta(minutes=30)


class Model:
    """Everybody, as they ought to be after the units that were given."""

    def __init__(self, libraries: Callable[[bool], Library]) -> None:
        self._libraries = libraries
        self.people: dict[int, Somebody] = {}
        self.at: dict[AddressKey, int] = {}
        """Who is at an address."""
        self.current: dict[AddressKey, str] = {}
        self.heard: dict[tuple[Channel, str], int] = {}
        """How often each delivery was taken in."""
        self.faults: list[str] = []
        self._codes: dict[str, tuple[int, str, datetime]] = {}
        self._asked: dict[str, tuple[int, str]] = {}
        """Codes for a parent, and about whom and what they ask."""
        self._refs: dict[tuple[int, Channel, str], list[int]] = {}
        self._serial = 0

    def replay(self, units: Iterable[tuple[int, Unit]]) -> None:
        for serial, unit in units:
            self._serial = serial
            for one in unit.steps:
                match one:
                    case Heard():
                        self._hear(one)
                    case Woke():
                        self._wake(one)

    # --- messages ---

    def _hear(self, one: Heard) -> None:
        message, key = one.message, one.key
        delivery = message.channel, message.provider_id
        self.heard[delivery] = self.heard.get(delivery, 0) + 1
        if key not in self.at:
            self.at[key] = one.person
            self.people[one.person] = Somebody(one.person)
        if self.at[key] != one.person:
            self.faults.append(f"{message.provider_id} was taken for somebody else's")
            return
        somebody = self.people[one.person]
        library = self._libraries(one.extended)
        about = meaning.meaning_of(message, self._person(somebody, key), library)
        match about:
            case Left() | Returned():
                self._keep(somebody, one, None, None)
            case Edits(edit):
                answered = self._question_of(somebody, message.channel, edit.original)
                meant = meaning.meaning_of_edit(message, edit, self._person(somebody, key), library, answered)
                self._concern(somebody, one, meant)
            case Carries(code, otherwise):
                self._carry(somebody, one, code, otherwise)
            case Permits(reply, otherwise):
                self._permit(somebody, one, reply, otherwise)
            case Concerns() | InTheLobby():
                self._concern(somebody, one, about)

    def _person(self, somebody: Somebody, key: AddressKey) -> Person:
        """What the meaning of a message may depend on."""
        return Person(
            participant_id=somebody.number,
            address_id=0,
            key=key,
            current=self.current.get(key),
            language=somebody.language,
            next_seq=len(somebody.lines) + 1,
            stopped_at=somebody.stopped_at,
            away_since=None,
            told_nothing_open=somebody.told_nothing_open,
            conversations=somebody.conversations,
        )

    def _concern(self, somebody: Somebody, one: Heard, about: Concerns | InTheLobby | None) -> None:
        match about:
            case Concerns():
                self._converse(somebody, one, about)
            case InTheLobby():
                self._welcome(somebody, one, about)
            case None:
                record = somebody.conversations.get(one.message.slug or self.current.get(one.key) or "")
                self._keep(somebody, one, record, self._consultation(record, one) if record else None)

    def _consultation(self, record: ConversationRecord, one: Heard | Woke | Told) -> Consultation:
        """The version that it began with, and the timetable that the worker knew."""
        extended = one.views.get(record.slug, one.extended)
        current = self._libraries(extended).get(record.slug)
        assert current is not None
        if current.version == record.version:
            return current
        old = self._libraries(not extended).get(record.slug)
        assert old is not None
        return replace(old, timetable=current.timetable)

    def _converse(self, somebody: Somebody, one: Heard, about: Concerns) -> None:
        if about.unstops:
            self._stop(somebody, None)
        record = somebody.conversations.get(about.slug)
        if record is None:
            record = self._begin(somebody, one, about)
        consultation = self._consultation(record, one)
        record.state = replace(record.state, stopped=somebody.stopped_at is not None)
        message, event = meaning.tap_in_full(one.message, about.event, consultation)
        self._keep(somebody, replace(one, message=message), record, consultation)
        happened: list[events.Event] = [event]
        asked = message.language
        if asked in consultation.languages and asked != record.state.language and not isinstance(event, events.Began):
            happened = [events.LanguageChosen(event.at, asked), event]
        before = record.state
        effects: tuple[Effect, ...] = ()
        for each in happened:
            done = step(consultation, before, each, now=one.now)
            before, effects = done.state, (*turn.silent(effects), *done.effects)
        if turn.is_too_young(consultation, before, message.channel):
            done = step(consultation, before, events.TooYoungHere(event.at), now=one.now)
            before, effects = done.state, (*turn.silent(effects), *done.effects)
        self._settle(somebody, one, record, consultation, Step(before, effects))

    def _begin(self, somebody: Somebody, one: Heard, about: Concerns) -> ConversationRecord:
        consultation = self._libraries(one.views.get(about.slug, one.extended)).get(about.slug)
        assert consultation is not None
        asked = (one.message.language, somebody.language)
        language = next((each for each in asked if each in consultation.languages), consultation.default_language)
        record = ConversationRecord(
            0,
            somebody.number,
            about.slug,
            consultation.version,
            "",
            one.key.channel,
            State(language=language, stopped=somebody.stopped_at is not None),
        )
        somebody.conversations[about.slug] = record
        if not isinstance(about.event, events.Began):
            done = step(consultation, record.state, events.Began(about.event.at, language), now=one.now)
            self._settle(somebody, one, record, consultation, done)
        return record

    def _settle(
        self, somebody: Somebody, one: Heard, record: ConversationRecord, consultation: Consultation, done: Step
    ) -> None:
        record.state, record.channel = done.state, one.key.channel
        self.current[one.key] = record.slug
        if done.state.stopped is not (somebody.stopped_at is not None):
            self._stop(somebody, one.now if done.state.stopped else None)
        self._perform(somebody, one, record, consultation, done.effects, away=False)

    def _stop(self, somebody: Somebody, at: datetime | None) -> None:
        somebody.stopped_at = at
        somebody.stops.append((self._serial, at is not None))

    def _carry(self, somebody: Somebody, one: Heard, code: str, otherwise: Concerns | None) -> None:
        issued = self._codes.get(code)
        if issued is not None and issued[2] > one.now:
            del self._codes[code]
            owner = self.people[issued[0]]
            if owner is not somebody:
                self._become(somebody, owner)
            self._converse(owner, one, Concerns(issued[1], events.Moved(one.message.counts_at)))
        else:
            self._is_no_code(somebody, one, otherwise)

    def _is_no_code(self, somebody: Somebody, one: Heard, otherwise: Concerns | None) -> None:
        if otherwise is not None:
            self._converse(somebody, one, otherwise)
        else:
            record = somebody.conversations.get(one.message.slug or self.current.get(one.key) or "")
            self._keep(somebody, one, record, None)
            state = record.state if record else State(language=somebody.language or "en")
            state = replace(state, stopped=somebody.stopped_at is not None)
            said = wording.say(self._libraries(one.extended).lobby_words(state.language), Notice.CODE_UNKNOWN, {})
            self._speak(somebody, one, record, state, [Bubble(said)], away=False)

    # --- a parent ---

    def _permit(self, somebody: Somebody, one: Heard, reply: Reply, otherwise: Concerns | None) -> None:
        number, slug = self._asked.get(reply.code, (None, ""))
        child = self.people[number] if number is not None else None
        if child is None or child.erased or (child is not somebody and one.child is None):
            self._is_no_code(somebody, one, otherwise)
            return
        record = child.conversations[slug]
        consultation = self._consultation(record, one)
        if child is somebody:
            notice = Notice.PERMISSION_NOT_THEIRS
        elif reply.allowed is None:
            notice = Notice.PERMISSION_ASKED
        else:
            notice = Notice.PERMISSION_GIVEN if reply.allowed else Notice.PERMISSION_REFUSED
            self._decide(child, one, record, consultation, allowed=reply.allowed)
        parent = self._person(somebody, one.key)
        said = parents.to_parent(one.now, parent, notice, reply.code, consultation, record.state, AROUND)
        state = State(language=said.language or "en", stopped=somebody.stopped_at is not None)
        self._keep(somebody, one, None, None)
        self._speak(somebody, one, None, state, [said], away=False)

    def _decide(
        self, child: Somebody, one: Heard, record: ConversationRecord, consultation: Consultation, *, allowed: bool
    ) -> None:
        assert one.child is not None
        state = replace(record.state, stopped=child.stopped_at is not None)
        happened = (events.ParentDecided(one.now, allowed),)
        done = turn.take(consultation, state, happened, one.child.channel, now=one.now)
        record.state = done.state
        last = max(at for at, line in enumerate(child.lines, 1) if not line.outward)
        told = Told(one.child, one.now, one.child_away, last, one.codes, one.views, one.extended)
        effects = self._one_at_a_time(child, told, record, done.effects)
        self._perform(child, told, record, consultation, effects, away=told.away)

    def _one_at_a_time(
        self, somebody: Somebody, one: Woke | Told, record: ConversationRecord, effects: tuple[Effect, ...]
    ) -> tuple[Effect, ...]:
        """What nobody's own message called for is asked only where no other question waits at the address."""
        asks = any(isinstance(effect, Ask) for effect in effects)
        current = self.current.get(one.key)
        if one.key.channel is Channel.WEB or record.state.stopped or one.away or not asks or current == record.slug:
            return effects
        other = somebody.conversations.get(current or "")
        if other is not None and other.state.phase in ANSWERED:
            return turn.beside_another(effects)
        self.current[one.key] = record.slug
        return effects

    def _become(self, somebody: Somebody, owner: Somebody) -> None:
        """All that reaches the one is the other's from now on."""
        somebody.merged_into = owner.number
        for record in somebody.conversations.values():
            record.state = replace(record.state, wake_at=None)
        for key, number in self.at.items():
            if number == somebody.number:
                self.at[key] = owner.number

    def _welcome(self, somebody: Somebody, one: Heard, about: InTheLobby) -> None:
        somebody.language = about.language or somebody.language
        self._keep(somebody, one, None, None)
        library = self._libraries(one.extended)
        at = one.message.counts_at
        offers = [
            pack
            for pack in library.all()
            if cutoff.has_opened(pack.timetable, at) and at < cutoff.last_close(pack.timetable)
        ]
        guest = lobby.Lobby(stopped=somebody.stopped_at is not None, told_nothing_open=somebody.told_nothing_open)
        language = somebody.language or "en"
        shows = AROUND.shows[one.key.channel]
        welcome = lobby.greet(offers, library.lobby_words(language), guest, about.command, shows)
        somebody.told_nothing_open = welcome.told_nothing_open or somebody.told_nothing_open
        if welcome.stopped is not None:
            self._stop(somebody, one.now if welcome.stopped else None)
        state = State(language=language, stopped=somebody.stopped_at is not None)
        self._speak(somebody, one, None, state, () if about.silently else welcome.bubbles, away=False)
        if welcome.erase:
            self._erase(somebody)

    # --- waking ---

    def _wake(self, one: Woke) -> None:
        somebody = self.people[one.person]
        for slug in sorted(one.slugs, key=lambda slug: slug == one.current):
            record = somebody.conversations[slug]
            due = record.state.wake_at is not None and record.state.wake_at <= one.now
            if record.slug == one.slug or due:
                consultation = self._consultation(record, one)
                state = replace(record.state, stopped=somebody.stopped_at is not None)
                done = step(consultation, state, events.TimePassed(one.now), now=one.now)
                record.state = done.state
                effects = self._one_at_a_time(somebody, one, record, done.effects)
                self._perform(somebody, one, record, consultation, effects, away=one.away)

    # --- what a step asks for ---

    def _perform(
        self,
        somebody: Somebody,
        one: Heard | Woke | Told,
        record: ConversationRecord,
        consultation: Consultation,
        effects: Sequence[Effect],
        *,
        away: bool,
    ) -> None:
        code = None
        for effect in effects:
            match effect:
                case Keep():
                    somebody.answers.append(answered_by(somebody, one, record, consultation, effect))
                case CancelQueued():
                    somebody.cancelled_before = len(somebody.lines)
                case OfferCode():
                    code = one.codes.pop(0)
                    expires = one.now + CODE_LASTS
                    self._codes[code] = (somebody.number, record.slug, expires)
                case AskParent():
                    code = one.codes.pop(0)
                    self._asked[code] = somebody.number, record.slug
                case _:
                    pass
        facts = wording.Facts(
            public_url=AROUND.public_url,
            now=one.now,
            code=code,
            channel_address=AROUND.addresses.get(one.key.channel),
        )
        shows = AROUND.shows[one.key.channel]
        bubbles = wording.compose(consultation, record.state, effects, shows, facts)
        self._speak(somebody, one, record, record.state, bubbles, away=away)
        if any(isinstance(effect, Erase) for effect in effects):
            self._erase(somebody)

    def _speak(
        self,
        somebody: Somebody,
        one: Heard | Woke | Told,
        record: ConversationRecord | None,
        state: State,
        bubbles: Iterable[Bubble],
        *,
        away: bool,
    ) -> None:
        silent = state.stopped or (away and one.key.channel is not Channel.WEB)
        slug = record.slug if record else None
        somebody.lines += [
            Line(True, bubble.text, "text", one.key, slug, bubble.after_stop, serial=self._serial)  # noqa: FBT003
            for bubble in bubbles
            if bubble.after_stop or not silent
        ]

    def _keep(
        self, somebody: Somebody, one: Heard, record: ConversationRecord | None, consultation: Consultation | None
    ) -> None:
        message = one.message
        state = record.state if record else State(language=somebody.language or "en")
        said = transcribe(message.content, consultation, state)
        slug = record.slug if record else None
        somebody.lines.append(
            Line(False, said.text, said.kind, one.key, slug, False, message.provider_id, self._serial)  # noqa: FBT003
        )
        if message.message_ref is not None:
            refs = self._refs.setdefault((somebody.number, message.channel, message.message_ref), [])
            refs.append(len(somebody.lines))

    def _question_of(self, somebody: Somebody, channel: Channel, original: str) -> tuple[str, str] | None:
        seqs = self._refs.get((somebody.number, channel, original), [])
        found = [each for each in somebody.answers if each.seq in seqs]
        if not found:
            return None
        last = max(found, key=lambda each: (each.seq, each.recorded_at))
        return last.slug, last.kept.question

    def _erase(self, somebody: Somebody) -> None:
        """They, and whoever turned out to be they, are gone; whoever writes from there is somebody new."""
        gone = {somebody.number}
        while more := {each.number for each in self.people.values() if each.merged_into in gone} - gone:
            gone |= more
        for number in gone:
            self.people[number].erased = True
        for key in [key for key, number in self.at.items() if number in gone]:
            del self.at[key]
            self.current.pop(key, None)
        self._codes = {code: issued for code, issued in self._codes.items() if issued[0] not in gone}
        self._asked = {code: asked for code, asked in self._asked.items() if asked[0] not in gone}
