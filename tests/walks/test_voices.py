"""What every voice of the packs for Norfolk and Thurrock owes to whoever hears it."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from bot.packs import examine, read_folder, system_words
from bot.rehearsal import Rehearsal
from bot.shows import shows_of
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.messages import Channel
from flows.pack import read
from flows.pack_checks import is_for
from flows.segments import count
from tests.support.source import ROOT

FOLDERS = {name: ROOT / "consultations" / name for name in ("norfolk-involvement", "thurrock-2013")}
PACKS: dict[str, Consultation] = {name: read(read_folder(folder), system_words()) for name, folder in FOLDERS.items()}
VOICES = [(pack, who) for pack in PACKS.values() for who in pack.who_options]
OURS = {Kind.WHO, Kind.HELPED_BY}
SET_APART = {"other", "none", "not-sure"}
IN_THE_ORDER_OF_THE_ALPHABET = {
    "norfolk-involvement": ("ways", "easier", "promise", "promise-form"),
    "thurrock-2013": ("first", "partner"),
}
ANSWERS = {Kind.TEXT: "more buses", Kind.SCALE: "3", Kind.NUMBER: "3", Kind.MANY: "1 2", Kind.RANK: "2 1 4 3"}

every_voice = pytest.mark.parametrize(("pack", "who"), VOICES, ids=[f"{pack.slug}-{who.code}" for pack, who in VOICES])


def asked(pack: Consultation, who: WhoOption) -> list[Question]:
    return [question.for_band(who.band) for question in pack.questions if is_for(question, who)]


@pytest.mark.parametrize("name", FOLDERS)
def test_the_pack_has_no_fault_and_no_warning(name: str) -> None:
    assert examine(FOLDERS[name]).faults == ()


@every_voice
def test_every_question_says_why_it_is_asked_and_how_to_leave_it_open(pack: Consultation, who: WhoOption) -> None:
    for question in asked(pack, who):
        words = pack.words_for("en", who.band).questions[question.code]
        if question.kind is Kind.NOTE:
            continue
        assert words.why, question.code
        assert words.name, question.code
        assert question.kind in OURS | {Kind.RANK} or not question.choices or "not-sure" in question.choices
        assert question.choices or "{skip}" in (words.sms or ""), question.code
        assert question.kind is not Kind.TEXT or (words.again and words.again_differently)


@pytest.mark.parametrize("band", AgeBand)
@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, codes in IN_THE_ORDER_OF_THE_ALPHABET.items() for code in codes]
)
def test_options_without_an_order_of_their_own_are_in_that_of_the_alphabet(name: str, code: str, band: AgeBand) -> None:
    question = PACKS[name].question(code).for_band(band)
    words = PACKS[name].words_for("en", band).questions[code]
    labels = [words.choices[option] for option in question.choices if option not in SET_APART]
    assert labels == sorted(labels)


@pytest.mark.parametrize(("pack", "who"), [voice for voice in VOICES if voice[1].band is AgeBand.FOUR_TO_SEVEN])
def test_the_youngest_pick_pictures_with_words_and_face_one_empty_page(pack: Consultation, who: WhoOption) -> None:
    questions = [question for question in asked(pack, who) if question.kind is not Kind.NOTE]
    assert len(questions) <= 10
    assert [question.kind for question in questions].count(Kind.TEXT) == 1
    for question in questions[2:]:
        words = pack.words_for("en", who.band).questions[question.code]
        assert words.grown_up
        assert set(words.pictures) == set(question.choices)
        assert len(set(question.choices) - SET_APART) in {0, 2, 3}


@every_voice
def test_no_text_of_a_whole_conversation_costs_more_than_two_segments(pack: Consultation, who: WhoOption) -> None:
    for picked, gate in product(("1", "3"), ("yes", "no")):
        talk = Rehearsal(pack, Channel.SMS, shows_of(Channel.SMS), pack.timetable.opens_at + timedelta(hours=12))
        said = talk.hear(pack.sms_keyword) + talk.hear(str(pack.who_options.index(who) + 1))
        while talk.state.completed_at is None:
            current = pack.question(talk.state.current or "").for_band(who.band)
            said += talk.hear(gate if current.kind is Kind.YES_NO else ANSWERS.get(current.kind, picked))
        assert {count(bubble.text).encoding for bubble in said} == {"GSM-7"}
        assert max(count(bubble.text).segments for bubble in said) == 2
        assert sum(count(bubble.text).segments for bubble in said) <= 19


@every_voice
def test_the_end_says_when_people_hear_what_came_of_it(pack: Consultation, who: WhoOption) -> None:
    words = pack.words_for("en", who.band)
    for thanks in (words.say["thanks"], words.short.get("thanks", "{feedback_due}")):
        assert "{feedback_due}" in thanks
