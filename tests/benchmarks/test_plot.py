"""The picture of the ratios: bars that are as long as they say, words for those who do not see them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from benchmarks.aims import FLOOR, USUAL_BOT, Figure
from benchmarks.plot import AIM_AT, LEFT, LONGEST, WIDTH, svg

SVG = "{http://www.w3.org/2000/svg}"
HALF = Figure("SMS on SQLite", 1.0, FLOOR["SQLite"])
EXACT = Figure("SMS on PostgreSQL", 1.0, FLOOR["PostgreSQL"])
BEYOND = Figure("Telegram, <the usual> bot", 50.0, USUAL_BOT)


def drawn(*figures: Figure) -> ET.Element:
    return ET.fromstring(svg("Ratios & aims", figures))  # noqa: S314 - our own picture


def bars(picture: ET.Element) -> list[tuple[str | None, int]]:
    return [(bar.get("class"), int(bar.get("width", ""))) for bar in picture.iter(f"{SVG}rect")][1:]


def test_a_bar_is_as_long_as_its_share_of_the_aim() -> None:
    assert bars(drawn(HALF, EXACT)) == [("short", AIM_AT // 2), ("met", AIM_AT)]


def test_a_bar_beyond_the_picture_ends_inside_it() -> None:
    assert bars(drawn(BEYOND)) == [("met", LONGEST)]


def test_all_aims_are_one_line_from_top_to_bottom() -> None:
    [line] = drawn(HALF, EXACT, BEYOND).iter(f"{SVG}line")
    assert line.get("x1") == line.get("x2") == str(LEFT + AIM_AT)


def test_the_picture_can_be_read_aloud() -> None:
    picture = drawn(HALF, BEYOND)
    named = {one.get("id"): one.text for one in picture if one.get("id")}
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby", "").split() == ["title", "desc"]
    assert named == {
        "title": "Ratios & aims",
        "desc": "SMS on SQLite: 1.00× (aim: at least 2×). Telegram, <the usual> bot: 50.0× (aim: at least 5×).",
    }


def test_whether_an_aim_is_met_is_said_in_words_too() -> None:
    texts = [text.text for text in drawn(HALF, EXACT).iter(f"{SVG}text")]
    assert texts == [
        "Ratios & aims",
        "aim",
        "SMS on SQLite",
        "1.00×, short: at least 2×",
        "SMS on PostgreSQL",
        "1.00×, met: at least 1×",
    ]


def test_the_picture_is_as_high_as_it_has_bars() -> None:
    one, three = drawn(HALF), drawn(HALF, EXACT, BEYOND)
    assert one.get("viewBox") == f"0 0 {WIDTH} {one.get('height')}"
    assert int(three.get("height", "")) > int(one.get("height", ""))
