"""We were away: texts that came meanwhile are taken in once, by the provider's time; none of ours goes out twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.simulators.faults import Fault, Kind
from bot.simulators.twilio_api import TwilioApi
from storage.database import upgrade
from storage.errors import UnavailableError
from tests.support.desk import a_desk
from tests.support.packs import write_pack
from tests.support.postgres import PostgresServer, StopMode
from tests.support.town import NOON, Town, a_town

MINE = "+447700900123"
CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


async def answer_until_why(town: Town) -> None:
    phone = town.twilio.phone(MINE)
    for heard, text in enumerate(("play", "parent", "more"), 1):
        await phone.text(text)
        await phone.hears(heard)


async def heard_in_order(town: Town, *texts: str) -> None:
    """Waits until what one person said is this; another's single word, which may come before or after, apart."""

    async def said() -> list[str]:
        entries = [entry for entry in await town.transcript() if entry.direction == "in"]
        longest = max({entry.reference for entry in entries}, key=[entry.reference for entry in entries].count)
        return [entry.text for entry in entries if entry.reference == longest]

    async with asyncio.timeout(10):
        while await said() != list(texts):  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)


def arriving(at: datetime, *texts: str, fault: Fault | None = None) -> Callable[[TwilioApi], None]:
    """Texts that Twilio holds for us since then, and what is wrong with its list when we first ask."""

    def arrive(twilio: TwilioApi) -> None:
        now, twilio.now = twilio.now, Clock(at).now
        for text in texts:
            twilio.arrives(text, sender=MINE)
        twilio.now = now
        if fault is not None:
            twilio.faults.add(fault)

    return arrive


async def test_a_text_that_came_while_we_were_away_counts_by_the_providers_time(database_url: str, packs: Path) -> None:
    async with a_town(database_url, packs, now=CLOSES - timedelta(minutes=10)) as town:
        await answer_until_why(town)
    at = CLOSES - timedelta(minutes=5)
    meanwhile = arriving(at, "Because", "the swings are old")
    async with a_town(database_url, packs, now=CLOSES + timedelta(hours=2), before=meanwhile) as town:
        everything = ("play", "parent", "more", "Because", "the swings are old")
        await heard_in_order(town, *everything)
        [entry] = [entry for entry in await town.transcript() if entry.text == "Because"]
        assert entry.at == at
        [person] = await town.answers()
        assert not person.answers["why"].late
        # The provider's webhook may come all the same, and its list shows the texts for days.
        for text in town.twilio.texts[:2]:
            assert await town.twilio.deliver(text)
        await town.service.scheduler.recover()
        await heard_in_order(town, *everything)


async def test_whoever_writes_first_after_an_outage_does_not_hide_what_came_in_it(
    database_url: str, packs: Path
) -> None:
    async with a_town(database_url, packs) as town:
        await answer_until_why(town)
    unreadable = Fault(Kind.REFUSED, 503)
    meanwhile = arriving(NOON + timedelta(hours=5), "Because", fault=unreadable)
    async with a_town(database_url, packs, now=NOON + timedelta(hours=10), before=meanwhile) as town:
        await town.twilio.phone("+447700900999").text("play")
        await town.service.scheduler.recover()
        await town.service.scheduler.recover()
        await heard_in_order(town, "play", "parent", "more", "Because")


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.DROPPED], ids=lambda kind: kind.value)
async def test_a_text_whose_answer_we_did_not_see_is_looked_for_before_it_is_sent_again(
    sqlite_url: str, packs: Path, kind: Kind
) -> None:
    async with a_town(sqlite_url, packs) as town:
        await answer_until_why(town)
        town.twilio.faults.add(Fault(kind))
        phone = town.twilio.phone(MINE)
        await phone.text("There is always a queue")
        thanked = await phone.hears(4, within=15)
        await phone.text("STOP it, the queue")
        await phone.hears(5, within=15)
        sent = [text.body for text in town.twilio.texts if text.direction == "outbound-api"]
        assert sent.count(thanked[3].text) == 1


async def test_an_extension_made_while_the_database_was_away_is_told_when_it_is_back(
    postgres_server: PostgresServer, packs: Path
) -> None:
    url = postgres_server.create_database("sayso")
    await upgrade(url)
    async with a_desk(url, packs) as desk:
        await desk.person().says("play", "3")
        spoken = len(await desk.said())
        await asyncio.to_thread(postgres_server.stop, StopMode.IMMEDIATE)
        write_pack(packs, more='[[extensions]]\ncloses_at = 2030-06-08T00:00:00\nreason = "it rained"\n')
        with pytest.raises(UnavailableError):
            await desk.service.scheduler.refresh()
        await asyncio.to_thread(postgres_server.start)
        await desk.service.scheduler.refresh()
        await desk.service.scheduler.wake()
        assert len(await desk.said()) == spoken + 1
        await desk.service.scheduler.refresh()
        assert await desk.service.scheduler.wake() == 0
