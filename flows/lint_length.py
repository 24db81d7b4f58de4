"""How much a message may hold for whom: words, sentences, options, and how many questions a child is asked.

The limits are this project's own, drawn from what is known about reading at each age. Where the voice that a council
has agreed on goes beyond one, its wording file says so: `agreed = ["questions.issue.text"]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flows.definition import AgeBand, Kind, Question
from flows.lint_text import UNDER_TWELVE, Finding, beginning, sentences, words

CAPS: Final = frozenset(("words-per-sentence", "words-per-message", "sentences-per-message", "options"))
"""The rules of this module that an agreement turns into advice."""
MOST_QUESTIONS: Final = 10
"""For children under twelve; a longer list tires them (our own number)."""
_MOST_POINTS: Final = 5
"""Of a scale for the youngest, who are shown a face for each: five degrees of happiness spread answers well."""
_SET_APART: Final = frozenset(("not-sure", "dont-know", "none", "other", "prefer-not-to-say"))


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a band should have to take in at once."""

    words_in_sentence: int
    words: int
    """In one message."""
    sentences: int
    options: int
    """Beside one such as "Not sure"."""
    better_words_in_sentence: int
    """From more than this on, check advises fewer."""


LIMITS: Final[Mapping[AgeBand, Limits]] = {
    AgeBand.FOUR_TO_SEVEN: Limits(10, 30, 3, 3, 10),
    AgeBand.EIGHT_TO_ELEVEN: Limits(12, 50, 4, 5, 12),
    AgeBand.TWELVE_TO_FIFTEEN: Limits(15, 70, 5, 6, 15),
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: Limits(25, 100, 6, 7, 20),
    AgeBand.ADULT: Limits(25, 100, 6, 7, 20),
}


def long_sentences(text: str, band: AgeBand) -> Iterator[Finding]:
    limits = LIMITS[band]
    for sentence in sentences(text):
        count = words(sentence)
        if count <= limits.better_words_in_sentence:
            continue
        warning = count <= limits.words_in_sentence
        limit = limits.better_words_in_sentence if warning else limits.words_in_sentence
        problem = f"A sentence of {count} words: “{beginning(sentence)}”"
        mend = f"Say it in {limit} words or fewer, or in two sentences"
        yield Finding("words-per-sentence", problem, mend, warning)


def long_message(text: str, band: AgeBand) -> Iterator[Finding]:
    limits = LIMITS[band]
    if (count := words(text)) > limits.words:
        problem, mend = f"{count} words in one message", f"Say it in {limits.words} words or fewer"
        yield Finding("words-per-message", problem, mend)
    if (count := len(sentences(text))) > limits.sentences:
        problem, mend = f"{count} sentences in one message", f"Use {limits.sentences} or fewer"
        yield Finding("sentences-per-message", problem, mend)


def many_options(question: Question, band: AgeBand) -> Iterator[Finding]:
    """`question` is in the shape that the band is asked it. Roles and ages are as many as there are."""
    if question.kind is Kind.SCALE:
        points = (question.maximum or 0) - (question.minimum or 0) + 1
        if band is AgeBand.FOUR_TO_SEVEN and points > _MOST_POINTS:
            mend = f"Use {_MOST_POINTS} points or fewer, each with a face"
            yield Finding("options", f"A scale of {points} points is long for a young child", mend)
        return
    count = len([choice for choice in question.choices if choice not in question.alone | _SET_APART])
    limit = LIMITS[band].options
    if count > limit and question.kind is not Kind.WHO:
        yield Finding("options", f"{count} options to hold in mind", f"Offer {limit} beside “not sure”")


def many_questions(count: int, band: AgeBand) -> Iterator[Finding]:
    if count > MOST_QUESTIONS and band in UNDER_TWELVE:
        problem = f"A child of {band.value} may be asked {count} questions"
        mend = f"Ask {MOST_QUESTIONS} or fewer: give the others to other bands"
        yield Finding("many-questions", problem, mend, warning=True)
