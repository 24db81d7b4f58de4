"""The conversation: a state, an event and the time in; the next state and what should happen out.

Total: every event has an answer in every phase. Blind to channels: what can be shown where is `flows.wording`'s affair.
The phases, and what leads from one to the next:

    NEW -began-> ASKING -answered, skipped, passed over-> ASKING ... -> FINISHED
    ASKING -a text as long as a full segment-> JOINING -its end, or a few seconds-> ASKING
    ASKING, FINISHED -CHANGE-> CHANGING -picked-> ASKING (changing) -answered-> where they were
    any -DELETE-> CONFIRMING_DELETE -yes-> ERASED; anything else: where they were
    ASKING -too young for the channel-> ELSEWHERE -the code used on another-> ASKING
    ASKING -the law of the pack asks for an age-> ASKING_AGE -old enough-> ASKING; else: TOO_YOUNG -START-> ASKING
    ASKING, ASKING_AGE -too young, and the law asks a parent-> ASKING_A_PARENT -yes-> ASKING; -no-> TOO_YOUNG
    NEW -not open-> REFUSED -open by now-> ASKING

STOP lies over all of them: it leaves the phase as it was, and from then on nothing is said.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from flows import (
    ages,
    answers,
    commands,
    cutoff,
    hear,
    interrupt,
    move,
    obey,
    offers,
    parents,
    path,
    staging,
    telling,
    wake,
)
from flows.definition import (
    AGE_QUESTION,
    CHANGE_QUESTION,
    DELETE_QUESTION,
    SKIP_OPTION,
    YES_OPTION,
    Command,
    Consultation,
    Kind,
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
    Notice,
    OfferCode,
    Tell,
)
from flows.events import (
    Amended,
    Began,
    Commanded,
    Event,
    LanguageChosen,
    LanguageHeard,
    Moved,
    ParentDecided,
    Said,
    SentSomethingElse,
    Submitted,
    Tapped,
    TimePassed,
    TooYoungHere,
)
from flows.move import Step
from flows.state import Phase, State, changed

__all__ = ["Step", "step"]


def step(consultation: Consultation, state: State, event: Event, *, now: datetime) -> Step:
    """What `event` does to a conversation in `state`.

    `now` is the service's clock (UTC): it decides on waiting and waking. `event.at` decides what is in time.
    Never raises for anything that a person can send.
    """
    if state.phase is Phase.ERASED:
        return Step(state)
    consultation = staging.seen(consultation, state.stage)
    if isinstance(event, LanguageHeard):
        return offers.heard(consultation, state, event)
    if isinstance(event, TimePassed):
        return _finished_off(consultation, state, _time_passed(consultation, state, event, now=now), event.at, now=now)
    heard_at = event.at if state.heard_at is None else max(state.heard_at, event.at)
    heard = changed(state, heard_at=heard_at, asked_to_go_on=False)
    if state.asked_to_go_on and isinstance(event, Said):
        going_on = interrupt.answered(consultation, heard, event)
        if going_on is not None:
            return _finished_off(consultation, state, going_on, event.at, now=now)
    if _is_another_part(consultation, heard, event):
        return _finished_off(consultation, state, _hear(consultation, heard, event, now=now), event.at, now=now)
    settled = move.settle(consultation, heard, heard.joining_since or event.at)
    if heard.phase is Phase.JOINING and isinstance(event, Said) and _says_done(consultation, event):
        return _finished_off(consultation, state, settled, event.at, now=now)
    return _finished_off(
        consultation, state, settled.then(_hear(consultation, settled.state, event, now=now)), event.at, now=now
    )


def _is_another_part(consultation: Consultation, state: State, event: Event) -> bool:
    if state.phase is not Phase.JOINING or state.stopped or not isinstance(event, Said):
        return False
    return commands.understand(event.text, consultation.languages) is None


def _says_done(consultation: Consultation, event: Said) -> bool:
    """DONE is a word of ours only while a long text may go on; at any other time it is somebody's answer."""
    return commands.understand(event.text, consultation.languages) is Command.DONE


