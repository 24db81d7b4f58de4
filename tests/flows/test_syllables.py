"""Syllables are counted well enough for a hundred words together."""

from __future__ import annotations

import pytest

from flows.syllables import syllables

HEARD = {
    1: "a the made makes rule rules asked called young safe school don't loved use see eye my grown breathes friends "
    "league one",
    2: "table tables places wanted handled social nation playing being didn't isn't children people council answer "
    "healthy issues matter something quiet closes changes erase wishes teaches needed happy partners patient special "
    "really create business picture grown-up little apple people's police saying question",
    3: "media area violence computer interest opinion creative usual radio family theatre services idea everyone",
    4: "Herefordshire community voluntary conversation automated experience environment actually situation society "
    "variety interested",
    5: "organisation",
}


@pytest.mark.parametrize(("word", "count"), [(word, count) for count, words in HEARD.items() for word in words.split()])
def test_a_word_has_as_many_syllables_as_one_hears(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize("word", ["", "12", "🛝", "hm", "{closing}"])
def test_anything_has_one_syllable_at_least(word: str) -> None:
    assert syllables(word) >= 1
