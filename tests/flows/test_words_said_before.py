"""Words that were put together for one person are said to the next who must hear the same, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.definition import AgeBand, QuestionWords
from flows.effects import Ask, Effect, ListAnswers, Manner, Notice, Tell
from flows.messages import Shows
from flows.state import Given, Phase, State, changed
from flows.values import Text
from flows.wording import Facts, _composed, _Situation, compose, question_text
from tests.support.builders import AFTER, CLOSES, DURING, a_consultation, a_question, a_state, a_timetable

EVERYTHING = "{title}. {closing}. {contact}. {address}. {url}. {stop}. Until {open_until}."
LATER = CLOSES + timedelta(days=3)
PACK = a_consultation(
    a_question("ideas"),
    a_question("swings", "one", "more fewer"),
    languages=("en", "cy"),
    timetable=a_timetable(role_closes_at={"parent-carer": LATER}),
    say={Notice.HELP: EVERYTHING, Notice.STOPPED: EVERYTHING},
)
PACK_ROLES = ("child", "parent-carer")
SMS = Shows(buttons=False, emoji=False, joined=True, short=True, longest=600)
TELEGRAM = Shows(buttons=True, longest=2000)
FACTS = Facts(public_url="https://sayso.example", now=DURING, channel_address="+447700900456")

STATES = st.builds(
    State,
    phase=st.sampled_from(Phase),
    language=st.sampled_from(("en", "cy")),
    role=st.sampled_from((None, "child", "parent-carer")),
    band=st.sampled_from((None, *AgeBand)),
    current=st.sampled_from((None, "ideas", "swings")),
    asked_language=st.sampled_from(("en", "cy")),
    asked_band=st.sampled_from((None, *AgeBand)),
    attempt=st.integers(0, 2),
    passed=st.sampled_from(((), ("ideas",))),
)
EFFECTS = st.lists(
    st.one_of(
        st.builds(Ask, st.sampled_from(("ideas", "swings")), st.sampled_from(Manner)),
        st.builds(Tell, st.sampled_from((Notice.HELP, Notice.THANKS, Notice.DELETE_SURE)), after_stop=st.booleans()),
        st.builds(Tell, st.just(Notice.EXTENDED), st.just({"reason": "floods"})),
        st.just(ListAnswers(Notice.SHOW_HEADING, ("ideas",))),
    ),
    max_size=3,
)
WORLDS = st.builds(
    Facts,
    public_url=st.sampled_from(("https://sayso.example", "https://other.example")),
    now=st.sampled_from((DURING, AFTER, LATER + timedelta(days=1))),
    code=st.sampled_from((None, "K7M2QX")),
    channel_address=st.sampled_from((None, "+447700900456")),
)


@given(STATES, EFFECTS, st.sampled_from((SMS, TELEGRAM)), WORLDS)
def test_what_is_said_is_what_would_have_been_said_to_nobody_else_before(
    state: State, effects: list[Effect], shows: Shows, facts: Facts
) -> None:
    afresh = _composed(_Situation(PACK, state, shows, facts), effects)
    assert compose(PACK, state, effects, shows, facts) == afresh


def test_a_consultation_with_a_later_closing_time_says_so_although_it_is_called_the_same() -> None:
    extended = replace(PACK, timetable=replace(PACK.timetable, closes_at=LATER))
    state = a_state(Phase.ASKING, role="child")
    before, after = (compose(pack, state, [Tell(Notice.HELP)], SMS, FACTS)[0].text for pack in (PACK, extended))
    assert before != after


@pytest.mark.parametrize("said", ["The swings.", "The slide."])
def test_what_somebody_answered_is_shown_to_them_alone(said: str) -> None:
    state = changed(a_state(Phase.ASKING), given={"ideas": Given(Text(said), 1, late=False, counts=True)})
    [bubble] = compose(PACK, state, [ListAnswers(Notice.SHOW_HEADING, ("ideas",))], SMS, FACTS)
    assert said in bubble.text


def test_the_wording_frozen_on_an_answer_follows_the_role_it_is_given_in() -> None:
    closing = a_consultation(
        a_question("ideas"), timetable=PACK.timetable, words={"ideas": QuestionWords(text="Your idea by {closing}?")}
    )
    child, parent = (question_text(closing, "ideas", "en", None, SMS, a_state(role=role)) for role in PACK_ROLES)
    assert child != parent
