"""How a question will look to the person who is asked it: the bubbles that would be sent, for each channel.

Nothing is made up for it: a question is put by the step itself, and its words are put together for what the channel can
show. The first question comes with the opening, as it does in a conversation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bot.errors import PreviewError
from bot.shows import shows_of, telegram_rows
from flows import commands, events, move, telling, turn
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.effects import Notice
from flows.forms import Form, form
from flows.messages import CONVERSING, Bubble, Channel
from flows.move import Step
from flows.pack_checks import is_for
from flows.price import TYPICAL_URL, Outbound, outbound
from flows.state import Phase, State
from flows.wording import Facts, compose

_AFTER_OPENING: Final = timedelta(hours=1)
_MOST_NAMED: Final = 12
"""Characters: more say nothing more."""
_One = TypeVar("_One", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which questions to show, for whom, and where. What is None is not chosen: all of them."""

    question: str | None = None
    band: AgeBand | None = None
    language: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One message on a phone."""

    bubble: Bubble
    rows: Sequence[Sequence[str]] = ()
    """What stands on Telegram's buttons below it."""
    cost: Outbound | None = None
    """What it costs, by SMS."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One question on one channel, as somebody of a band sees it in a language."""

    question: Question
    bands: tuple[AgeBand, ...]
    """Whom it is for; several where it is asked before the age is known."""
    language: str
    channel: Channel
    state: State
    """The conversation once the question was put: what a page needs for its form."""
    shown: tuple[Shown, ...]
    """Nothing where people of this age are not asked on this channel."""

    @property
    def band(self) -> AgeBand | None:
        """The band; None where the age is not known yet."""
        return self.state.band

    @property
    def handed_on(self) -> bool:
        """People of this age are sent on to the web page, and asked there."""
        return not self.shown


def bands_of(consultation: Consultation) -> tuple[AgeBand, ...]:
    """The bands that a pack speaks to, youngest first."""
    found = {option.band for option in consultation.who_options}
    return tuple(band for band in AgeBand if band in found)


def ages_in_words(consultation: Consultation) -> list[str]:
    """Whom a pack speaks to, youngest first: such as "8 to 11 years", and "adults" at the end."""
    return ["adults" if band is AgeBand.ADULT else age_in_words(band) for band in bands_of(consultation)]


def wanted(
    consultation: Consultation, *, question: str = "", band: str = "", language: str = "", channel: str = ""
) -> Wanted:
    """What somebody asked for, by name; an empty name asks for all.

    Raises:
        PreviewError: the pack has nothing of that name.
    """
    codes = tuple(each.code for each in consultation.questions)
    return Wanted(
        question=_named("question", question, codes),
        band=_named("age band", band, bands_of(consultation)),
        language=_named("language", language, consultation.languages),
        channel=_named("channel", channel, CONVERSING),
    )


def _named(what: str, name: str, known: Iterable[_One]) -> _One | None:
    if not name:
        return None
    found = {str(each): each for each in known}
    if name not in found:
        raise PreviewError(what, name, tuple(found))
    return found[name]


def previews(consultation: Consultation, chosen: Wanted, *, public_url: str = TYPICAL_URL) -> Iterator[Preview]:
    """Every preview that was asked for, question by question in the pack's order."""
    facts = Facts(public_url=public_url, now=consultation.timetable.opens_at + _AFTER_OPENING)
    for question in consultation.questions:
        if chosen.question not in {None, question.code}:
            continue
        for who in _askers(consultation, question, chosen.band):
            for language in consultation.languages:
                for channel in CONVERSING:
                    if chosen.language in {None, language} and chosen.channel in {None, channel}:
                        yield _preview(consultation, question, who, language, channel, facts)


def _askers(consultation: Consultation, question: Question, band: AgeBand | None) -> Iterator[WhoOption]:
    """Somebody of each band that is asked this; one for all of them where it is asked before the age is known."""
    if question.kind is Kind.WHO:
        yield consultation.who_options[0]
        return
    for each in bands_of(consultation):
        alike = (option for option in consultation.who_options if option.band is each and is_for(question, option))
        if band in {None, each} and (who := next(alike, None)) is not None:
            yield who


