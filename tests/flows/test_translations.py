"""What Sayso ships in other languages says all that the English says, as shortly, and as cheaply as a script allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import pytest

from flows import answers, asking, commands, cutoff, segments
from flows.definition import AgeBand, Command, Kind, Label, QuestionWords, Words
from flows.effects import Manner, Notice
from flows.pack_checks import is_for
from flows.phrases import fill
from flows.placeholders import names_in
from flows.values import Choice
from tests.support.shipped import CAPS, FILLED, LONG_BY_LAW, SMS, Said, herefordshire, shipped, texted

SPOKEN: dict[str, tuple[AgeBand, ...]] = {"cy": tuple(AgeBand), "ar": (AgeBand.ADULT,)}
"""The bands that each language has words for."""
VOICES = [(language, band) for language, bands in SPOKEN.items() for band in bands]
each_language = pytest.mark.parametrize("language", SPOKEN)
each_voice = pytest.mark.parametrize(("language", "band"), VOICES)

PACK = herefordshire()
TIMETABLE = PACK.timetable


def values_in(language: str) -> dict[str, str]:
    """What usually stands for the names in braces, as long as it usually is."""
    closing = cutoff.closing_in_words(TIMETABLE.closes_at, TIMETABLE.zone, language)
    days = {"opening": date(2018, 2, 1), "feedback_due": date(2018, 9, 30)}
    return {
        **FILLED,
        **{command.value: commands.word(command, language) for command in Command if command is not Command.CODE},
        **{name: cutoff.day_in_words(day, language) for name, day in days.items()},
        "closing": closing,
        "open_until": closing,
        "language": commands.name_of(language),
    }


def texts_of(language: str) -> list[Said]:
    found = list(shipped(language, values_in(language)))
    assert len(found) > 100
    return found


def words_in(language: str, band: AgeBand) -> Words:
    return PACK.words_for(language, band)


def asked_of(band: AgeBand) -> Iterator[str]:
    whos = [who for who in PACK.who_options if who.band is band]
    yield from (question.code for question in PACK.questions if any(is_for(question, who) for who in whos))


# --- complete ---


@each_voice
def test_nothing_that_is_said_to_a_band_is_in_another_language(language: str, band: AgeBand) -> None:
    words = words_in(language, band)
    assert words.borrowed == {}
    assert words.say.keys() == {notice.value for notice in Notice}
    assert words.labels.keys() == {label.value for label in Label}
    assert {code: words.questions[code].language for code in asked_of(band)} == dict.fromkeys(asked_of(band))
    english = words_in("en", band)
    untranslated = {key for key, text in words.say.items() if text == english.say[key]}
    assert untranslated == set()
    assert {key for key, text in words.labels.items() if text == english.labels[key]} == {"we"}, "a name stays"


@each_voice
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_question_says_how_to_answer_it_wherever_the_english_does(
    language: str, band: AgeBand, kind: Kind
) -> None:
    ours, english = words_in(language, band).kinds[kind], words_in("en", band).kinds[kind]
    for line in fields(english):
        said, meant = getattr(ours, line.name), getattr(english, line.name)
        assert (said is None) is (meant is None)
        assert said is None or said != meant


@each_voice
def test_every_question_has_each_line_and_each_option_that_the_english_has(language: str, band: AgeBand) -> None:
    for code in asked_of(band):
        ours, english = words_in(language, band).questions[code], words_in("en", band).questions[code]
        for line in ("text", "why", "again", "again_differently", "grown_up", "name"):
            assert (getattr(ours, line) is None) is (getattr(english, line) is None), (code, line)
        assert ours.choices.keys() == english.choices.keys()
        assert ours.pictures == english.pictures
        assert ours.synonyms.keys() == english.synonyms.keys() or code != "issue"


@each_voice
def test_the_same_facts_are_filled_in_as_in_english(language: str, band: AgeBand) -> None:
    ours, english = words_in(language, band), words_in("en", band)
    for notice in Notice:
        assert set(names_in(ours.say[notice])) == set(names_in(english.say[notice])), notice
        short = {*names_in(ours.short.get(notice, ""))}
        assert short <= {*names_in(english.say[notice]), *names_in(english.short.get(notice, ""))}, notice
    for code in asked_of(band):
        for line in fields(QuestionWords):
            said, meant = getattr(ours.questions[code], line.name), getattr(english.questions[code], line.name)
            if isinstance(said, str) and isinstance(meant, str) and line.name != "sms":
                assert set(names_in(said)) == set(names_in(meant)), (code, line.name)


def test_arabic_falls_back_on_english_for_children_and_not_for_somebody_of_unknown_age() -> None:
    child = words_in("ar", AgeBand.EIGHT_TO_ELEVEN)
    english = words_in("en", AgeBand.EIGHT_TO_ELEVEN)
    assert child.questions["issue"] == replace(english.questions["issue"], language="en")
    assert [notice for notice in Notice if child.language_of("say", notice) == "ar"] == [Notice.TITLE]
    assert PACK.words_for("ar", None) is words_in("ar", AgeBand.ADULT)
    assert PACK.words_for("cy", None) is words_in("cy", AgeBand.FOUR_TO_SEVEN)


# --- short enough for each age ---


@each_language
def test_no_sentence_is_longer_than_its_band_can_follow(language: str) -> None:
    for said in texts_of(language):
        cap = CAPS["adult" if said.key.endswith("grown_up") else said.band]
        longest = max(said.sentences, key=lambda sentence: len(sentence.split()))
        assert len(longest.split()) <= cap.words_in_a_sentence, (str(said), longest)


@each_language
def test_no_message_is_longer_than_its_band_can_follow(language: str) -> None:
    for said in texts_of(language):
        if said.key not in LONG_BY_LAW:
            assert len(said.filled.split()) <= CAPS[said.band].words, str(said)
            assert len(said.sentences) <= CAPS[said.band].sentences, str(said)


@each_language
def test_only_the_listed_help_lines_are_given_and_two_at_most(language: str) -> None:
    listed = {"0800 1111", "0808 800 5000", "116 123", "999"}
    for said in texts_of(language):
        text = said.text.replace("\N{NO-BREAK SPACE}", " ")
        found = re.findall(r"(?<!\d)(?:0[\d ]{8,}\d|\d{3} \d{3}|999)(?!\d)", text)
        assert set(found) <= listed, str(said)
        assert len(found) <= 2, str(said)


TI = re.compile(r"\b(ti|dy|di|dwed|wyt|rwyt|cei|gelli|hoffet|anfona|dewisa|teipia|ffonia)\b", re.IGNORECASE)
CHI = re.compile(
    r"\b(chi|eich|dywedwch|ydych|rydych|gallwch|hoffech|anfonwch|dewiswch|teipiwch|ffoniwch)\b", re.IGNORECASE
)


@pytest.mark.parametrize("band", AgeBand)
def test_welsh_says_ti_to_the_young_and_chi_to_everybody_else(band: AgeBand) -> None:
    words = words_in("cy", band)
    young = band in {AgeBand.FOUR_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN, AgeBand.TWELVE_TO_FIFTEEN}
    questions = [words.questions[code] for code in asked_of(band)]
    lines = (getattr(each, line) for each in questions for line in ("text", "sms", "why", "again", "again_differently"))
    kinds = (getattr(words.kinds[kind], line) for kind in Kind for line in ("typed", "tapped", "form"))
    # What a child's parent is told stands with the child's words.
    theirs = [
        text for say in (words.say, words.short) for key, text in say.items() if not key.startswith("permission_")
    ]
    said = [text for text in (*theirs, *words.labels.values(), *lines, *kinds) if text]
    assert [text for text in said if (CHI if young else TI).search(text)] == []


def test_in_arabic_the_groups_of_a_telephone_number_cannot_change_places() -> None:
    texts = [said.text for said in texts_of("ar")]
    assert any("0808\N{NO-BREAK SPACE}800\N{NO-BREAK SPACE}5000" in text for text in texts)
    assert [text for text in texts if re.search(r"[0-9] [0-9]", text)] == []


# --- cheap enough to text ---


@each_voice
def test_every_notice_costs_at_most_two_segments_by_sms(language: str, band: AgeBand) -> None:
    words, values = words_in(language, band), values_in(language)
    for notice in Notice:
        text = words.short.get(notice, words.say[notice])
        found = segments.count(fill(text, values.get))
        assert found.segments <= 2, (notice, found)


@each_voice
def test_every_question_costs_at_most_two_segments_by_sms(language: str, band: AgeBand) -> None:
    for code in asked_of(band):
        if (language, code) == ("ar", "who"):
            continue  # who somebody is has seven options; 70 Arabic letters a segment hold three or four of them
        question = PACK.question(code).for_band(band)
        put = asking.put(question, Manner.FIRST, words_in(language, band), SMS, values_in(language).get, why=False)
        found = segments.count(put.text)
        assert found.segments <= (1 if language == "cy" else 2), (code, found)


@pytest.mark.parametrize("band", AgeBand)
def test_no_welsh_letter_makes_a_text_message_dearer(band: AgeBand) -> None:
    words, values = words_in("cy", band), values_in("cy")
    notices = [words.short.get(notice, words.say[notice]) for notice in Notice]
    questions = [words.questions[code] for code in asked_of(band)]
    lines = (
        line for each in questions for line in (each.sms or each.text, each.again, each.again_differently, each.why)
    )
    options = (label for each in questions for label in each.choices.values())
    for text in filter(None, (*notices, *lines, *options)):
        assert segments.count(fill(text, values.get)).encoding == "GSM-7", text


@pytest.mark.parametrize("band", AgeBand)
def test_help_by_sms_is_one_segment_in_welsh(band: AgeBand) -> None:
    assert segments.count(fill(words_in("cy", band).short["help"], values_in("cy").get)).segments == 1


WHOLE = [
    ("cy", ("4 i 7", "1", "2", "mae fy nant yn brifo"), 6),
    ("cy", ("4 i 7", "1", "ddim yn gwybod"), 5),
    ("cy", ("8 i 11", "mwy o barciau", "does dim", "adeiladu un"), 6),
    ("cy", ("12 i 15", "bysiau", "dim byd hwyr", "mwy ohonyn nhw"), 6),
    ("cy", ("16 i 25", "tai", "alla i ddim rhentu", "adeiladu"), 6),
    ("cy", ("rhiant", "dannedd", "rhestrau aros", "mwy o ddeintyddion"), 6),
    ("cy", ("athrawes", "iechyd y geg", "ein ffigurau", "atal", "Ysgol"), 7),
    ("cy", ("rhywun arall", "parciau", "eu gweld nhw", "torri'r gwair"), 6),
    ("ar", ("أنا أم", "الأسنان", "قوائم الانتظار", "المزيد من الأطباء"), 11),
    ("ar", ("معلمة", "صحة الفم", "أرقامنا", "الوقاية", "مدرسة"), 12),
]


@pytest.mark.parametrize(("language", "lines", "most"), WHOLE, ids=[f"{each[0]} {each[1][0]}" for each in WHOLE])
def test_what_a_whole_conversation_costs_by_sms(language: str, lines: tuple[str, ...], most: int) -> None:
    costs = [segments.count(text).segments for text in texted(PACK, lines, language)]
    assert sum(costs) == most
    if language == "cy":
        assert costs == [2, *[1] * (most - 2)], "as in English"


@pytest.mark.parametrize(("language", "lines", "most"), WHOLE, ids=[f"{each[0]} {each[1][0]}" for each in WHOLE])
def test_the_first_text_says_who_asks_and_that_it_is_voluntary_and_the_last_what_comes_next(
    language: str, lines: tuple[str, ...], most: int
) -> None:
    first, *_, last = texted(PACK, lines, language)
    told = {
        "cy": ("Cyfrifiadur", "Cyngor Swydd Henffordd", "Dewis di", "STOPIO", "rhaid inni ddweud", "30 Medi 2018"),
        "ar": ("آلية", "مجلس هيرفوردشير", "اختيارية", "توقف", "فعلينا الإبلاغ", "30 سبتمبر 2018"),
    }[language]
    *opening, due = told
    assert [each for each in opening if each not in first] == []
    assert due in last
    assert most >= 5


# --- answers in the same language ---


@pytest.mark.parametrize("language", SPOKEN)
def test_every_option_is_understood_by_its_label_and_by_its_number(language: str) -> None:
    question = PACK.question("who")
    words = PACK.words_for(language, None).questions["who"]
    for number, code in enumerate(question.choices, start=1):
        for said in (words.choices[code], words.choices[code].lower(), str(number)):
            assert answers.understand(question, words, said, language=language) == Choice(code), said


@pytest.mark.parametrize(
    ("language", "said", "code"),
    [
        ("cy", "dw i'n 9 oed", "child-8-11"),
        ("cy", "9", "child-8-11"),
        ("cy", "naw oed", "child-8-11"),
        ("cy", "rwy'n 5", "child-4-7"),
        ("cy", "tair ar ddeg oed", "young-person-12-15"),
        ("cy", "dwi'n 17", "young-person-16-25"),
        ("cy", "8 to 11", "child-8-11"),
        ("cy", "Mam", "parent-carer"),
        ("cy", "athrawes", "professional"),
        ("cy", "dw i'n gweithio gyda phlant", "professional"),
        ("cy", "y trydydd", "young-person-12-15"),
        ("ar", "عمري 9 سنوات", "child-8-11"),
        ("ar", "٣", "young-person-12-15"),
        ("ar", "أم", "parent-carer"),
        ("ar", "مُعلِّمة", "professional"),
    ],
)
def test_who_somebody_is_can_be_said_in_their_own_words(language: str, said: str, code: str) -> None:
    question = PACK.question("who")
    words = PACK.words_for(language, None).questions["who"]
    assert answers.understand(question, words, said, language=language) == Choice(code)
