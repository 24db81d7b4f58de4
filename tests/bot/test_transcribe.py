"""What the transcript says of a message: exact words, or what stood on the button."""

from __future__ import annotations

import pytest

from bot.transcribe import Transcribed, question_named, transcribe
from flows.definition import CHANGE_QUESTION, SKIP_OPTION, Command
from flows.messages import (
    Amended,
    Began,
    CameBack,
    Content,
    Other,
    Pressed,
    Submitted,
    Tapped,
    Typed,
    Unusable,
    WentAway,
)
from flows.state import Phase
from tests.support.builders import a_consultation, a_question, a_state

PACK = a_consultation(a_question("swings", "many", "more same fewer"), a_question("why"))
ASKED = a_state(Phase.ASKING, current="swings", role="parent-carer")


@pytest.mark.parametrize(
    ("content", "text", "kind"),
    [
        (Typed("  Moar \n swings "), "  Moar \n swings ", "text"),
        (Amended("12", "More swings"), "More swings", "edit"),
        (Tapped("swings", "more"), "More", "tap"),
        (Tapped("swings", SKIP_OPTION), "SKIP", "tap"),
        (Tapped("gone", "what-it-was"), "what-it-was", "tap"),
        (Submitted("swings", ("more", "fewer")), "More; Fewer", "form"),
        (Submitted("why", ("Because; really",)), "Because; really", "form"),
        (Pressed(Command.BACK), "BACK", "command"),
        (Began("harbour-play"), "/start harbour-play", "start"),
        (Began(""), "/start", "start"),
        (Other(Unusable.VOICE), None, "voice"),
        (WentAway(), None, "went-away"),
        (CameBack(), None, "came-back"),
    ],
)
def test_a_message_is_written_down_as_its_sender_saw_it(content: Content, text: str | None, kind: str) -> None:
    assert transcribe(content, PACK, ASKED) == Transcribed(text, kind)


def test_without_a_consultation_the_codes_themselves_are_written_down() -> None:
    assert transcribe(Tapped("/offer", "harbour-play"), None, ASKED) == Transcribed("harbour-play", "tap")


@pytest.mark.parametrize(
    ("content", "question"),
    [
        (Typed("more"), "swings"),
        (Tapped("who", "parent-carer"), "who"),
        (Submitted("why", ("x",)), "why"),
        (Submitted(CHANGE_QUESTION, ("why",)), None),
        (Submitted("", ("x",)), None),
    ],
)
def test_a_message_belongs_to_the_question_that_it_names_else_to_the_one_that_is_open(
    content: Content, question: str | None
) -> None:
    assert question_named(content, ASKED) == question


def test_what_somebody_said_is_not_in_what_is_printed_of_it() -> None:
    assert "secret" not in repr(transcribe(Typed("a secret"), PACK, ASKED))
