"""What all our pages share: their words in every language, their headers, and what becomes a link."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping

import pytest

from bot.pages import Pages, Stencils, policy

HERE = "https://sayso.example.gov.uk"


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["cy", "pl", "ar"])
def test_every_language_has_every_word_that_stands_around_a_conversation(pages: Pages, language: str) -> None:
    english, other = pages.words("en"), pages.words(language)
    assert set(other) == set(english)
    assert {key: names_in(text) for key, text in other.items()} == {
        key: names_in(text) for key, text in english.items()
    }
    assert not [key for key, text in other.items() if text == english[key]]


def test_a_language_without_words_of_its_own_gets_the_english_ones(pages: Pages) -> None:
    assert pages.words("uk") == pages.words("en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"More: {HERE}/privacy", f'More: <a href="{HERE}/privacy">{HERE}/privacy</a>'),
        (f"See {HERE}/chat/a. Bye", f'See <a href="{HERE}/chat/a">{HERE}/chat/a</a>. Bye'),
        (HERE, f'<a href="{HERE}">{HERE}</a>'),
        (f"{HERE}.evil.example/x", f"{HERE}.evil.example/x"),
        ("https://example.org/x", "https://example.org/x"),
        (f'{HERE}/"onclick="x', f'<a href="{HERE}/">{HERE}/</a>&#34;onclick=&#34;x'),
        ("<b>&</b>", "&lt;b&gt;&amp;&lt;/b&gt;"),
        ("", ""),
    ],
)
def test_only_our_own_addresses_become_links(pages: Pages, text: str, expected: str) -> None:
    assert pages.linked(text, HERE) == expected


def test_a_link_inside_a_frame_opens_beside_it(pages: Pages) -> None:
    assert 'target="_blank"' in pages.linked(f"{HERE}/privacy", HERE, beside=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"المزيد: {HERE}/privacy", f'المزيد: <a href="{HERE}/privacy" dir="ltr">{HERE}/privacy</a>'),
        (f"\u2068{HERE}/privacy\u2069", f'\u2068<a href="{HERE}/privacy" dir="ltr">{HERE}/privacy</a>\u2069'),
        ("على https://example.org/x.", 'على <bdi dir="ltr">https://example.org/x</bdi>.'),
        ("إلى plan@example.gov.uk.", 'إلى <bdi dir="ltr">plan@example.gov.uk</bdi>.'),
        ("هاتف 01432 260500.", 'هاتف <bdi dir="ltr">01432 260500</bdi>.'),
        ("هاتف +44 (0)1432-260500", 'هاتف <bdi dir="ltr">+44 (0)1432-260500</bdi>'),
        ("يوم 9 مارس 2018 <b>", "يوم 9 مارس 2018 &lt;b&gt;"),
    ],
)
def test_among_words_from_right_to_left_addresses_and_numbers_keep_their_own_way(
    pages: Pages, text: str, expected: str
) -> None:
    assert pages.linked(text, HERE, language="ar") == expected


def test_nobody_may_frame_a_page_unless_somebody_is_named() -> None:
    assert policy().endswith("frame-ancestors 'none'")
    assert policy(frame_ancestors=("https://a.example", "'self'")).endswith("frame-ancestors https://a.example 'self'")


@pytest.mark.parametrize("word", ["unsafe", "*", "http:", "data:"])
def test_no_policy_of_ours_has_a_hole(word: str) -> None:
    assert word not in policy(frames=True)


def test_no_page_asks_another_machine_for_anything(pages: Pages) -> None:
    served = json.dumps({name: file.body.decode() for name, file in pages.files.items()})
    assert "sayso.css" in served
    assert not [mark for mark in ("@import", "url(", "//fonts", "cdn") if mark in served]


# --- pages with holes ---


class Sheets(Pages):
    """Counts what is rendered: one line with a hole for whoever looks."""

    def __init__(self) -> None:
        self.rendered = 0

    def render(self, template: str, values: Mapping[str, object]) -> str:
        self.rendered += 1
        return f"{template} at {values['place']} of {values['whose']}."


def shown(stencils: Stencils, place: str, whose: str) -> str:
    return stencils.fill("sheet", place, lambda: {"place": place}, {"whose": whose})


def test_a_page_is_put_together_once_for_all_who_stand_at_one_place() -> None:
    sheets = Sheets()
    stencils = Stencils(sheets)
    assert shown(stencils, "the door", "<b>A</b>") == "sheet at the door of <b>A</b>."
    assert shown(stencils, "the door", "B") == "sheet at the door of B."
    assert shown(stencils, "the gate", "B") == "sheet at the gate of B."
    assert sheets.rendered == 2


def test_pages_put_together_long_ago_make_room_for_new_ones() -> None:
    sheets = Sheets()
    stencils = Stencils(sheets)
    places = [f"place {number}" for number in range(Stencils.MOST + 1)]
    for place in (*places, *places[1:]):
        shown(stencils, place, "A")
    assert sheets.rendered == Stencils.MOST + 1
    shown(stencils, places[0], "A")
    assert sheets.rendered == Stencils.MOST + 2
