"""What two spellings of the same words have in common."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.folding import fold, has_substance


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("More Swings!", "more swings"),
        ("  more\n\tswings ", "more swings"),
        ("I don't know", "i dont know"),
        ("I don’t know", "i dont know"),
        ("not-sure", "not sure"),
        ("2.", "2"),
        ("(b)", "b"),
        ("NÔL", "nol"),
        ("ŵy ŷ ïâ", "wy y ia"),
        ("Łódź, żółw", "lodz zolw"),
        ("POMIŃ", "pomin"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("إلغاء", "الغاء"),
        ("مُساعَدة", "مساعده"),
        ("مســاعدة", "مساعده"),
        ("تخطى", "تخطي"),
        ("٢", "2"),
        ("۲", "2"),
        ("২", "2"),
        ("２", "2"),
        ("2️⃣", "2"),
        ("②", "2"),
        ("ｓｔｏｐ", "stop"),
        ("🛝 Places to play", "places to play"),
        ("🤷🏽‍♀️", ""),
        ("...", ""),
        ("", ""),
        ("st\N{SOFT HYPHEN}op", "stop"),
        ("\N{RIGHT-TO-LEFT MARK}stop\N{LEFT-TO-RIGHT ISOLATE}", "stop"),
        ("\ud800 lone", "lone"),
    ],
)
def test_case_accents_punctuation_and_emoji_are_left_out(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(codec=None)))
def test_any_text_folds_to_words_with_one_space_between_them(text: str) -> None:
    folded = fold(text)
    assert folded.split() == ([] if not folded else folded.split(" "))
    assert fold(folded) == folded


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_folds_like_the_long_one(text: str) -> None:
    # A letter beyond ASCII takes the long way; it is cut off again.
    assert f"{fold(text)} ж".strip() == fold(f"{text} ж")


@pytest.mark.parametrize("text", ["a", "1", "ŵ", "م", "👍", "❤️", "  ok ", "...x", "½", "五", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "😀"])
def test_a_letter_a_digit_or_an_emoji_is_something_said(text: str) -> None:
    assert has_substance(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "...", "?!", "—", "\N{ZERO WIDTH SPACE}", "\N{COMBINING ACUTE ACCENT}", "<>", "£"]
)
def test_space_and_punctuation_alone_are_nothing(text: str) -> None:
    assert not has_substance(text)
