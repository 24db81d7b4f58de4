"""Posters: every square says the right address, every text is there in every language, and the file can be read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.packs import Library
from bot.poster import QUIET, Places, dialled, drawn, has_children, poster, side
from bot.poster_pdf import as_pdf
from bot.said_words import said_words
from flows.definition import Consultation
from flows.messages import Channel
from tests.support.shipped import ROOT
from tests.support.squares import from_path, read

PLACES = Places("https://sayso.example.gov.uk", "+441432260456", "https://t.me/sayso_example_bot")
DURING = datetime(2018, 2, 10, 12, tzinfo=UTC)
PACKS = {pack.slug: pack for pack in Library.load(ROOT / "consultations").all()}
HEREFORDSHIRE = PACKS["herefordshire-2018"]


def scanned(text: str) -> str:
    """What a camera reads of the square that we draw."""
    return read(from_path(drawn(text), side(text), QUIET))


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_every_square_says_the_address_that_stands_beside_it(pack: Consultation) -> None:
    for language in pack.languages:
        ways = {way.channel: way for way in poster(pack, language, PLACES, DURING, young=False).ways}
        assert scanned(ways[Channel.WEB].code) == f"https://sayso.example.gov.uk/chat/{pack.slug}?lang={language}"
        assert scanned(ways[Channel.SMS].code) == f"SMSTO:+441432260456:{pack.sms_keyword}"
        assert scanned(ways[Channel.TELEGRAM].code) == f"https://t.me/sayso_example_bot?start={pack.slug}"


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=150))
def test_whatever_a_square_is_made_of_can_be_read_from_it(text: str) -> None:
    if not text.isdecimal():
        assert scanned(text) == text


def test_the_words_say_what_to_text_until_when_and_who_asks() -> None:
    made = poster(HEREFORDSHIRE, "en", PLACES, DURING, young=False)
    assert "Text PLAN to 01432 260456" in [way.heading for way in made.ways]
    assert made.closes == "You have until 11:59pm on Friday 9 March 2018."
    assert made.who_asks.startswith("Herefordshire Council asks")
    assert made.privacy.endswith("sayso.example.gov.uk/privacy")
    assert made.grown_up == ""


@pytest.mark.parametrize("young", [False, True])
@pytest.mark.parametrize("language", ["en", "cy", "pl", "ar"])
def test_whoever_reads_the_number_reads_that_a_text_costs_what_their_network_charges(
    language: str, *, young: bool
) -> None:
    noted = {way.channel: way.note for way in poster(HEREFORDSHIRE, language, PLACES, DURING, young=young).ways}
    assert noted[Channel.SMS] == said_words(language).poster["by_text_more"]
    assert noted[Channel.WEB] == ""


def test_children_are_told_to_ask_a_grown_up_and_not_sent_where_they_are_too_young() -> None:
    made = poster(HEREFORDSHIRE, "en", PLACES, DURING, young=True)
    assert made.grown_up == "Under 12? Ask a grown-up to help you."
    assert Channel.TELEGRAM not in {way.channel for way in made.ways}


def test_what_is_switched_off_is_left_out_and_what_is_closed_says_so() -> None:
    late = datetime(2018, 3, 20, tzinfo=UTC)
    made = poster(HEREFORDSHIRE, "en", Places("https://s.example", None, None), late, young=False)
    assert [way.channel for way in made.ways] == [Channel.WEB]
    assert made.closes == "This closed at 11:59pm on Friday 9 March 2018."


def test_a_pack_without_children_has_no_poster_for_them() -> None:
    adults = replace(HEREFORDSHIRE, roles=HEREFORDSHIRE.roles[2:])
    assert has_children(HEREFORDSHIRE)
    assert not has_children(adults)


def test_numbers_are_written_as_they_are_dialled_here() -> None:
    assert dialled("+441432260456") == "01432 260456"
    assert dialled("+35312345678") == "+35312345678"


@pytest.mark.parametrize("language", ["en", "cy", "pl", "ar"])
def test_the_file_is_one_tagged_page_with_its_title_and_language(language: str) -> None:
    made = poster(HEREFORDSHIRE, language, PLACES, DURING, young=True)
    reader = PdfReader(io.BytesIO(as_pdf([made])))
    assert len(reader.pages) == 1
    catalogue = reader.root_object
    assert "/Marked true" in str(catalogue["/MarkInfo"]) or "True" in str(catalogue["/MarkInfo"])
    assert str(catalogue["/Lang"]).startswith(language)
    assert reader.metadata is not None
    assert reader.metadata.title == f"{made.headline} {made.title}"
    assert reader.xmp_metadata is not None
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data()


def test_hostile_words_are_words_in_the_file() -> None:
    hostile = '#panic() $x$ *b* \\ ] ) " <a> = h'
    made = replace(poster(HEREFORDSHIRE, "en", PLACES, DURING, young=False), who_asks=hostile)
    text = PdfReader(io.BytesIO(as_pdf([made]))).pages[0].extract_text()
    assert "#panic()" in text
    assert "*b*" in text
