"""Several options at once: chosen in any order, or ranked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.answers import NotUnderstood, understand
from flows.definition import Kind, Question, QuestionWords
from flows.values import Choices, Ranking

WORDS = QuestionWords(
    "What would you like in the park?",
    choices={"swings": "Swings", "slide": "Slide", "wild": "Trees and flowers", "none": "None of these"},
    pictures={"swings": "🛝", "wild": "🌳"},
    synonyms={"wild": ("nature",)},
)
MANY = Question("park", Kind.MANY, ("swings", "slide", "wild", "none"), alone=frozenset({"none"}))
TWO = replace(MANY, choices=("swings", "slide"), alone=frozenset())
RANK = Question("park", Kind.RANK, ("swings", "slide", "wild"))

SWINGS_AND_WILD = Choices(("swings", "wild"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1,3",
            "1, 3",
            "1 3",
            "1 and 3",
            "1 & 3",
            "1+3",
            "1;3",
            "1/3",
            "1\n3",
            "1.3",
            "1) 3)",
            "3,1",
            "13",
            "31",
            "1،3",
        ),
        *("1 a 3", "1 i 3", "1 ac 3", "1, 3 and 1", "one and three", "first and third", "1st, 3rd", "no 1 and no 3"),
        *("a c", "A, C", "a and c", "a & c", "options 1 and 3", "numbers 1 and 3", "I'd like 1 and 3 please"),
        *("swings, trees and flowers", "Swings and trees and flowers", "trees and flowers swings", "swings, nature"),
        *("swings and trees", "swngs, tres and flowers", "1, trees and flowers", "1 and trees and flowers"),
        *("1 swings 3 trees and flowers", "1. Swings\n3. Trees and flowers", "🛝🌳", "🌳, 🛝", "the swings and nature"),
        *("I would like some swings and trees and flowers",),
    ],
)
def test_several_options_are_listed_in_many_ways(text: str) -> None:
    assert understand(MANY, WORDS, text) == SWINGS_AND_WILD


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2", ("slide",)),
        ("slide", ("slide",)),
        ("a slide", ("slide",)),
        ("trees and flowers", ("wild",)),
        ("all", ("swings", "slide", "wild")),
        ("All of them please!", ("swings", "slide", "wild")),
        ("everything", ("swings", "slide", "wild")),
        ("popeth", ("swings", "slide", "wild")),
        ("wszystkie", ("swings", "slide", "wild")),
        ("123", ("swings", "slide", "wild")),
        ("4", ("none",)),
        ("none", ("none",)),
        ("none of them", ("none",)),
        ("nothing", ("none",)),
        ("dim byd", ("none",)),
    ],
)
def test_one_option_all_of_them_and_none_are_answers_too(text: str, codes: tuple[str, ...]) -> None:
    assert understand(MANY, WORDS, text) == Choices(codes)


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("1,4", ("swings", "none")),  # none stands alone
        ("swings, none of these", ("swings", "none")),
        ("1-3", ()),  # two of them or three?
        ("1 – 3", ()),
        ("1 to 3", ()),
        ("11", ()),
        ("15", ()),
        ("1,5", ("swings",)),
        ("1, buses", ("swings",)),
        ("2 swings", ("swings",)),
        ("all but 2", ("slide",)),
        ("everything except swings", ("swings",)),
        ("swings but not the slide", ("swings", "slide")),
        ("swings or slide", ("swings", "slide")),
        ("not swings", ("swings",)),
        ("no swings", ("swings",)),
        ("are there swings and buses?", ("swings",)),
        ("£1 and £3", ()),
        ("½", ()),
        ("more swings, fewer of the slide sort", ("swings", "slide")),
        ("both", ()),
        ("buses", ()),
        ("I would really like some swings and many more trees and flowers", ("wild", "swings")),
        ("", ()),
        (" \n", ()),
        ("?!", ()),
        ("😀", ()),
        ("🛝😀", ()),
        ("swings " * 100, ()),
    ],
)
def test_a_list_with_one_unclear_part_is_asked_about_again(text: str, closest: tuple[str, ...]) -> None:
    assert understand(MANY, WORDS, text) == NotUnderstood(closest)


def test_both_are_all_where_there_are_two() -> None:
    assert understand(TWO, WORDS, "both") == Choices(("swings", "slide"))
    assert understand(TWO, WORDS, "y ddau") == Choices(("swings", "slide"))


def test_more_options_than_allowed_are_asked_about_again() -> None:
    one_or_two = replace(MANY, at_most=2)
    assert understand(one_or_two, WORDS, "1 and 2") == Choices(("swings", "slide"))
    assert understand(one_or_two, WORDS, "1,2,3") == NotUnderstood(("swings", "slide", "wild"))
    assert understand(one_or_two, WORDS, "all") == NotUnderstood(("swings", "slide", "wild"))


def test_with_ten_options_or_more_figures_run_together_are_one_number() -> None:
    codes = tuple(f"option-{letter}" for letter in "abcdefghijklm")
    question = Question("q", Kind.MANY, codes)
    assert understand(question, QuestionWords("?"), "13") == Choices((codes[12],))
    assert isinstance(understand(question, QuestionWords("?"), "23"), NotUnderstood)
    assert understand(question, QuestionWords("?"), "1 3") == Choices((codes[0], codes[2]))


def test_a_name_that_two_options_share_is_asked_about_again() -> None:
    shared = QuestionWords("?", choices={"swings": "Play", "slide": "Play"})
    assert understand(TWO, shared, "Play") == NotUnderstood(("swings", "slide"))
    assert understand(TWO, shared, "play!") == NotUnderstood(("swings", "slide"))


# ---------------------------------------------------------------- ranking


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2 1 3", ("slide", "swings", "wild")),
        ("2,1,3", ("slide", "swings", "wild")),
        ("2-1-3", ("slide", "swings", "wild")),
        ("2>1>3", ("slide", "swings", "wild")),
        ("213", ("slide", "swings", "wild")),
        ("two, one, three", ("slide", "swings", "wild")),
        ("b, a, c", ("slide", "swings", "wild")),
        ("b a c", ("slide", "swings", "wild")),
        ("slide, swings, trees and flowers", ("slide", "swings", "wild")),
        ("slide then swings then nature", ("slide", "swings", "wild")),
        ("slid, swngs, nature", ("slide", "swings", "wild")),
        ("slide first, swings second", ("slide", "swings")),
        ("first slide, second swings, third nature", ("slide", "swings", "wild")),
        ("1st 2, 2nd 1", ("slide", "swings")),
        ("2 first", ("slide",)),
        ("2 first, 1 second", ("slide", "swings")),
        ("number 2 first, then 1 and 3", ("slide", "swings", "wild")),
        ("slide first, then swings, then nature", ("slide", "swings", "wild")),
        ("slide, swings second", ("slide", "swings")),
        ("1. Slide\n2. Swings\n3. Trees and flowers", ("slide", "swings", "wild")),
        ("1 slide 2 swings", ("slide", "swings")),
        ("2 slide 1 swings", ("slide", "swings")),
        ("🌳🛝", ("wild", "swings")),
        ("2", ("slide",)),
        ("the slide", ("slide",)),
        ("3 1", ("wild", "swings")),
    ],
)
def test_a_ranking_is_kept_in_the_order_given_whole_or_in_part(text: str, codes: tuple[str, ...]) -> None:
    assert understand(RANK, WORDS, text) == Ranking(codes)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1 1 2",
            "1=2",
            "121",
            "swings, slide, swings",
            "1,2,3,4",
            "1 to 3",
            "all",
            "second, first",
            "the second the first",
        ),
        *("2 swings 1 slide 3", "slide third, swings first", "2 swings, 1 slide", "1, buses", "swings or slide"),
        *("slide, then swings first", "2 second", "1, 2 first", "2 swings, slide", "first 2 then 1 third"),
        *("not swings", "first", "", "...", "I like swings more than the slide", "🛝🌳😀", "99", "1 2 swings"),
    ],
)
def test_a_ranking_with_doubles_or_doubts_is_asked_about_again(text: str) -> None:
    assert isinstance(understand(RANK, WORDS, text), NotUnderstood)


def test_a_ranking_may_be_limited_to_the_first_few() -> None:
    top_two = replace(RANK, at_most=2)
    assert understand(top_two, WORDS, "3 1") == Ranking(("wild", "swings"))
    assert understand(top_two, WORDS, "3 1 2") == NotUnderstood(("wild", "swings", "slide"))
