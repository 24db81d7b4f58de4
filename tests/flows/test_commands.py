"""Command words: whole messages only, in every language of a pack, in any dress."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import segments
from flows.commands import LANGUAGE_NAMES, Spoken, name_of, reserved, understand, word
from flows.definition import Command
from flows.folding import fold

EVERY_LANGUAGE = ("en", "cy", "pl", "ar")

ENGLISH = {
    Command.STOP: "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
    Command.START: "START UNSTOP",
    Command.HELP: "HELP INFO",
    Command.BACK: "BACK",
    Command.SKIP: "SKIP",
    Command.CHANGE: "CHANGE",
    Command.SHOW: "SHOW",
    Command.DELETE: "DELETE",
    Command.PRIVACY: "PRIVACY",
    Command.DONE: "DONE",
    Command.CODE: "CODE",
}
PROMISED = [(spoken, command) for command, words in ENGLISH.items() for spoken in words.split()]

OWN_WORDS = [
    ("cy", "STOPIO", Command.STOP),
    ("cy", "CYMORTH", Command.HELP),
    ("cy", "GORFFEN", Command.DONE),
    ("cy", "Blaenorol", Command.BACK),
    ("cy", "Nôl", Command.BACK),
    ("cy", "nol", Command.BACK),
    ("cy", "Yn ôl", Command.BACK),
    ("cy", "hepgor", Command.SKIP),
    ("cy", "preifatrwydd", Command.PRIVACY),
    ("pl", "wypisz", Command.STOP),
    ("pl", "POMIŃ", Command.SKIP),
    ("pl", "pomin", Command.SKIP),
    ("pl", "zmień", Command.CHANGE),
    ("pl", "zmien", Command.CHANGE),
    ("pl", "usuń", Command.DELETE),
    ("pl", "prywatność", Command.PRIVACY),
    ("ar", "توقف", Command.STOP),
    ("ar", "تَوَقَّفْ", Command.STOP),
    ("ar", "إلغاء", Command.STOP),
    ("ar", "الغاء", Command.STOP),
    ("ar", "مساعدة", Command.HELP),
    ("ar", "مساعده", Command.HELP),
    ("ar", "تخطي", Command.SKIP),
    ("ar", "تخطى", Command.SKIP),
]

DRESSES = [
    "stop",
    "Stop",
    " stop. ",
    "STOP!!",
    "stop?",
    "/stop",
    "/stop@SomeBot",
    "/STOP@some_bot",
    "“Stop”",
    "(stop)",
    "\tstop\r\n",
    "\N{NO-BREAK SPACE}stop\N{ZERO WIDTH SPACE}",
    "🛑 stop 🛑",
    "ＳＴＯＰ",
    "opt out",
    "Opt-out",
]

NO_COMMANDS = [
    "stop the buses",
    "the buses stop here",
    "s t o p",
    "s-t-o-p",
    "st.op",
    "stopp",
    "bus stop",
    "stop@SomeBot now",
    "/start herefordshire-2018",
    "yes",
    "no",
    "1",
    "",
    "   ",
    "...",
    "👍",
    "help me, somebody hurts me",
    "stop " * 20,
    "stop" + "!" * 300,
]


@pytest.mark.parametrize("languages", [("en",), ("cy", "en"), ("pl",), ("ar",), ("xx",), ()])
@pytest.mark.parametrize(("spoken", "command"), PROMISED)
def test_the_english_words_work_in_every_language(spoken: str, command: Command, languages: tuple[str, ...]) -> None:
    assert understand(spoken, languages) is command
    assert understand(spoken.lower(), languages) is command


@pytest.mark.parametrize(("language", "spoken", "command"), OWN_WORDS)
def test_a_language_has_words_of_its_own_with_and_without_accents(language: str, spoken: str, command: Command) -> None:
    assert understand(spoken, ("en", language)) is command
    assert understand(unicodedata.normalize("NFD", spoken), (language,)) is command


@pytest.mark.parametrize(("language", "spoken", "command"), OWN_WORDS)
def test_a_word_of_a_language_that_the_pack_does_not_have_is_an_answer(
    language: str, spoken: str, command: Command
) -> None:
    assert language != "en"
    assert understand(spoken, ("en",)) is None, command


@pytest.mark.parametrize("text", DRESSES)
def test_case_and_what_stands_around_a_command_play_no_part(text: str) -> None:
    assert understand(text, ("en",)) is Command.STOP


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_a_command_inside_a_longer_text_is_an_answer(text: str) -> None:
    assert understand(text, EVERY_LANGUAGE) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("CYMRAEG", "cy"),
        ("Welsh", "cy"),
        ("/cymraeg@SaysoBot", "cy"),
        ("polski", "pl"),
        ("Polish!", "pl"),
        ("po polsku", "pl"),
        ("ENGLISH", "en"),
        ("saesneg", "en"),
        ("العربية", "ar"),
        ("العربيه", "ar"),
        ("Arabic", "ar"),
    ],
)
def test_a_languages_own_name_and_its_english_one_ask_for_it(text: str, language: str) -> None:
    assert understand(text, EVERY_LANGUAGE) == Spoken(language)


def test_the_arabic_never_is_an_answer_though_it_looks_like_begin() -> None:
    assert understand("أبدا", ("ar",)) is None
    assert understand(word(Command.START, "ar"), ("ar",)) is Command.START


def test_the_name_of_a_language_that_the_pack_does_not_speak_is_an_answer() -> None:
    assert understand("Polish", ("en", "cy")) is None


def test_the_word_that_people_are_told_to_use_works_and_is_in_their_language() -> None:
    for language, command in itertools.product(EVERY_LANGUAGE, Command):
        assert understand(word(command, language), (language,)) is command
        assert word(command, language) == word(command, language).upper()
    assert (word(Command.STOP, "cy"), word(Command.SKIP, "pl"), word(Command.HELP, "ar")) == (
        "STOPIO",
        "POMIŃ",
        "مساعدة",
    )
    assert word(Command.STOP, "xx") == "STOP"


def test_no_welsh_word_that_people_are_told_makes_a_text_message_dearer() -> None:
    assert {segments.count(word(command, "cy")).encoding for command in Command} == {"GSM-7"}


def test_no_word_means_two_things_whatever_languages_a_pack_has() -> None:
    # Each language read alone must agree with all of them read together, in either order.
    for language in LANGUAGE_NAMES:
        for spoken in reserved((language,)):
            alone = understand(spoken, (language,))
            assert alone is not None
            for languages in (tuple(LANGUAGE_NAMES), tuple(LANGUAGE_NAMES)[::-1]):
                assert understand(spoken, languages) == alone, spoken


def test_reserved_words_are_all_that_an_option_may_not_be_called() -> None:
    words = reserved(("en", "cy"))
    assert {"stop", "end", "info", "stopio", "gorffen", "nol", "welsh", "cymraeg"} <= words
    assert words.isdisjoint({"yes", "no", "pomin", "polish"})
    assert all(spoken == fold(spoken) for spoken in words)


def test_a_language_is_called_what_its_speakers_call_it() -> None:
    assert [name_of(language) for language in EVERY_LANGUAGE] == ["English", "Cymraeg", "Polski", "العربية"]
    assert name_of("xx") == "xx"


AROUND = st.text(
    st.sampled_from(" \t\n.,;:!?…-–—()[]{}\"'“”‘’«»*_#🛑👍\N{ZERO WIDTH JOINER}\N{RIGHT-TO-LEFT MARK}"), max_size=30
)


@given(AROUND, st.sampled_from(PROMISED), AROUND, st.lists(st.booleans(), min_size=11, max_size=11))
def test_stop_and_the_other_words_always_work_whatever_stands_around_them(
    before: str, promised: tuple[str, Command], behind: str, capitals: list[bool]
) -> None:
    spoken, command = promised
    cased = zip(spoken.lower(), spoken.upper(), capitals, strict=False)
    mixed = "".join(upper if capital else lower for lower, upper, capital in cased)
    assert understand(f"{before}{mixed}{behind}", ("en", "cy")) is command


@given(st.text(), st.lists(st.sampled_from([*LANGUAGE_NAMES, "xx"]), unique=True))
def test_any_text_is_read(text: str, languages: list[str]) -> None:
    understood = understand(text, languages)
    assert understood is None or fold(text) in reserved(languages) or text.strip().startswith("/")
