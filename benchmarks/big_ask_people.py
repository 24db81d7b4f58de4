"""Who takes part in the Big Ask and what each of them says: all of it follows from a person's number.

Nothing has to be remembered of anybody, so any number of people can be held to account afterwards. What the service is
expected to say to them comes from a rehearsal in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, NamedTuple

from benchmarks import people, processes, stage
from benchmarks.big_ask_words import BY_TEXT, ON_TELEGRAM, ON_THE_WEB, Words
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.webchat import WebChat
from bot.packs import Library
from bot.rehearsal import Rehearsal
from flows.definition import Consultation
from flows.messages import CONVERSING, Channel, Shows

_MIX: Final = tuple({"w": Channel.WEB, "s": Channel.SMS, "t": Channel.TELEGRAM}[one] for one in "wswtwswwsw")
"""Six of ten on the web, three by text, one on Telegram."""
_SHOWS: Final[Mapping[Channel, Shows]] = {
    Channel.WEB: WebChat.shows,
    Channel.SMS: SmsChannel.shows,
    Channel.TELEGRAM: TelegramChannel.shows,
}
_POOLS: Final[Mapping[Channel, Sequence[Words]]] = {
    Channel.WEB: ON_THE_WEB,
    Channel.SMS: BY_TEXT,
    Channel.TELEGRAM: ON_TELEGRAM,
}
_OPENINGS: Final[Mapping[Channel, str]] = {
    Channel.WEB: "",
    Channel.SMS: "PLAN",
    Channel.TELEGRAM: f"/start {stage.SLUG}",
}
_STIR: Final = 2_654_435_761
"""The golden ratio's share of 2**32."""
_NOON: Final = datetime.fromtimestamp(people.NOON, UTC)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """An answer that is not in somebody's own words."""

    question: str
    code: str
    """As an export in codes has it; "" for an answer that was passed over."""
    label: str
    """What stands on the option, or the word for passing over."""
    typed: tuple[str, ...] = ()
    """What people also type for it."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One role and age."""

    who: _Fixed
    role: str
    band: str
    ways: tuple[tuple[_Fixed | str, ...], ...] = (("issue", "evidence", "actions"),)
    """What they answer after `who`: the question alone stands for their own words. Several ways are taken by turns."""


_OWN: Final = ("issue", "evidence", "actions")
_HELPED: Final = (
    _Fixed("helped-by", "child", "Me", ("1",)),
    _Fixed("helped-by", "together", "A grown-up helps me", ("2", "a grown-up helps me")),
    _Fixed("helped-by", "grown-up", "A grown-up, for me", ("3",)),
)
_PICTURES: Final = (
    _Fixed("issue", "play", "Places to play", ("1", "swings")),
    _Fixed("issue", "health", "Feeling well", ("2", "poorly")),
    _Fixed("issue", "school", "School", ("3",)),
    _Fixed("issue", "home", "Home", ("4", "my house")),
)
_PASSED: Final = _Fixed("organisation", "", "SKIP", ("skip", "Skip."))


_BY_PICTURE: Final = tuple((helped, picture, "evidence") for helped in _HELPED for picture in _PICTURES)
_WITH_EMPLOYER: Final = ((*_OWN, "organisation"), (*_OWN, _PASSED))


def _who(code: str, label: str, *typed: str) -> _Fixed:
    return _Fixed("who", code, label, typed)


_KINDS: Final = (
    _Kind(_who("child-4-7", "I am 4 to 7", "1", "4 to 7"), "child", "4-7", _BY_PICTURE),
    _Kind(_who("child-8-11", "I am 8 to 11", "2", "8 to 11"), "child", "8-11"),
    _Kind(_who("young-person-12-15", "I am 12 to 15", "3", "12 to 15"), "young-person", "12-15"),
    _Kind(_who("young-person-16-25", "I am 16 to 25", "4", "i am 16 to 25"), "young-person", "16-25"),
    _Kind(_who("parent-carer", "Parent or carer", "5", "a parent"), "parent-carer", "adult"),
    _Kind(_who("professional", "I work with children", "6"), "professional", "adult", _WITH_EMPLOYER),
    _Kind(_who("other", "Someone else", "7", "someone else"), "other", "adult"),
)
_TOO_YOUNG_FOR_TELEGRAM: Final = ("4-7", "8-11", "12-15")
"""They are handed on to the page, where they are counted: here they begin there."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message that somebody sends, and what is expected to come of it."""

    question: str
    """The question it answers; "" where none was asked yet."""
    sends: str | None
    """What travels: a word, or the code of an option. None for their own words."""
    shown: str
    """What the transcript has, unless it is their own words."""
    cell: str | None
    """What the answers have in codes, unless it is their own words; None where the question has no column."""
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """A whole conversation, but for what people say in their own words."""

    channel: Channel
    role: str
    band: str
    helped_by: str
    before: tuple[str, ...]
    """What the page said first."""
    turns: tuple[Turn, ...]

    @cached_property
    def replies(self) -> int:
        return len(self.before) + sum(len(turn.replies) for turn in self.turns)


