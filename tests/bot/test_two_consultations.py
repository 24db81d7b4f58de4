"""Two consultations on one phone: somebody answers what they were asked last, and nothing asks in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.messages import Channel
from tests.bot.test_parents import code_in
from tests.support.desk import Correspondent, Desk, a_desk
from tests.support.packs import PARENTS_ASKED, SLUG, write_pack

BUS = "harbour-bus"
REMINDED = datetime(2030, 5, 30, 8, tzinfo=UTC)
PHONE, PARENT = "+447700900121", "+447700900122"
BESIDE = "You are answering other questions now. Send PLAY to come back to these."


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    packs = write_pack(tmp_path / "packs", more=PARENTS_ASKED)
    write_pack(packs, slug=BUS, keyword="BUSES", why="What makes you say that of buses?")
    async with a_desk(sqlite_url, packs) as desk:
        yield desk


def person(desk: Desk) -> Correspondent:
    return desk.person(address=PHONE)


async def answered(desk: Desk, slug: str) -> set[str]:
    return {code for row in await desk.answers(slug) for code in row.answers}


async def reminded(desk: Desk) -> None:
    desk.service.clock.advance(REMINDED - desk.service.clock.now())
    await desk.service.scheduler.wake()


async def test_a_reminder_asks_nothing_where_they_are_in_another_conversation(desk: Desk) -> None:
    await person(desk).says("PLAY", "3", "BUSES", "3")
    await reminded(desk)
    play, bus = (await desk.said(SLUG))[-1], (await desk.said(BUS))[-1]
    assert play.startswith("Some questions are still open.")
    assert play.endswith(BESIDE)
    assert "swings" in bus
    await person(desk).says("2")
    assert (await answered(desk, SLUG), await answered(desk, BUS)) == ({"who"}, {"who", "swings"})


async def test_the_word_that_a_reminder_names_leads_back(desk: Desk) -> None:
    await person(desk).says("PLAY", "3", "BUSES", "3")
    await reminded(desk)
    await person(desk).says("PLAY", "2")
    assert (await answered(desk, SLUG), await answered(desk, BUS)) == ({"who", "swings"}, {"who"})


async def test_a_reminder_asks_where_the_other_conversation_has_come_to_its_end_and_is_what_they_answer(
    desk: Desk,
) -> None:
    await person(desk).says("PLAY", "3", "BUSES", "3", "2", "They are late")
    await reminded(desk)
    assert "swings" in (await desk.said(SLUG))[-1]
    await person(desk).says("2")
    assert (await answered(desk, SLUG), len(await answered(desk, BUS))) == ({"who", "swings"}, 3)


async def test_a_long_text_that_is_over_leads_to_no_question_once_they_have_gone_on_to_something_else(
    desk: Desk,
) -> None:
    long = ("More swings and a slide, please. " * 10)[:160]
    await person(desk).says("PLAY", "3", "2", long, "BUSES", "3")
    desk.service.clock.advance(timedelta(seconds=30))
    await desk.service.scheduler.wake()
    await person(desk).says("2")
    assert (await answered(desk, SLUG), await answered(desk, BUS)) == ({"who", "swings", "why"}, {"who", "swings"})


async def test_a_parents_yes_asks_nothing_where_the_child_is_in_another_conversation(desk: Desk) -> None:
    await person(desk).says("PLAY", "1")
    code = code_in((await desk.said(SLUG))[-1])
    await person(desk).says("BUSES", "1")
    await desk.person(address=PARENT).says(f"yes {code}")
    assert (await desk.said(SLUG))[-1] == f"Your parent or carer said yes. Let us go on.\n{BESIDE}"
    await person(desk).says("2")
    assert (await answered(desk, SLUG), await answered(desk, BUS)) == ({"who"}, {"who", "swings"})
    await person(desk).says("PLAY", "2")
    assert await answered(desk, SLUG) == {"who", "swings"}


async def test_a_parents_yes_asks_where_the_other_conversation_has_come_to_its_end(desk: Desk) -> None:
    await person(desk).says("PLAY", "1")
    code = code_in((await desk.said(SLUG))[-1])
    await person(desk).says("BUSES", "1", "2", "They are late")
    await desk.person(address=PARENT).says(f"yes {code}")
    await person(desk).says("2")
    assert (await answered(desk, SLUG), len(await answered(desk, BUS))) == ({"who", "swings"}, 3)


async def test_a_page_shows_its_own_question_whatever_else_its_visitor_answers(desk: Desk) -> None:
    visitor = desk.person(Channel.WEB, "page-of-1")
    await visitor.submits("who", "parent-carer")
    await reminded(desk)
    assert "swings" in (await desk.said(SLUG))[-1]
