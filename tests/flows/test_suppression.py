"""Small numbers: what is shown of counts of people, and that nobody can work out from it what is not."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flows.suppression import FEWEST, LOWEST, Published, last_moment, percent, publish

HOUR = datetime(2030, 5, 15, 12, tzinfo=UTC)

# ------------------------------------------------------------------ as examples


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        pytest.param({"child": 0, "parent": 0}, {"child": 0, "parent": 0}, id="nobody is hidden as a few are"),
        pytest.param({"child": 4, "parent": 20}, {"child": 0, "parent": 20}, id="under five is hidden"),
        pytest.param({"child": 5, "parent": 20}, {"child": 5, "parent": 20}, id="five is not"),
        pytest.param({"child": 143, "parent": 29}, {"child": 140, "parent": 25}, id="everything is rounded down"),
    ],
)
def test_a_table_shows_whole_fives(counts: dict[str, int], shown: dict[str, int]) -> None:
    assert publish({"role": counts}).tables["role"] == shown


def test_the_total_tells_no_more_than_the_parts_do() -> None:
    told = publish({"role": {"child": 9, "parent": 9}, "band": {"8-11": 9, "adult": 9}})
    assert told.total == 10, "eighteen people, of whom the parts show ten"


def test_a_table_does_not_give_away_another_that_hides_everything() -> None:
    told = publish({"channel": dict.fromkeys("abcde", 4), "language": {"en": 20}})
    assert told.tables["channel"] == dict.fromkeys("abcde", 0)
    assert told.tables["language"] == {"en": 15}, "beside a 20, each of the five would have to be a four"


def test_what_overlaps_never_shows_more_than_the_tables_do() -> None:
    told = publish({"channel": {"web": 4, "sms": 4}}, within={"themes": {"play": 8, "buses": 3}})
    assert told.within["themes"] == {"play": 0, "buses": 0}


def test_several_cells_together_are_the_sum_of_what_is_shown_of_each() -> None:
    told = publish({"group": {"child-4-7": 4, "child-8-11": 14, "adult": 30}})
    assert told.together("group", ["child-4-7", "child-8-11"]) == 10


def test_shares_and_means_are_made_of_shown_counts_alone() -> None:
    told = publish({"score": {"1": 4, "2": 13, "3": 31}})
    assert [told.share("score", point) for point in "123"] == [None, 25, 75]
    assert told.mean("score") == Decimal("2.75")
    assert publish({"score": {"1": 4, "2": 3}}).mean("score") is None


@pytest.mark.parametrize(("part", "whole", "shown"), [(0, 50, None), (5, 0, None), (5, 40, 13), (50, 50, 100)])
def test_a_share_of_something_hidden_is_hidden(part: int, whole: int, shown: int | None) -> None:
    assert percent(part, whole) == shown


def test_another_smallest_number_may_be_set() -> None:
    assert publish({"role": {"child": 29, "parent": 9}}, fewest=10).tables["role"] == {"child": 20, "parent": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: publish({"a": {"x": 1}, "b": {"y": 2}}), id="tables of other people"),
        pytest.param(lambda: publish({"a": {"x": -1, "y": 1}}), id="less than nobody"),
        pytest.param(lambda: publish({"a": {"x": 1}}, within={"b": {"y": 2}}), id="more than all of them"),
        pytest.param(lambda: publish({"a": {"x": 1}}, fewest=LOWEST - 1), id="hiding next to nothing"),
    ],
)
def test_what_cannot_be_kept_safe_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=r"."):
        wrong()


# ------------------------------------------------------------------ figures move on


def test_figures_move_on_once_enough_people_came() -> None:
    hours = [HOUR + timedelta(hours=after) for after in range(6)]
    came = list(zip(hours, [3, 1, 1, 4, 0, 1], strict=True))
    moments = [last_moment(came[:upto]) for upto in range(7)]
    assert moments == [None, None, None, hours[2], hours[2], hours[2], hours[5]]


@given(st.lists(st.integers(0, 9), max_size=40))
def test_whatever_moves_has_at_least_five_people_behind_it(came: list[int]) -> None:
    hours = [(HOUR + timedelta(hours=after), people) for after, people in enumerate(came)]
    moments = dict.fromkeys(last_moment(hours[:upto]) for upto in range(len(hours) + 1))
    before = 0
    for moment in filter(None, moments):
        people = sum(each for at, each in hours if at <= moment)
        assert people - before >= FEWEST
        before = people
    assert sum(came) - before < FEWEST, "nobody waits for longer than it takes four others to come"


# ------------------------------------------------------------------ nobody can work it out


def _bounds(told: Published, table: str, cell: str) -> tuple[int, int]:
    """The least and most that a cell can be, from all that is shown: tables of the same people and nothing else.

    Exact: cells are free within what is shown of each, and what ties them is that every table has one and the same sum.
    """
    more = told.fewest - 1
    least = max((sum(cells.values()) for cells in told.tables.values()), default=0)
    most = min(sum(cells.values()) + more * len(cells) for cells in told.tables.values())
    shown = told.tables[table]
    others = sum(shown.values()) - shown[cell]
    return max(shown[cell], least - others - more * (len(shown) - 1)), min(shown[cell] + more, most - others)


@st.composite
def _tables(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    """Some tables of the same people, each of whom is in one cell of each."""
    widths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=5))
    shape = draw(st.lists(st.integers(0, 7), min_size=1, max_size=60))
    tables: dict[str, dict[str, int]] = {}
    for number, width in enumerate(widths):
        turn = draw(st.integers(0, 7))
        cells = dict.fromkeys(map(str, range(width)), 0)
        for at, person in enumerate(shape):
            cells[str((person * (number + 1) + turn * at) % width)] += 1
        tables[str(number)] = cells
    return tables


@given(_tables(), st.integers(LOWEST, 9))
def test_no_hidden_count_can_be_solved_or_even_narrowed(tables: dict[str, dict[str, int]], fewest: int) -> None:
    told = publish(tables, fewest=fewest)
    for name, cells in told.tables.items():
        for cell, shown in cells.items():
            if shown == 0:
                assert _bounds(told, name, cell) == (0, fewest - 1)


@given(_tables(), st.integers(LOWEST, 9))
def test_nothing_is_shown_that_is_not_so(tables: dict[str, dict[str, int]], fewest: int) -> None:
    told = publish(tables, fewest=fewest)
    assert told.total <= sum(next(iter(tables.values())).values())
    for name, cells in told.tables.items():
        for cell, shown in cells.items():
            assert shown % fewest == 0
            assert shown <= tables[name][cell]


World = tuple[tuple[int, ...], ...]
"""Every table's cells, as they might truly be."""


