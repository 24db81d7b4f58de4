"""The reading rules as an author meets them: for each age band, what may be asked and what may not."""

from __future__ import annotations

import pytest

from flows import lint
from flows.definition import AgeBand
from tests.support.pack_files import SYSTEM

STRUCTURE = """\
slug = "park"
authority = "Harbour Council"
contact = "play@harbour.example"
timezone = "Europe/London"
opens_at = 2030-05-01T09:00:00
closes_at = 2030-06-01T00:00:00
sms_keyword = "PARK"
feedback_due = 2030-09-30

[[roles]]
code = "somebody"
bands = ["{band}"]

[[questions]]
code = "ask"
kind = "text"
"""

GOOD = {
    "4-7": (
        "What would make it nicer to be a child here?",
        "Who helps you when you are sad?",
        "Where do you like to play?",
        "Which do you like more: swings or slides?",
        "People are making a plan. What would you like?",
    ),
    "8-11": (
        "What needs to get better for children where you live?",
        "How safe do you feel on your way to school?",
        "What would help you to make friends?",
        "If you ran the park, what would you do first?",
        "Keeping children safe matters to us. What makes you feel safe?",
    ),
    "12-15": (
        "What is the main thing in the way of a good life round here?",
        "How well do people at school listen to you?",
        "Which buses would you use if they ran later?",
        "What would you tell the people who run youth clubs?",
        "The council is planning its budget. Where would you spend more?",
    ),
    "16-25": (
        "If the people who run things here could sort out one thing for young people, what should it be?",
        "How easy or hard is it to find a place to rent?",
        "What would make it easier to stay here after school or college?",
        "Which services do young people here most need to know about?",
        "Safeguarding (keeping people safe) is one of our aims. How safe do you feel in town at night?",
    ),
    "adult": (
        "Which issues matter most if children in Herefordshire are to be safe, healthy and doing well?",
        "How easy or hard is it to see a dentist with your child?",
        "What has helped your family most in the last year?",
        "How well do schools keep parents and carers up to date?",
        "How well are special educational needs and disabilities (SEND) understood at your child's school?",
    ),
}
BAD = {
    "4-7": (
        ("What would make it much nicer to be a small child here?", "words-per-sentence"),
        ("We ask. You say. We read. What is it?", "sentences-per-message"),
        ("What is your community like?", "hard-word"),
        ("What do you not like here?", "negative"),
        ("Isn't the park nice?", "leading"),
        ("Do you like PSHE?", "abbreviation"),
        ("What do you like, and why?", "double-question"),
        ("Your words will be kept. What is it like?", "passive"),
    ),
    "8-11": (
        ("What is the biggest thing that needs to get better for children where you live?", "words-per-sentence"),
        ("Should we prioritise play?", "hard-word"),
        ("Is SEND help good at your school?", "abbreviation"),
        ("Is SEND (special educational needs) help good?", "abbreviation"),
        ("What don't you like about school?", "negative"),
        ("How clean and safe is your school?", "double-question"),
        ("How good was the event?", "leading"),
        ("The plan will be written soon. What should be in it?", "passive"),
        ("This is our secret. What is it like?", "secrecy"),
    ),
    "12-15": (
        ("What is the main thing that gets in the way of a good life for people your age here?", "words-per-sentence"),
        ("What would build your resilience?", "hard-word"),
        ("How was your CAMHS visit?", "abbreviation"),
        ("Why do people never use the bus?", "negative"),
        ("Do you agree that school starts too early?", "leading"),
        ("What would help, and who should do it?", "double-question"),
        ("We promise to listen. What would help?", "promise"),
    ),
    "16-25": (
        (f"If the people who run things {'and services ' * 10}could sort out one thing, what?", "words-per-sentence"),
        ("Which outcomes matter most to you?", "hard-word"),
        ("How did your EHCP work out?", "abbreviation"),
        ("What is not working for young people here?", "negative"),
        ("Wouldn't it be better to have more flats?", "leading"),
        ("Better and/or cheaper buses?", "double-question"),
    ),
    "adult": (
        (f"Having regard to services that are bought {'across the county ' * 8}what matters?", "words-per-sentence"),
        ("How could multi-agency provision improve?", "hard-word"),
        ("How well does the ICB listen?", "abbreviation"),
        ("Which services would you not recommend?", "negative"),
        ("Obviously money is short. What should come first?", "leading"),
        ("How helpful and friendly are the staff?", "double-question"),
        ("All that you say is confidential. What has happened?", "secrecy"),
    ),
}


def rules(text: str, band: str) -> set[str]:
    """The rules that a question breaks when it is put to a band; those of the whole pack apart."""
    files = {
        "consultation.toml": STRUCTURE.format(band=band),
        f"wording/en.{band}.toml": f"[say]\ntitle = \"The park\"\n[questions.ask]\ntext = '''{text}'''\n",
    }
    return {fault.rule for fault in lint.faults(files, SYSTEM)}


@pytest.mark.parametrize(("band", "text"), [(band, text) for band, texts in GOOD.items() for text in texts])
def test_a_question_that_suits_its_band_passes_every_rule(band: str, text: str) -> None:
    assert rules(text, band) == set()


@pytest.mark.parametrize(
    ("band", "text", "rule"), [(band, text, rule) for band, texts in BAD.items() for text, rule in texts]
)
def test_a_question_that_does_not_suit_its_band_is_told_why(band: str, text: str, rule: str) -> None:
    assert rules(text, band) == {rule}


def test_every_band_has_good_and_bad_questions() -> None:
    assert set(GOOD) == set(BAD) == {band.value for band in AgeBand}
    for texts in BAD.values():
        told = {rule for _, rule in texts}
        assert told >= {"words-per-sentence", "hard-word", "abbreviation", "negative", "leading", "double-question"}


@pytest.mark.parametrize("band", ["12-15", "16-25", "adult"])
def test_what_is_good_for_children_is_good_for_older_people(band: str) -> None:
    for text in (*GOOD["4-7"], *GOOD["8-11"]):
        assert rules(text, band) == set()
