"""How hard a whole file of words is to read: the Flesch-Kincaid grade, as advice.

Never of one sentence, nor below a hundred words: of pairs of survey questions, such formulas picked the harder one less
than half the time (Lenzner 2014, doi 10.1177/0049124113513436). Over a whole band they show a drift to long words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flows.definition import AgeBand
from flows.lint_text import Finding, plain, sentences, words
from flows.syllables import syllables

ENOUGH_WORDS: Final = 100
# A grade is a school year of the United States; children in grade N are about N + 5 years old.
TARGETS: Final[Mapping[AgeBand, float]] = {
    # The oldest of the band; the words are read out to them, and hearing is ahead of reading.
    AgeBand.FOUR_TO_SEVEN: 2.0,
    # The youngest of the band, who are eight.
    AgeBand.EIGHT_TO_ELEVEN: 3.0,
    # Two years below the youngest: some of twelve read like children of ten.
    AgeBand.TWELVE_TO_FIFTEEN: 5.0,
    # A reading age of nine, as on GOV.UK, and two years more: the formula counts the syllables of every place's name.
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: 6.0,
    AgeBand.ADULT: 6.0,
}


def grade(texts: Iterable[str]) -> float | None:
    """The Flesch-Kincaid grade of English texts together; None where they are too short to say."""
    said = [plain(text) for text in texts]
    count = sum(map(words, said))
    if count < ENOUGH_WORDS:
        return None
    heard = sum(syllables(word) for text in said for word in text.split() if words(word))
    return 0.39 * count / sum(len(sentences(text)) for text in said) + 11.8 * heard / count - 15.59


def hard_to_read(texts: Iterable[str], language: str, band: AgeBand) -> Iterator[Finding]:
    if language != "en":
        return
    reached = grade(texts)
    if reached is not None and reached > TARGETS[band]:
        problem = f"Taken together, these words read like school grade {reached:.1f}; {TARGETS[band]:.0f} is the aim"
        yield Finding("reading-score", problem, "Use shorter words and shorter sentences where you can", warning=True)
