"""The clock: real time, or time that starts where it is told and is moved by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock

START = datetime(2018, 3, 9, 23, 55, tzinfo=UTC)
SOON = timedelta(seconds=5)


def test_a_clock_without_a_start_shows_the_machines_time() -> None:
    before = datetime.now(UTC)  # noqa: TID251 - what it is held against
    shown = Clock().now()
    assert before <= shown <= before + SOON
    assert shown.tzinfo is UTC


def test_a_started_clock_runs_on_from_its_start() -> None:
    clock = Clock(START)
    first, second = clock.now(), clock.now()
    assert START <= first < second < START + SOON


@pytest.mark.parametrize("clock", [Clock(START), Clock()])
def test_an_advanced_clock_is_ahead_by_so_much(clock: Clock) -> None:
    before = clock.now()
    clock.advance(timedelta(hours=2))
    clock.advance(timedelta(minutes=1))
    assert timedelta(0) <= clock.now() - before - timedelta(hours=2, minutes=1) < SOON


def test_a_clock_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock(START).advance(timedelta(seconds=-1))


async def test_whoever_sleeps_until_an_instant_wakes_when_the_clock_is_moved_past_it() -> None:
    clock = Clock(START)
    sleeper = asyncio.create_task(clock.sleep_until(START + timedelta(hours=1)))
    await asyncio.sleep(0)
    clock.advance(timedelta(minutes=30))
    await asyncio.sleep(0.01)
    assert not sleeper.done()
    clock.advance(timedelta(minutes=30))
    async with asyncio.timeout(1):
        await sleeper


async def test_sleeping_until_an_instant_that_is_past_takes_no_time() -> None:
    async with asyncio.timeout(1):
        await Clock(START).sleep_until(START)


async def test_sleep_ends_by_itself_when_its_time_has_come() -> None:
    clock = Clock(START)
    async with asyncio.timeout(1):
        await clock.sleep_until(clock.now() + timedelta(milliseconds=20))
    assert clock.now() >= START + timedelta(milliseconds=20)


async def test_a_pause_ends_after_its_seconds_or_when_the_clock_is_moved() -> None:
    clock = Clock(START)
    async with asyncio.timeout(1):
        await clock.pause(0.01)
        pause = asyncio.create_task(clock.pause(60))
        await asyncio.sleep(0)
        clock.advance(timedelta(seconds=1))
        await pause