def _ways(people: int, cells: int) -> Iterator[tuple[int, ...]]:
    if cells == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in _ways(people - first, cells - 1):
            yield (first, *rest)


def _worlds(widths: Sequence[int], most: int) -> list[World]:
    return [
        world
        for people in range(most + 1)
        for world in itertools.product(*(list(_ways(people, width)) for width in widths))
    ]


def _picture(world: World, fewest: int) -> World:
    told = publish(
        {str(n): {str(m): count for m, count in enumerate(cells)} for n, cells in enumerate(world)}, fewest=fewest
    )
    return tuple(tuple(told.tables[str(n)].values()) for n in range(len(world)))


def _possible(
    paths: Iterable[tuple[tuple[World, ...], tuple[World, ...]]],
) -> Mapping[tuple[World, ...], list[set[int]]]:
    """For every picture (or pictures, one after another): what each cell may truly have been at each of its moments."""
    found: dict[tuple[World, ...], list[set[int]]] = {}
    for worlds, pictures in paths:
        counts = [count for world in worlds for cells in world for count in cells]
        held = found.setdefault(pictures, [set() for _ in counts])
        for values, count in zip(held, counts, strict=True):
            values.add(count)
    return found


def _complete(picture: World, fewest: int, most: int) -> bool:
    """Whether every world with this picture was looked at."""
    return max(sum(cells) + (fewest - 1) * len(cells) for cells in picture) <= most


@pytest.mark.parametrize(
    ("fewest", "widths", "most"), [(3, (2, 2), 14), (3, (1, 4), 14), (3, (1, 2, 2), 12), (4, (1, 2), 22), (5, (3,), 17)]
)
def test_whoever_knows_this_code_and_tries_every_world_learns_nothing_more(
    fewest: int, widths: tuple[int, ...], most: int
) -> None:
    found = _possible(((world,), (_picture(world, fewest),)) for world in _worlds(widths, most))
    seen = 0
    for (picture,), cells in found.items():
        if _complete(picture, fewest, most):
            for shown, values in zip(itertools.chain(*picture), cells, strict=True):
                assert values >= set(range(shown, shown + fewest))
                seen += 1
    assert seen > 5


