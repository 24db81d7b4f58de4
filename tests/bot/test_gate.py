"""Who is let in, who waits, and what is known of where they come from."""

from __future__ import annotations

import pytest

from bot.gate import FLAGGED_FROM, HOUR, LONGEST_DELAY, SLOW_FROM, STARTS, VISITOR, Gate
from bot.networks import network_of

SCHOOL = "203.0.113.0/24"


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def gate(clock: Seconds) -> Gate:
    return Gate(clock)


def test_four_classes_may_begin_in_one_instant_without_a_wait_or_a_flag(gate: Gate) -> None:
    starts = [gate.start(SCHOOL) for _ in range(FLAGGED_FROM)]
    assert {(one.wait, one.delay, one.flags) for one in starts} == {(0.0, 0.0, ())}


def test_a_burst_is_flagged_under_one_name_that_says_nothing_of_the_network(gate: Gate) -> None:
    burst = {one.burst for one in [gate.start(SCHOOL) for _ in range(300)][FLAGGED_FROM:]}
    other = {one.burst for one in [gate.start("198.51.100.0/24") for _ in range(300)][FLAGGED_FROM:]}
    assert (len(burst), len(other), len(burst & other)) == (1, 1, 0)


def test_a_later_burst_of_the_same_network_has_another_name(gate: Gate, clock: Seconds) -> None:
    first = [gate.start(SCHOOL) for _ in range(200)][-1].burst
    clock.now += 600
    assert [gate.start(SCHOOL) for _ in range(200)][-1].burst not in {"", first}


def test_very_many_starts_wait_a_little_longer_each_and_then_have_to_come_again(gate: Gate, clock: Seconds) -> None:
    starts = [gate.start(SCHOOL) for _ in range(STARTS.at_once + 1)]
    delays = [one.delay for one in starts[SLOW_FROM : STARTS.at_once]]
    assert delays == sorted(delays)
    assert 0 < delays[0] < delays[-1] == LONGEST_DELAY
    assert starts[-1].wait > 0
    clock.now += starts[-1].wait
    assert gate.start(SCHOOL).wait == 0


def test_a_network_that_is_busy_holds_up_no_other(gate: Gate) -> None:
    for _ in range(2 * STARTS.at_once):
        gate.start(SCHOOL)
    assert gate.start("198.51.100.0/24").wait == 0


def test_one_visitor_who_asks_without_end_waits_and_the_others_do_not(gate: Gate, clock: Seconds) -> None:
    waits = [gate.visit("robot", SCHOOL) for _ in range(VISITOR.at_once + 5)]
    assert [wait > 0 for wait in waits] == [False] * VISITOR.at_once + [True] * 5
    assert gate.visit("child", SCHOOL) == 0
    clock.now += max(waits)
    assert gate.visit("robot", SCHOOL) == 0


def test_nothing_is_known_an_hour_later(gate: Gate, clock: Seconds) -> None:
    for _ in range(STARTS.at_once):
        gate.start(SCHOOL)
    clock.now += HOUR + 1
    assert gate.start(SCHOOL).burst == ""


def test_who_is_on_this_machine_is_never_held_up(gate: Gate) -> None:
    assert {gate.start(None).wait for _ in range(2 * STARTS.at_once)} == {0.0}


@pytest.mark.parametrize(
    ("remote", "forwarded", "network"),
    [
        ("81.2.69.7", (), "81.2.69.0/24"),
        ("81.2.69.7", ("203.0.113.7",), "81.2.69.0/24"),  # from outside nobody can choose their own
        ("127.0.0.1", ("203.0.113.7",), "203.0.113.0/24"),
        ("10.1.2.3", ("198.51.100.1, 203.0.113.7",), "203.0.113.0/24"),
        ("10.1.2.3", ("198.51.100.1", "203.0.113.7"), "203.0.113.0/24"),
        ("10.1.2.3", (), "10.1.2.0/24"),
        ("::1", ("2001:db8:1:2::7",), "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", (), "203.0.113.0/24"),
        ("127.0.0.1", (), None),
        ("127.0.0.1", ("nonsense",), None),
        (None, (), None),
    ],
)
def test_a_network_is_wide_and_only_a_proxy_of_ours_can_name_it(
    remote: str | None, forwarded: tuple[str, ...], network: str | None
) -> None:
    assert network_of(remote, forwarded) == network
