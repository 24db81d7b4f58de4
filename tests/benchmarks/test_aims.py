"""A figure meets its aim or is named among those that fall short."""

from __future__ import annotations

import pytest

from benchmarks.aims import CPU, FLOOR, Aim, Figure, Way, shortfall

FAST = Figure("SMS on SQLite", 2.0, FLOOR["SQLite"])
SLOW = Figure("SMS on PostgreSQL", 0.41, FLOOR["PostgreSQL"])
DEAR = Figure("CPU for a message", 0.58, CPU)


@pytest.mark.parametrize(
    ("way", "value", "met"),
    [
        (Way.AT_LEAST, 1.99, False),
        (Way.AT_LEAST, 2.0, True),
        (Way.AT_LEAST, 2.01, True),
        (Way.AT_MOST, 1.99, True),
        (Way.AT_MOST, 2.0, True),
        (Way.AT_MOST, 2.01, False),
    ],
)
def test_a_figure_on_its_bound_meets_its_aim(way: Way, value: float, met: bool) -> None:  # noqa: FBT001 - a table's column
    assert Figure("it", value, Aim(way, 2.0, "×")).met is met


@pytest.mark.parametrize(("way", "share"), [(Way.AT_LEAST, 0.25), (Way.AT_MOST, 4.0)])
def test_half_of_the_aim_is_far_from_it_or_well_within_it(way: Way, share: float) -> None:
    assert Aim(way, 2.0, "×").share(0.5) == share


@pytest.mark.parametrize(
    ("value", "written"), [(0.407, "0.41 ms"), (9.96, "9.96 ms"), (49.96, "50.0 ms"), (234.4, "234 ms")]
)
def test_a_value_is_written_to_three_figures(value: float, written: str) -> None:
    assert CPU.written(value) == written


def test_whatever_falls_short_is_named_with_its_value_and_its_aim() -> None:
    assert shortfall([FAST, SLOW, DEAR]) == (
        "Short of its aim:\n"
        "- SMS on PostgreSQL: 0.41× (aim: at least 1×)\n"
        "- CPU for a message: 0.58 ms (aim: at most 0.4 ms)"
    )


def test_nothing_is_named_where_every_aim_is_met() -> None:
    assert shortfall([FAST]) == "Every aim of what was measured is met."


def test_a_part_without_aims_does_not_claim_to_have_met_any() -> None:
    assert shortfall([]) == "Nothing that was measured has an aim."
