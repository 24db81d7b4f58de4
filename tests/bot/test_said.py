"""What came of a consultation: whose words somebody reads, what keeps it from going out, and what a message costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import Library
from bot.said import Answer, Outcome, Subject, Told, decode, encode, lacking, next_own
from bot.said_messages import MOST_SEGMENTS, costs, feedback, invitation
from bot.said_words import said_words
from flows import segments
from flows.definition import AgeBand
from flows.messages import Channel
from storage.feedback import Reach
from tests.support.answered import ADULT, an_answer
from tests.support.shipped import ROOT

PACKS = {pack.slug: pack for pack in Library.load(ROOT / "consultations").all()}
HEREFORDSHIRE = PACKS["herefordshire-2018"]
URL = "https://sayso.example.gov.uk"

texts = st.text(max_size=20)
tolds = st.builds(Told, texts, texts, texts, texts)
places = st.tuples(st.sampled_from(["en", "cy", "pl"]), st.sampled_from(list(AgeBand)))
subjects = st.builds(
    Subject, st.sampled_from(["theme-a", "own-1"]), st.none() | st.sampled_from(Outcome), st.dictionaries(places, tolds)
)
answers = st.builds(Answer, texts, st.none() | st.dates(), st.lists(subjects, max_size=3).map(tuple))


@given(answers)
def test_what_is_kept_is_what_was_written(answer: Answer) -> None:
    assert decode(encode(answer)) == answer


@given(subjects, st.sampled_from(["en", "cy", "pl"]), st.sampled_from(list(AgeBand)))
def test_nobody_reads_an_older_bands_words_while_there_are_some_for_them_or_younger(
    subject: Subject, language: str, band: AgeBand
) -> None:
    spoken = subject.spoken(language, band, "en")
    fitting = [
        (tongue, each)
        for (tongue, each), told in subject.words.items()
        if each in {band, *band.younger} and tongue in {language, "en"} and not told.is_empty
    ]
    if fitting:
        assert spoken is not None
        assert spoken.band in {band, *band.younger}
        assert spoken.language == language or all(tongue != language for tongue, _ in fitting)
    elif any(not told.is_empty and tongue in {language, "en"} for (tongue, _), told in subject.words.items()):
        assert spoken is not None
    else:
        assert spoken is None


def test_an_adult_text_alone_is_read_by_everybody_and_a_childs_own_by_children() -> None:
    subject = an_answer().subjects[0]
    adult, child = AgeBand.ADULT, AgeBand.EIGHT_TO_ELEVEN
    assert [s.band for band in AgeBand if (s := subject.spoken("cy", band, "en"))] == [
        child,
        child,
        child,
        child,
        adult,
    ]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(), "Say who decided, and on which day"),
        (replace(an_answer(), decided_on=None), "Say who decided, and on which day"),
        (replace(an_answer(), subjects=()), "Write about at least one theme or aim"),
        (Answer("Cabinet", date(2030, 7, 1), (Subject("theme-a", None, {("en", AgeBand.ADULT): ADULT}),)),
         "Say whether you will do it"),
        (Answer("Cabinet", date(2030, 7, 1), (Subject("theme-a", Outcome.NO, {("cy", AgeBand.ADULT): ADULT}),)),
         "Write all four texts for adults, in the first language of the consultation"),
    ],
)  # fmt: skip
def test_what_is_not_whole_cannot_go_out_and_it_is_said_why(answer: Answer, says: str) -> None:
    assert says in [what for _, what in lacking(answer, HEREFORDSHIRE)]


def test_what_is_whole_can_go_out() -> None:
    assert list(lacking(an_answer(), HEREFORDSHIRE)) == []


def test_each_subject_of_ones_own_has_a_code_of_its_own() -> None:
    answer = an_answer()
    assert next_own(answer) == "own-1"
    assert next_own(answer.having(Subject("own-1"))) == "own-2"


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_by_text_it_is_one_segment_or_two_where_the_alphabet_costs_more(pack: object) -> None:
    for language in pack.languages:  # type: ignore[attr-defined] # a Consultation
        for band in (None, *AgeBand):
            [told] = feedback(pack, an_answer(), URL, language, band, Channel.SMS)  # type: ignore[arg-type]
            [invited] = invitation(pack, URL, language, band, Channel.SMS)  # type: ignore[arg-type]
            assert segments.count(told).segments <= (MOST_SEGMENTS if language == "ar" else 1), told
            assert segments.count(invited).segments <= MOST_SEGMENTS, invited


def test_a_long_answer_is_divided_where_a_channel_takes_no_more() -> None:
    long = Told("Swings", "a" * 2000, "b" * 2000, "c" * 2000)
    answer = replace(an_answer(), subjects=(Subject("theme-a", Outcome.NO, {("en", AgeBand.ADULT): long}),))
    parts = feedback(HEREFORDSHIRE, answer, URL, "en", AgeBand.ADULT, Channel.TELEGRAM)
    assert len(parts) > 1
    assert all(len(part) <= 4096 for part in parts)


def test_what_it_costs_is_the_segments_of_every_text_and_nothing_elsewhere() -> None:
    reach = [
        Reach(Channel.SMS, "en", AgeBand.ADULT, 1200),
        Reach(Channel.SMS, "ar", AgeBand.ADULT, 10),
        Reach(Channel.WEB, "en", None, 7),
    ]
    found = {cost.channel: cost for cost in costs(HEREFORDSHIRE, an_answer(), URL, reach)}
    assert found[Channel.SMS].people == 1210
    arabic = segments.count(feedback(HEREFORDSHIRE, an_answer(), URL, "ar", AgeBand.ADULT, Channel.SMS)[0]).segments
    assert found[Channel.SMS].segments == 1200 + 10 * arabic
    assert found[Channel.WEB].segments == 0


@pytest.mark.parametrize("language", ["cy", "pl", "ar"])
def test_every_language_has_every_word_of_the_page_and_of_the_poster(language: str) -> None:
    english, other = said_words("en"), said_words(language)
    assert other.page.keys() == english.page.keys()
    assert other.poster.keys() == english.poster.keys()
    for name in ("feedback", "feedback_sms", "next", "next_sms"):
        for band in (None, *AgeBand):
            assert other.message(name, band)
