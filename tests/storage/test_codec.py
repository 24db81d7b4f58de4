"""State and answers come back from storage exactly as they went in."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition import AgeBand
from flows.errors import UnreadableStateError
from flows.messages import Button
from flows.state import Given, Phase, State
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.codec import (
    STATE_VERSION,
    decode_buttons,
    decode_json,
    decode_state,
    decode_value,
    encode_buttons,
    encode_json,
    encode_state,
    encode_value,
)
from storage.instants import EPOCH

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
CODES = st.text(max_size=12)
SEVERAL = st.lists(CODES, max_size=4).map(tuple)
TIMES = st.builds(
    lambda since, hours: (EPOCH + since).astimezone(timezone(timedelta(hours=hours))),
    st.timedeltas(timedelta(days=-70_000), timedelta(days=80_000)),
    st.integers(-12, 12),
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS.map(Text),
    CODES.map(Choice),
    SEVERAL.map(Choices),
    st.decimals(allow_nan=False, allow_infinity=False).map(Number),
    SEVERAL.map(Ranking),
)
GIVEN = st.builds(Given, value=VALUES, revision=st.integers(1, 99), late=st.booleans(), counts=st.booleans())
STATES = st.builds(
    State,
    phase=st.sampled_from(Phase),
    language=CODES,
    role=st.none() | CODES,
    band=st.none() | st.sampled_from(AgeBand),
    helped_by=st.none() | CODES,
    stage=st.none() | CODES,
    current=st.none() | CODES,
    asked_language=CODES,
    asked_band=st.none() | st.sampled_from(AgeBand),
    attempt=st.integers(0, 3),
    changing=st.booleans(),
    resume=st.none() | st.sampled_from(Phase),
    resume_question=st.none() | CODES,
    given=st.dictionaries(CODES, GIVEN, max_size=4),
    passed=SEVERAL,
    stopped=st.booleans(),
    started_at=st.none() | TIMES,
    completed_at=st.none() | TIMES,
    heard_at=st.none() | TIMES,
    reminded=st.booleans(),
    told_closed=st.booleans(),
    told_late=st.booleans(),
    joining_since=st.none() | TIMES,
    joining_until=st.none() | TIMES,
    told_close=st.none() | TIMES,
    told_of=st.lists(st.sampled_from(("note_own_words", "tell_a_grown_up"))).map(tuple),
    age_asked=st.integers(0, 18),
    allowed=st.booleans(),
    at_least=st.integers(0, 18),
    below=st.integers(0, 18),
    waiting_who=st.none() | st.just("child-12-15"),
    helped_at=st.none() | TIMES,
    asked_to_go_on=st.booleans(),
    wake_at=st.none() | TIMES,
    writes_in=st.none() | CODES,
    wrote_for=SEVERAL,
    language_offered=st.booleans(),
)


@given(STATES)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    decoded = decode_state(encode_state(state))
    assert decoded == state
    assert list(decoded.given) == list(state.given)


def test_the_states_of_these_tests_vary_in_every_field() -> None:
    @settings(max_examples=10, deadline=None)
    @given(st.lists(STATES, min_size=30, max_size=30))
    def vary(states: list[State]) -> None:
        for field in fields(State):
            seen[field.name] |= {repr(getattr(state, field.name)) for state in states}

    seen: dict[str, set[str]] = {field.name: set() for field in fields(State)}
    vary()
    assert {name for name, values in seen.items() if len(values) < 2} == set()


def test_an_older_state_without_some_fields_has_their_defaults() -> None:
    assert decode_state(b'{"v":1,"language":"cy"}') == State(language="cy")


def test_a_field_that_is_gone_since_is_passed_over() -> None:
    assert decode_state(b'{"v":1,"current":"swings","mood":"sunny"}') == State(current="swings")


@pytest.mark.parametrize(
    "stored",
    [
        json.dumps({"v": STATE_VERSION + 1}).encode(),
        b'{"v":1,"phase":"dreaming"}',
        b'{"v":1,"given":[["swings","smell","sweet",1,false,true]]}',
        b'{"v":1,"given":[["swings"]]}',
        b'{"v":1,"wake_at":"tomorrow"}',
        b'{"language":"en"}',
        b"[]",
        b"",
        b"\xff",
    ],
)
def test_what_this_release_cannot_read_says_which_one_can(stored: bytes) -> None:
    with pytest.raises(UnreadableStateError, match=r"newer|run that one"):
        decode_state(stored)


def test_an_unreadable_state_quotes_nothing_of_it() -> None:
    with pytest.raises(UnreadableStateError) as refused:
        decode_state(b'{"v":1,"band":"my dad hits me"}')
    assert "dad" not in str(refused.value)


@given(VALUES)
def test_an_answer_comes_back_as_it_was(value: Value) -> None:
    kind, held = encode_value(value)
    assert decode_value(kind, decode_json(encode_json(held))) == value


def test_a_number_keeps_the_digits_it_was_written_with() -> None:
    kind, held = encode_value(Number(Decimal("2.50")))
    decoded = decode_value(kind, held)
    assert isinstance(decoded, Number)
    assert str(decoded.number) == "2.50"


@given(st.lists(st.builds(Button, TEXTS, CODES, CODES), max_size=5).map(tuple))
def test_buttons_come_back_as_they_were(buttons: tuple[Button, ...]) -> None:
    assert decode_buttons(encode_buttons(buttons)) == buttons
