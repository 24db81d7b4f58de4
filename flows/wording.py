"""Effects into words: what one step says, on what a channel can show.

On a channel whose messages are paid for one by one (`Shows.joined`) everything that one step says is one message, the
question last. Elsewhere the notices are one bubble and the question another. Options are buttons, or a form beside the
conversation, or numbered lines: "1 School", each on a line of its own, which costs exactly as many characters as a
space would and can be read at a glance.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import assert_never

from flows import answers, asking, cutoff, segments, staging
from flows.definition import (
    AGE_QUESTION,
    CHANGE_QUESTION,
    DELETE_QUESTION,
    NO_OPTION,
    YES_OPTION,
    AgeBand,
    Consultation,
    Label,
    Question,
    QuestionWords,
    Words,
)
from flows.effects import (
    Ask,
    AskParent,
    CancelQueued,
    ConcernRaised,
    Effect,
    Erase,
    Keep,
    ListAnswers,
    Manner,
    Notice,
    OfferCode,
    Tell,
)
from flows.forms import Form, Option, examples, form, name_of
from flows.messages import Bubble, Button, Shows
from flows.phrases import Facts, Values, beside, chosen, fill, known_to, say, spoken_in
from flows.pieces import pieces
from flows.placeholders import PLACEHOLDERS
from flows.same import Same
from flows.scripts import isolated
from flows.state import State, changed
from flows.values import Choice, Choices, Ranking, Value

__all__ = ["PLACEHOLDERS", "Facts", "Form", "Option", "compose", "form", "question_text", "say"]

_YES_OR_NO: Mapping[Notice, tuple[str, Label, Label]] = {
    Notice.DELETE_SURE: (DELETE_QUESTION, Label.DELETE_YES, Label.DELETE_NO),
    Notice.HOW_OLD: (AGE_QUESTION, Label.YES, Label.NO),
}
"""The notices that ask for a yes or a no: what their buttons name, and what stands on them."""
ALLOW_PATH = "/allow/"
"""Where, with a code behind it, a parent says yes or no."""
_AGAIN = frozenset((Manner.AGAIN, Manner.AGAIN_DIFFERENTLY))


@dataclass(frozen=True, slots=True)
class _Situation:
    """Everything that stays the same while one step's words are put together."""

    consultation: Consultation
    state: State
    shows: Shows
    facts: Facts

    @property
    def words(self) -> Words:
        return self.consultation.words_for(self.state.language, self.state.band)

    def values(self, words: Words, language: str | None = None) -> Values:
        return known_to(self.consultation, self.state, self.facts, words, language)

    def language_of(self, notice: Notice) -> str:
        return spoken_in(self.words, notice, short=self.shows.short)

    def notice(self, notice: Notice, nearer: Mapping[str, str]) -> str:
        words, language = self.words, self.language_of(notice)
        around = {name: self.within(text, language) for name, text in nearer.items()}
        return fill(chosen(words, notice, short=self.shows.short), beside(around, self.values(words, language)))

    def within(self, text: str, language: str) -> str:
        """Somebody else's words, to stand inside ours. By text message the marks for that cost more than they bring."""
        return text if self.shows.short else isolated(text, language)


def compose(
    consultation: Consultation, state: State, effects: Sequence[Effect], shows: Shows, facts: Facts
) -> tuple[Bubble, ...]:
    """The messages that say what one step has to say; `state` is the state after that step."""
    consultation = staging.seen(consultation, state.stage)
    spoken = tuple(effect for effect in effects if isinstance(effect, Ask | Tell | ListAnswers | OfferCode | AskParent))
    alike = tuple(each for effect in spoken if (each := _for_anybody(effect)) is not None)
    if facts.code is None and len(alike) == len(spoken):
        open_now = cutoff.is_open(consultation.timetable, state.role, facts.now)
        world = (facts.public_url, facts.channel_address, open_now)
        return _said_before(Same(consultation), alike, _position(state), shows, world)
    return _composed(_Situation(consultation, state, shows, facts), spoken)


def language_asked_in(consultation: Consultation, question_code: str, language: str, band: AgeBand | None) -> str:
    """The language of the words that `question_text` gives: another than `language` where nobody translated them."""
    return consultation.words_for(language, band).language_of_question(question_code)


def question_text(
    consultation: Consultation, question_code: str, language: str, band: AgeBand | None, shows: Shows, state: State
) -> str:
    """The words of a question as they are shown, without options: what is frozen on each answer to it."""
    inside = staging.seen(consultation, consultation.question(question_code).stage)
    return _question_text(Same(inside), question_code, language, band, shows, state.role)


# --- said before ---

