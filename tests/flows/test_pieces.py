from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.pieces import length, pieces

# Words of every kind that a channel may have to divide: plain, accented by combining marks, flags, families.
_CHARACTERS = st.sampled_from(["a", "b", "é", "e\u0301", "🇬🇧", "👩\u200d👧", "👍🏽", "ŵ", "ي", ".", " ", "\n"])
_TEXTS = st.lists(_CHARACTERS, max_size=120).map("".join)


@given(_TEXTS, st.integers(min_value=12, max_value=60))
def test_no_piece_is_too_long_and_no_word_is_lost(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert all(length(piece) <= longest for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(_TEXTS)
def test_a_text_that_fits_goes_out_as_it_is(text: str) -> None:
    assert pieces(text, max(1, length(text))) == (text,)


@given(st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=40), st.integers(12, 50))
def test_words_that_fit_are_never_divided(words: list[str], longest: int) -> None:
    assert [word for piece in pieces(" ".join(words), longest) for word in piece.split()] == words


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("one two three", 8, ("one two", "three")),
        ("one two three", 7, ("one two", "three")),
        ("one two three", 6, ("one", "two", "three")),
        ("onetwothree", 4, ("onet", "woth", "ree")),
        ("🇬🇧🇫🇷", 5, ("🇬🇧", "🇫🇷")),
        ("👍🏽👍🏽", 5, ("👍🏽", "👍🏽")),
        ("e\u0301e\u0301", 3, ("e\u0301", "e\u0301")),
        ("", 5, ("",)),
        ("one\n\ntwo", 4, ("one", "two")),
        ("      word", 5, ("word",)),
    ],
)
def test_where_a_text_is_divided(text: str, longest: int, expected: tuple[str, ...]) -> None:
    assert pieces(text, longest) == expected


def test_a_single_character_longer_than_a_message_goes_out_whole() -> None:
    accented = "a" + "\u0301" * 9
    assert pieces(accented + " b", 4) == (accented, "b")
    assert pieces(accented, 4) == (accented,)
