"""Watching a consultation: what the page tells, and that it tells of no few people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.console.rights import Duty
from flows.definition import Command
from flows.messages import Channel
from tests.support.officers import ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON

TARGETS = """
[targets.roles]
child = 40
parent-carer = 5
"""
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Watched:
    """A console, and people who answer."""

    town: ConsoleTown
    clock: Clock
    people: int = 0

    async def come(self, number: int, who: str = "1", *, says: tuple[str, ...] = ("1", "Swings are fun")) -> None:
        """So many people answer by text message, a minute apart: `who` they are, and what they say to the rest."""
        for _ in range(number):
            self.people += 1
            person = self.town.desk.person(Channel.SMS, f"+44770090{self.people:04}")
            await person.says("PLAY", who, *says)

    async def page(self, *, hours: int = 1) -> Shown:
        """The page as a viewer sees it so many hours later."""
        self.clock.advance(timedelta(hours=hours))
        viewer = await self.town.officer(Duty.VIEWER)  # anew: whoever waits for hours is signed out
        return await viewer.get(f"/console/{SLUG}")


def table(shown: Shown, code: str) -> dict[str, list[str]]:
    """A table of the page: what stands behind each of its labels."""
    [section] = re.findall(rf'aria-labelledby="{code}">(.*?)</section>', shown.html, re.DOTALL)
    rows = [[unescape(_TAG.sub("", cell)).strip() for cell in _CELL.findall(row)] for row in _ROW.findall(section)]
    return {row[0]: row[1:] for row in rows[1:]}


@pytest.fixture
async def watched(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Watched]:
    packs = write_pack(tmp_path / "packs", more=TARGETS)
    clock = Clock(NOON)
    async with a_console(sqlite_url, packs, clock=clock) as town:
        yield Watched(town, clock)


async def test_nobody_has_answered_yet(watched: Watched) -> None:
    shown = await watched.page()
    assert shown.status == 200
    assert "Started Too few to show" in shown.words
    assert set(map(tuple, table(shown, "role").values())) == {("too few to show",)}


async def test_people_are_told_by_role_age_channel_language_and_how_far_they_got(watched: Watched) -> None:
    await watched.come(11, "1")
    await watched.come(6, "3", says=("1",))
    shown = await watched.page()
    assert table(shown, "role") == {"Child": ["10", "67%"], "Parent carer": ["5", "33%"]}
    assert table(shown, "band")["8 to 11 years"] == ["10", "67%"]
    assert table(shown, "band")["12 to 15 years"] == ["too few to show"]
    assert table(shown, "channel")["Text message"] == ["15", "100%"]
    assert table(shown, "language")["English"] == ["15", "100%"]
    assert table(shown, "progress") == {
        "Finished": ["10", "67%"],
        "Who you are": ["too few to show"],
        "Swings": ["5", "33%"],
        "Why": ["too few to show"],
    }
    assert "Started 15 people at least Finished 10 people at least" in shown.words


async def test_days_are_those_since_it_opened(watched: Watched) -> None:
    await watched.come(7)
    shown = await watched.page()
    days = table(shown, "day")
    assert next(iter(days)) == "1 May 2030"
    assert days[list(days)[-1]] == ["5", "100%"]
    assert len(days) == NOON.day


async def test_how_far_each_group_is_from_its_target(watched: Watched) -> None:
    await watched.come(11, "1")
    await watched.come(6, "3")
    assert table(await watched.page(), "targets") == {
        "Child": ["40", "10", "30"],
        "Parent carer": ["5", "5", "Reached"],
    }


async def test_when_it_closes_and_how_long_that_is(watched: Watched) -> None:
    shown = await watched.page(hours=0)
    assert "Time left 16 days and 11 hours to 11:59pm on Friday 31 May 2030" in shown.words
    assert "Time left Closed It closed at 11:59pm on Friday 31 May 2030" in (await watched.page(hours=24 * 30)).words


async def test_figures_stand_still_within_an_hour_and_until_five_more_have_come(watched: Watched) -> None:
    await watched.come(9)
    first = await watched.page()
    await watched.come(1)
    assert table(await watched.page(hours=0), "role") == table(first, "role")
    assert table(await watched.page(), "role") == table(first, "role"), "ten, of whom one would be told"
    await watched.come(4)
    assert table(await watched.page(), "role")["Child"][0] == "10"


async def test_whoever_withdraws_is_not_seen_to_do_so_alone(watched: Watched) -> None:
    await watched.come(10)
    first = await watched.page()
    person = watched.town.desk.person(Channel.SMS, "+447700900001")
    await person.presses(Command.DELETE)
    await person.says("yes")
    assert table(await watched.page(), "role") == table(first, "role")


async def test_the_page_says_what_is_counted(watched: Watched) -> None:
    words = (await watched.page()).words
    assert "We count people, not answers" in words
    assert "rounded down to a multiple of 5" in words


async def test_every_chart_has_a_name_and_a_table_with_the_same_figures(watched: Watched) -> None:
    await watched.come(6)
    html = (await watched.page()).html
    charts = re.findall(r"<svg[^>]*>", html)
    assert len(charts) == 7
    assert all('role="img"' in each and "aria-labelledby" in each for each in charts)
    assert html.count("<table>") == len(charts)
    assert "style=" not in html


async def test_a_viewer_sees_no_reference_and_no_words(watched: Watched) -> None:
    await watched.come(6, says=("1", "Zebras everywhere"))
    html = (await watched.page()).html
    assert "Zebras" not in html
    assert "HBR-" not in html


async def test_another_smallest_number_holds_for_every_figure(sqlite_url: str, tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(f"small_numbers = 10\n{structure.read_text()}")
    clock = Clock(NOON)
    async with a_console(sqlite_url, packs, clock=clock) as town:
        watched = Watched(town, clock)
        await watched.come(19)
        shown = await watched.page()
    assert table(shown, "role")["Child"][0] == "10"
    assert "in steps of 10" in shown.words