class Person(NamedTuple):
    """One participant."""

    number: int
    script: Script

    def words(self, place: int) -> Words:
        """Their own words in the turn at this place, before their number is put behind them."""
        pool = _POOLS[self.script.channel]
        # A multiplicative hash: neighbours, and people of one kind, are to say different things.
        return pool[((self.number * _STIR >> 7) + place * 5) % len(pool)]

    @property
    def phone(self) -> str:
        """One that Twilio could text. It may be somebody's: nothing here ever leaves the machine."""
        return f"+447400{self.number:06d}"

    @property
    def chat(self) -> int:
        return 5_000_000_000 + self.number

    @property
    def said(self) -> list[str]:
        """Every message they send, as the transcript has it."""
        return [
            turn.shown if turn.sends is not None else self.words(place).by(self.number)
            for place, turn in enumerate(self.script.turns)
        ]

    @property
    def answers(self) -> dict[str, str]:
        """Every answer that is to be in the export, by question."""
        given: dict[str, str] = {}
        for place, turn in enumerate(self.script.turns):
            if turn.sends is None:
                given[turn.question] = self.words(place).by(self.number)
            elif turn.cell is not None:
                given[turn.question] = turn.cell
        return given


class Crowd:
    """Everybody who takes part, from number 0 on."""

    def __init__(self, size: int, public_url: str) -> None:
        self.size = size
        library = Library.load(processes.ROOT / "consultations")
        pack = library.get(stage.SLUG)
        if pack is None:
            raise LookupError(stage.SLUG)
        self.version = pack.version
        self._scripts = {channel: _scripts(pack, channel, public_url) for channel in CONVERSING}

    def person(self, number: int) -> Person:
        kinds = self._scripts[_MIX[number % len(_MIX)]]
        turn, kind = divmod(number // len(_MIX), len(kinds))
        return Person(number, kinds[kind][turn % len(kinds[kind])])

    def __iter__(self) -> Iterator[Person]:
        return map(self.person, range(self.size))

    @cached_property
    def _turns_and_replies(self) -> tuple[int, Counter[Channel]]:
        turns, replies = 0, Counter[Channel]()
        for _, script in self:
            turns += len(script.turns)
            replies[script.channel] += script.replies
        return turns, replies

    @property
    def messages(self) -> int:
        """How many messages all of them send."""
        return self._turns_and_replies[0]

    def replies(self, channel: Channel) -> int:
        """How many replies are made to those on this channel."""
        return self._turns_and_replies[1][channel]


def _scripts(pack: Consultation, channel: Channel, public_url: str) -> list[list[Script]]:
    """Every way in which each kind of person goes through the consultation."""
    return [
        [_rehearsed(pack, channel, kind, steps, public_url) for steps in _ways(kind, channel)]
        for kind in _KINDS
        if channel is not Channel.TELEGRAM or kind.band not in _TOO_YOUNG_FOR_TELEGRAM
    ]


def _ways(kind: _Kind, channel: Channel) -> Iterable[tuple[tuple[_Fixed | str, str], ...]]:
    """The steps of each way, each with what is typed for it: by SMS there is more than one thing to type."""
    for steps in ((kind.who, *way) for way in kind.ways):
        for style in range(3 if channel is Channel.SMS else 1):
            yield tuple((step, _typed(step, style)) for step in steps)


def _typed(step: _Fixed | str, style: int) -> str:
    if isinstance(step, str):
        return "words"
    spoken = (step.label, *step.typed)
    return spoken[style % len(spoken)]


def _rehearsed(
    pack: Consultation, channel: Channel, kind: _Kind, steps: Sequence[tuple[_Fixed | str, str]], public_url: str
) -> Script:
    rehearsal = Rehearsal(pack, channel, _SHOWS[channel], _NOON, public_url=public_url)
    opening = _OPENINGS[channel]
    greeting = _texts(rehearsal, pack.sms_keyword)
    turns = [Turn("", opening, opening, None, greeting)] if opening else []
    turns += [_turn(channel, step, typed, _texts(rehearsal, typed)) for step, typed in steps]
    return Script(
        channel=channel,
        role=kind.role,
        band=kind.band,
        helped_by=next((step.code for step, _ in steps if isinstance(step, _Fixed) and step in _HELPED), ""),
        before=() if opening else greeting,
        turns=tuple(turns),
    )


def _turn(channel: Channel, step: _Fixed | str, typed: str, replies: tuple[str, ...]) -> Turn:
    if isinstance(step, str):
        return Turn(step, None, "", None, replies)
    cell = None if step in _HELPED else step.code
    if channel is Channel.SMS or (step is _PASSED and channel is Channel.TELEGRAM):
        return Turn(step.question, typed, typed, cell, replies)
    return Turn(step.question, step.code, step.label, cell, replies)


def _texts(rehearsal: Rehearsal, said: str) -> tuple[str, ...]:
    return tuple(bubble.text for bubble in rehearsal.hear(said))