# Most of what is said is said to many people in the same words, and to put it together takes longer than the step. What
# is kept for the next person depends on these arguments alone, and nothing that anybody said is among them.
_REMEMBERED = 2048


_Alike = Ask | tuple[Notice, bool]
_Position = tuple[str, str | None, AgeBand | None, str | None, str, AgeBand | None]
"""What of a state can show in a notice or a question."""
_World = tuple[str, str | None, bool]
"""Our address, the channel's, and whether it is open."""


def _for_anybody(effect: Effect) -> _Alike | None:
    """The effect in a form that a cache can find again; None where its words are one person's alone."""
    match effect:
        case Ask():
            return effect
        case Tell(notice, values, after_stop, None) if not values:
            return notice, after_stop
        case _:
            return None


def _position(state: State) -> _Position:
    return state.language, state.role, state.band, state.current, state.asked_language, state.asked_band


@lru_cache(_REMEMBERED)
def _said_before(
    same: Same, spoken: tuple[_Alike, ...], position: _Position, shows: Shows, world: _World
) -> tuple[Bubble, ...]:
    language, role, band, current, asked_language, asked_band = position
    state = State(
        language=language,
        role=role,
        band=band,
        current=current,
        asked_language=asked_language,
        asked_band=asked_band,
    )
    timetable = same.held.timetable
    public_url, channel_address, open_now = world
    # Of the time only that can show: any instant at which it is open, or is not, stands for all of them.
    now = timetable.opens_at if open_now else cutoff.closes_at(timetable, role)
    facts = Facts(public_url=public_url, now=now, channel_address=channel_address)
    effects = [one if isinstance(one, Ask) else Tell(one[0], after_stop=one[1]) for one in spoken]
    return _composed(_Situation(same.held, state, shows, facts), effects)


@lru_cache(_REMEMBERED)
def _question_text(
    same: Same, question_code: str, language: str, band: AgeBand | None, shows: Shows, role: str | None
) -> str:
    words = same.held.words_for(language, band)
    question = same.held.question(question_code).for_band(band)
    spoken = words.questions[question_code]
    values = beside(
        examples(question, spoken, numbered=asking.by_number(question, shows)),
        known_to(same.held, State(role=role), None, words, spoken.language),
    )
    return fill(asking.text_of(spoken, shows), values)


# --- put together ---


def _composed(situation: _Situation, effects: Sequence[Effect]) -> tuple[Bubble, ...]:
    shows = situation.shows
    spoken = _without_doubles(effects)
    bubbles = _bubbles(situation, spoken, why=True)
    if shows.joined and (price := _price(bubbles)) > 1:
        # Why we ask is worth saying, but not worth the price of another message.
        plain = _bubbles(situation, spoken, why=False)
        bubbles = plain if _price(plain) < price else bubbles
    return tuple(itertools.chain.from_iterable(_divided(situation, bubble) for bubble in bubbles))


def _price(bubbles: Iterable[Bubble]) -> int:
    return sum(segments.count(bubble.text).segments for bubble in bubbles)


def _without_doubles(effects: Sequence[Effect]) -> Sequence[Effect]:
    """A question that is asked again says itself what was wrong."""
    again = any(isinstance(effect, Ask) and effect.manner in _AGAIN for effect in effects)
    return [
        effect
        for effect in effects
        if not (again and isinstance(effect, Tell) and effect.notice.startswith("not_understood"))
    ]


def _bubbles(situation: _Situation, effects: Iterable[Effect], *, why: bool) -> Sequence[Bubble]:
    said = [bubble for effect in effects for bubble in _said(situation, effect, why=why) if bubble.text]
    if situation.shows.joined:
        return [_joined(situation, said, "\n")] if said else []
    # A bubble is in one language, so that a page can say which.
    groups = itertools.groupby(said, lambda bubble: (bubble.question is None and not bubble.buttons, bubble.language))
    return [
        whole
        for (notices, _), group in groups
        for whole in ([_joined(situation, list(group), "\n\n")] if notices else list(group))
    ]


def _joined(situation: _Situation, said: Sequence[Bubble], between: str) -> Bubble:
    last = said[-1]
    text = between.join(bubble.text for bubble in said)
    # What is about an equality question is kept apart whole, whatever else stands in the same message.
    about = _apart(situation.consultation, (bubble.question for bubble in said)) or last.question
    return replace(last, text=text, question=about, after_stop=any(bubble.after_stop for bubble in said))


def _apart(consultation: Consultation, codes: Iterable[str | None]) -> str | None:
    """The first of these questions that is an equality question."""
    return next((code for code in codes if code is not None and consultation.question(code).equality), None)


