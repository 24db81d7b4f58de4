"""What a whole conversation costs by text, for every language and band, and for roles where they differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.sms import SmsChannel
from bot.packs import folders, read_folder, system_words
from flows import price
from flows.definition import AgeBand, Consultation, QuestionWords
from flows.effects import Notice
from flows.pack import read
from flows.price import BY_TEXT, Price, prices
from tests.support.builders import PARENT, a_consultation, a_question, a_role
from tests.support.shipped import ROOT, herefordshire, texted

SHIPPED = folders(ROOT / "consultations")


def paid(consultation: Consultation, *, language: str = "en", band: str = "adult", role: str = "parent-carer") -> Price:
    """What somebody of that role costs."""
    alike = [each for each in prices(consultation) if (each.language, each.band) == (language, AgeBand(band))]
    return next(each for each in alike if role in each.roles)


def said(consultation: Consultation, **whose: str) -> list[str]:
    """The texts; without the notice before own words, of a pack whose words are their own names."""
    return [text.text.replace(f"{Notice.NOTE_OWN_WORDS}\n", "") for text in paid(consultation, **whose).texts]


def test_texts_are_put_together_as_the_sms_channel_does_it() -> None:
    assert SmsChannel.shows == BY_TEXT


@pytest.mark.parametrize("role", ["parent-carer", "professional", "other"])
def test_herefordshire_costs_eight_segments_at_most_for_an_adult_in_english(role: str) -> None:
    found = paid(herefordshire(), role=role)
    assert 5 <= found.segments <= 8
    assert found.dear == ()
    assert found.plain == found.segments


@pytest.mark.parametrize(
    ("whose", "answers"),
    [
        ({"band": "adult", "role": "parent-carer"}, ("parent", "teeth", "waiting lists", "more dentists")),
        ({"band": "4-7", "role": "child"}, ("4 to 7", "1", "2", "my tooth hurts")),
    ],
)
def test_it_is_what_somebody_is_sent_who_answers(whose: dict[str, str], answers: tuple[str, ...]) -> None:
    assert said(herefordshire(), **whose) == texted(herefordshire(), answers)


def test_welcome_notice_and_first_question_are_one_text_and_each_answer_is_answered_by_the_next_question() -> None:
    pack = a_consultation(a_question("swings", "one", "more same"), a_question("why"))
    found = paid(pack)
    first, *others = said(pack)
    assert all(part in first for part in (Notice.WELCOME, Notice.PRIVACY_NOTE, "who?"))
    assert others == ["swings?\n1 More\n2 Same", "why?", Notice.THANKS]
    assert found.answers == len(found.texts) == 4


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_no_answer_in_a_shipped_pack_is_answered_with_a_text_of_its_own(pack: Path) -> None:
    found = prices(read(read_folder(pack), system_words()))
    assert all(len(each.texts) == each.answers for each in found)


# --- the dearest way ---

MORE = {"swings": "more"}


@pytest.mark.parametrize(
    ("kind", "sides", "wanted"),
    [
        ("one", {"choices": "same fewer more"}, "more"),
        ("yes-no", {}, "not-sure"),
        ("many", {"choices": "none more", "alone": ("none",)}, "more"),
        ("many", {"choices": "none more", "alone": ("none",)}, "none"),
        ("many", {"choices": "a b c more", "at_most": 1}, "more"),
        ("scale", {"minimum": 1, "maximum": 5}, "5"),
        ("number", {"minimum": 1}, "3"),
        ("number", {"maximum": 30}, "3"),
        ("rank", {"choices": "a b more", "at_most": 1}, "more"),
        ("helped-by", {}, "grown-up"),
    ],
)
def test_a_question_that_an_answer_brings_up_is_paid_for(kind: str, sides: dict[str, object], wanted: str) -> None:
    asked = a_question("swings", kind, **sides)  # type: ignore[arg-type]  # a table of sides
    assert "why?" in said(a_consultation(asked, a_question("why", show_if={"swings": wanted})))


def test_several_options_together_bring_up_all_that_they_can() -> None:
    both = a_question("swings", "many", "none parks buses", alone=("none",))
    follow = [a_question(code, show_if={"swings": code}) for code in ("parks", "buses")]
    assert {"parks?", "buses?"} <= set(said(a_consultation(both, *follow)))


def test_of_two_ways_the_dearer_one_is_the_price() -> None:
    either = a_question("swings", "one", "more fewer")
    ways = [a_question("long", show_if={"swings": "fewer"}), a_question("short", show_if={"swings": "more"})]
    words = {"long": QuestionWords("long? " * 60)}
    found = paid(a_consultation(either, *ways, words=words))
    assert [text.size.segments for text in found.texts] == [1, 1, 3, 1]


def test_a_shape_of_one_band_can_bring_up_a_question_too() -> None:
    faces = a_question("swings", "one", "sad glad")
    asked = replace(a_question("swings"), variants={AgeBand.EIGHT_TO_ELEVEN: faces})
    pack = a_consultation(asked, a_question("why", show_if={"swings": "glad"}))
    assert "why?" in said(pack, band="8-11", role="child")


def test_statements_cost_and_take_no_answer() -> None:
    found = paid(a_consultation(a_question("news", "note"), a_question("why")))
    assert [text.text for text in found.texts][1] == "news?\nnote_own_words\nwhy?"


def test_a_pack_that_goes_on_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price, "_LONGEST", 2)
    assert paid(a_consultation(*(a_question(f"q{number}") for number in range(9)))).answers == 3


# --- who pays ---


def test_roles_that_cost_the_same_are_one_price_and_others_are_apart() -> None:
    roles = (PARENT, a_role("worker", "adult"), a_role("other", "adult"))
    found = prices(a_consultation(a_question(), a_question("job", roles=("worker",)), roles=roles))
    assert [each.roles for each in found] == [("parent-carer", "other"), ("worker",)]


def test_bands_come_youngest_first_whatever_the_order_of_roles() -> None:
    assert [found.band.value for found in prices(a_consultation(roles=(PARENT, a_role("child"))))] == ["8-11", "adult"]


def test_whoever_is_too_young_to_text_costs_as_much_as_it_takes_to_hand_them_on() -> None:
    pack = a_consultation(min_age={"sms": 16})
    assert said(pack, band="8-11", role="child")[1:] == [Notice.TOO_YOUNG_HERE]
    assert said(pack)[1:] == ["ideas?", Notice.THANKS]


# --- languages ---


def test_another_language_is_asked_for_in_the_pack_s_own() -> None:
    english, polish = said(herefordshire()), said(herefordshire(), language="pl")
    assert polish[0] == english[0]
    assert len(polish) == len(english) + 1
    assert "Polski" in polish[1]


def test_characters_that_make_a_text_dear_are_named_with_what_they_cost() -> None:
    found = price.outbound("Dŵr " * 20)
    assert found.dear == ("ŵ",)
    assert (found.size.encoding, found.size.segments, found.plain) == ("UCS-2", 2, 1)
    assert price.outbound("Water {}€").dear == ()


def test_a_price_says_how_many_texts_are_dear_and_what_all_would_cost_without() -> None:
    found = paid(herefordshire(), language="pl")
    assert found.unicode_texts == len(found.texts) - 1
    assert set("ąćęł") <= set(found.dear)
    assert found.plain < found.segments
