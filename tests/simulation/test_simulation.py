"""The whole service under simulated faults: nothing said is lost, doubled, altered or put in the wrong place."""

from __future__ import annotations

import pytest

from tests.simulation.run import run

SEEDS_TOGETHER = 10
RUNS = range(0, 100, SEEDS_TOGETHER)


@pytest.mark.parametrize("first", RUNS, ids=lambda first: f"seeds from {first}")
def test_whatever_goes_wrong_nothing_that_was_said_is_lost(first: int) -> None:
    for seed in range(first, first + SEEDS_TOGETHER):
        outcome = run(seed)
        assert outcome.messages > 0, f"seed {seed}: nobody said anything"
        assert not outcome.violations, f"seed {seed}: {outcome.violations[0]}"


def test_the_same_seed_gives_the_same_story_to_the_letter() -> None:
    assert run(7).trace == run(7).trace


def test_different_seeds_give_different_stories() -> None:
    assert run(7).trace != run(8).trace
