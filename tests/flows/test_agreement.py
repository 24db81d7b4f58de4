"""Cohen's kappa, against examples that were worked out by hand, and for whatever two coders may have done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.agreement import Pair, agreement, in_words

A, NONE = frozenset({"a"}), frozenset[str]()
PAIRS = st.lists(st.tuples(st.frozensets(st.sampled_from("abc")), st.frozensets(st.sampled_from("abc"))), max_size=30)


def table(both: int, first: int, second: int, neither: int) -> list[Pair]:
    """How many answers both put under `a`, only the first, only the second, and neither."""
    return [(A, A)] * both + [(A, NONE)] * first + [(NONE, A)] * second + [(NONE, NONE)] * neither


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        (table(3, 0, 0, 5), 1.0),
        (table(20, 5, 10, 15), 0.4),  # 35 of 50 alike; by chance 0.5
        (table(45, 15, 25, 15), 0.1304),  # 60 of 100 alike; by chance 0.54
        (table(25, 35, 5, 35), 0.2593),  # as many alike; by chance 0.46
        (table(25, 25, 25, 25), 0.0),
        (table(0, 5, 5, 0), -1.0),
        (table(5, 0, 0, 0), None),  # chance alone gives all of it
        (table(0, 0, 0, 5), None),
        ([], None),
    ],
)
def test_kappa_of_one_theme(pairs: list[Pair], kappa: float | None) -> None:
    found = agreement(pairs, ["a"])
    assert found.answers == len(pairs)
    assert found.themes["a"] == (None if kappa is None else pytest.approx(kappa, abs=0.0001))
    assert found.overall == found.themes["a"]


def test_over_all_themes_the_means_are_taken_first() -> None:
    ab = frozenset("ab")
    pairs: list[Pair] = [(ab, ab), (A, A), (A, ab), (NONE, NONE)]
    # a: 1 alike, 0.625 by chance. b: 0.75 alike, 0.5 by chance. Means: 0.875 and 0.5625.
    found = agreement(pairs, "abc")
    assert found.themes == {"a": 1.0, "b": 0.5, "c": None}
    assert found.overall == pytest.approx((0.875 - 0.5625) / (1 - 0.5625))


def test_themes_that_nobody_used_make_nobody_look_agreed() -> None:
    pairs = table(20, 5, 10, 15)
    assert agreement(pairs, "abcdefgh").overall == agreement(pairs, "a").overall


@given(PAIRS)
def test_it_is_defined_or_not_but_never_out_of_bounds(pairs: list[Pair]) -> None:
    found = agreement(pairs, "abc")
    assert set(found.themes) == set("abc")
    for kappa in (found.overall, *found.themes.values()):
        assert kappa is None or -1 <= kappa <= 1


@given(PAIRS)
def test_it_is_the_same_whoever_is_named_first(pairs: list[Pair]) -> None:
    assert agreement(pairs, "abc") == agreement([(second, first) for first, second in pairs], "abc")


@given(PAIRS)
def test_whoever_agrees_on_everything_has_one_or_nothing_to_agree_on(pairs: list[Pair]) -> None:
    found = agreement([(first, first) for first, _ in pairs], "abc")
    assert all(kappa in {None, 1.0} for kappa in (found.overall, *found.themes.values()))


@pytest.mark.parametrize(
    ("kappa", "words"),
    [
        (None, "Not defined"),
        (1.0, "Almost perfect"),
        (0.7, "Substantial"),
        (0.5, "Moderate"),
        (0.3, "Fair"),
        (0.1, "Slight"),
        (0.0, "Slight"),
        (-0.2, "Poor"),
    ],
)
def test_how_much_two_coders_agree_is_put_into_words(kappa: float | None, words: str) -> None:
    assert in_words(kappa) == words
