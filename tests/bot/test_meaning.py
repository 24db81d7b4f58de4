"""What a message means to whoever has the consultation at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels import taps
from bot.meaning import tap_in_full
from flows import events
from flows.definition import AgeBand
from flows.messages import Channel, InboundMessage, Tapped, Typed
from tests.support.builders import DURING, a_consultation, a_question

LONG = "what-would-make-the-park-better-for-the-little-ones"
OPTION = "more-swings-for-children-who-use-a-wheelchair"
PICTURES = replace(a_question(LONG, "one", ["big-swing-with-a-harness-for-those-who-need-it"]), variants={})
QUESTION = replace(a_question(LONG, "one", [OPTION, "no"]), variants={AgeBand.FOUR_TO_SEVEN: PICTURES})
CONSULTATION = a_consultation(QUESTION, a_question("park", "one", "good bad"))


def _tapped(question: str, option: str) -> tuple[InboundMessage, events.Tapped]:
    content = Tapped(question, option, "1")
    return InboundMessage(Channel.TELEGRAM, "1", "1", content, DURING), events.Tapped(DURING, question, option)


@pytest.mark.parametrize(
    ("question", "option"),
    [("park", "good"), (LONG, OPTION), (LONG, "no"), (LONG, PICTURES.choices[0]), ("gone", "x" * 70), ("park", "gone")],
)
def test_a_tap_means_the_question_and_option_that_its_button_was_made_for(question: str, option: str) -> None:
    tokens = taps.read(taps.data_for(question, option))
    message, event = tap_in_full(*_tapped(*tokens), CONSULTATION)
    known = {QUESTION.code: (*QUESTION.choices, *PICTURES.choices), "park": ("good", "bad")}
    expected = (question, option) if option in known.get(question, ()) else tokens
    assert (message.content, event) == (Tapped(*expected, "1"), events.Tapped(DURING, *expected))


def test_what_is_no_tap_stays_as_it_is() -> None:
    message = InboundMessage(Channel.SMS, "1", "1", Typed("hello"), DURING)
    event = events.Said(DURING, "hello")
    assert tap_in_full(message, event, CONSULTATION) == (message, event)
