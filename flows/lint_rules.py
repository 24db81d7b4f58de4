"""Rules about how a text is written: how long for whom, one question at a time, and nothing that cannot be kept.

The limits are this project's own, drawn from what is known about reading at each age. What fills a placeholder counts
as one word: a date or a name is one thing to take in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flows import segments
from flows.definition import AgeBand
from flows.folding import fold


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a band should have to take in at once."""

    words_in_sentence: int
    words: int
    """In one message."""
    sentences: int
    options: int
    """Beside one such as "Not sure"."""
    better_options: int
    """From more than this on, check advises fewer."""
    better_words_in_sentence: int


LIMITS: Final[Mapping[AgeBand, Limits]] = {
    AgeBand.FOUR_TO_SEVEN: Limits(10, 30, 3, 5, 3, 10),
    AgeBand.EIGHT_TO_ELEVEN: Limits(12, 50, 4, 5, 5, 12),
    AgeBand.TWELVE_TO_FIFTEEN: Limits(15, 70, 5, 6, 6, 15),
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: Limits(25, 100, 6, 7, 7, 20),
    AgeBand.ADULT: Limits(25, 100, 6, 7, 7, 20),
}
MOST_SEGMENTS: Final = 2

_NAME: Final = re.compile(r"\{[^{}]*\}")
_SENTENCE_END: Final = re.compile(r"[.!?…؟]+(?=[\s\"'”’)]|$)|\n+")
_QUESTION_MARK: Final = re.compile(r"[?؟]+")
_EITHER: Final = re.compile(r"\band\s*/\s*or\b|\ba\s*/\s*neu\b|\bi\s*/\s*lub\b|و\s*/\s*أو", re.IGNORECASE)
# Nobody may hear that something stays between them and us (rules of safeguarding: never promise secrecy).
_SECRECY: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("secret", "secrets", "secretly", "confidential", "confidentially", "in confidence", "between you and me"),
    "cy": ("cyfrinach", "cyfrinachol", "gyfrinach", "gyfrinachol", "chyfrinach", "chyfrinachol", "rhyngom ni"),
    "pl": ("sekret", "sekrecie", "tajemnica", "tajemnicy", "poufne", "poufnie", "poufność", "między nami"),
    "ar": ("سر", "سرا", "سري", "سرية", "بيننا"),
}
_PROMISES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("we promise", "i promise", "promise you", "promise to", "promise that", "guarantee", "we guarantee"),
    "cy": ("rydym yn addo", "rydyn ni n addo", "dw i n addo", "addo i ti", "addo i chi"),
    "pl": ("obiecujemy", "obiecuję", "gwarantujemy", "gwarantuję"),
    "ar": ("نعدك", "أعدك", "نعدكم", "نضمن"),
}
_PROBING: Final[Mapping[str, tuple[str, ...]]] = {"en": ("why did", "who did")}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about a text."""

    rule: str
    problem: str
    mend: str
    warning: bool = False


def sentences(text: str) -> tuple[str, ...]:
    """A text in its sentences; a line is one as well."""
    parts = _SENTENCE_END.split(_NAME.sub("name", text))
    return tuple(part.strip() for part in parts if words(part))


def words(text: str) -> int:
    """How many words a text has: what stands between spaces and holds a letter or a digit."""
    return sum(any(character.isalnum() for character in part) for part in _NAME.sub("name", text).split())


def long_sentences(text: str, band: AgeBand) -> Iterator[Finding]:
    limits = LIMITS[band]
    for sentence in sentences(text):
        count = words(sentence)
        if count <= limits.better_words_in_sentence:
            continue
        warning = count <= limits.words_in_sentence
        limit = limits.better_words_in_sentence if warning else limits.words_in_sentence
        problem = f"A sentence of {count} words: “{_beginning(sentence)}”"
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


def many_options(count: int, band: AgeBand) -> Iterator[Finding]:
    """`count` is without options such as "Not sure"."""
    limits = LIMITS[band]
    if count > limits.better_options:
        warning = count <= limits.options
        limit = limits.better_options if warning else limits.options
        yield Finding("options", f"{count} options to hold in mind", f"Offer {limit} beside “not sure”", warning)


def double_question(text: str) -> Iterator[Finding]:
    if found := _EITHER.search(text):
        yield Finding("double-question", f"“{found[0]}” asks two things", "Ask about one of them, or ask twice")
    if len(_QUESTION_MARK.findall(text)) > 1:
        yield Finding("double-question", "Two questions at once", "Ask one, and say the other as a plain sentence")


def secrecy(text: str, language: str) -> Iterator[Finding]:
    mend = "Say what will happen instead, and only what surely will"
    for word in _said(text, language, _SECRECY):
        yield Finding("secrecy", f"“{word}” offers to keep something to ourselves", mend)
    for word in _said(text, language, _PROMISES):
        yield Finding("promise", f"“{word}” promises what may not come true", mend)
    for word in _said(text, language, _PROBING):
        mend = "Ask what somebody thinks, not for an account of what happened"
        yield Finding("probing", f"“{word}” may sound like questioning somebody", mend, warning=True)


def dear_text(text: str) -> Iterator[Finding]:
    """A text message that costs more than it should."""
    size = segments.count(text)
    if size.segments <= MOST_SEGMENTS:
        return
    dear = sorted({character for character in text if segments.count(character).encoding != "GSM-7"})
    because = f" because of {' '.join(dear)}" if dear else ""
    problem = f"By text this costs {size.segments} segments ({size.units} characters in {size.encoding}{because})"
    yield Finding(
        "sms-segments", problem, f"Write a shorter text for SMS: {MOST_SEGMENTS} segments at most", warning=True
    )


def _said(text: str, language: str, table: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    folded = f" {fold(text)} "
    # A phrase and a longer one with it are one thing said.
    found = [word for word in table.get(language, ()) if f" {fold(word)} " in folded]
    yield from (word for word in found if not any(word != other and word in other for other in found))


def _beginning(sentence: str) -> str:
    parts = sentence.split()
    return " ".join(parts[:6]) + (" …" if len(parts) > 6 else "")  # noqa: PLR2004 (enough to know it by)
