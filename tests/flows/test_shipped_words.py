"""Every text that Sayso ships, held to the rules of the ear. What a person hears is the product."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

import pytest

from flows import segments
from flows.definition import AgeBand, Consultation, Kind, Label
from flows.effects import Notice
from flows.placeholders import unknown
from tests.support.shipped import CAPS, LONG_BY_LAW, OURS, Said, herefordshire, shipped, texted

# The voice that was agreed for this question is longer here than the caps, which are a proposal.
AGREED_VOICE = {
    ("8-11", "questions.issue.text"),
    ("12-15", "questions.issue.text"),
    ("12-15", "questions.issue.sms"),
}

SPEAKS_OF_A_YES_OR_A_NO = (
    "say.how_old",
    "say.parent_said_no",
    "say.permission_asked",
    "say.permission_given",
    "labels.no",
)
SHIPPED = tuple(shipped("en"))
# Some eighteen hundred texts: a test for each of them and each rule would be most of the tests that there are.
each_band = pytest.mark.parametrize("band", CAPS)


def _breaking(band: str, breaks: Callable[[Said], object]) -> list[str]:
    """Which texts of a band break a rule, each by its place and what it says."""
    texts = [said for said in SHIPPED if said.band == band]
    assert len(texts) > 50, "the rule saw too few texts"
    return [f"{said}: {said.filled}" for said in texts if breaks(said)]


def test_there_is_something_to_hold_to_the_rules() -> None:
    assert {said.band for said in SHIPPED} == set(CAPS)
    assert len(SHIPPED) > 300


@each_band
def test_no_sentence_is_longer_than_its_band_can_follow(band: str) -> None:
    most = CAPS[band].words_in_a_sentence
    assert not _breaking(
        band,
        lambda said: (
            (said.band, said.key) not in AGREED_VOICE
            and any(len(sentence.split()) > most for sentence in said.sentences)
        ),
    )


@each_band
def test_no_message_is_longer_than_its_band_can_follow(band: str) -> None:
    caps = CAPS[band]
    assert not _breaking(
        band,
        lambda said: (
            said.key not in LONG_BY_LAW
            and (len(said.filled.split()) > caps.words or len(said.sentences) > caps.sentences)
        ),
    )


def test_what_is_let_off_a_rule_would_break_it() -> None:
    over = {
        (said.band, said.key)
        for said in SHIPPED
        if max(len(sentence.split()) for sentence in said.sentences) > CAPS[said.band].words_in_a_sentence
    }
    assert over == AGREED_VOICE
    long = {
        said.key
        for said in SHIPPED
        if len(said.filled.split()) > CAPS[said.band].words or len(said.sentences) > CAPS[said.band].sentences
    }
    assert long == LONG_BY_LAW


@each_band
def test_every_text_can_be_sent_in_the_cheap_alphabet(band: str) -> None:
    assert not _breaking(band, lambda said: segments.count(said.filled).encoding != "GSM-7")


@each_band
def test_every_name_in_braces_is_filled_somewhere(band: str) -> None:
    assert not _breaking(band, lambda said: unknown(said.text, said.notice))


@each_band
def test_nothing_is_promised_praised_kept_secret_or_asked_for_consent(band: str) -> None:
    forbidden = (
        r"\b(secret|promise|confidential|consent|great|brilliant|awesome|fantastic|well done|perfect|why did|who did)"
        r"|we will (fix|change|make|sort|improve)"
    )
    assert not _breaking(band, lambda said: re.search(forbidden, said.text, re.IGNORECASE))


@each_band
def test_nothing_is_said_with_a_no_where_a_yes_would_do(band: str) -> None:
    no = r"\b(not|never|nothing|nobody|cannot|no)\b|n't\b"

    def denies(said: Said) -> object:
        asks = "choices" in said.key or said.key in SPEAKS_OF_A_YES_OR_A_NO
        return not asks and re.search(no, said.text, re.IGNORECASE)

    assert not _breaking(band, denies)


@each_band
def test_no_telephone_number_is_invented(band: str) -> None:
    listed = {"0800 1111", "0808 800 5000", "116 123", "999"}

    def invents(said: Said) -> bool:
        found = re.findall(r"\b(?:0[\d ]{7,}\d|\d{3} \d{3}|999)\b", said.text)
        return not set(found) <= listed or len(found) > 2

    assert not _breaking(band, invents)


def test_the_youngest_file_says_everything() -> None:
    written = tomllib.loads((OURS / "en.4-7.toml").read_text(encoding="utf-8"))
    assert set(written["say"]) == {notice.value for notice in Notice}
    assert set(written["labels"]) == {label.value for label in Label}
    silent = {Kind.TEXT, Kind.NOTE}
    assert set(written["kinds"]) == {kind.value for kind in Kind if kind not in silent}


@pytest.fixture(scope="module", name="herefordshire")
def the_pack() -> Consultation:
    return herefordshire()


@pytest.mark.parametrize("band", AgeBand)
def test_every_notice_costs_at_most_two_segments_by_sms(herefordshire: Consultation, band: AgeBand) -> None:
    words = herefordshire.words_for("en", band)
    for notice in Notice:
        text = words.short.get(notice, words.say[notice])
        found = segments.count(Said("", band.value, "", text).filled)
        assert found.segments <= 2, (notice, found)


@pytest.mark.parametrize("band", AgeBand)
def test_help_by_sms_is_one_segment(herefordshire: Consultation, band: AgeBand) -> None:
    assert (
        segments.count(Said("", band.value, "", herefordshire.words_for("en", band).short["help"]).filled).segments == 1
    )


@pytest.mark.parametrize("band", AgeBand)
def test_every_question_says_why_and_what_to_do_when_an_answer_was_not_understood(
    herefordshire: Consultation, band: AgeBand
) -> None:
    asked = [question for question in herefordshire.questions if question.bands is None or band in question.bands]
    for question in asked:
        words = herefordshire.words_for("en", band).questions[question.code]
        assert words.why
        assert words.name
        if question.kind not in {Kind.WHO, Kind.HELPED_BY} and question.roles is None:
            assert words.again
            assert words.again_differently
    assert {question.code for question in asked} >= {"who", "issue", "evidence"}


def test_the_youngest_see_a_picture_beside_every_option_and_have_a_line_for_the_grown_up(
    herefordshire: Consultation,
) -> None:
    words = herefordshire.words_for("en", AgeBand.FOUR_TO_SEVEN).questions
    shape = herefordshire.question("issue").for_band(AgeBand.FOUR_TO_SEVEN)
    assert tuple(words["issue"].pictures) == shape.choices
    assert words["issue"].grown_up
    assert words["evidence"].grown_up
    assert tuple(words["helped-by"].pictures) == herefordshire.question("helped-by").choices


# As agreed for the web and Telegram, word by word.
VOICE = {
    AgeBand.FOUR_TO_SEVEN: "What would make it nicer to be a child here?",
    AgeBand.EIGHT_TO_ELEVEN: "What is the biggest thing that needs to get better for children where you live? "
    'Tell us in your own words. You can say "skip".',
    AgeBand.TWELVE_TO_FIFTEEN: "What's the main thing getting in the way of a good life for people your age "
    "round here? It could be school, health, safety, stuff to do, anything.",
    AgeBand.SIXTEEN_TO_TWENTY_FIVE: "If the people who run things here could sort out one thing for young people, "
    "what should it be?",
    AgeBand.ADULT: "Which issues matter most if children in Herefordshire are to be safe, healthy and doing well?",
}


@pytest.mark.parametrize(("band", "text"), VOICE.items())
def test_the_first_question_speaks_in_the_agreed_voice(herefordshire: Consultation, band: AgeBand, text: str) -> None:
    assert herefordshire.words_for("en", band).questions["issue"].text == text


WHOLE = [
    (("4 to 7", "1", "2", "my tooth hurts"), 6),
    (("4 to 7", "1", "not sure"), 5),
    (("8 to 11", "more parks", "there are none", "build one"), 6),
    (("12 to 15", "buses", "none after six", "run later"), 6),
    (("16 to 25", "housing", "I cannot rent", "build"), 6),
    (("parent", "teeth", "waiting lists", "more dentists"), 6),
    (("I work with children", "oral health", "our figures", "prevention", "A school"), 7),
    (("someone else", "parks", "I look at them", "mow them"), 6),
]


@pytest.mark.parametrize(("lines", "most"), WHOLE, ids=[lines[0] for lines, _ in WHOLE])
def test_what_a_whole_conversation_costs_by_sms(herefordshire: Consultation, lines: tuple[str, ...], most: int) -> None:
    costs = [segments.count(text).segments for text in texted(herefordshire, lines)]
    assert costs[0] == 2
    assert set(costs[1:]) == {1}
    assert sum(costs) == most


@pytest.mark.parametrize("lines", [lines for lines, _ in WHOLE], ids=[lines[0] for lines, _ in WHOLE])
def test_help_or_privacy_beside_any_question_is_never_more_than_two_segments(
    herefordshire: Consultation, lines: tuple[str, ...]
) -> None:
    asides = [text for line in lines for text in ("help", "privacy", line)]
    assert max(segments.count(text).segments for text in texted(herefordshire, asides)) == 2


def test_the_first_text_says_that_a_computer_asks_for_whom_and_that_it_is_voluntary(
    herefordshire: Consultation,
) -> None:
    first = texted(herefordshire, ("parent", "a", "b", "c"))[0]
    for told in ("computer", "Herefordshire Council", "if you like", "STOP", "hurts you, we must tell", "later"):
        assert told in first


def test_the_last_text_says_what_happens_next_with_a_date(herefordshire: Consultation) -> None:
    for lines, _ in WHOLE:
        assert "30 September 2018" in texted(herefordshire, lines)[-1]
