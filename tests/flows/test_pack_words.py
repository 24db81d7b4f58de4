"""Which words a language and a band get: the nearest there are, without ever mixing two voices."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flows.definition import AgeBand, Kind, KindWords, QuestionWords, Words
from flows.pack import draft
from tests.support.pack_files import ADULT, CHILD, PARK, STRUCTURE, SYSTEM, spoilt

FOUR, EIGHT, TWELVE, SIXTEEN, GROWN = AgeBand
ALL_BANDS = spoilt(
    STRUCTURE, '["en"]', '["en", "cy"]', spoilt(STRUCTURE, 'bands = ["8-11"]', 'bands = ["4-7", "8-11", "12-15"]')
)


def words_of(
    band: AgeBand, *, language: str = "en", files: Mapping[str, str] | None = None, system: Mapping[str, str] = SYSTEM
) -> Words:
    """The words that a pack of all bands, with these files more, has for a band."""
    made = draft({**ALL_BANDS, **(files or {})}, system)
    assert made.consultation is not None, made.errors
    return made.consultation.words[language, band]


def question(text: str, code: str = "swings", more: str = "") -> str:
    return f'[questions.{code}]\ntext = "{text}"\n{more}\n'


# --- questions ---


@pytest.mark.parametrize(
    ("band", "text"),
    [
        (FOUR, "Should the park have more swings?"),
        (EIGHT, "Should the park have more swings?"),
        (TWELVE, "Should the park have more swings?"),
        (SIXTEEN, "Should the park have more swings?"),
        (GROWN, "Does the park need more swings?"),
    ],
)
def test_a_band_without_words_has_those_of_the_next_younger_one_or_else_of_the_next_older(
    band: AgeBand, text: str
) -> None:
    assert words_of(band).questions["swings"].text == text


def test_the_next_older_means_the_nearest() -> None:
    assert words_of(FOUR).questions["mark"].text == "What do you think of the park today?"
    files = {"wording/en.12-15.toml": question("How good is it?", "mark")}
    assert words_of(FOUR, files=files).questions["mark"].text == "How good is it?"


def test_a_language_without_words_has_those_of_the_packs_own() -> None:
    assert words_of(EIGHT, language="cy").questions["swings"].text == "Should the park have more swings?"


def test_a_child_hears_words_for_children_in_another_language_rather_than_an_adults_in_theirs() -> None:
    files = {"wording/cy.adult.toml": question("Mwy o siglenni?")}
    assert words_of(GROWN, language="cy", files=files).questions["swings"].text == "Mwy o siglenni?"
    assert words_of(EIGHT, language="cy", files=files).questions["swings"].text == "Should the park have more swings?"


def test_words_for_an_older_band_are_better_than_none() -> None:
    files = {"wording/cy.adult.toml": question("Pa mor dda yw'r parc?", "mark")}
    assert words_of(EIGHT, language="cy", files=files).questions["mark"].text == "Pa mor dda yw'r parc?"
    assert words_of(EIGHT, language="en", files=files).questions["mark"].text == "What do you think of the park today?"


# --- which language a text is really in ---

ADULTS_ONLY = {**SYSTEM, "cy.adult.toml": '[say]\nwelcome = "Helo."\n[labels]\nsend = "Anfon"\n'}


def test_a_question_that_nobody_translated_says_which_language_it_is_in() -> None:
    files = {"wording/cy.adult.toml": question("Mwy o siglenni?")}
    grown, child = (words_of(band, language="cy", files=files) for band in (GROWN, EIGHT))
    assert (grown.questions["swings"].language, grown.language_of_question("swings")) == (None, "cy")
    assert (child.questions["swings"].language, child.language_of_question("swings")) == ("en", "en")


def test_a_notice_and_a_label_that_nobody_translated_say_which_language_they_are_in() -> None:
    grown, child = (words_of(band, language="cy", system=ADULTS_ONLY) for band in (GROWN, EIGHT))
    places = (("say", "welcome"), ("labels", "send"), ("say", "thanks"), ("sms", "help"))
    assert [grown.language_of(*place) for place in places] == ["cy", "cy", "en", "en"]
    assert [child.language_of(*place) for place in places] == ["en", "en", "en", "en"]
    assert words_of(EIGHT).borrowed == {}


def test_the_name_of_a_consultation_is_in_the_language_that_the_pack_wrote_it_in() -> None:
    files = {"wording/cy.adult.toml": '[say]\ntitle = "Y parc"'}
    assert words_of(FOUR, language="cy", files=files).language_of("say", "title") == "cy"
    assert words_of(FOUR, language="cy").language_of("say", "title") == "en"


def test_somebody_of_unknown_age_hears_the_youngest_words_that_their_language_has() -> None:
    made = draft(ALL_BANDS, ADULTS_ONLY).consultation
    assert made is not None
    assert made.opening_bands == {"cy": GROWN}
    assert made.words_for("cy", None).say["welcome"] == "Helo."
    assert made.words_for("en", None).band is FOUR
    assert made.words_for("cy", EIGHT).say["welcome"] == "Hello! This is {authority}."


def test_a_language_without_a_word_of_welcome_opens_as_the_packs_own_does() -> None:
    made = draft(ALL_BANDS, SYSTEM).consultation
    assert made is not None
    assert made.opening_bands == {}
    assert made.words_for("cy", None).say["welcome"] == "Hello from {authority}."


def test_the_words_of_a_question_are_taken_whole() -> None:
    files = {"wording/en.12-15.toml": question("Swings: more?")}
    assert words_of(TWELVE, files=files).questions["swings"] == QuestionWords(
        "Swings: more?", choices={"more": "more", "same": "same", "not-sure": "not-sure"}
    ), "neither the reason nor the labels of another band stand beside it"


def test_a_line_for_the_grown_up_is_for_the_band_it_was_written_for() -> None:
    files = {"wording/en.4-7.toml": question("More?", "why", 'grown_up = "Please read this out."')}
    assert words_of(FOUR, files=files).questions["why"].grown_up == "Please read this out."
    older = {**files, CHILD: PARK[CHILD].replace("[questions.why]", "[questions.mark]")}
    assert words_of(EIGHT, files=older).questions["why"].text == "More?"
    assert words_of(EIGHT, files=older).questions["why"].grown_up is None


def test_every_line_and_table_of_a_question_is_read() -> None:
    text = question(
        "A?",
        more='sms = "B?"\nwhy = "C."\nagain = "D."\nagain_differently = "E."\ngrown_up = "F."\nname = "G"\n'
        'low = "H"\nhigh = "I"\n[questions.swings.choices]\nmore = "J"\nsame = "K"\nnot-sure = "L"\n'
        '[questions.swings.pictures]\nmore = "M"\n[questions.swings.synonyms]\nmore = ["N", "O"]\nsame = "P"',
    )
    assert words_of(TWELVE, files={"wording/en.12-15.toml": text}).questions["swings"] == QuestionWords(
        text="A?",
        sms="B?",
        why="C.",
        again="D.",
        again_differently="E.",
        grown_up="F.",
        name="G",
        low="H",
        high="I",
        choices={"more": "J", "same": "K", "not-sure": "L"},
        pictures={"more": "M"},
        synonyms={"more": ("N", "O"), "same": ("P",)},
    )


# --- who somebody is, and other questions that Sayso has words for ---


def test_an_option_of_who_is_called_after_its_band_where_its_role_has_several() -> None:
    labels = words_of(EIGHT).questions["who"].choices
    assert labels == {
        "child-4-7": "I am 4 to 7",
        "child-8-11": "I am 8 to 11",
        "child-12-15": "I am 12 to 15",
        "parent-carer": "A parent or carer",
    }


def test_a_role_with_one_band_is_called_after_itself_or_else_after_its_band() -> None:
    made = draft(spoilt(STRUCTURE, 'code = "child"', 'code = "neighbour"'), SYSTEM)
    assert made.consultation is not None
    labels = made.consultation.words["en", EIGHT].questions["who"].choices
    assert labels == {"neighbour": "I am 8 to 11", "parent-carer": "A parent or carer"}


def test_a_packs_own_words_for_who_lie_over_those_of_sayso_key_by_key() -> None:
    files = {ADULT: f'{PARK[ADULT]}[questions.who]\nagain = "Once more?"\n[questions.who.choices]\n4-7 = "Tiny"\n'}
    who = words_of(GROWN, files=files).questions["who"]
    assert (who.text, who.again) == ("Who are you?", "Once more?")
    assert who.choices["child-4-7"] == "Tiny"
    assert who.choices["child-8-11"] == "I am 8 to 11"


def test_the_full_code_of_an_option_comes_before_its_band() -> None:
    files = {CHILD: f'{PARK[CHILD]}[questions.who.choices]\nchild-8-11 = "Me"\n8-11 = "Not me"\n'}
    assert words_of(EIGHT, files=files).questions["who"].choices["child-8-11"] == "Me"


def test_a_short_text_of_ours_does_not_stand_for_a_text_of_the_packs() -> None:
    system = {**SYSTEM, "en.4-7.toml": SYSTEM["en.4-7.toml"].replace("[who]\n", '[who]\nsms = "Who?"\n')}
    assert words_of(EIGHT, system=system).questions["who"].sms == "Who?"
    files = {CHILD: f"{PARK[CHILD]}{question('And you are?', 'who')}"}
    assert words_of(EIGHT, system=system, files=files).questions["who"].sms is None


def test_yes_and_no_need_no_labels_from_the_pack() -> None:
    files = {
        STRUCTURE: f'{ALL_BANDS[STRUCTURE]}[[questions]]\ncode = "happy"\nkind = "yes-no"\n',
        CHILD: f"{PARK[CHILD]}{question('Happy?', 'happy')}",
    }
    happy = words_of(EIGHT, files=files).questions["happy"]
    assert (happy.text, happy.choices) == ("Happy?", {"yes": "Yes", "no": "No", "not-sure": "Not sure"})


# --- everything else ---


def test_notices_come_from_the_pack_then_from_sayso_then_from_the_next_younger_band() -> None:
    assert words_of(FOUR).say["welcome"] == "Hello from {authority}."
    assert words_of(TWELVE).say["welcome"] == "Hello! This is {authority}."
    files = {CHILD: PARK[CHILD].replace("[say]", '[say]\nwelcome = "Hello, it is the park."')}
    assert words_of(EIGHT, files=files).say["welcome"] == "Hello, it is the park."
    assert words_of(TWELVE, files=files).say["welcome"] == "Hello, it is the park."
    assert words_of(FOUR, files=files).say["welcome"] == "Hello from {authority}.", (
        "nothing falls back on an older band"
    )


def test_a_language_that_nobody_words_gets_the_packs_own_and_then_english() -> None:
    system = {**SYSTEM, "cy.4-7.toml": '[say]\nwelcome = "Helo gan {authority}."\n'}
    welsh = words_of(GROWN, language="cy", system=system)
    assert welsh.say["welcome"] == "Helo gan {authority}."
    assert welsh.say["thanks"] == "Thank you."


def test_the_name_of_a_consultation_is_taken_from_wherever_the_pack_has_it() -> None:
    system = {**SYSTEM, "en.4-7.toml": SYSTEM["en.4-7.toml"].replace("[say]", '[say]\ntitle = "Have your say"')}
    assert words_of(FOUR, language="cy", system=system).say["title"] == "The park"


def test_a_shorter_text_counts_as_long_as_nothing_nearer_says_it_at_length() -> None:
    assert words_of(EIGHT).short == {"help": "Ask a grown-up."}
    files = {CHILD: PARK[CHILD].replace("[say]", '[say]\nhelp = "Write to the park keeper."')}
    assert words_of(EIGHT, files=files).short == {}
    assert words_of(EIGHT, files={CHILD: f'{files[CHILD]}[sms]\nhelp = "Ask us."\n'}).short == {"help": "Ask us."}


def test_labels_are_complete_and_kinds_fall_back_line_by_line() -> None:
    system = {**SYSTEM, "en.8-11.toml": '[kinds.one]\ntyped = "Send its number."\n[labels]\nskip = "Pass"\n'}
    words = words_of(EIGHT, system=system)
    assert (words.labels["send"], words.labels["skip"], words.labels["stop"]) == ("Send", "Pass", "stop")
    assert words.kinds[Kind.ONE] == KindWords(typed="Send its number.", tapped="Pick one.")


def test_who_reviewed_the_words_is_kept() -> None:
    assert words_of(EIGHT).reviewed_by == "Harbour youth council"
