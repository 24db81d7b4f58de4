"""Answers of every kind: what they become, what a form gives, how they are told, and what holds for any text at all."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows import commands
from flows.answers import NotUnderstood, from_form, in_words, understand
from flows.definition import Kind, Question, QuestionWords
from flows.folding import fold
from flows.number_words import is_number_word
from flows.values import Choice, Choices, Number, Ranking, Text, Value

TEXT = Question("why", Kind.TEXT)
ONE = Question("swings", Kind.ONE, ("more", "same", "fewer"))
MANY = Question("park", Kind.MANY, ("swings", "slide", "none"), alone=frozenset({"none"}), at_most=2)
RANK = Question("first", Kind.RANK, ("swings", "slide", "trees"), at_most=2)
NUMBER = Question("age", Kind.NUMBER, minimum=0, maximum=120)
SCALE = Question("safe", Kind.SCALE, minimum=1, maximum=5)
NOTE = Question("note", Kind.NOTE)

ASKED = QuestionWords("?")
SCALE_WORDS = QuestionWords("How safe do you feel?", low="Not at all safe", high="Very safe")


# ---------------------------------------------------------------- each kind


@pytest.mark.parametrize(
    "text", ["a queue", "  two  spaces \n", "1", "👍", "=SUM(A1)", "نعم", "e\N{COMBINING ACUTE ACCENT}", "x" * 9000]
)
def test_a_text_is_kept_exactly_as_it_was_sent(text: str) -> None:
    assert understand(TEXT, ASKED, text) == Text(text)
    assert from_form(TEXT, (text,)) == Text(text)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "?!", "-", "\N{ZERO WIDTH SPACE}"])
def test_a_text_without_a_letter_a_digit_or_an_emoji_is_asked_for_again(text: str) -> None:
    assert understand(TEXT, ASKED, text) == NotUnderstood()
    assert from_form(TEXT, (text,)) == NotUnderstood()


@pytest.mark.parametrize("text", ["0", "120", "7", "seven", "7.5", "about 7"])
def test_a_number_within_its_bounds_is_an_answer(text: str) -> None:
    assert isinstance(understand(NUMBER, ASKED, text), Number)


@pytest.mark.parametrize("text", ["-1", "121", "120.5", "7 or 8", "old", ""])
def test_a_number_outside_its_bounds_is_asked_for_again(text: str) -> None:
    assert understand(NUMBER, ASKED, text) == NotUnderstood()


@pytest.mark.parametrize(
    ("text", "point"),
    [
        *(("3", 3), ("3.0", 3), ("three", 3), ("3/5", 3), ("3 out of 5", 3)),
        *(("very safe", 5), ("Not at all safe!", 1), ("5", 5), ("1", 1)),
    ],
)
def test_a_scale_is_answered_with_a_point_or_with_what_its_end_means(text: str, point: int) -> None:
    assert understand(SCALE, SCALE_WORDS, text) == Number(Decimal(point))
    assert in_words(Number(Decimal(point)), SCALE, SCALE_WORDS) == str(point)


@pytest.mark.parametrize("text", ["3.5", "0", "6", "3/10", "safe", "2 or 3", "٣½"])
def test_between_and_beyond_the_points_of_a_scale_is_asked_about_again(text: str) -> None:
    assert understand(SCALE, SCALE_WORDS, text) == NotUnderstood()


def test_a_number_without_bounds_may_be_anything_in_figures() -> None:
    assert understand(Question("q", Kind.NUMBER), ASKED, "-12.5") == Number(Decimal("-12.5"))


@pytest.mark.parametrize("kind", [Kind.WHO, Kind.HELPED_BY, Kind.ONE, Kind.YES_NO])
def test_all_questions_with_one_choice_are_read_alike(kind: Kind) -> None:
    assert understand(replace(ONE, kind=kind), ASKED, "the second") == Choice("same")


def test_a_note_asks_nothing() -> None:
    assert understand(NOTE, ASKED, "ok") == NotUnderstood()
    assert from_form(NOTE, ("ok",)) == NotUnderstood()


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("question", "answers", "value"),
    [
        (ONE, ("more",), Choice("more")),
        (ONE, ("", "more"), Choice("more")),
        (MANY, ("swings",), Choices(("swings",))),
        (MANY, ("slide", "swings"), Choices(("swings", "slide"))),
        (MANY, ("slide", "slide"), Choices(("slide",))),
        (RANK, ("slide", "swings"), Ranking(("slide", "swings"))),
        (RANK, ("slide", "", ""), Ranking(("slide",))),
        (RANK, ("slide,swings",), Ranking(("slide", "swings"))),
        (RANK, ("slide, swings,",), Ranking(("slide", "swings"))),
        (NUMBER, ("7",), Number(Decimal(7))),
        (SCALE, ("3",), Number(Decimal(3))),
    ],
)
def test_a_form_gives_codes_or_one_text(question: Question, answers: tuple[str, ...], value: Value) -> None:
    assert from_form(question, answers) == value


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (TEXT, ()),
        (TEXT, ("one", "two")),
        (ONE, ()),
        (ONE, ("",)),
        (ONE, ("buses",)),
        (ONE, ("1",)),
        (ONE, ("More",)),
        (ONE, ("more", "same")),
        (MANY, ()),
        (MANY, ("swings", "buses")),
        (MANY, ("swings", "none")),
        (MANY, ("swings", "slide", "none")),
        (RANK, ()),
        (RANK, ("slide", "slide")),
        (RANK, ("swings", "slide", "trees")),
        (RANK, ("swings,buses",)),
        (NUMBER, ()),
        (NUMBER, ("7", "8")),
        (NUMBER, ("121",)),
        (SCALE, ("3.5",)),
    ],
)
def test_a_form_with_anything_else_is_not_understood(question: Question, answers: tuple[str, ...]) -> None:
    assert isinstance(from_form(question, answers), NotUnderstood)


# ---------------------------------------------------------------- in words

LABELS = QuestionWords("?", choices={"swings": "Swings", "slide": "A slide", "none": "None of these"})


@pytest.mark.parametrize(
    ("value", "question", "told"),
    [
        (Text(" as sent "), TEXT, " as sent "),
        (Choice("swings"), MANY, "Swings"),
        (Choice("gone"), MANY, "gone"),
        (Choices(("swings", "slide")), MANY, "Swings; A slide"),
        (Choices(("slide", "swings")), MANY, "Swings; A slide"),
        (Choices(("swings", "gone")), MANY, "Swings; gone"),
        (Ranking(("slide", "swings")), RANK, "1 A slide; 2 Swings"),
        (Number(Decimal("7.50")), NUMBER, "7.50"),
        (Number(Decimal("1E+3")), NUMBER, "1000"),
    ],
)
def test_an_answer_is_told_in_the_words_that_were_shown(value: Value, question: Question, told: str) -> None:
    assert in_words(value, question, LABELS) == told


# ---------------------------------------------------------------- what holds for any text

AWKWARD = st.text(
    st.sampled_from(
        "abc0123459 \n\t.,;:!?'’()-–/+&>|%£½²٢५አ①éŵßłمُ"
        "\N{COMBINING ACUTE ACCENT}\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}"
        "🛝👍🏽🤷️⃣🇬🇧\ud800\x00"
    ),
    max_size=40,
)
TELLING = (
    "1 2 3 9 13 1st b b) and or not no yes nope never the second one two twenty a hundred half all but because more "
    "swings swngs fewer please im 9 years old 7/10 out of 8-11 last option number no. i dont know nie tak na lub"
)
PHRASES = st.lists(st.sampled_from(TELLING.split()), max_size=9).map(" ".join)
ANYTHING = AWKWARD | PHRASES | st.text(max_size=60)

CODES = st.lists(
    st.text("abcdefgh", min_size=3, max_size=6).filter(lambda code: code not in commands.reserved(())),
    min_size=1,
    max_size=12,
    unique=True,
).map(tuple)


@st.composite
def questions(draw: st.DrawFn, *, kinds: tuple[Kind, ...] = tuple(Kind)) -> tuple[Question, QuestionWords]:
    """Any question, with any words at all for it."""
    codes = draw(CODES)
    some = st.sampled_from(codes)
    question = Question(
        "q",
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from([codes, (*codes, "yes", "no", "not-sure"), ()])),
        minimum=draw(st.none() | st.integers(-10, 10)),
        maximum=draw(st.none() | st.integers(-10, 200)),
        at_most=draw(st.none() | st.integers(1, 5)),
        alone=draw(st.frozensets(some, max_size=1)),
    )
    words = QuestionWords(
        draw(ANYTHING),
        choices=draw(st.dictionaries(some, ANYTHING)),
        pictures=draw(st.dictionaries(some, st.sampled_from(["🛝", "✂️", "👍🏽", "🤷‍♀️", "🇬🇧", "x", ""]))),
        synonyms=draw(st.dictionaries(some, st.lists(ANYTHING, max_size=2).map(tuple))),
        low=draw(st.none() | ANYTHING),
        high=draw(st.none() | ANYTHING),
    )
    return question, words


LANGUAGES = st.sampled_from(["en", "cy", "pl", "ar", "xx", ""])


def is_allowed(value: Value | NotUnderstood, question: Question, text: str) -> bool:
    """Whether the question itself allows this value."""
    match value:
        case NotUnderstood(closest):
            return set(closest) <= set(question.choices)
        case Text(kept):
            return question.kind is Kind.TEXT and kept == text
        case Choice(code):
            return question.kind in {Kind.WHO, Kind.HELPED_BY, Kind.ONE, Kind.YES_NO} and code in question.choices
        case Choices(codes) | Ranking(codes):
            few = 0 < len(codes) <= (question.at_most or len(question.choices))
            return few and len(set(codes)) == len(codes) and set(codes) <= set(question.choices)
        case Number(number):
            high = question.maximum is None or number <= question.maximum
            return high and (question.minimum is None or number >= question.minimum)


@given(questions(), ANYTHING, LANGUAGES)
def test_any_text_gives_any_question_a_value_it_allows_or_is_not_understood(
    asked: tuple[Question, QuestionWords], text: str, language: str
) -> None:
    question, words = asked
    value = understand(question, words, text, language=language)
    assert is_allowed(value, question, text)
    if isinstance(value, Choices):
        assert list(value.codes) == [code for code in question.choices if code in value.codes]
        assert len(value.codes) == 1 or question.alone.isdisjoint(value.codes)
    if not isinstance(value, NotUnderstood):
        assert isinstance(in_words(value, question, words), str)


@given(questions(), st.lists(ANYTHING | st.text("abcdefgh,", max_size=8), max_size=4))
def test_any_form_gives_any_question_a_value_it_allows_or_is_not_understood(
    asked: tuple[Question, QuestionWords], answers: list[str]
) -> None:
    question, words = asked
    value = from_form(question, answers)
    assert is_allowed(value, question, answers[0] if answers else "")
    if not isinstance(value, NotUnderstood):
        assert isinstance(in_words(value, question, words), str)


@given(questions(), st.data())
def test_what_a_form_shows_it_understands(asked: tuple[Question, QuestionWords], data: st.DataObject) -> None:
    question = replace(asked[0], kind=data.draw(st.sampled_from([Kind.ONE, Kind.MANY, Kind.RANK])))
    assume(question.choices)
    code = data.draw(st.sampled_from(question.choices))
    expected = {Kind.ONE: Choice(code), Kind.MANY: Choices((code,)), Kind.RANK: Ranking((code,))}
    assert from_form(question, (code,)) == expected[question.kind]


CHOOSING = (Kind.ONE, Kind.WHO, Kind.HELPED_BY, Kind.YES_NO)
LABELS_OF_WORDS = st.lists(
    st.text(st.sampled_from("abcdefghmnorstuwyéŵłمنق -’"), min_size=3, max_size=24).filter(
        lambda label: len(fold(label)) > 2
    ),
    min_size=12,
    max_size=12,
    unique_by=fold,
)


@given(CODES, LABELS_OF_WORDS, st.sampled_from(CHOOSING), LANGUAGES, st.data())
def test_an_options_own_label_and_number_always_give_that_option(
    codes: tuple[str, ...], labels: list[str], kind: Kind, language: str, data: st.DataObject
) -> None:
    question = Question("q", kind, codes)
    words = QuestionWords("?", choices=dict(zip(codes, labels, strict=False)), pictures={codes[0]: "🛝"})
    place = data.draw(st.integers(0, len(codes) - 1))
    label, meant = labels[place], Choice(codes[place])
    for said in (label, f" {label} ", unicodedata.normalize("NFD", label), f"🛝 {label}" if place == 0 else label):
        assert understand(question, words, said, language=language) == meant
    for said in (str(place + 1), f"{place + 1}.", f"({place + 1})", f"no {place + 1}", f"option {place + 1}"):
        assert understand(question, words, said, language=language) == meant


@given(CODES, LANGUAGES, st.data())
def test_an_options_own_code_always_gives_that_option(
    codes: tuple[str, ...], language: str, data: st.DataObject
) -> None:
    # Labels that have no letter in common with any code, as people never see the codes.
    words = QuestionWords("?", choices={code: f"Zzyx {'z' * place} qwk" for place, code in enumerate(codes)})
    code = data.draw(st.sampled_from(codes))
    assume(not is_number_word(code, language))  # such as Welsh "deg", ten: a number is the number of an option
    assert understand(Question("q", Kind.ONE, codes), words, code, language=language) == Choice(code)


@given(LABELS_OF_WORDS, st.permutations(range(4)), st.integers(1, 4))
def test_numbers_in_any_order_make_that_ranking_and_that_choice(
    labels: list[str], order: list[int], length: int
) -> None:
    codes = ("north", "east", "south", "west")
    words = QuestionWords("?", choices=dict(zip(codes, labels, strict=False)))
    said = ", ".join(str(place + 1) for place in order[:length])
    ranked = tuple(codes[place] for place in order[:length])
    assert understand(Question("q", Kind.RANK, codes), words, said) == Ranking(ranked)
    chosen = tuple(code for code in codes if code in ranked)
    assert understand(Question("q", Kind.MANY, codes), words, said) == Choices(chosen)


@given(st.text())
def test_a_text_is_never_cut_nor_stripped(text: str) -> None:
    assert understand(TEXT, ASKED, text) in (Text(text), NotUnderstood())
