"""A pack's words as texts to be translated, and translations laid back into its wording files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import segments
from flows.definition import AgeBand, Label
from flows.effects import Notice
from flows.translated import Memory, Offered, Refused, Remembered, Taken, take
from flows.translation import Book, Unit, joined, of_ours, of_pack, parted, units
from flows.translation_notes import NOTICES, WITH_OTHER_LETTERS, WITH_PLAIN_LETTERS, notes
from tests.support.pack_files import ADULT, CHILD, PARK, STRUCTURE, SYSTEM, spoilt

POLISH_CHILD = "wording/pl.8-11.toml"
POLISH_ADULT = "wording/pl.adult.toml"
IN_POLISH = """\
# Park po polsku.

[say]
title = "Park"    # krótko

[questions.swings]
text = "Czy w parku ma być więcej huśtawek?"

[questions.swings.choices]
more = "Więcej huśtawek"
same = "Jest dobrze"
not-sure = "Nie wiem"
"""
TWO_LANGUAGES = spoilt(STRUCTURE, '["en"]', '["en", "pl"]')
BILINGUAL = {**TWO_LANGUAGES, POLISH_CHILD: IN_POLISH}


def book(files: Mapping[str, str] = BILINGUAL, system: Mapping[str, str] = SYSTEM) -> Book:
    made = of_pack(files, system)
    assert made is not None
    return made


def unit(place: str, files: Mapping[str, str] = BILINGUAL, *, everything: bool = False) -> Unit:
    return {each.place: each for each in units(book(files), "pl", everything=everything)}[place]


def offered(each: Unit, translation: str | None = None) -> Offered:
    return Offered(each.place, each.source, each.translation if translation is None else translation, line=7)


def taken(
    *texts: Offered, files: Mapping[str, str] = BILINGUAL, memory: Memory | None = None, who: str | None = None
) -> Taken:
    done = take(book(files), "pl", texts, dict.fromkeys(AgeBand, who), memory or {}, file="park.pl.po")
    assert isinstance(done, Taken)
    return done


def refused(*texts: Offered, files: Mapping[str, str] = BILINGUAL) -> list[str]:
    done = take(book(files), "pl", texts, {}, {}, file="park.pl.po")
    assert isinstance(done, Refused)
    assert {fault.file for fault in done.faults} <= {"park.pl.po", POLISH_CHILD}
    return [f"{fault.line}: {fault.key}: {fault.problem}. {fault.mend}." for fault in done.faults]


# --- what is to be translated ---


def test_each_band_has_the_texts_that_it_has_in_the_packs_own_language_in_their_order() -> None:
    places = [each.place for each in units(book(), "pl") if each.band is AgeBand.EIGHT_TO_ELEVEN]
    assert places == [
        "8-11/say/title",
        "8-11/questions/swings/text",
        "8-11/questions/swings/why",
        "8-11/questions/swings/choices/more",
        "8-11/questions/swings/choices/same",
        "8-11/questions/swings/choices/not-sure",
        "8-11/questions/why/text",
        "8-11/questions/why/sms",
    ]


def test_a_text_comes_with_its_translation_and_with_the_line_that_its_source_stands_on() -> None:
    found = unit("8-11/questions/swings/text")
    assert (found.source, found.translation) == (
        "Should the park have more swings?",
        "Czy w parku ma być więcej huśtawek?",
    )
    assert (found.file, found.line) == (CHILD, 7)
    assert unit("8-11/questions/swings/why").translation == ""


def test_only_the_bands_that_are_asked_for_are_listed() -> None:
    assert {each.band for each in units(book(), "pl")} == {AgeBand.EIGHT_TO_ELEVEN, AgeBand.ADULT}
    assert {each.band for each in units(book(), "pl", [AgeBand.ADULT])} == {AgeBand.ADULT}


def test_a_text_that_only_the_translation_has_is_listed_with_what_people_get_in_the_packs_own_language() -> None:
    files = {
        **BILINGUAL,
        POLISH_ADULT: '[say]\nwelcome = "Dzień dobry."\n\n[questions.why]\nsms = "Czemu?"\nagain = "Hm."\n',
    }
    # Sayso's own welcome; the long form of a short text that English does without; and words that it has nowhere.
    assert unit("adult/say/welcome", files).source == "Hello! This is {authority}."
    assert unit("adult/questions/why/sms", files).source == "What makes you say that?"
    assert unit("adult/questions/why/again", files).source == "[no words in en]"


def test_a_question_of_sayso_that_the_translation_words_is_translated_from_saysos_own_words() -> None:
    files = {
        **BILINGUAL,
        POLISH_CHILD: '[questions.who]\ntext = "Kim jesteś?"\n[questions.who.choices]\nchild = "Dziecko"\n',
    }
    assert unit("8-11/questions/who/text", files).source == "Who are you?"
    assert unit("8-11/questions/who/choices/child", files).source == "A child"


def test_everything_adds_what_falls_back_on_a_younger_band_and_shorter_forms_for_text_messages() -> None:
    plain = {each.place for each in units(book(), "pl")}
    more = {each.place for each in units(book(), "pl", everything=True)} - plain
    assert {"8-11/questions/swings/sms", "adult/questions/swings/why"} <= more | {"adult/questions/swings/why"}
    assert "8-11/sms/title" not in more
    ours = of_ours(SYSTEM)
    assert "8-11/say/help" not in {each.place for each in units(ours, "pl")}
    inherited = {each.place: each for each in units(ours, "pl", everything=True)}
    assert inherited["8-11/say/help"].source == "Ask a grown-up. Say {stop} to end."
    assert inherited["8-11/sms/help"].source == "Ask a grown-up."
    assert inherited["8-11/sms/welcome"].source == "Hello! This is {authority}."
    assert inherited["12-15/who/choices/adult"].source == "I am an adult"


def test_sayso_s_own_words_are_translated_from_english() -> None:
    found = {each.place: each for each in units(of_ours(SYSTEM), "pl")}
    assert found["4-7/say/welcome"].file == "bot/wording/en.4-7.toml"
    assert found["4-7/kinds/one/tapped"].source == "Pick one."
    assert found["4-7/helped-by/text"].source == "Who is typing?"


def test_a_list_of_words_is_a_line_for_each() -> None:
    files = spoilt(CHILD, "[questions.why]", '[questions.swings.synonyms]\nmore = ["lots", "many"]\n\n[questions.why]')
    assert unit("8-11/questions/swings/synonyms/more", files).source == "lots\nmany"


@given(st.lists(st.text(min_size=1) | st.text("a\\n\n ", min_size=1), unique=True))
def test_a_list_is_the_same_after_it_was_joined_and_parted(texts: list[str]) -> None:
    assert parted(joined(texts)) == tuple(texts)


# --- what a translator is told ---


def test_every_notice_is_explained_to_translators() -> None:
    assert set(NOTICES) == set(Notice)


def test_a_text_says_what_it_is_how_long_it_may_be_what_it_costs_and_which_names_stay() -> None:
    said = notes(("say", "not_yet_open"), AgeBand.EIGHT_TO_ELEVEN, "It opens on {opening}.")
    assert said[:2] == (
        "The consultation opens later.",
        "For 8-11: at most 12 words a sentence, 50 words and 4 sentences.",
    )
    assert said[2].startswith("By text message: 2 segments at most. They hold 306 characters, but 134 once one letter")
    assert said[3:] == ("Keep {opening} as it is: when it opens.",)


def test_the_segments_that_translators_are_told_of_are_those_of_a_text_message() -> None:
    for length, letter in ((WITH_PLAIN_LETTERS, "a"), (WITH_OTHER_LETTERS, "ą")):
        assert segments.count(letter * length).segments == 2
        assert segments.count(letter * (length + 1)).segments == 3


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("labels", Label.SEND.value), "The words on a button."),
        (("labels", Label.WE.value), "Who speaks"),
        (("sms", "help"), "Shorter, for text messages: empty where the longer text will do."),
        (("kinds", "many", "typed"), "How to answer, where options have numbers"),
        (("questions", "swings", "choices", "more"), "An option of the question."),
        (("questions", "swings", "pictures", "more"), "The picture before an option."),
        (("questions", "swings", "synonyms", "more"), "Other words that people type for this option"),
        (("questions", "swings", "grown_up"), "A line for the grown-up"),
        (("who", "choices", "adult"), "An option of the question."),
    ],
)
def test_each_kind_of_text_is_explained(path: tuple[str, ...], what: str) -> None:
    assert notes(path, AgeBand.ADULT, "x")[0].startswith(what)


def test_a_line_for_the_grown_up_has_a_grown_ups_limits_and_an_option_has_none() -> None:
    assert "For 4-7: at most 20 words" in " ".join(notes(("questions", "a", "grown_up"), AgeBand.FOUR_TO_SEVEN, "x"))
    assert "at most" not in " ".join(notes(("questions", "a", "choices", "b"), AgeBand.FOUR_TO_SEVEN, "x"))


# --- what comes back ---


def test_translations_are_laid_into_the_file_of_their_band_and_what_is_there_stays_as_it_is_written() -> None:
    done = taken(
        offered(unit("8-11/questions/swings/why"), "Są pieniądze na jedną nową rzecz."), offered(unit("8-11/say/title"))
    )
    assert list(done.files) == [POLISH_CHILD]
    assert done.files[POLISH_CHILD] == IN_POLISH.replace(
        'huśtawek?"\n', 'huśtawek?"\nwhy = "Są pieniądze na jedną nową rzecz."\n'
    )
    assert (done.texts, done.changed, done.fuzzy) == (2, 1, 0)


def test_a_file_that_there_was_not_is_made_and_a_reviewer_alone_makes_none() -> None:
    title, why = unit("adult/say/title"), unit("adult/questions/why/text")
    done = taken(offered(title, "Park"), offered(why, "Dlaczego?"), who="Ania")
    assert done.files == {
        POLISH_ADULT: 'reviewed_by = "Ania"\n\n[say]\ntitle = "Park"\n\n[questions.why]\ntext = "Dlaczego?"\n',
        POLISH_CHILD: IN_POLISH.replace("polsku.\n", 'polsku.\n\nreviewed_by = "Ania"\n'),
    }


def test_an_empty_translation_changes_nothing() -> None:
    done = taken(offered(unit("8-11/say/title"), ""), offered(unit("8-11/questions/swings/why"), " \n"))
    assert (done.files, done.memory, done.texts) == ({}, {}, 0)


def test_a_list_comes_back_as_a_list() -> None:
    files = spoilt(
        CHILD, "[questions.why]", '[questions.swings.synonyms]\nmore = ["lots"]\n\n[questions.why]', BILINGUAL
    )
    done = taken(offered(unit("8-11/questions/swings/synonyms/more", files), "dużo\nmnóstwo\n"), files=files)
    written = tomllib.loads(done.files[POLISH_CHILD])
    assert written["questions"]["swings"]["synonyms"]["more"] == ["dużo", "mnóstwo"]
    assert done.memory["8-11/questions/swings/synonyms/more"].translation == "dużo\nmnóstwo"


def test_who_has_reviewed_the_words_is_written_changed_and_taken_out() -> None:
    once = taken(who="Ania, 3 May").files[POLISH_CHILD]
    assert once == IN_POLISH.replace("polsku.\n", 'polsku.\n\nreviewed_by = "Ania, 3 May"\n')
    reviewed = {**BILINGUAL, POLISH_CHILD: once}
    assert taken(files=reviewed, who="Ania, 3 May").files == {}
    assert taken(files=reviewed).files[POLISH_CHILD] == once.replace('reviewed_by = "Ania, 3 May"\n', "")


def test_saysos_own_words_come_back_into_its_own_files() -> None:
    book_of_ours = of_ours(SYSTEM)
    units_of_ours = {each.place: each for each in units(book_of_ours, "pl")}
    done = take(book_of_ours, "pl", [offered(units_of_ours["4-7/who/text"], "Kim jesteś?")], {}, {}, file="sayso.pl.po")
    assert isinstance(done, Taken)
    assert done.files == {"pl.4-7.toml": '[who]\ntext = "Kim jesteś?"\n'}


# --- what is refused ---


def test_a_place_that_there_is_not_is_refused_with_the_one_that_may_be_meant() -> None:
    assert refused(Offered("8-11/say/titel", "The park", "Park", line=3)) == [
        "3: 8-11/say/titel: park has no text at this place. Perhaps you mean 8-11/say/title."
    ]
    assert "Export the words again" in refused(Offered("nowhere", "The park", "Park"))[0]


def test_a_source_that_has_changed_since_is_refused_with_the_words_as_they_are_now() -> None:
    old = replace(offered(unit("8-11/questions/swings/why"), "Dlatego."), source="Because.")
    (told,) = refused(old)
    assert told.startswith(
        "7: 8-11/questions/swings/why: This is no longer what is to be translated; that is now “There"
    )
    assert taken(replace(old, fuzzy=True)).fuzzy == 1
    assert taken(replace(old, translation="")).texts == 0


NAMED = {
    **TWO_LANGUAGES,
    CHILD: PARK[CHILD].replace('title = "The park"', 'title = "The park"\nthanks = "Thank you from {authority}."'),
}


def test_names_in_braces_stay_and_no_other_comes() -> None:
    thanks = unit("8-11/say/thanks", NAMED)
    assert refused(offered(thanks, "Dziękuje {autority}."), files=NAMED) == [
        "7: 8-11/say/thanks: {authority} is missing. Put it where it belongs in the sentence, as it is.",
        "7: 8-11/say/thanks: {autority} is not in the source. Use only {authority}.",
    ]
    assert refused(offered(unit("8-11/say/title"), "{title}"))[0].endswith("nothing is ever filled in here.")
    assert taken(offered(thanks, "Dziękuje {authority}."), files=NAMED).changed == 1


def test_a_shorter_form_may_leave_names_out_but_adds_none() -> None:
    files = {**NAMED, POLISH_CHILD: '[sms]\nthanks = "Dzięki od {authority}."\n'}
    short = unit("8-11/sms/thanks", files)
    assert short.source == "Thank you from {authority}."
    assert taken(offered(short, "Dzięki."), files=files).changed == 1
    assert "{contact} is not in the source" in refused(offered(short, "Dzięki, {contact}."), files=files)[0]


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    title = offered(unit("8-11/say/title"), "Park {x}")
    told = refused(replace(title, line=9), replace(title, place="8-11/say/nothing", line=5), replace(title, line=8))
    assert [line.partition(":")[0] for line in told] == ["5", "8", "8", "9"]
    assert "This place has a text already, on line 9" in told[2]


def test_a_translation_that_would_break_the_pack_is_refused() -> None:
    same = unit("8-11/questions/swings/choices/same")
    (told,) = refused(offered(same, "więcej huśtawek!"))
    assert told.startswith(
        f"0: {POLISH_CHILD}: questions.swings.choices.same: 'więcej huśtawek!' reads like the option"
    )
    (told,) = refused(offered(same, "Pomoc"))
    assert "'Pomoc' already means something else in every conversation" in told


def test_half_a_question_is_refused_because_people_would_get_the_other_half_as_a_code() -> None:
    assert refused(offered(unit("adult/questions/mark/high"), "bardzo dobry")) == [
        f"0: {POLISH_ADULT}: questions.mark.text: 'mark' has no words for adult in 'pl'. Write it here."
    ]


def test_what_was_wrong_with_the_pack_before_keeps_no_translation_out() -> None:
    files = spoilt(CHILD, 'more = "More swings"', 'more = "Help"', BILINGUAL)
    assert book(files).errors
    assert taken(offered(unit("8-11/say/title", files), "Nasz park"), files=files).changed == 1


def test_a_wording_file_that_is_no_toml_is_not_written_over() -> None:
    for file in (POLISH_CHILD, CHILD):
        done = take(book({**BILINGUAL, file: "[say"}), "pl", [], {}, {}, file="park.pl.po")
        assert isinstance(done, Refused)
        assert [fault.file for fault in done.faults] == [file]


def test_a_pack_without_a_readable_structure_is_no_book() -> None:
    assert of_pack({**PARK, STRUCTURE: "slug ="}, SYSTEM) is None
    assert of_pack({**PARK, POLISH_CHILD: 'say = "Park"'}, SYSTEM) is None
    assert of_pack({CHILD: PARK[CHILD], ADULT: PARK[ADULT]}, SYSTEM) is None


# --- what is to be looked at again ---


def test_what_a_translation_was_made_from_is_remembered_in_the_order_of_the_words() -> None:
    done = taken(offered(unit("adult/say/title"), "Park"), offered(unit("8-11/say/title")))
    assert list(done.memory.items()) == [
        ("8-11/say/title", Remembered("The park", "Park")),
        ("adult/say/title", Remembered("The park", "Park")),
    ]


def test_a_memory_of_a_place_that_is_gone_is_dropped_and_the_rest_is_kept() -> None:
    memory = {"8-11/say/gone": Remembered("a", "b"), "8-11/say/title": Remembered("Park!", "Park")}
    assert taken(memory=memory).memory == {"8-11/say/title": Remembered("Park!", "Park")}


@pytest.mark.parametrize(
    ("memory", "again"),
    [
        (Remembered("The park", "Park"), (False, None)),
        (Remembered("Our park", "Park"), (True, "Our park")),
        (Remembered("Our park", "Nasz park"), (False, None)),
        (Remembered("The park", "Park", fuzzy=True), (True, None)),
        (Remembered("The park", "Park", fuzzy=True, previous="Your park"), (True, "Your park")),
        (Remembered("Our park", "Park", fuzzy=True, previous="Your park"), (True, "Your park")),
        (Remembered("Our park", "Park", fuzzy=True), (True, "Our park")),
    ],
)
def test_a_translation_is_looked_at_again_when_its_source_has_changed_and_it_has_not(
    memory: Remembered, again: tuple[bool, str | None]
) -> None:
    assert memory.outdated(unit("8-11/say/title")) == again