@pytest.mark.parametrize(
    ("fewest", "widths", "most"), [(3, (3,), 14), (3, (1, 2), 17), (3, (2, 2), 12), (4, (1, 2), 20)]
)
def test_two_moments_tell_nobody_what_either_hides(fewest: int, widths: tuple[int, ...], most: int) -> None:
    """Every way in which people can have come between two pictures that differ: no count is ever certain."""
    known = [(world, tuple(itertools.chain(*world)), _picture(world, fewest)) for world in _worlds(widths, most)]
    paths = (
        ((first, second), (before, after))
        for first, few, before in known
        for second, many, after in known
        if before != after
        and sum(second[0]) >= sum(first[0]) + fewest
        and all(earlier <= later for earlier, later in zip(few, many, strict=True))
    )
    seen = 0
    for pictures, cells in _possible(paths).items():
        if _complete(pictures[-1], fewest, most):
            assert all(len(values) > 1 for values in cells)
            seen += len(cells)
    assert seen > 20


# ------------------------------------------------------------------ two moments, in true sizes

Limits = list[tuple[int, int]]
"""The least and most that each cell of a table can be."""


def _limits(told: Published, name: str) -> Limits:
    """From what is shown. A table that shows as much as it may can have had a cell shown lower: that one is open."""
    more = told.fewest - 1
    most = min(
        sum(cells.values()) + more * (len(cells) - 1) // told.fewest * told.fewest for cells in told.tables.values()
    )
    shown = told.tables[name].values()
    held_back = sum(shown) >= most
    return [(count, count + (1000 if held_back and count == max(shown) else more)) for count in shown]


def _fits(before: Limits, after: Limits, people: int, later: int) -> bool:
    """Whether a table can have had so many people in all, then and later, when nobody leaves a cell. Exact."""
    first = [(low, min(high, top)) for (low, high), (_, top) in zip(before, after, strict=True)]
    second = [(max(low, bottom), top) for (low, _), (bottom, top) in zip(before, after, strict=True)]
    least, most = sum(low for low, _ in first), sum(high for _, high in first)
    if any(low > high for low, high in (*first, *second)) or not least <= people <= most:
        return False
    # People of the first moment who fit where the second is known to be larger anyway.
    free = sum(min(high, bottom) - low for (low, high), (bottom, _) in zip(first, second, strict=True))
    beyond = max(0, people - least - free)
    return sum(bottom for bottom, _ in second) + beyond <= later <= sum(top for _, top in second)


def _values(shown: tuple[Published, Published]) -> Iterator[tuple[int, int]]:
    """For every cell and both moments: what is shown of it, and how many counts it can have had."""
    limits = {name: (_limits(shown[0], name), _limits(shown[1], name)) for name in shown[0].tables}
    least = [max(sum(cells.values()) for cells in told.tables.values()) for told in shown]
    room = FEWEST * (1 + max(map(len, shown[0].tables.values())))
    together = [
        (n, m) for n in range(least[0], least[0] + room) for m in range(least[1], least[1] + room) if m >= n + FEWEST
    ]
    fitting = {name: {pair for pair in together if _fits(*limits[name], *pair)} for name in limits}
    for name, (before, after) in limits.items():
        possible = set(together).intersection(*(fitting[other] for other in fitting if other != name))
        for at, moment in itertools.product(range(len(before)), (0, 1)):
            low, high = (before, after)[moment][at]
            found = 0
            for count in range(low, min(high, low + room) + 1):
                fixed = [list(before), list(after)]
                fixed[moment][at] = (count, count)
                found += any(_fits(fixed[0], fixed[1], *pair) for pair in possible)
            yield low, found


@settings(max_examples=50)
@given(_tables(), _tables())
def test_two_moments_in_whole_fives_leave_no_count_certain(
    first: dict[str, dict[str, int]], more: dict[str, dict[str, int]]
) -> None:
    names = [name for name in first if name in more and len(more[name]) <= len(first[name])]
    assume(names)
    assume(sum(next(iter(more.values())).values()) >= FEWEST)
    later = {name: {cell: count + more[name].get(cell, 0) for cell, count in first[name].items()} for name in names}
    pictures = publish({name: first[name] for name in names}), publish(later)
    assume(pictures[0] != pictures[1])
    for shown, found in _values(pictures):
        assert found > 1, f"of a cell that shows {shown}"
