"""Whole worlds, each from one seed: whatever goes wrong in them, nothing is lost, doubled, late, or said after STOP."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.run import run
from tests.simulation.soak import told
from tests.support.source import ROOT

TOGETHER = 25
RUNS = 6
"""A hundred and fifty worlds in each run of the tests; `make soak` lives through as many others as one likes."""

MET = {
    7: "a text whose words had gone out before took the other's id, and no text went out ever after",
    38: "a second delivery from somebody erased stored their address again",
    69: "what waited for who had left waited for ever",
    103: "what waited for a stranger went out after their STOP and START",
    179: "a STOP in an edit from a stranger was confirmed and forgotten",
    255: "a text was sent again because our clock was ahead of the provider's",
    1035: "what was on its way to somebody erased meanwhile was taken for what went to the same number next",
    8700: "a look at the clock from before a long sleep shortened a lease, and a message went out twice",
    9071: "who somebody was before they joined another was to be woken for ever, once the closing time had moved",
    625: "texts that came in before the last one we had were never fetched after a restart",
}
"""Seeds that met a fault of ours, and which. What each met has a test of its own too, beside the module it was in."""


def _all_pass(seeds: range) -> None:
    outcomes = [run(seed) for seed in seeds]
    assert all(outcome.messages > 0 for outcome in outcomes), "nobody said anything"
    failed = [outcome for outcome in outcomes if outcome.violations]
    assert not failed, "\n".join(told(outcome) for outcome in failed)


@pytest.mark.parametrize("first", range(0, TOGETHER * RUNS, TOGETHER), ids=lambda first: f"seeds from {first}")
def test_whatever_goes_wrong_nothing_that_was_said_is_lost(first: int) -> None:
    _all_pass(range(first, first + TOGETHER))


@pytest.mark.parametrize("seed", MET)
def test_a_seed_that_met_a_fault_of_ours_passes_now(seed: int) -> None:
    _all_pass(range(seed, seed + 1))


def test_the_same_seed_gives_the_same_story_to_the_letter() -> None:
    for seed in (3, 7, 12):
        first, second = run(seed), run(seed)
        assert first.messages > 0
        assert (first.steps, first.fingerprint) == (second.steps, second.fingerprint)


def test_different_seeds_give_different_stories() -> None:
    assert len({run(seed).fingerprint for seed in range(4)}) == 4


def test_a_seed_is_the_same_in_every_process_however_it_hashes() -> None:
    """A replay happens in another process, where strings and objects hash to other numbers."""
    here = run(7)
    for hashes in ("1", "2"):
        replayed = subprocess.run(
            [sys.executable, "-m", "tests.simulation.soak", "--seeds=1", "--from=7"],
            env={**os.environ, "PYTHONHASHSEED": hashes},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"fingerprint {here.fingerprint[:16]}" in replayed.stdout, replayed.stderr


def test_the_troubles_do_happen() -> None:
    """A simulation in which nothing went wrong would pass every check."""
    told_of = "\n".join("\n".join(run(seed).trace) for seed in range(40))
    for trouble in (
        "commit unknown",
        "commit lost",
        "SQLITE_FULL",
        "is gone",
        "is told to stop",
        "was lost",
        "go by",
        "refuses us",
        "the database is away",
        "the consultation is extended",
        "messages were missed and fetched",
        "has blocked the bot",
        "asks for quiet",
    ):
        assert trouble in told_of, trouble


def test_parents_do_say_yes_and_no_and_people_do_have_two_conversations_at_once() -> None:
    outcomes = [run(seed) for seed in (161, 401, 406)]
    assert not [told(outcome) for outcome in outcomes if outcome.violations]
    told_of = "\n".join("\n".join(outcome.trace) for outcome in outcomes)
    for heard in ("Your parent or carer said yes", "Your parent or carer said no", "You are answering other questions"):
        assert heard in told_of, heard
