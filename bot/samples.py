"""Sample conversations for the demo: some hundred people who answer a consultation as people do, through the real way.

Their messages are taken in by the service's own receiver, on a clock of their own that begins when the consultation
opens; what the service says to them counts as sent at once. What they say stands in `samples.toml`; who says what is
settled by hashing, so that it is the same every time.
"""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from typing import Final

from bot.clock import Clock
from bot.service import Service
from flows import cutoff
from flows.commands import word_for
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.messages import CONVERSING, Began, Channel, Content, InboundMessage, Submitted, Tapped, Typed
from flows.path import as_it_was_asked
from flows.state import Phase
from storage.records import AddressKey, ConversationRecord

PEOPLE: Final = 120
_AT_ONCE: Final = 5
"""So many answer at the same time, each a few seconds apart: their messages are kept together, as on a busy day."""
_MOST_MESSAGES: Final = 25
_ANSWER_EVERY: Final = timedelta(seconds=45)
_HOURS: Final = (8, 11, 12, 15, 16, 17, 19)
_FIRST_CHAT: Final = 800_900_000
_NUMBERS: Final = 200
"""Out of the thousand that are kept for drama, for each consultation; the demo's own phones have the others."""
_JUST_BEFORE: Final = timedelta(minutes=3)
_AN_EVENING: Final = timedelta(hours=2)
_GOES_AWAY: Final = 13
"""Out of a hundred: they stop answering half-way."""
_PASSES: Final = 12
_SAYS_MORE: Final = 65
_WITHOUT_LIMIT: Final = 1e9
_CHILDREN: Final = frozenset({AgeBand.FOUR_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN})
_OLD_ENOUGH: Final = frozenset({AgeBand.SIXTEEN_TO_TWENTY_FIVE, AgeBand.ADULT})
"""For every channel, whatever the pack asks."""

Words = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]]
"""By question, language, who it is, and whether it is said first or then."""


@dataclass(slots=True)
class Person:
    """Somebody made up."""

    number: int
    who: WhoOption
    channel: Channel
    address: str = field(repr=False)
    language: str
    begins: datetime
    leaves_after: int
    """Messages; then they are not heard of again."""
    said: int = 0

    @property
    def group(self) -> str:
        """Whose words are theirs."""
        if self.who.band in _CHILDREN:
            return "child"
        if self.who.band is not AgeBand.ADULT:
            return "teen"
        return "professional" if self.who.role == "professional" else "adult"


def known() -> Mapping[str, Words]:
    """What is said in which consultation, by slug: those that can be filled."""
    text = resources.files("bot").joinpath("samples.toml").read_text(encoding="utf-8")
    found: Mapping[str, Words] = tomllib.loads(text)
    return found


