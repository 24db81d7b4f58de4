"""What a whole conversation costs by text message, from the keyword to the thanks, for everybody that a pack speaks to.

Each conversation is really held: the keyword comes in, and whatever is asked is answered at once by number or in a few
words, until nothing more is asked. Where an answer decides what is asked next, every way is taken, and the dearest one
is the price. Reminders, HELP and answers that were not understood are not in it.

Somebody who wants another language than the pack's own first gets the opening in that one, and then says the other's
name, as there is one keyword for all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flows import commands, events, path, segments, turn
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.messages import Channel, Shows
from flows.segments import Segments
from flows.state import Phase, State
from flows.wording import Facts, compose

BY_TEXT: Final = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
"""What the SMS channel shows. A test holds the two together: the channel's own module takes a second to load."""
TYPICAL_URL: Final = "https://sayso.example.gov.uk"
TYPICAL_ANSWER: Final = "It takes too long to get help here."
"""Stands for whatever people write in their own words."""

_LONGEST: Final = 200
"""Messages in one conversation: far more than any pack has questions, so that nothing can go round for ever."""
_AFTER_OPENING: Final = timedelta(hours=1)
_PLAIN: Final = "e"
"""A letter that costs what most cost."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """One text of a conversation, as it is sent."""

    text: str = field(repr=False)
    size: Segments
    dear: tuple[str, ...]
    """The characters that make it UCS-2, each once; none where it is GSM-7."""
    plain: int
    """Segments that it would take, had it none of those."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one conversation costs."""

    language: str
    band: AgeBand
    roles: tuple[str, ...]
    """Who pays this: roles of the pack."""
    texts: tuple[Outbound, ...]
    answers: int
    """Texts that came in, the keyword among them; each is taken to be a short one, of one segment."""

    @property
    def segments(self) -> int:
        return sum(text.size.segments for text in self.texts)

    @property
    def plain(self) -> int:
        """Segments if every text were in the cheap alphabet."""
        return sum(text.plain for text in self.texts)

    @property
    def dear(self) -> tuple[str, ...]:
        """Every character that made a text UCS-2."""
        return tuple(sorted({character for text in self.texts for character in text.dear}))

    @property
    def unicode_texts(self) -> int:
        """Texts that went out in UCS-2."""
        return sum(bool(text.dear) for text in self.texts)


def prices(consultation: Consultation) -> tuple[Price, ...]:
    """A price for every language and band, and for each role where roles of one band pay differently."""
    found: list[Price] = []
    for language in consultation.languages:
        for band in sorted({option.band for option in consultation.who_options}, key=tuple(AgeBand).index):
            whose = [option for option in consultation.who_options if option.band is band]
            found += _alike([_price(consultation, language, option) for option in whose])
    return tuple(found)


def outbound(text: str) -> Outbound:
    """A text with what it costs, and why."""
    size = segments.count(text)
    dear = {character for character in text if size.encoding != "GSM-7" and _is_dear(character)}
    plain = "".join(_PLAIN if character in dear else character for character in text)
    return Outbound(text, size, tuple(sorted(dear)), segments.count(plain).segments)


def _is_dear(character: str) -> bool:
    return segments.count(character).encoding != "GSM-7"


def _alike(prices: Iterable[Price]) -> Iterator[Price]:
    """Roles that pay the same are one price."""
    same: dict[tuple[int, int, int, int], Price] = {}
    for price in prices:
        cost = (price.segments, len(price.texts), price.unicode_texts, price.answers)
        before = same.get(cost)
        roles = (*before.roles, *price.roles) if before else price.roles
        same[cost] = Price(price.language, price.band, roles, (before or price).texts, price.answers)
    yield from same.values()


# --- held conversations ---


@dataclass(frozen=True, slots=True)
class _Held:
    """A conversation so far."""

    state: State
    texts: tuple[str, ...] = field(default=(), repr=False)
    answers: int = 0


