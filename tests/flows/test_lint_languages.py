"""What is borrowed from another band or language is said, and in Wales no Welsh may be missing."""

from __future__ import annotations

from flows import lint
from flows.errors import Fault
from tests.support.pack_files import ADULT, CHILD, HARBOUR, PARK, STRUCTURE, SYSTEM, spoilt

CHILD_CY = "wording/cy.8-11.toml"
ADULT_CY = "wording/cy.adult.toml"
REVIEWED = 'reviewed_by = "Menter Harbwr"\n'
WELSH_SYSTEM = {
    **SYSTEM,
    **{
        name.replace("en.", "cy."): REVIEWED + text.replace("Send", "Anfon").replace("Hello", "Helo")
        for name, text in SYSTEM.items()
    },
}
BILINGUAL = {
    **spoilt(STRUCTURE, 'languages = ["en"]', 'languages = ["en", "cy"]'),
    CHILD_CY: PARK[CHILD],
    ADULT_CY: f"{REVIEWED}{PARK[ADULT]}",
}
WALES = spoilt(STRUCTURE, "slug", 'nation = "wales"\nslug', BILINGUAL)


def of(rule: str, files: dict[str, str], system: dict[str, str] | None = None) -> list[Fault]:
    return [fault for fault in lint.faults(files, system or WELSH_SYSTEM) if fault.rule == rule]


# --- what is borrowed ---


def test_every_band_and_language_that_borrows_its_words_is_named_once() -> None:
    borrowing = [fault.file for fault in lint.faults(HARBOUR, SYSTEM) if fault.rule == "fallback"]
    bands = ("12-15", "4-7", "8-11", "adult")
    missing = [f"wording/{language}.{band}.toml" for language in ("cy", "en") for band in bands]
    assert borrowing == [file for file in missing if file != CHILD]


def test_a_language_that_is_worded_is_not_said_to_borrow() -> None:
    files = {**HARBOUR, CHILD_CY: HARBOUR[CHILD].replace('"More swings"', '"Mwy o siglenni"')}
    (fault,) = [fault for fault in lint.faults(files, SYSTEM) if (fault.rule, fault.file) == ("fallback", CHILD_CY)]
    assert fault.problem == "who: nobody has written words for 8-11 in 'cy'", "only who somebody is has no Welsh words"


def test_a_pack_in_two_languages_borrows_nothing() -> None:
    assert lint.faults(BILINGUAL, WELSH_SYSTEM) == ()
    assert {fault.rule for fault in lint.faults(WALES, WELSH_SYSTEM)} == {"welsh-effects"}


def test_a_notice_that_the_pack_words_for_some_bands_only_is_told() -> None:
    (fault,) = of("fallback", spoilt(CHILD, "[say]\n", '[say]\nthanks = "Thank you."\n', BILINGUAL))
    assert (fault.file, fault.problem) == (
        ADULT,
        "say.thanks: the pack has words of its own, but none for adult in 'en'",
    )


def test_what_sayso_does_not_say_in_a_language_is_told_where_it_is_used() -> None:
    system = {**WELSH_SYSTEM, "cy.4-7.toml": WELSH_SYSTEM["cy.4-7.toml"].replace('thanks = "Thank you."\n', "")}
    faults = of("fallback", BILINGUAL, system)
    assert [(fault.file, fault.warning) for fault in faults] == [(CHILD_CY, True), (ADULT_CY, True)]
    assert {fault.problem.split(":")[0] for fault in faults} == {"say.thanks"}


def test_an_option_of_a_question_of_ours_that_is_said_in_english_is_told() -> None:
    system = {
        **WELSH_SYSTEM,
        "cy.4-7.toml": WELSH_SYSTEM["cy.4-7.toml"]
        .replace('parent-carer = "A parent or carer"\n', "")
        .replace('adult = "I am an adult"\n', ""),
    }
    assert {fault.problem.split(":")[0] for fault in of("fallback", BILINGUAL, system)} == {"who.choices.parent-carer"}


def test_a_long_list_is_told_by_its_first_names() -> None:
    more = "".join(f'{notice} = "Yes."\n' for notice in ("changed", "closed", "deleted", "reminder", "stopped"))
    system = {**WELSH_SYSTEM, "en.4-7.toml": SYSTEM["en.4-7.toml"].replace("[say]\n", f"[say]\n{more}")}
    (fault,) = [fault for fault in of("fallback", BILINGUAL, system) if fault.file == CHILD_CY]
    assert fault.problem.startswith("say.stopped, say.changed, say.deleted, say.closed and say.reminder: said to 8-11")
    system["en.4-7.toml"] = system["en.4-7.toml"].replace("[say]\n", '[say]\noffer = "One:"\noffer_none = "None."\n')
    (fault,) = [fault for fault in of("fallback", BILINGUAL, system) if fault.file == CHILD_CY]
    assert fault.problem.startswith("say.stopped, say.changed, say.deleted, say.closed, say.reminder and 2 more: said")


