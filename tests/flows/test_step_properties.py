"""What holds for everybody, whatever they do: random people, random events, every phase."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import events
from flows.definition import CHANGE_QUESTION, DELETE_QUESTION, Command, Kind, LatePolicy, Question
from flows.effects import Ask, AskParent, Erase, Keep, ListAnswers, OfferCode, Tell
from flows.state import Given, Phase, State
from flows.step import step
from flows.values import Text
from tests.support.talk import CLOSES, IDEAS, NOON, SWINGS, WHO, WHY, WORK, Talk, a_park, a_timetable

QUESTIONS = (
    WHO,
    SWINGS,
    WHY,
    Question("often", Kind.SCALE, minimum=1, maximum=5),
    Question("map", Kind.NOTE),
    Question("games", Kind.MANY, choices=("more", "same", "fewer"), alone=frozenset(("same",))),
    Question("order", Kind.RANK, choices=("more", "same", "fewer")),
    Question("needs", Kind.ONE, choices=("more", "same"), optional=True, equality=True),
    IDEAS,
    WORK,
)
CODES = tuple(question.code for question in QUESTIONS)
OPTIONS = ("more", "same", "fewer", "child-8-11", "professional", "parent-carer", "/skip", "yes", "no", "3", *CODES)
WORDS = ("1", "2", "8 to 11", "professional", "more swings", "yes", "a pond", "3", "1 3", "!!", "🦆", "park", "Cymraeg")
FAREWELLS = ("stopped", "deleted")

texts = st.sampled_from((*WORDS, *(command.value for command in Command))) | st.text(max_size=20)
codes = st.sampled_from((*CODES, CHANGE_QUESTION, DELETE_QUESTION, "nothing-of-ours"))
options = st.sampled_from(OPTIONS)


@st.composite
def an_event(draw: st.DrawFn) -> events.Event:
    at = NOON
    drawn: events.Event = draw(
        st.one_of(
            st.just(events.Began(at, "cy")),
            st.builds(events.Said, st.just(at), texts, st.booleans()),
            st.builds(events.Said, st.just(at), texts),
            st.builds(events.Tapped, st.just(at), codes, options),
            st.builds(events.Submitted, st.just(at), codes, st.lists(options | texts, max_size=3).map(tuple)),
            st.builds(events.Commanded, st.just(at), st.sampled_from(Command), st.booleans()),
            st.builds(events.LanguageChosen, st.just(at), st.sampled_from(("en", "cy", "pl"))),
            st.builds(events.LanguageHeard, st.just(at), st.sampled_from(CODES), st.sampled_from(("en", "cy", "pl"))),
            st.builds(events.Amended, st.just(at), st.sampled_from(CODES), texts),
            st.just(events.SentSomethingElse(at)),
            st.just(events.Moved(at)),
            st.just(events.TooYoungHere(at)),
            st.just(events.TimePassed(at)),
        )
    )
    return drawn


a_moment_later = st.sampled_from([timedelta(0), timedelta(seconds=5), timedelta(hours=7), timedelta(days=2)])
turns = st.lists(st.tuples(a_moment_later, an_event()), max_size=30)
a_policy = st.sampled_from(LatePolicy)


def at_its_time(event: events.Event, talk: Talk) -> events.Event:
    return type(event)(**{name: getattr(event, name) for name in event.__slots__} | {"at": talk.now})


def talk_through(policy: LatePolicy, happenings: list[tuple[timedelta, events.Event]]) -> Talk:
    timetable = a_timetable(policy=policy, grace=timedelta(hours=3))
    talk = Talk(a_park(questions=QUESTIONS, timetable=timetable))
    for later, event in happenings:
        talk.wait(later)
        was_stopped = talk.state.stopped
        talk.hear(at_its_time(event, talk))
        if was_stopped and talk.state.stopped:
            assert talk.said == []
        puts = [effect for effect in talk.effects if isinstance(effect, Ask) and effect.question != "map"]
        assert len(puts) <= 1, "two open questions at once"
        if talk.state.phase is Phase.ASKING:
            assert talk.state.current in CODES
    assert all(keep.equality == (keep.question == "needs") for keep in talk.kept), "kept apart, and nothing else is"
    return talk


@settings(max_examples=60)
@given(a_policy, turns)
def test_stop_always_works_and_nothing_is_said_after_it(
    policy: LatePolicy, happenings: list[tuple[timedelta, events.Event]]
) -> None:
    talk = talk_through(policy, happenings)
    if talk.state.phase is Phase.ERASED:
        return
    talk.say("STOP")
    assert talk.state.stopped
    assert talk.said in ([], ["stopped"])
    for _ in range(3):
        assert talk.wait(timedelta(days=3)).say("more swings").said == []
        assert talk.hear(events.TimePassed(talk.now)).said == []


@settings(max_examples=60)
@given(a_policy, turns)
def test_no_answer_given_after_the_cutoff_counts_as_in_time_or_replaces_one_that_was(
    policy: LatePolicy, happenings: list[tuple[timedelta, events.Event]]
) -> None:
    standing: dict[str, Keep] = {}
    for kept in talk_through(policy, happenings).kept:
        assert kept.late == (kept.at >= kept.cutoff)
        assert not (kept.late and policy is LatePolicy.STRICT and kept.counts)
        if kept.counts:
            earlier = standing.get(kept.question)
            assert not (kept.late and earlier is not None and not earlier.late)
            standing[kept.question] = kept


@settings(max_examples=60)
@given(a_policy, turns)
def test_revisions_of_an_answer_count_up_from_one_without_a_gap(
    policy: LatePolicy, happenings: list[tuple[timedelta, events.Event]]
) -> None:
    seen: dict[str, int] = {}
    for kept in talk_through(policy, happenings).kept:
        assert kept.revision == seen.get(kept.question, 0) + 1
        seen[kept.question] = kept.revision


@settings(max_examples=60)
@given(a_policy, turns)
def test_nothing_is_erased_without_a_second_word(
    policy: LatePolicy, happenings: list[tuple[timedelta, events.Event]]
) -> None:
    timetable = a_timetable(policy=policy)
    talk = Talk(a_park(questions=QUESTIONS, timetable=timetable))
    for later, event in happenings:
        talk.wait(later)
        before = talk.state.phase
        talk.hear(at_its_time(event, talk))
        if Erase() in talk.effects:
            assert before is Phase.CONFIRMING_DELETE


@settings(max_examples=60)
@given(turns)
def test_a_conversation_never_asks_to_be_woken_for_nothing_for_ever(
    happenings: list[tuple[timedelta, events.Event]],
) -> None:
    talk = talk_through(LatePolicy.TAG_LATE, happenings)
    for _ in range(8):
        if talk.state.wake_at is None:
            return
        talk.wake()
    raise AssertionError(f"still to be woken at {talk.state.wake_at}")


PLACES = [
    State(phase=phase, current=current, role="child", started_at=NOON, stopped=stopped, given=answered)
    for phase, current, stopped, answered in product(
        Phase, (None, "ideas"), (False, True), ({}, {"ideas": Given(Text("a pond"), 1, late=False, counts=True)})
    )
    if (current is not None) == (phase in (Phase.ASKING, Phase.JOINING, Phase.ELSEWHERE))
]


@settings(max_examples=400)
@given(st.sampled_from(PLACES), st.sampled_from((NOON, CLOSES, CLOSES + timedelta(days=400))), an_event())
def test_every_event_has_an_answer_in_every_phase(state: State, now: datetime, event: events.Event) -> None:
    done = step(a_park(questions=QUESTIONS), state, event, now=now)
    said = [effect for effect in done.effects if isinstance(effect, Ask | AskParent | Tell | ListAnswers | OfferCode)]
    if done.state.stopped:
        assert all(isinstance(effect, Tell) and effect.notice.value in FAREWELLS for effect in said)
