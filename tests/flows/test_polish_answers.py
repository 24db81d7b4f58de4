"""What Poles type, with the letters of their language and without them, and what is understood by it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from bot.packs import read_folder, system_words
from flows import answers
from flows.commands import understand
from flows.definition import AgeBand, Command, Kind, Question, QuestionWords
from flows.folding import fold
from flows.number_words import cardinal
from flows.numbers import read as read_number
from flows.pack import read
from flows.values import Choice

HEREFORDSHIRE = read(read_folder(Path(__file__).parents[2] / "consultations" / "herefordshire-2018"), system_words())
YOUNGEST = HEREFORDSHIRE.words_for("pl", AgeBand.FOUR_TO_SEVEN).questions


def plain(text: str) -> str:
    """As on a telephone without Polish letters."""
    return unicodedata.normalize("NFD", text.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("mam 6 lat", "child-4-7"),
        ("mam 6 latek", "child-4-7"),
        ("siedem lat", "child-4-7"),
        ("9", "child-8-11"),
        ("mam dziesięć lat", "child-8-11"),
        ("nastolatka", "young-person-12-15"),
        ("mam 16 lat", "young-person-16-25"),
        ("5", "parent-carer"),
        ("rodzic", "parent-carer"),
        ("jestem mamą", "parent-carer"),
        ("jestem rodzicem", "parent-carer"),
        ("rodzic proszę", "parent-carer"),
        ("opiekunka", "parent-carer"),
        ("mum", "parent-carer"),
        ("pracuję z dziećmi", "professional"),
        ("jestem nauczycielką", "professional"),
        ("ktoś inny", "other"),
        ("ostatnia opcja", "other"),
    ],
)
def test_who_somebody_is_can_be_said_in_polish_with_and_without_its_letters(text: str, option: str) -> None:
    who = HEREFORDSHIRE.question("who")
    words = YOUNGEST["who"]
    for typed in (text, plain(text), text.upper()):
        assert answers.understand(who, words, typed, language="pl") == Choice(option)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("plac zabaw", "play"),
        ("wolę zdrowie", "health"),
        ("druga opcja", "health"),
        ("mój dom", "home"),
        ("nwm", "not-sure"),
    ],
)
def test_the_youngest_can_pick_in_their_own_words(text: str, option: str) -> None:
    issue = HEREFORDSHIRE.question("issue").for_band(AgeBand.FOUR_TO_SEVEN)
    words = YOUNGEST["issue"]
    assert answers.understand(issue, words, text, language="pl") == Choice(option)
    assert answers.understand(issue, words, plain(text), language="pl") == Choice(option)


def test_less_of_something_is_no_choice_of_it() -> None:
    issue = HEREFORDSHIRE.question("issue").for_band(AgeBand.FOUR_TO_SEVEN)
    words = YOUNGEST["issue"]
    for text in ("mniej szkoły, mniej szkoła", "wszystko oprócz: szkoła", "nie szkoła"):
        assert not isinstance(answers.understand(issue, words, text, language="pl"), Choice)


@pytest.mark.parametrize(
    ("text", "option"),
    [("no tak", "yes"), ("raczej tak", "yes"), ("raczej nie", "no"), ("nie sądzę", "no"), ("niewiem", "not-sure")],
)
def test_yes_no_and_not_sure_are_heard_as_poles_say_them(text: str, option: str) -> None:
    asked = Question("safe", Kind.YES_NO, choices=("yes", "no", "not-sure"))
    words = QuestionWords(text="?", choices={"yes": "Tak", "no": "Nie", "not-sure": "Nie wiem"})
    assert answers.understand(asked, words, text, language="pl") == Choice(option)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dwoje", 2),
        ("dwadzieścia jeden", 21),
        ("sto", 100),
        ("sto pięć", 105),
        ("dwieście pięćdziesiąt dwa", 252),
        ("dziewięćset", 900),
        ("sto dwieście", None),
        ("pięć dwadzieścia", None),
    ],
)
def test_polish_number_words_make_a_number(text: str, number: int | None) -> None:
    assert cardinal(fold(text).split(), "pl") == number


@pytest.mark.parametrize(("text", "number"), [("około 3 godziny", 3), ("jedną godzinę", 1), ("dokładnie 2 godz.", 2)])
def test_a_number_may_stand_beside_its_unit_in_polish(text: str, number: int) -> None:
    assert read_number(text, asked="Ile godzin dziennie?", language="pl") == number


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("POMOC", Command.HELP),
        ("Pomiń", Command.SKIP),
        ("dalej", Command.SKIP),
        ("następne pytanie", Command.SKIP),
        ("wróć", Command.BACK),
        ("zmień", Command.CHANGE),
        ("pokaż", Command.SHOW),
        ("moje odpowiedzi", Command.SHOW),
        ("usuń", Command.DELETE),
        ("prywatność", Command.PRIVACY),
        ("przestań!", Command.STOP),
        ("wypisz mnie", Command.STOP),
        ("wznów", Command.START),
    ],
)
def test_a_polish_command_works_with_and_without_its_letters(text: str, command: Command) -> None:
    assert understand(text, ("en", "pl")) is command
    assert understand(plain(text), ("en", "pl")) is command
