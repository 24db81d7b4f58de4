"""Everything an option can be called."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from flows import lexicon
from flows.definition import Kind, Question, QuestionWords

SWINGS = Question("swings", Kind.ONE, ("more", "same", "not-sure"))
WORDS = QuestionWords("?", choices={"more": "More swings", "same": "More swings", "not-sure": "8 to 11"})


def test_the_same_words_are_worked_out_once_whatever_mapping_they_come_in() -> None:
    frozen = QuestionWords("another text", choices=MappingProxyType(dict(WORDS.choices)))
    assert lexicon.of(SWINGS, WORDS, "en") is lexicon.of(SWINGS, frozen, "en")
    assert lexicon.of(SWINGS, WORDS, "en") is not lexicon.of(SWINGS, WORDS, "cy")


def test_a_name_of_two_options_stands_for_both() -> None:
    assert lexicon.of(SWINGS, WORDS, "en").name(("more", "swings")) == ("more", "same")


def test_options_are_put_in_the_packs_order_each_once() -> None:
    assert lexicon.of(SWINGS, WORDS, "en").in_order(["not-sure", "more", "not-sure", "unknown"]) == ("more", "not-sure")


@pytest.mark.parametrize(
    ("label", "ages"),
    [
        ("I am 8 to 11", (8, 11)),
        ("8-11", (8, 11)),
        ("8–11 oed", (8, 11)),
        ("8 i 11", (8, 11)),
        ("11 to 8", None),
        ("8 to 11 or 12 to 15", None),
        ("16 or over", None),
        ("More swings", None),
    ],
)
def test_a_label_may_name_a_span_of_ages(label: str, ages: tuple[int, int] | None) -> None:
    (option,) = lexicon.of(Question("q", Kind.ONE, ("it",)), QuestionWords("?", choices={"it": label}), "en").options
    assert option.ages == ages


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("2", 1),
        ("no 2", 1),
        ("the second one", 1),
        ("b", 1),
        ("option2", 1),
        ("last", 2),
        ("4", None),
        ("no two", None),
    ],
)
def test_a_place_is_named_by_number_letter_and_ordinal(words: str, place: int | None) -> None:
    assert lexicon.of(SWINGS, WORDS, "en").position(tuple(words.split())) == place


def test_in_a_ranking_ordinals_are_no_options() -> None:
    names = lexicon.of(SWINGS, WORDS, "en")
    assert names.position(("second",), ordinals=False) is None
    assert names.position(("last",), ordinals=False) is None
    assert names.position(("two",), ordinals=False) == 1


def test_an_emoji_is_the_same_in_every_skin_and_form() -> None:
    assert lexicon.bare_picture("👍🏽") == lexicon.bare_picture("👍") == "👍"
    assert lexicon.bare_picture("❤️") == "❤"
