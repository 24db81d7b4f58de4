"""Charts: pictures that say no more than a table, in a page that allows no style."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bot.console.charts import WIDTH, Bar, bars, columns

_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)
_BARS = st.lists(st.builds(Bar, _WORDS, st.integers(0, 9999), _WORDS, st.none() | st.integers(1, 9999)), max_size=9)


def widths(drawing: str, kind: str = "bar") -> list[float]:
    return [float(each) for each in re.findall(rf'<rect class="{kind}"[^>]* width="([\d.]+)"', drawing)]


def test_bars_are_as_long_as_their_numbers() -> None:
    drawing = bars("role", "By role", "As in the table.", [Bar("Child", 40, "40"), Bar("Parent", 10, "10")])
    assert widths(drawing) == [WIDTH, WIDTH / 4]


def test_what_is_hidden_has_no_bar_and_says_so() -> None:
    drawing = bars("role", "By role", "As in the table.", [Bar("Child", 0, "too few to show")])
    assert widths(drawing) == [0]
    assert "too few to show" in drawing


def test_a_target_is_within_the_picture_however_high_it_is() -> None:
    drawing = bars("targets", "Targets", "As in the table.", [Bar("Child", 5, "5", 500), Bar("Parent", 900, "900", 4)])
    places = [float(each) for each in re.findall(r'<rect class="aim" x="([\d.]+)"', drawing)]
    assert all(0 <= place <= WIDTH for place in places)
    assert widths(drawing) == [round(WIDTH * 5 / 900, 1), WIDTH]


def test_of_columns_only_the_first_and_the_last_have_a_label() -> None:
    drawing = columns("day", "By day", "As in the table.", [Bar(f"{day} May", day, str(day)) for day in range(1, 8)])
    assert re.findall(r">(\d May)<", drawing) == ["1 May", "7 May"]
    assert "Highest: 7" in drawing


def test_a_picture_has_a_name_and_a_description() -> None:
    drawing = ET.fromstring(bars("role", "By role", "As in the table.", []))  # noqa: S314 - our own
    assert drawing.attrib["role"] == "img"
    assert drawing.attrib["aria-labelledby"] == "role-chart role-about"
    assert [child.text for child in drawing] == ["By role", "As in the table."]


@given(_BARS, _WORDS)
def test_whatever_stands_in_it_is_text_and_needs_no_style(drawn: list[Bar], title: str) -> None:
    for draw in (bars, columns):
        drawing = draw("code", title, "As in the table.", drawn)
        parsed = ET.fromstring(drawing)  # noqa: S314 - our own
        assert {each.tag for each in parsed.iter()} <= {"svg", "title", "desc", "text", "rect"}
        assert not any("style" in each.attrib for each in parsed.iter())
        assert parsed[0].text == (title or None)