class Crowd:
    """The people of one consultation."""

    def __init__(self, service: Service, clock: Clock, consultation: Consultation) -> None:
        """`service` runs on `clock`, which must not be past the opening, and was not started: nothing is sent."""
        self._service = service
        self._clock = clock
        self._pack = consultation
        everything = known()
        self._words = everything[consultation.slug]
        self._place = list(everything).index(consultation.slug)
        """Keeps the people of one consultation apart from those of another."""

    async def answer(self, until: datetime) -> int:
        """Lets everybody answer who begins before `until` (UTC); returns how many did."""
        people = [person for person in self.people(until) if person.begins < until]
        for start in range(0, len(people), _AT_ONCE):
            group = people[start : start + _AT_ONCE]
            self._advance(max(person.begins for person in group))
            await self._talk(group, until)
            await self._service.scheduler.wake()
        self._advance(min(until, cutoff.last_close(self._pack.timetable) + timedelta(days=1)))
        await self._service.scheduler.wake()
        await self._send()
        return len(people)

    def people(self, until: datetime) -> list[Person]:
        """Everybody, in the order in which they begin: groups of five, spread over the days that there are."""
        opens = self._pack.timetable.opens_at
        ends = min(until, cutoff.last_close(self._pack.timetable))
        slots = list(_slots(opens, ends, PEOPLE // _AT_ONCE))
        return [self._person(number, slots[number // _AT_ONCE]) for number in range(len(slots) * _AT_ONCE)]

    def _person(self, number: int, begins: datetime) -> Person:
        options = self._pack.who_options
        who = options[_chance(number, "who") % len(options)]
        channels = (Channel.SMS, Channel.WEB) if who.band not in _OLD_ENOUGH else CONVERSING
        channel = channels[_chance(number, "channel") % len(channels)]
        leaves = 1 + _chance(number, "when") % 4 if _chance(number, "leaves") % 100 < _GOES_AWAY else _MOST_MESSAGES
        person = Person(number, who, channel, self._address(number, channel), "", begins, leaves)
        spoken = [language for language in self._pack.languages if self._has_words(person, language)]
        # Most speak the pack's own language.
        odd = _chance(number, "language") % 3 == 0
        person.language = spoken[_chance(number, "tongue") % len(spoken)] if spoken and odd else ""
        return person

    def _address(self, number: int, channel: Channel) -> str:
        match channel:
            case Channel.SMS:
                return f"+447700900{self._place * _NUMBERS + number:03}"
            case Channel.TELEGRAM:
                return str(_FIRST_CHAT + self._place * _NUMBERS + number)
            case Channel.WEB:
                return f"sample-visitor-{self._place}-{number:03}"
            case Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
                raise LookupError("samples only talk")

    def _has_words(self, person: Person, language: str) -> bool:
        return any(person.group in spoken.get(language, {}) for spoken in self._words.values())

    # --- what they say ---

    async def _talk(self, group: Sequence[Person], until: datetime) -> None:
        """Message by message, each person's after what they were asked before it."""
        silent: set[int] = set()
        for _ in range(_MOST_MESSAGES):
            sending = []
            for person in group:
                if person.number in silent or person.said >= person.leaves_after:
                    continue
                content = await self._next(person)
                if content is None:
                    silent.add(person.number)
                else:
                    sending.append(self._service.receiver.take(self._message(person, content)))
                    person.said += 1
            if not sending:
                return
            await asyncio.gather(*sending)
            if self._clock.now() + _ANSWER_EVERY < until:
                self._clock.advance(_ANSWER_EVERY)

    async def _next(self, person: Person) -> Content | None:
        """What they say now; None where they have nothing more to say."""
        record = await self._service.database.find(AddressKey(person.channel, person.address), self._pack.slug)
        if record is None:
            return self._opening(person)
        if record.state.phase is not Phase.ASKING or record.state.current is None:
            return None
        if person.language and record.state.language != person.language and not person.said % 2:
            return Typed(word_for(person.language))
        return self._reply(person, record)

    def _opening(self, person: Person) -> Content:
        match person.channel:
            case Channel.SMS:
                return Typed(self._pack.sms_keyword)
            case Channel.TELEGRAM:
                return Began(self._pack.slug)
            case Channel.WEB:
                return Submitted(self._pack.questions[0].code, (person.who.code,))
            case Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
                raise LookupError("samples only talk")

    def _reply(self, person: Person, record: ConversationRecord) -> Content:
        code = record.state.current or ""
        question = as_it_was_asked(self._pack, code, record.state)
        if question.kind is Kind.TEXT:
            text = self._own_words(person, code, record.state.language)
            return Submitted(code, (text,)) if person.channel is Channel.WEB and text != "skip" else Typed(text)
        if question.kind is Kind.SCALE:
            low, high = question.minimum or 1, question.maximum or 5
            point = str(high - min(_chance(person.number, code), _chance(person.number, code, "2")) % (high - low + 1))
            return Submitted(code, (point,)) if person.channel is Channel.WEB else Typed(point)
        return self._chosen(person, question)

    def _chosen(self, person: Person, question: Question) -> Content:
        """One option or several, as their channel has it: a form, a button, or the number that stands before it."""
        options = question.choices or ("yes", "no")
        if question.kind is Kind.WHO:
            picked = [person.who.code]
        elif question.kind is Kind.MANY:
            free = [option for option in options if option not in question.alone]
            picked = [option for option in free if _chance(person.number, question.code, option) % 3 == 0] or free[:1]
        else:
            picked = [options[_chance(person.number, question.code) % len(options)]]
        match person.channel:
            case Channel.WEB:
                return Submitted(question.code, tuple(picked))
            case Channel.TELEGRAM if len(picked) == 1 and question.kind is not Kind.MANY:
                return Tapped(question.code, picked[0])
            case _:
                return Typed(", ".join(str(options.index(option) + 1) for option in picked))

    def _own_words(self, person: Person, code: str, language: str) -> str:
        spoken = self._words.get(code, {}).get(language, {})
        words = spoken.get(person.group) or spoken.get("adult")
        if words is None or _chance(person.number, code, "passes") % 100 < _PASSES:
            return "skip"
        said = [words["first"][_chance(person.number, code, "first") % len(words["first"])]]
        if words["then"] and _chance(person.number, code, "more") % 100 < _SAYS_MORE:
            said.append(words["then"][_chance(person.number, code, "then") % len(words["then"])])
        return " ".join(said)

    def _message(self, person: Person, content: Content) -> InboundMessage:
        at = self._clock.now() - timedelta(seconds=_chance(person.number, str(person.said)) % 30)
        return InboundMessage(
            channel=person.channel,
            address=person.address,
            provider_id=f"sample-{self._place}-{person.number}-{person.said}",
            content=content,
            received_at=at,
            sent_at=at if person.channel is Channel.TELEGRAM else None,
            slug=self._pack.slug if person.channel is Channel.WEB else None,
            language=person.language or None if person.channel is Channel.WEB else None,
        )

    # --- what is said to them ---

    async def _send(self) -> None:
        """Counts everything that waits as sent when it was said: nobody made up has a phone."""
        outbox, now = self._service.database.outbox, self._clock.now()
        for channel in (Channel.SMS, Channel.TELEGRAM):
            while claimed := await outbox.claim(
                channel,
                now=now,
                limit=500,
                lease=timedelta(minutes=1),
                per_second=_WITHOUT_LIMIT,
                per_address_seconds=0,
            ):
                await outbox.sent([(message, f"sample-{message.key}", message.queued_at) for message in claimed])

    def _advance(self, to: datetime) -> None:
        self._clock.advance(max(to - self._clock.now(), timedelta(0)))


def _slots(opens: datetime, ends: datetime, count: int) -> Iterator[datetime]:
    """When groups begin: busier at first and at the end, in the hours when people are awake and out of lessons."""
    span = ends - opens
    for number in range(count - 1):
        share = (number + 0.5) / count
        bent = share + 0.12 * (4 * (share - 0.5) ** 3 + share - 0.5)
        day = (opens + span * min(max(bent, 0.01), 0.985)).replace(minute=0, second=0, microsecond=0)
        at = day.replace(hour=_HOURS[_chance(number, "hour") % len(_HOURS)], minute=_chance(number, "minute") % 60)
        yield min(max(at, opens + timedelta(hours=1)), ends - _AN_EVENING)
    # The last begin when it is nearly over.
    yield ends - _JUST_BEFORE


def _chance(number: int, *what: str) -> int:
    """The same every time, and as good as chance."""
    digest = hashlib.sha256("\0".join((str(number), *what)).encode()).digest()
    return int.from_bytes(digest[:4])