def _preview(
    consultation: Consultation, question: Question, who: WhoOption, language: str, channel: Channel, facts: Facts
) -> Preview:
    done = _put(consultation, question, who, language, channel, facts.now)
    shape = question.for_band(done.state.band)
    bands = (who.band,) if done.state.band is not None else bands_of(consultation)
    if turn.is_too_young(consultation, done.state, channel):
        return Preview(shape, bands, language, channel, done.state, ())
    bubbles = compose(consultation, done.state, done.effects, shows_of(channel), facts)
    shown = tuple(_shown(bubble, channel) for bubble in bubbles)
    return Preview(shape, bands, language, channel, done.state, shown)


def _put(
    consultation: Consultation, question: Question, who: WhoOption, language: str, channel: Channel, at: datetime
) -> Step:
    """The question, put by the step: with the opening where it is the first of all."""
    opened = _opened(consultation, language, channel, at)
    if opened.state.current == question.code:
        return opened
    before = State(
        phase=Phase.ASKING,
        language=language,
        role=who.role,
        band=who.band,
        started_at=at,
        told_of=tuple(_told_before(consultation, question, who)),
        at_least=who.band.oldest,
    )
    put = move.ask(consultation, before, question.for_band(who.band), at)
    return telling.beside_the_question(consultation, before, put, at)


def _told_before(consultation: Consultation, question: Question, who: WhoOption) -> Iterator[str]:
    """What somebody has been told of on the way to a question: it is not said a second time."""
    earlier = itertools.takewhile(lambda each: each.code != question.code, consultation.questions)
    for each in (each.for_band(who.band) for each in earlier if is_for(each, who)):
        notice = telling.notice_before(each) if each.kind is not Kind.WHO else None
        yield from () if notice is None else (notice.value,)
        yield from () if each.kind is Kind.WHO else (Notice.TELL_A_GROWN_UP.value,)


def _opened(consultation: Consultation, language: str, channel: Channel, at: datetime) -> Step:
    """How a conversation begins. A page is opened in a language; elsewhere people say its name first."""
    state = State(language=consultation.default_language)
    if language == state.language:
        return turn.take(consultation, state, (events.Began(at),), channel, now=at)
    if channel is Channel.WEB:
        return turn.take(consultation, state, (events.Began(at, language),), channel, now=at)
    begun = turn.take(consultation, state, (events.Began(at),), channel, now=at)
    return turn.take(consultation, begun.state, (events.Said(at, commands.name_of(language)),), channel, now=at)


def _shown(bubble: Bubble, channel: Channel) -> Shown:
    match channel:
        case Channel.TELEGRAM:
            return Shown(bubble, rows=telegram_rows(bubble.buttons))
        case Channel.SMS:
            return Shown(bubble, cost=outbound(bubble.text))
        case Channel.WEB | Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
            return Shown(bubble)


def field_of(consultation: Consultation, preview: Preview) -> Form | None:
    """The form below the bubbles, on the web page."""
    return form(consultation, preview.state) if preview.channel is Channel.WEB and preview.shown else None


CHANNEL_NAMES: Final[Mapping[str, str]] = {
    Channel.TELEGRAM: "Telegram",
    Channel.SMS: "Text message",
    Channel.WEB: "Web chat",
}


def age_of(preview: Preview) -> str:
    """Whom a preview is for, in a few words."""
    return "any age" if preview.band is None else age_in_words(preview.band)


def age_in_words(band: AgeBand) -> str:
    return "adult" if band is AgeBand.ADULT else f"{band.value.replace('-', ' to ')} years"


def cost_in_words(cost: Outbound) -> str:
    """Such as "1 segment: 132 characters in GSM-7"."""
    size = cost.size
    text = f"{size.segments} segment{'' if size.segments == 1 else 's'}: {size.units} characters in {size.encoding}"
    if not cost.dear:
        return text
    more = f" and {len(cost.dear) - _MOST_NAMED} more" if len(cost.dear) > _MOST_NAMED else ""
    saved = f". Without them it would be {cost.plain}" if cost.plain < size.segments else ""
    return f"{text}, because of {' '.join(cost.dear[:_MOST_NAMED])}{more}{saved}"