def _divided(situation: _Situation, bubble: Bubble) -> Iterable[Bubble]:
    """What does not fit into one message goes out as several; buttons stand below the last."""
    *earlier, last = pieces(bubble.text, situation.shows.longest)
    about = _apart(situation.consultation, (bubble.question,))
    begun = (replace(bubble, text=text, question=about, buttons=()) for text in earlier)
    return (*begun, replace(bubble, text=last))


def _said(situation: _Situation, effect: Effect, *, why: bool) -> tuple[Bubble, ...]:
    match effect:
        case Ask():
            return (_asked(situation, effect, why=why),)
        case Tell():
            return (_told(situation, effect),)
        case ListAnswers():
            return (_listed(situation, effect),)
        case OfferCode(notice):
            return (Bubble(situation.notice(notice, {}), language=situation.language_of(notice)),)
        case AskParent():
            return (_ask_a_parent(situation),)
        case Keep() | CancelQueued() | Erase() | ConcernRaised():
            return ()
        case _:
            assert_never(effect)


def _ask_a_parent(situation: _Situation) -> Bubble:
    """With the address at which a parent says yes or no: it is not one of the child's own pages."""
    notice, code = Notice.ASK_A_PARENT, situation.facts.code
    language = situation.language_of(notice)
    values = situation.values(situation.words, language)
    link = {} if code is None else {"link": f"{situation.facts.public_url}{ALLOW_PATH}{code}"}
    text = chosen(situation.words, notice, short=situation.shows.short)
    return Bubble(fill(text, beside(link, values)), language=language)


def _told(situation: _Situation, effect: Tell) -> Bubble:
    if effect.language is not None:
        situation = replace(situation, state=changed(situation.state, language=effect.language))
    said = Bubble(
        situation.notice(effect.notice, effect.values),
        after_stop=effect.after_stop,
        language=situation.language_of(effect.notice),
    )
    asked = _YES_OR_NO.get(effect.notice)
    if asked is None or not situation.shows.buttons:
        return said
    question, yes, no = asked
    labels = situation.words.labels
    return replace(said, buttons=(Button(labels[yes], question, YES_OPTION), Button(labels[no], question, NO_OPTION)))


def _listed(situation: _Situation, effect: ListAnswers) -> Bubble:
    words = situation.words
    values = situation.values(words)
    names = [name_of(words.questions[code], values) for code in effect.questions]
    said = Bubble(situation.notice(effect.notice, {}), language=situation.language_of(effect.notice))
    if not effect.numbered:
        told = [_answer(situation, code, name) for code, name in zip(effect.questions, names, strict=True)]
        shown = (code for code in effect.questions if code in situation.state.given)
        about = _apart(situation.consultation, shown)
        return replace(said, text="\n".join((said.text, *told)), question=about)
    if situation.shows.buttons:
        pairs = zip(names, effect.questions, strict=True)
        return replace(said, buttons=tuple(Button(name, CHANGE_QUESTION, code) for name, code in pairs))
    if situation.shows.form:
        return said
    return replace(said, text="\n".join((said.text, *asking.numbered(names))))


def _answer(situation: _Situation, code: str, name: str) -> str:
    given = situation.state.given.get(code)
    if given is None:
        return name
    question, words = _as_it_was_answered(situation, code, given.value)
    told = situation.within(answers.in_words(given.value, question, words), situation.language_of(Notice.SHOW_HEADING))
    return f"{name}: {told}"


def _as_it_was_answered(situation: _Situation, code: str, value: Value) -> tuple[Question, QuestionWords]:
    """The shape and words that an answer makes sense in, also for somebody whose age band has changed since."""
    whole = situation.consultation.question(code)
    band = situation.state.band
    for candidate in (band, *whole.variants):
        question = whole.for_band(candidate)
        if _codes(value) <= set(question.choices):
            return question, situation.consultation.words_for(situation.state.language, candidate).questions[code]
    return whole.for_band(band), situation.words.questions[code]


def _codes(value: Value) -> set[str]:
    match value:
        case Choice(code):
            return {code}
        case Choices(codes) | Ranking(codes):
            return set(codes)
        case _:
            return set()


def _asked(situation: _Situation, effect: Ask, *, why: bool) -> Bubble:
    """Put in the language and band that the state says it was put in, so that the answer's record is true."""
    state = situation.state
    if effect.question == state.current:
        language, band = state.asked_language, state.asked_band
    else:
        language, band = state.language, state.band
    words = situation.consultation.words_for(language, band)
    question = situation.consultation.question(effect.question).for_band(band)
    spoken_language = words.language_of_question(question.code)
    values = situation.values(words, spoken_language)
    put = asking.put(question, effect.manner, words, situation.shows, values, why=why)
    return replace(put, language=spoken_language)
