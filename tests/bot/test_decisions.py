"""What an officer decides takes effect in every worker within seconds; people hear of it where they talk with us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows import cutoff
from flows.decisions import Approved, ClosedEarly, Decision, Extended, Gate, GateFilled, What
from flows.messages import Channel
from storage.audit import Deed
from tests.support.desk import Desk, a_desk
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON

CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)
A_WEEK = timedelta(days=7)
SNOW = {"en": "Snow closed the schools.", "cy": "Caeodd eira yr ysgolion."}
LONGER, SHORTER = Extended(CLOSES + A_WEEK, SNOW), ClosedEarly(NOON + timedelta(days=2), SNOW)
GATE = Gate("to hear", "doing nothing", "the Cabinet", date(2030, 9, 30), "dpo@example.org", "EIA 7")
APPROVED = Approved("the Cabinet", date(2030, 5, 1), "f00d")


def needing_approval(packs: Path) -> Path:
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(structure.read_text().replace("late_policy", 'approval = "required"\nlate_policy', 1))
    return packs


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def desk(sqlite_url: str, packs: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, packs) as desk:
        yield desk


async def decide(desk: Desk, *made: What) -> None:
    """As the console writes it down; nobody has looked at it yet."""
    service, now = desk.service, desk.service.clock.now()
    number = (await service.database.running.numbers()).get(SLUG, 0)
    decided = [
        (Decision(number + place, now, "sam@council.example", what), Deed(now, "sam@council.example", "some.thing"))
        for place, what in enumerate(made, 1)
    ]
    await service.database.running.decide(SLUG, decided)


async def look(desk: Desk) -> None:
    """What the schedule does every few seconds, and then every second."""
    await desk.service.scheduler.refresh()
    await desk.service.scheduler.wake()


def closing(desk: Desk) -> datetime:
    pack = desk.service.library.get(SLUG)
    assert pack is not None
    return cutoff.last_close(pack.timetable)


async def test_both_of_two_workers_see_a_decision_without_a_restart(database_url: str, packs: Path) -> None:
    async with a_desk(database_url, packs) as one, a_desk(database_url, packs) as two:
        version = [desk.service.library.all()[0].version for desk in (one, two)]
        await decide(one, LONGER)
        assert (closing(one), closing(two)) == (CLOSES, CLOSES)
        for desk in (one, two):
            await look(desk)
        assert (closing(one), closing(two)) == (CLOSES + A_WEEK, CLOSES + A_WEEK)
        assert version == [desk.service.library.all()[0].version for desk in (one, two)]
    async with a_desk(database_url, packs) as later:
        assert closing(later) == CLOSES + A_WEEK


async def test_a_look_that_finds_nothing_new_changes_nothing(desk: Desk) -> None:
    await decide(desk, LONGER)
    await look(desk)
    before = desk.service.library.get(SLUG)
    await look(desk)
    assert desk.service.library.get(SLUG) is before


@pytest.mark.parametrize(("channel", "address"), [(Channel.SMS, "+447700900123"), (Channel.TELEGRAM, "700900123")])
@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (LONGER, ("This stays open longer.", "Snow closed the schools.")),
        (SHORTER, ("This closes earlier than we said.", "Snow closed the schools.")),
        (ClosedEarly(NOON + timedelta(minutes=1), SNOW), ("This closed earlier than we said.", "Snow")),
    ],
)
async def test_people_hear_it_with_the_reason_where_they_talk_with_us(
    desk: Desk, channel: Channel, address: str, what: What, expected: tuple[str, str]
) -> None:
    person = desk.person(channel, address)
    await person.says("PLAY", "Parent or carer")
    desk.service.clock.advance(timedelta(hours=1))
    if isinstance(what, ClosedEarly) and what.closes_at < desk.service.clock.now():
        what = ClosedEarly(desk.service.clock.now(), SNOW)
    await decide(desk, what)
    await look(desk)
    heard = " ".join(await desk.said())
    assert all(words in heard for words in expected), heard


async def test_on_the_web_it_stands_in_the_conversation(desk: Desk) -> None:
    await desk.person(Channel.WEB, "a-token").submits("who", "child-8-11")
    await decide(desk, LONGER)
    await look(desk)
    assert any("You have more time now." in text and "Snow closed the schools." in text for text in await desk.said())


async def test_it_is_told_in_the_language_of_the_conversation_with_the_reason_in_it(desk: Desk) -> None:
    person = desk.person()
    await person.says("PLAY", "CYMRAEG", "8-11")
    await decide(desk, LONGER)
    await look(desk)
    assert any("Mae mwy o amser nawr." in text and "Caeodd eira yr ysgolion." in text for text in await desk.said())


@pytest.mark.parametrize("what", [LONGER, SHORTER, ClosedEarly(NOON + timedelta(minutes=2), SNOW)])
async def test_after_stop_nothing_is_told(desk: Desk, what: What) -> None:
    await desk.person().says("PLAY", "Parent or carer", "STOP")
    before = await desk.said()
    await decide(desk, what)
    await look(desk)
    desk.service.clock.advance(timedelta(days=30))
    await look(desk)
    assert await desk.said() == before


@pytest.mark.parametrize("what", [LONGER, SHORTER])
async def test_nobody_is_told_at_night(desk: Desk, what: What) -> None:
    await desk.person().says("PLAY", "Parent or carer")
    desk.service.clock.advance(timedelta(hours=11))  # ten in the evening, London time
    before = await desk.said()
    await decide(desk, what)
    await look(desk)
    assert await desk.said() == before
    desk.service.clock.advance(timedelta(hours=10))
    await look(desk)
    assert len(await desk.said()) == len(before) + 1


async def test_a_conversation_on_an_older_version_has_the_new_closing_time_too(desk: Desk, packs: Path) -> None:
    await desk.person().says("PLAY", "8-11")
    write_pack(packs, why="Why do you think so?")
    await look(desk)
    await decide(desk, LONGER)
    await look(desk)
    old = (await desk.answers())[0].version
    assert old != desk.service.library.all()[0].version
    assert (await desk.service.versions.of(SLUG, old)).timetable.extensions[-1].closes_at == CLOSES + A_WEEK
    assert any("You have more time now." in text for text in await desk.said())


async def test_an_answer_in_time_stays_in_time_and_one_after_an_early_close_is_late(desk: Desk) -> None:
    person = desk.person()
    await person.says("PLAY", "8-11", "1")
    desk.service.clock.advance(timedelta(hours=1))
    await decide(desk, ClosedEarly(desk.service.clock.now(), SNOW))
    await look(desk)
    await person.says("there is a queue")
    [row] = await desk.answers()
    assert {code: given.late for code, given in row.answers.items()} == {"who": False, "swings": False, "why": True}


async def test_a_pack_that_asks_for_an_approval_is_shut_until_there_is_one(sqlite_url: str, packs: Path) -> None:
    async with a_desk(sqlite_url, needing_approval(packs)) as desk:
        await desk.person(address="+447700900124").says("PLAY")
        assert (await desk.said())[-1].startswith("This is closed just now")
        await decide(desk, GateFilled(GATE), APPROVED)
        await look(desk)
        await desk.person().says("PLAY")
        assert any("I am a computer" in text for text in await desk.said())
        needing_approval(write_pack(packs, why="Why do you think so?"))
        await look(desk)
        pack = desk.service.library.get(SLUG)
        assert pack is not None
        assert pack.timetable.approved


async def test_a_key_that_is_added_to_a_running_pack_shuts_it_at_once(desk: Desk, packs: Path) -> None:
    needing_approval(packs)
    await look(desk)
    assert [pack.timetable.approved for pack in desk.service.library.all()] == [False]


async def test_what_was_decided_while_everybody_was_away_is_told_when_somebody_is_back(
    sqlite_url: str, packs: Path
) -> None:
    async with a_desk(sqlite_url, packs) as desk:
        await desk.person().says("PLAY", "8-11")
        await decide(desk, LONGER)
    async with a_desk(sqlite_url, packs, now=NOON + timedelta(minutes=30)) as back:
        await back.service.scheduler.catch_up()
        await back.service.scheduler.wake()
        assert any("You have more time now." in text for text in await back.said())
