"""Hard words and bare letters are found, for each age its own, and pass where they are explained on the spot."""

from __future__ import annotations

import pytest

from flows.definition import AgeBand
from flows.lint_jargon import abbreviations, difficult_words
from flows.lint_text import Reader

FOUR, EIGHT, TWELVE, SIXTEEN, ADULT = AgeBand
OVER_FIFTEEN = (SIXTEEN, ADULT)


def hard(text: str, band: AgeBand, *, language: str = "en", beside: str = "") -> list[str]:
    return [
        finding.problem.split("”")[0].strip("“") for finding in difficult_words(text, Reader(language, band), beside)
    ]


def bare(text: str, band: AgeBand, *, beside: str = "", glossary: dict[str, str] | None = None) -> list[str]:
    reader = Reader("en", band, commands=frozenset(("stop", "plan")), glossary=glossary or {})
    return [finding.problem.split()[-2] for finding in abbreviations(text, reader, beside)]


# --- words ---


@pytest.mark.parametrize(
    ("text", "word", "oldest"),
    [
        ("What outcomes matter?", "outcomes", ADULT),
        ("Which Early Intervention helps?", "Early Intervention", ADULT),
        ("Does multi-agency help work?", "multi-agency", ADULT),
        ("What would safeguarding look like?", "safeguarding", ADULT),
        ("What do service users need?", "service users", ADULT),
        ("Help that was commissioned here", "commissioned", ADULT),
        ("Who are the looked-after children?", "looked-after children", ADULT),
        ("What helps resilience?", "resilience", TWELVE),
        ("Are you eligible?", "eligible", TWELVE),
        ("Which policies help?", "policies", EIGHT),
        ("Should we prioritise play?", "prioritise", EIGHT),
        ("Is the organisation near?", "organisation", EIGHT),
        ("What is the community like?", "community", FOUR),
        ("Describe your house.", "Describe", FOUR),
    ],
)
@pytest.mark.parametrize("band", AgeBand)
def test_a_word_is_hard_up_to_an_age(text: str, word: str, oldest: AgeBand, band: AgeBand) -> None:
    up_to = tuple(AgeBand)[: tuple(AgeBand).index(oldest) + 1]
    assert hard(text, band) == ([word] if band in up_to else [])


def test_a_hard_word_is_told_with_a_plainer_one() -> None:
    (found,) = difficult_words("Better provision?", Reader("en", ADULT))
    assert found.problem == "“provision” is hard for many adults"
    assert found.mend == "Write “services, help, places”, or explain it: “provision (…)”"


@pytest.mark.parametrize(
    "text",
    [
        "Safeguarding (keeping children safe) is for everybody.",
        "Keeping children safe (safeguarding) is for everybody.",
        "Safeguarding means keeping children safe.",
        "Safeguarding, which is when we keep children safe, is for all.",
        "Safeguarding (keeping children safe) matters. Is safeguarding good here?",
    ],
)
def test_a_hard_word_that_is_explained_on_the_spot_passes(text: str) -> None:
    assert hard(text, EIGHT) == []


def test_what_stands_beside_a_text_may_explain_it() -> None:
    assert hard("Safeguarding", ADULT, beside="Which is best? Safeguarding (keeping children safe) is one.") == []
    assert hard("Safeguarding", ADULT, beside="Which is best?") == ["Safeguarding"]


@pytest.mark.parametrize("text", ["Safeguarding (yes)", "Safeguarding. (We read all of it.)", "Really (safeguarding)?"])
def test_brackets_that_explain_nothing_do_not_help(text: str) -> None:
    assert [word.lower() for word in hard(text, ADULT)] == ["safeguarding"]


@pytest.mark.parametrize(
    "text",
    [
        "What would make it nicer to be a child here?",
        "Who brings the pizza?",
        "What gets in the way?",
        "The council asks you.",
    ],
)
def test_plain_words_are_plain_for_everybody(text: str) -> None:
    assert all(hard(text, band) == [] for band in AgeBand)


def test_other_languages_have_no_list_yet() -> None:
    assert hard("outcomes", ADULT, language="cy") == []


# --- letters ---


@pytest.mark.parametrize(
    "text", ["Is SEND help good?", "Who is your SENCo?", "Do you have an EHCP?", "Is CAMHS good?", "Two ICBs"]
)
@pytest.mark.parametrize("band", AgeBand)
def test_bare_letters_are_found_at_every_age(text: str, band: AgeBand) -> None:
    (found,) = bare(text, band)
    assert found in text


@pytest.mark.parametrize("text", ["SEND (special educational needs) help", "special educational needs (SEND) help"])
@pytest.mark.parametrize("band", AgeBand)
def test_letters_beside_their_long_form_are_for_those_over_fifteen(text: str, band: AgeBand) -> None:
    assert bare(text, band) == ([] if band in OVER_FIFTEEN else ["SEND"])


@pytest.mark.parametrize("band", AgeBand)
def test_letters_of_the_glossary_are_for_those_over_fifteen(band: AgeBand) -> None:
    known = {"SEND": "special educational needs and disabilities"}
    assert bare("Is SEND help good?", band, glossary=known) == ([] if band in OVER_FIFTEEN else ["SEND"])


def test_what_stands_beside_letters_may_explain_them_to_adults() -> None:
    assert bare("EHCP", ADULT, beside="Do you have an education, health and care plan (EHCP)?") == []


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("The NHS and the BBC", FOUR),
        ("OK, TV it is", FOUR),
        ("Your GCSEs", TWELVE),
        ("See your GP or A&E", ADULT),
        ("Say STOP to end. Text PLAN to begin.", FOUR),
        ("YouTube, TikTok and McDonald", EIGHT),
        ("I am 8", EIGHT),
        ("Do you live in HR4 or at HR1 2AB?", EIGHT),
        ("{STOP}", ADULT),
    ],
)
def test_letters_that_everybody_knows_are_left_alone(text: str, band: AgeBand) -> None:
    assert bare(text, band) == []


def test_some_letters_come_with_age() -> None:
    assert bare("Your GCSEs", EIGHT) == ["GCSEs"]
    assert bare("HIV", TWELVE) == ["HIV"]


def test_letters_are_told_once_however_often_they_stand() -> None:
    assert bare("SEND here and SEND there", ADULT) == ["SEND"]
