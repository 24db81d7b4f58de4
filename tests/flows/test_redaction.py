"""Taking parts out of texts: exactly those, whatever they are made of, and wherever the same person repeats them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.redaction import Kind, Piece, Removal, Span, covered, fitting, joined, mark, pieces

ANY = st.text(st.characters(codec=None), min_size=1, max_size=60)
"""Half an emoji, too."""


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(ANY)
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.sampled_from(Kind))
    spans = [Span(start, end, kind) for start, end, kind in draw(st.lists(places, max_size=5)) if start < end]
    return text, spans


@given(texts_with_spans())
def test_pieces_cover_the_whole_text_and_show_all_that_is_not_taken_out(made: tuple[str, list[Span]]) -> None:
    text, spans = made
    found = list(pieces(text, spans))
    assert [piece.start for piece in found[1:]] == [piece.end for piece in found[:-1]]
    assert (found[0].start, found[-1].end) == (0, len(text))
    hidden = {place for span in spans for place in range(span.start, span.end)}
    shown = "".join(piece.text for piece in found if not piece.removed)
    assert shown == "".join(letter for place, letter in enumerate(text) if place not in hidden)


@given(texts_with_spans())
def test_of_an_answer_never_more_is_shown_than_was_left_in_it(made: tuple[str, list[Span]]) -> None:
    text, spans = made
    shown = covered(text, [Removal(text, spans)])
    for kind in Kind:
        shown = shown.replace(mark(kind), "\0")
    left = iter(piece.text for piece in pieces(text, spans) if not piece.removed)
    rest = iter("".join(left))
    # What is shown is in its order in what was left: the same words elsewhere in it may be gone as well.
    assert all(letter in rest for letter in shown if letter != "\0")


@given(st.text(min_size=0, max_size=20), st.text(min_size=0, max_size=20), st.sampled_from(["\n", " ", "é", "🙂", ""]))
def test_a_secret_is_taken_out_of_whatever_repeats_it(before: str, after: str, glue: str) -> None:
    secret = "QZ7-secret-XW"
    text = before + glue + secret + glue + after
    start = len(before + glue)
    removal = Removal(text, [Span(start, start + len(secret), Kind.NAME)])
    for other in (text, f"You said “{text}”", secret, f"x{secret.lower()}y", f"{after}{secret.upper()}{before}"):
        assert secret.casefold() not in covered(other, [removal]).casefold()


NAME = Removal("ask Mrs Jones or Al about it", [Span(4, 13, Kind.NAME), Span(17, 19, Kind.NAME)])
ELSEWHERE = {
    "the same words in capitals": ("MRS JONES is nice", "[removed: name] is nice"),
    "with other spaces between them": ("mrs\n jones", "[removed: name]"),
    "a short word by itself": ("Al and I", "[removed: name] and I"),
    "a short word in another word": ("Also walls", "Also walls"),
    "something else": ("the slide", "the slide"),
    "the first of two messages that made the answer": ("ask Mrs Jon", "ask [removed: name]"),
    "the second of them": ("es or Al about it", "[removed: name] or [removed: name] about it"),
    "with spaces around it": ("  ask Mrs Jones or Al about it ", "  ask [removed: name] or [removed: name] about it "),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_other_texts_of_the_same_person(name: str) -> None:
    text, expected = ELSEWHERE[name]
    assert covered(text, [NAME]) == expected


def test_parts_that_overlap_are_one_and_parts_beside_each_other_are_two() -> None:
    spans = [Span(5, 9, Kind.SCHOOL), Span(0, 3), Span(2, 6, Kind.NAME), Span(9, 10)]
    assert joined(spans) == [Span(0, 9), Span(9, 10)]
    assert list(pieces("ab", [Span(0, 1, Kind.NAME)])) == [
        Piece(0, 1, "[removed: name]", removed=True),
        Piece(1, 2, "b"),
    ]


@pytest.mark.parametrize(("span", "fits"), [(Span(0, 5), True), (Span(0, 6), False), (Span(2, 2), False)])
def test_a_part_has_to_be_within_its_text(span: Span, *, fits: bool) -> None:
    assert fitting([span], 5) is fits
