"""Labels for languages: wrong ones are worse than none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.language import FEWEST_WORDS, LONGEST, Ear, ear_for, listen, profiles, worded
from tests.support.source import ROOT

PACK = ("en", "cy", "pl", "ar")
NO_LANGUAGE = "-"
LENGTHS = ("1-3", "4-7", "8+")


@dataclass(frozen=True)
class Sample:
    """A text that was written for this, and the language it was written in."""

    language: str
    text: str

    @property
    def length(self) -> str:
        count = len(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", self.text))
        return LENGTHS[0] if count < FEWEST_WORDS else LENGTHS[1] if count <= 7 else LENGTHS[2]


def _samples() -> Iterator[Sample]:
    listed = Path(__file__).with_name("texts_by_language.tsv").read_text(encoding="utf-8")
    for line in listed.splitlines():
        language, text = line.split("\t")
        yield Sample(language, text)


SAMPLES = tuple(_samples())


@cache
def heard(sample: Sample, language: str = "en") -> str | None:
    return listen(sample.text, language, PACK)


def table() -> str:
    """The measurement as docs/language.md has it: how many texts, how many labelled, how many of those wrong."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for sample in SAMPLES:
        whose = sample.language if sample.language in PACK else NO_LANGUAGE
        label = heard(sample)
        counts[whose, sample.length, "texts"] += 1
        counts[whose, sample.length, "labelled"] += label is not None
        counts[whose, sample.length, "wrong"] += label not in {None, sample.language}
    lines = ["| Written in | Words | Texts | Labelled | Wrong |", "|---|---|---|---|---|"]
    names = {"en": "English", "cy": "Welsh", "pl": "Polish", "ar": "Arabic", NO_LANGUAGE: "none of these"}
    for whose, name in names.items():
        for length in LENGTHS:
            cells = (str(counts[whose, length, column]) for column in ("texts", "labelled", "wrong"))
            lines.append(f"| {name} | {length} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_texts_are_many_short_and_in_many_languages() -> None:
    assert len(SAMPLES) >= 300
    assert len({sample.language for sample in SAMPLES}) > 25
    assert set(PACK) < {sample.language for sample in SAMPLES}
    assert {sample.length for sample in SAMPLES} == set(LENGTHS)
    assert len(set(SAMPLES)) == len(SAMPLES)


@pytest.mark.parametrize("spoken", PACK)
def test_a_label_is_right_in_ninety_nine_of_a_hundred_whatever_the_conversation_is_held_in(spoken: str) -> None:
    labels = [(label, sample) for sample in SAMPLES if (label := heard(sample, spoken)) is not None]
    wrong = [(label, sample) for label, sample in labels if label != sample.language]
    assert len(labels) > 100
    assert 1 - len(wrong) / len(labels) >= 0.99, wrong


@pytest.mark.parametrize("spoken", PACK)
def test_from_four_words_up_nineteen_of_twenty_texts_in_the_packs_languages_are_labelled(spoken: str) -> None:
    ours = [sample for sample in SAMPLES if sample.language in PACK and sample.length != LENGTHS[0]]
    missed = [sample for sample in ours if heard(sample, spoken) != sample.language]
    assert len(ours) > 100
    assert 1 - len(missed) / len(ours) >= 0.95, missed


def test_the_published_measurement_is_this_one() -> None:
    assert table() in (ROOT / "docs" / "language.md").read_text(encoding="utf-8"), table()


@pytest.mark.parametrize(
    "text", ["", "ok", "5", "👍", "Jan", "1 2 3 4 5 6", "yes yes yes yes", "😀 😀 😀 😀", "ok, thanks lol"]
)
def test_what_says_nothing_of_a_language_gets_no_label(text: str) -> None:
    assert listen(text, "en", PACK) is None


def test_names_and_addresses_get_no_label() -> None:
    assert worded("Jan Kowalski Anna Nowak") is None
    assert worded("https://example.org/we/want/more/parks a@example.org") is None


def test_who_shouts_is_heard() -> None:
    assert listen("WE NEED MORE BUSES IN THE EVENING", "en", PACK) == "en"


def test_only_languages_of_the_pack_are_heard() -> None:
    polish = "potrzebujemy więcej lekarzy w tym mieście"
    assert listen(polish, "en", ("en", "pl")) == "pl"
    assert listen(polish, "en", ("en", "cy")) is None
    assert listen(polish, "en", ("en",)) is None


def test_a_language_without_a_profile_is_never_heard_and_harms_nothing() -> None:
    assert "ga" not in profiles()
    assert listen("we need more doctors in this town", "en", ("en", "ga")) == "en"
    assert listen("we need more doctors in this town", "ga", ("ga",)) is None


def test_the_same_text_always_gets_the_same_label_from_any_thread() -> None:
    texts = [sample for sample in SAMPLES if sample.length != LENGTHS[0]][:40]
    first = [heard(sample) for sample in texts]
    heard.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(heard, texts)) == first
    another = Ear(PACK)
    assert [another.heard(sample.text, language="en") for sample in texts] == first


def test_of_a_long_text_only_the_beginning_is_looked_at() -> None:
    begun = "we need more doctors in this town " * 10
    assert len(begun) > LONGEST
    assert listen(begun + "potrzebujemy więcej lekarzy " * 200, "en", PACK) == "en"


def test_an_ear_is_made_once_for_a_set_of_languages() -> None:
    assert ear_for(PACK) is ear_for(PACK)