# --- who looked it over ---


def test_a_translation_names_who_looked_it_over() -> None:
    (fault,) = of(
        "unreviewed", {**BILINGUAL, CHILD_CY: PARK[CHILD].replace('reviewed_by = "Harbour youth council"\n', "")}
    )
    assert (fault.file, fault.key, fault.warning) == (CHILD_CY, "reviewed_by", True)


def test_the_language_that_was_written_first_is_no_translation() -> None:
    welsh_first = spoilt(STRUCTURE, 'default_language = "en"', 'default_language = "cy"', BILINGUAL)
    assert [fault.file for fault in of("unreviewed", welsh_first)] == [ADULT]


def test_translations_of_our_own_words_name_who_looked_them_over_as_well() -> None:
    unreviewed = {name: text.replace(REVIEWED, "") for name, text in WELSH_SYSTEM.items()}
    faults = [fault for fault in lint.system_faults(unreviewed) if fault.rule == "unreviewed"]
    assert [fault.file for fault in faults] == ["bot/wording/cy.4-7.toml", "bot/wording/cy.8-11.toml"]


def test_what_our_own_words_lack_in_a_language_is_told_once() -> None:
    lacking = WELSH_SYSTEM["cy.4-7.toml"].replace('no = "No"\n', "").replace('send = "Anfon"\n', "")
    faults = [
        fault for fault in lint.system_faults({**WELSH_SYSTEM, "cy.4-7.toml": lacking}) if fault.rule == "fallback"
    ]
    (fault,) = faults
    assert (fault.file, fault.warning) == ("bot/wording/cy.4-7.toml", True)
    assert fault.problem == "labels.send and yes-no.choices.no: no words in 'cy', so English is said"


# --- Wales ---


def missing_welsh(files: dict[str, str], system: dict[str, str] | None = None) -> list[tuple[str, str]]:
    faults = of("missing-welsh", files, system)
    assert not any(fault.warning for fault in faults)
    return [(fault.file, fault.key) for fault in faults]


def test_a_council_in_wales_asks_in_welsh() -> None:
    english = spoilt(STRUCTURE, "slug", 'nation = "wales"\nslug')
    assert missing_welsh(english) == [(STRUCTURE, "languages")]
    assert missing_welsh(spoilt(STRUCTURE, '"wales"', '"england"', english)) == []


def test_a_question_without_welsh_words_is_an_error_in_wales() -> None:
    why = '[questions.why]\ntext = "What makes you say that?"\n'
    files = {
        **WALES,
        CHILD_CY: WALES[CHILD_CY].partition("[questions.why]")[0],
        ADULT_CY: WALES[ADULT_CY].replace(why, ""),
    }
    assert missing_welsh(files) == [(CHILD_CY, ""), (ADULT_CY, "")]
    assert of("fallback", files) == [], "nothing is said of it twice"


def test_welsh_words_for_another_band_are_borrowed_as_everywhere() -> None:
    files = dict(WALES)
    files[STRUCTURE] = files[STRUCTURE].replace('bands = ["8-11"]', 'bands = ["8-11", "12-15"]')
    assert ("wording/cy.12-15.toml", "") not in missing_welsh(files)
    assert "wording/cy.12-15.toml" in {fault.file for fault in of("fallback", files)}


def test_welsh_says_no_less_than_english() -> None:
    less = spoilt(CHILD_CY, 'why = "There is money for one new thing."\n', "", WALES)
    assert missing_welsh(less) == [(CHILD_CY, "questions.swings.why")]
    more = spoilt(CHILD, "[say]\n", '[say]\nwelcome = "Hello."\n', WALES)
    assert (CHILD_CY, "say.welcome") in missing_welsh(more)


def test_an_english_text_may_be_shorter_for_sms_than_the_welsh_one() -> None:
    assert missing_welsh(spoilt(CHILD_CY, 'sms = "What makes you say that? Or say SKIP."\n', "", WALES)) == []


def test_what_sayso_does_not_say_in_welsh_is_an_error_in_wales() -> None:
    system = {**WELSH_SYSTEM, "cy.4-7.toml": WELSH_SYSTEM["cy.4-7.toml"].replace('thanks = "Thank you."\n', "")}
    assert missing_welsh(WALES, system) == [(CHILD_CY, ""), (ADULT_CY, "")]
    assert missing_welsh(WALES, dict(SYSTEM)) == [(CHILD_CY, ""), (ADULT_CY, "")]
