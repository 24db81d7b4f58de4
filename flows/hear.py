"""What somebody answered, in each phase in which an answer is waited for."""

from __future__ import annotations

from datetime import datetime

from flows import answers, keep, move, path, permission, small_words
from flows.definition import CHANGE_QUESTION, NO_OPTION, YES_OPTION, Consultation, Kind, Question, QuestionWords
from flows.effects import Ask, CancelQueued, Erase, Manner, Notice, Tell
from flows.folding import fold
from flows.move import Step
from flows.state import Phase, State, changed
from flows.values import Choice, Text, Value

_MANNERS = (Manner.AGAIN, Manner.AGAIN_DIFFERENTLY)


def typed(consultation: Consultation, state: State, text: str, at: datetime) -> Step:
    """Text for the question that is open."""
    if state.current is None:
        return Step(state)
    question = path.as_it_was_asked(consultation, state.current, state)
    words = consultation.words_for(state.asked_language, state.asked_band).questions[question.code]
    value = answers.understand(question, words, text, language=state.asked_language)
    if isinstance(value, answers.NotUnderstood) and _does_not_know(question, text):
        # Asked again in other words they would know it no better.
        listening = move.listens(consultation, state, at)
        return move.pass_over(consultation, state, at) if listening else _too_late(state)
    return understood(consultation, state, question, value, at)


def _does_not_know(question: Question, text: str) -> bool:
    """Whether they say that they cannot tell, where no option of the question stands for that."""
    if question.kind in (Kind.WHO, Kind.HELPED_BY):
        return False
    said = fold(text)
    return any(said in ways for ways in small_words.NOT_SURE.values())


def chosen(consultation: Consultation, state: State, codes: tuple[str, ...], at: datetime) -> Step:
    """Option codes, or one free text, for the question that is open."""
    if state.current is None:
        return Step(state)
    question = path.as_it_was_asked(consultation, state.current, state)
    return understood(consultation, state, question, answers.from_form(question, codes), at)


def understood(
    consultation: Consultation, state: State, question: Question, value: Value | answers.NotUnderstood, at: datetime
) -> Step:
    """Takes the answer and goes on; or asks again in other words, twice, and then passes the question over kindly."""
    if isinstance(value, answers.NotUnderstood):
        return _not_understood(consultation, state, at)
    kept = keep.answer(consultation, state, question, value, at)
    if not kept.taken:
        return Step(kept.state, kept.effects).then(_after_a_refusal(consultation, kept.state, at))
    changed = (Tell(Notice.CHANGED),) if state.changing else ()
    return Step(kept.state, (*kept.effects, *changed)).then(move.onward(consultation, kept.state, at))


def _not_understood(consultation: Consultation, state: State, at: datetime) -> Step:
    if not move.listens(consultation, state, at):
        return _too_late(state)
    if state.current is not None and state.attempt < len(_MANNERS):
        again = changed(state, attempt=state.attempt + 1, asked_language=state.language)
        return Step(again, (Ask(state.current, _MANNERS[state.attempt]),))
    return Step(state, (Tell(Notice.PASSED_OVER),)).then(move.pass_over(consultation, state, at))


def _too_late(state: State) -> Step:
    """Said once; after that their words are kept in the transcript, and nothing more is said."""
    if state.told_late:
        return Step(state)
    return Step(changed(state, told_late=True, told_closed=True), (Tell(Notice.LATE_REFUSED),))


def _after_a_refusal(consultation: Consultation, state: State, at: datetime) -> Step:
    """A change that could not be made ends here; a question that could not be answered stays as it was."""
    if state.phase in permission.HELD:
        return Step(state)
    return move.come_back(consultation, state, at) if state.changing else Step(state)


def long_text(consultation: Consultation, state: State, text: str, at: datetime, *, now: datetime) -> Step:
    """A text as long as a full segment: kept at once, and the next question waits a little for a next part."""
    begun = changed(state, joining_since=at)
    heard = typed(consultation, begun, text, at)
    current = state.current
    if current is None or heard.state.given.get(current) is None or heard.state.given[current].value != Text(text):
        return heard
    question = path.as_it_was_asked(consultation, current, state)
    kept = keep.answer(consultation, begun, question, Text(text), at)
    if kept.state.phase in permission.HELD:
        return Step(kept.state, kept.effects)
    return Step(_waiting(consultation, kept.state, now), kept.effects)


