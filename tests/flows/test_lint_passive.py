"""To children under twelve it is said who does what."""

from __future__ import annotations

import pytest

from flows.definition import AgeBand
from flows.lint_passive import passive_voice

UNDER_TWELVE = (AgeBand.FOUR_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN)


@pytest.mark.parametrize(
    "text",
    [
        "Your answer will be read.",
        "Your words will be carefully kept.",
        "The park is being built.",
        "A plan has been made.",
        "The swings were broken by someone.",
        "Your words are read by people at the council.",
    ],
)
@pytest.mark.parametrize("band", UNDER_TWELVE)
def test_a_sentence_without_a_doer_is_advised_against(text: str, band: AgeBand) -> None:
    assert [(found.rule, found.warning) for found in passive_voice(text, "en", band)] == [("passive", True)]


@pytest.mark.parametrize(
    "text",
    [
        "People will read your answer.",
        "This has closed now.",
        "I am scared of the dark.",
        "You will be finished by four.",
        "It will be closed then.",
        "What are you worried about?",
        "You are allowed to skip.",
        "The plan is due by {feedback_due}.",
        "It is finished by 4.",
        "Someone hurts you.",
        "What needs to get better?",
    ],
)
@pytest.mark.parametrize("band", UNDER_TWELVE)
def test_how_something_is_may_be_said(text: str, band: AgeBand) -> None:
    assert list(passive_voice(text, "en", band)) == []


def test_older_people_and_other_languages_are_spared() -> None:
    assert list(passive_voice("Your answer will be read.", "en", AgeBand.TWELVE_TO_FIFTEEN)) == []
    assert list(passive_voice("Will be read.", "cy", AgeBand.FOUR_TO_SEVEN)) == []