def _price(consultation: Consultation, language: str, who: WhoOption) -> Price:
    dearest = max(
        _ways(consultation, _opened(consultation, language), who, _gates(consultation)),
        key=lambda held: (sum(segments.count(text).segments for text in held.texts), held.answers),
    )
    texts = tuple(outbound(text) for text in dearest.texts)
    return Price(language, who.band, (who.role,), texts, dearest.answers)


def _opened(consultation: Consultation, language: str) -> _Held:
    """A conversation that has just begun, in the language that somebody wants."""
    at = consultation.timetable.opens_at + _AFTER_OPENING
    begun = _Held(State(language=consultation.default_language))
    begun = _taken(consultation, begun, events.Began(at))
    if language == consultation.default_language:
        return begun
    return _taken(consultation, begun, events.Said(at, commands.name_of(language)))


def _taken(consultation: Consultation, held: _Held, event: events.Event) -> _Held:
    """The conversation after one more text from the person."""
    done = turn.take(consultation, held.state, (event,), Channel.SMS, now=event.at)
    facts = Facts(public_url=TYPICAL_URL, now=event.at)
    bubbles = compose(consultation, done.state, done.effects, BY_TEXT, facts)
    return _Held(done.state, (*held.texts, *(bubble.text for bubble in bubbles)), held.answers + 1)


def _ways(
    consultation: Consultation, held: _Held, who: WhoOption, gates: Mapping[str, frozenset[str]]
) -> Iterator[_Held]:
    """Every conversation that differs in what is asked, to its end."""
    at = consultation.timetable.opens_at + _AFTER_OPENING
    open_ways = [held]
    while open_ways:
        held = open_ways.pop()
        code = held.state.current
        if held.state.phase is not Phase.ASKING or code is None or held.answers > _LONGEST:
            yield held
            continue
        question = path.as_it_was_asked(consultation, code, held.state)
        answers = _answers(question, who, gates.get(code, frozenset()))
        open_ways += [_taken(consultation, held, events.Said(at, said)) for said in answers]


def _gates(consultation: Consultation) -> Mapping[str, frozenset[str]]:
    """The options of each question on which it depends whether another is asked."""
    gates: dict[str, frozenset[str]] = {}
    shapes = itertools.chain.from_iterable(
        (question, *question.variants.values()) for question in consultation.questions
    )
    for shape in shapes:
        for code, options in shape.show_if.items():
            gates[code] = gates.get(code, frozenset()) | frozenset(options)
    return gates


def _answers(question: Question, who: WhoOption, deciding: frozenset[str]) -> Iterable[str]:
    """What is said to a question: one answer, or one for each way that leads on from it."""
    match question.kind:
        case Kind.WHO:
            return (_number(question, who.code),)
        case Kind.NUMBER | Kind.SCALE:
            least = str(question.minimum if question.minimum is not None else question.maximum or 1)
            return sorted({least, *(option for option in deciding if option.isdecimal())})
        case Kind.MANY:
            return tuple(_several(question, deciding))
        case Kind.RANK:
            first = sorted(question.choices, key=lambda code: code not in deciding)[: question.at_most]
            return (" ".join(_number(question, code) for code in first),)
        case Kind.ONE | Kind.YES_NO | Kind.HELPED_BY:
            wanted = [code for code in question.choices if code in deciding]
            others = [code for code in question.choices if code not in deciding]
            return tuple(_number(question, code) for code in (*others[:1], *wanted))
        case Kind.TEXT | Kind.NOTE:
            return (TYPICAL_ANSWER,)


def _several(question: Question, deciding: frozenset[str]) -> Iterator[str]:
    """The deciding options in as many combinations as may be chosen, and an answer with none of them."""
    others = [code for code in question.choices if code not in deciding]
    if others:
        yield _number(question, others[0])
    together = [code for code in question.choices if code in deciding and code not in question.alone]
    most = min(len(together), question.at_most or len(together))
    for codes in itertools.combinations(together, most) if most else ():
        yield " ".join(_number(question, code) for code in codes)
    for code in question.choices:
        if code in deciding and code in question.alone:
            yield _number(question, code)


def _number(question: Question, code: str) -> str:
    return str(question.choices.index(code) + 1)