def _finished_off(consultation: Consultation, before: State, done: Step, at: datetime, *, now: datetime) -> Step:
    """Nothing is said to who has stopped; a question is put once, after everything else; the next waking is set."""
    consultation = staging.seen(consultation, done.state.stage)
    done = Step(done.state, _with_one_question(consultation, done.effects))
    done = telling.beside_the_question(consultation, before, offers.beside_the_question(consultation, done), at)
    state = changed(done.state, wake_at=wake.next_wake(consultation, done.state, now=now))
    effects = done.effects
    if state.stopped:
        effects = tuple(effect for effect in effects if not _speaks(effect))
    return Step(state, effects)


def _speaks(effect: Effect) -> bool:
    """Whether the effect is words for somebody who said STOP, beyond the one confirmation."""
    match effect:
        case Tell(after_stop=after_stop):
            return not after_stop
        case Ask() | OfferCode() | AskParent() | ListAnswers():
            return True
        case Keep() | CancelQueued() | Erase() | ConcernRaised():
            return False
        case _:
            assert_never(effect)


def _with_one_question(consultation: Consultation, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Of several questions only the last is open: the others would have no answer. Statements stay where they are."""
    puts = [
        place for place, effect in enumerate(effects) if isinstance(effect, Ask) and not _states(consultation, effect)
    ]
    return tuple(effect for place, effect in enumerate(effects) if place not in puts[:-1])


def _states(consultation: Consultation, asked: Ask) -> bool:
    return consultation.question(asked.question).kind is Kind.NOTE


def _hear(consultation: Consultation, state: State, event: Event, *, now: datetime) -> Step:
    match event:
        case Began():
            return _began(consultation, state, event)
        case Said():
            return _said(consultation, state, event, now=now)
        case Tapped():
            return _tapped(consultation, state, event)
        case Submitted():
            return _submitted(consultation, state, event)
        case Commanded(at, spoken, silently):
            return obey.command(consultation, state, spoken, at, silently=silently)
        case LanguageChosen(at, language):
            return _language(consultation, state, language, at)
        case Amended():
            return _amended(consultation, state, event)
        case SentSomethingElse(at):
            return Step(state, (Tell(Notice.PLEASE_TYPE), *move.repeat(consultation, state, at)))
        case Moved() | ParentDecided() | TooYoungHere():
            return _from_outside(consultation, state, event)
        case TimePassed() | LanguageHeard():
            # Nothing that anybody did: `step` has seen to it.
            return Step(state)
        case _:
            assert_never(event)


def _from_outside(consultation: Consultation, state: State, event: Moved | ParentDecided | TooYoungHere) -> Step:
    """What happened to the conversation elsewhere, and not in it."""
    match event:
        case Moved(at):
            return _moved(consultation, state, at)
        case ParentDecided(at, allowed):
            return parents.decided(consultation, state, at, allowed=allowed)
        case TooYoungHere():
            return _too_young_here(state)
        case _:
            assert_never(event)


def _moved(consultation: Consultation, state: State, at: datetime) -> Step:
    if state.phase in (Phase.NEW, Phase.REFUSED):
        return _opening(consultation, state, at)
    return obey.carry_on_here(consultation, state, at)


def _too_young_here(state: State) -> Step:
    """Only who is being asked something has anything to carry over; whoever is not may stay.

    What was to be told beside their question was not said here: they hear it where they go.
    """
    if state.phase is not Phase.ASKING:
        return Step(state)
    return Step(changed(state, phase=Phase.ELSEWHERE, told_of=()), (OfferCode(Notice.TOO_YOUNG_HERE),))


def _began(consultation: Consultation, state: State, event: Began) -> Step:
    language = event.language if event.language in consultation.languages else state.language
    spoken = changed(state, language=language)
    if state.phase in (Phase.NEW, Phase.REFUSED):
        return _opening(consultation, spoken, event.at)
    greeted = obey.greet_again(consultation, spoken, event.at)
    if greeted.effects[:1] != (Tell(Notice.WELCOME_BACK),):
        return greeted
    return Step(greeted.state, (*greeted.effects[:1], *_note_anew(state, language), *greeted.effects[1:]))


def _opening(consultation: Consultation, state: State, at: datetime) -> Step:
    """Welcome, notice and the first question; or that it is not open, told once for each reason."""
    timetable = consultation.timetable
    if timetable.stages and at < cutoff.last_close(timetable) and not cutoff.takes_answers(timetable, at):
        told = move.nothing_open(consultation, state, at)
        return Step(changed(told.state, phase=Phase.REFUSED), told.effects)
    if not cutoff.has_opened(timetable, at):
        notice = Notice.NOT_YET_OPEN if timetable.approved else Notice.NOT_OPEN_NOW
        told = Step(changed(state, phase=Phase.REFUSED), (Tell(notice),))
        return told if state.phase is Phase.NEW else Step(state)
    if at >= cutoff.last_close(timetable):
        return obey.closed(changed(state, phase=Phase.REFUSED))
    begun = changed(
        state,
        phase=Phase.ASKING,
        started_at=at,
        told_closed=False,
        told_close=cutoff.closes_at(timetable, None),
    )
    welcome = Step(begun, (Tell(Notice.WELCOME), Tell(Notice.PRIVACY_NOTE)))
    return welcome.then(move.onward(consultation, begun, at))


def _said(consultation: Consultation, state: State, event: Said, *, now: datetime) -> Step:
    spoken = commands.understand(event.text, consultation.languages)
    if isinstance(spoken, commands.Spoken):
        return _language(consultation, state, spoken.language, event.at)
    if spoken is not None and spoken is not Command.DONE:
        return obey.command(consultation, state, spoken, event.at)
    return Step(state) if state.stopped else _answered(consultation, state, event, now=now)


def _answered(consultation: Consultation, state: State, event: Said, *, now: datetime) -> Step:
    match state.phase:
        case Phase.ASKING if event.may_continue:
            return hear.long_text(consultation, state, event.text, event.at, now=now)
        case Phase.ASKING:
            return hear.typed(consultation, state, event.text, event.at)
        case Phase.JOINING:
            return hear.next_part(consultation, state, event.text, more=event.may_continue, now=now)
        case Phase.CHANGING:
            return hear.picked(consultation, state, event.text, event.at)
        case Phase.CONFIRMING_DELETE:
            return hear.confirmed(consultation, state, event.text, event.at)
        case Phase.ELSEWHERE:
            return Step(state, (OfferCode(Notice.TOO_YOUNG_HERE),))
        case Phase.ASKING_AGE:
            return ages.typed(consultation, state, event.text, event.at)
        case Phase.ASKING_A_PARENT | Phase.TOO_YOUNG:
            return parents.still_held_back(consultation, state, event.at)
        case Phase.FINISHED:
            return obey.after_the_end(consultation, state, event.at)
        case Phase.NEW | Phase.REFUSED:
            return _opening(consultation, state, event.at)
        case Phase.ERASED:
            return Step(state)
        case _:
            assert_never(state.phase)


def _tapped(consultation: Consultation, state: State, event: Tapped) -> Step:
    if state.stopped:
        return Step(state)
    if event.question == DELETE_QUESTION and state.phase is Phase.CONFIRMING_DELETE:
        return _confirmed(consultation, state, event.option, event.at)
    if event.question == CHANGE_QUESTION and state.phase is Phase.CHANGING:
        return hear.change(consultation, state, event.option, event.at)
    if event.question == AGE_QUESTION and state.phase is Phase.ASKING_AGE:
        return ages.chosen(consultation, state, event.option, event.at)
    if event.question != state.current or state.phase is not Phase.ASKING:
        return Step(state, (Tell(Notice.STALE_BUTTON), *move.repeat(consultation, state, event.at)))
    if event.option == SKIP_OPTION:
        return obey.command(consultation, state, Command.SKIP, event.at)
    return hear.chosen(consultation, state, (event.option,), event.at)


def _confirmed(consultation: Consultation, state: State, option: str, at: datetime) -> Step:
    return hear.erase(state) if option == YES_OPTION else hear.keep_everything(consultation, state, at)


def _submitted(consultation: Consultation, state: State, event: Submitted) -> Step:
    """A form names its question: the open one is answered, an earlier one is changed."""
    if event.question == DELETE_QUESTION and state.phase is Phase.CONFIRMING_DELETE:
        return _confirmed(consultation, state, "".join(event.answers[:1]), event.at)
    if state.stopped:
        return Step(state)
    if event.question == CHANGE_QUESTION and state.phase is Phase.CHANGING:
        return hear.change(consultation, state, "".join(event.answers[:1]), event.at)
    if event.question == AGE_QUESTION and state.phase is Phase.ASKING_AGE:
        return _how_old(consultation, state, event)
    if event.question == state.current and state.phase is Phase.ASKING:
        return _form_for_the_open_question(consultation, state, event)
    if event.question not in path.changeable(consultation, state):
        return Step(state, (Tell(Notice.STALE_BUTTON), *move.repeat(consultation, state, event.at)))
    question = path.as_put_to(consultation, event.question, state)
    value = answers.from_form(question, event.answers)
    if isinstance(value, answers.NotUnderstood):
        return Step(state, (Tell(Notice.STALE_BUTTON), *move.repeat(consultation, state, event.at)))
    return hear.revised(consultation, state, event.question, value, event.at)


def _how_old(consultation: Consultation, state: State, event: Submitted) -> Step:
    """A form sent without a choice is asked about again: nothing was said."""
    option = "".join(event.answers[:1])
    if not option:
        return Step(state, move.repeat(consultation, state, event.at))
    return ages.chosen(consultation, state, option, event.at)


def _form_for_the_open_question(consultation: Consultation, state: State, event: Submitted) -> Step:
    """The command words work in a form's text field too, and a wrongly typed number is asked about again."""
    if len(event.answers) == 1:
        spoken = commands.understand(event.answers[0], consultation.languages)
        question = path.as_it_was_asked(consultation, event.question, state)
        if spoken is not None and event.answers[0] not in question.choices:
            return _said(consultation, state, Said(event.at, event.answers[0]), now=event.at)
        if not question.choices:
            return hear.typed(consultation, state, event.answers[0], event.at)
    return hear.chosen(consultation, state, event.answers, event.at)


def _language(consultation: Consultation, state: State, language: str, at: datetime) -> Step:
    if state.stopped or language not in consultation.languages:
        return Step(state, () if state.stopped else move.repeat(consultation, state, at))
    spoken = changed(state, language=language)
    again = move.repeat(consultation, spoken, at)
    if again:
        spoken = changed(spoken, asked_language=language, asked_band=state.band)
    told = Tell(Notice.LANGUAGE_CHANGED, {"language": commands.name_of(language)})
    return Step(spoken, (told, *_note_anew(state, language), *again))


def _note_anew(state: State, language: str) -> tuple[Effect, ...]:
    """What becomes of their words, and that we pass on who is in danger, before the first answer: in their language.

    Whoever has answered has seen it, in a language that they could answer in.
    """
    on_the_way = wake.under_way(state) or state.phase in {Phase.ASKING_AGE, Phase.ASKING_A_PARENT}
    anew = language != state.language and on_the_way and not state.given
    return (Tell(Notice.PRIVACY_NOTE),) if anew else ()


def _amended(consultation: Consultation, state: State, event: Amended) -> Step:
    """An edited message: a STOP in it is a STOP; else it is a change of the answer that the message had given."""
    if commands.understand(event.text, consultation.languages) is Command.STOP:
        return obey.command(consultation, state, Command.STOP, event.at)
    if state.stopped or event.question not in state.given:
        return Step(state)
    question = path.as_put_to(consultation, event.question, state)
    words = consultation.words_for(state.language, state.band).questions[question.code]
    value = answers.understand(question, words, event.text, language=state.language)
    if isinstance(value, answers.NotUnderstood):
        return Step(state, (Tell(Notice.NO_CHANGE), *move.repeat(consultation, state, event.at)))
    return hear.revised(consultation, state, event.question, value, event.at)


def _time_passed(consultation: Consultation, state: State, event: TimePassed, *, now: datetime) -> Step:
    if state.phase is Phase.JOINING:
        if state.joining_until is not None and now < state.joining_until:
            return Step(state)
        settled = move.settle(consultation, state, state.joining_since or event.at)
        if settled.state.stopped:
            return settled
        after, told = wake.tell(consultation, settled.state, now=now)
        return settled.then(Step(after, told))
    after, told = wake.tell(consultation, state, now=now)
    return Step(after, told)