def next_part(consultation: Consultation, state: State, text: str, *, more: bool, now: datetime) -> Step:
    """A further part of a long text. All its parts are one message, which began when the first of them came."""
    at = state.joining_since or now
    given = state.given.get(state.current or "")
    if state.current is None or given is None or not isinstance(given.value, Text):
        return move.settle(consultation, state, at)
    question = path.as_it_was_asked(consultation, state.current, state)
    kept = keep.answer(consultation, state, question, Text(given.value.text + text), at)
    joined = Step(kept.state, kept.effects)
    if kept.state.phase in permission.HELD:
        return joined
    if more:
        return Step(_waiting(consultation, kept.state, now), kept.effects)
    return joined.then(move.settle(consultation, kept.state, at))


def _waiting(consultation: Consultation, state: State, now: datetime) -> State:
    return changed(state, phase=Phase.JOINING, joining_until=now + consultation.join_wait)


def revised(consultation: Consultation, state: State, code: str, value: Value, at: datetime) -> Step:
    """A new answer to a question that is not the one open: an edited message, or a form from an earlier page."""
    question = path.as_put_to(consultation, code, state)
    kept = keep.answer(consultation, state, question, value, at)
    if not kept.taken:
        return Step(kept.state, kept.effects)
    told = Step(kept.state, (*kept.effects, Tell(Notice.CHANGED)))
    if state.phase is Phase.FINISHED:
        return told.then(move.come_back(consultation, kept.state, at))
    if state.current is not None and not path.is_for(consultation.question(state.current), kept.state):
        return told.then(move.onward(consultation, kept.state, at))
    return Step(kept.state, (*told.effects, *move.repeat(consultation, kept.state, at)))


def picked(consultation: Consultation, state: State, text: str, at: datetime) -> Step:
    """The number or the name of the answer to change; anything else leads back."""
    listed = path.changeable(consultation, state)
    spoken = consultation.words_for(state.language, state.band).questions
    names = {code: spoken[code].name or spoken[code].text for code in listed}
    among = Question(CHANGE_QUESTION, Kind.ONE, choices=listed)
    value = answers.understand(among, QuestionWords(text="", choices=names), text, language=state.language)
    match value:
        case Choice(code):
            return change(consultation, state, code, at)
        case _:
            return leave_the_list(consultation, state, at)


def change(consultation: Consultation, state: State, code: str, at: datetime) -> Step:
    """Puts an earlier question again; what is answered then is a change of that answer."""
    if code not in path.changeable(consultation, state):
        return leave_the_list(consultation, state, at)
    return move.ask(consultation, changed(state, changing=True), path.as_put_to(consultation, code, state), at)


def leave_the_list(consultation: Consultation, state: State, at: datetime) -> Step:
    """Nothing was picked: back to where they were."""
    return Step(state, (Tell(Notice.NO_CHANGE),)).then(move.come_back(consultation, state, at))


def confirmed(consultation: Consultation, state: State, text: str, at: datetime) -> Step:
    """The answer to whether everything is to be erased. Only a plain yes erases."""
    asked = Question("", Kind.YES_NO, choices=(YES_OPTION, NO_OPTION))
    value = answers.understand(asked, QuestionWords(text=""), text, language=state.language)
    return erase(state) if value == Choice(YES_OPTION) else keep_everything(consultation, state, at)


def erase(state: State) -> Step:
    """Everything goes, and they are told so, unless they had said STOP."""
    farewell = () if state.stopped else (Tell(Notice.DELETED, after_stop=True),)
    gone = State(phase=Phase.ERASED, language=state.language, band=state.band, role=state.role, stopped=state.stopped)
    return Step(gone, (CancelQueued(), *farewell, Erase()))


def keep_everything(consultation: Consultation, state: State, at: datetime) -> Step:
    """They thought better of it: back to where they were."""
    back = changed(state, phase=state.resume or Phase.ASKING, resume=None)
    return Step(back, (Tell(Notice.NOT_DELETED), *move.repeat(consultation, back, at)))
