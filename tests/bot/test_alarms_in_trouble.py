"""What telling the rota does while providers fail, clocks jump, and one person says much at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alarms import Alarms
from bot.clock import Clock
from flows.messages import Channel, Gone, OurFault, OutboundMessage, SendOutcome, Sent
from flows.rota import Hours, Member
from storage.audit import Deed
from storage.rota import OnRota
from tests.support.desk import Desk, a_desk
from tests.support.packs import write_pack
from tests.support.town import NOON

SAID = "i want to kill myself"
LEAD, DEPUTY = "+447700900801", "+447700900802"


@dataclass(slots=True)
class Phones:
    """A provider of texts that answers as a test says."""

    outcome: SendOutcome = field(default_factory=lambda: Sent("SM1"))
    meanwhile: Callable[[], Awaitable[object]] | None = None
    sent: list[OutboundMessage] = field(default_factory=list[OutboundMessage])

    async def send(self, message: OutboundMessage, *, now: object) -> SendOutcome:
        del now
        self.sent.append(message)
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.outcome


def alarms(desk: Desk, phones: Phones, clock: Clock | None = None) -> Alarms:
    service = desk.service
    clock = clock or service.clock
    return Alarms(service.database, service.library, clock, service.metrics, service.settings, texts=phones)


async def untold(desk: Desk) -> int:
    return (await desk.service.database.alerts.standing(desk.service.clock.now())).untold


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, write_pack(tmp_path / "packs")) as desk:
        for place, number in enumerate((LEAD, DEPUTY), 1):
            one = OnRota(Member(place, place, Hours.ALWAYS), f"person {place}", number)
            await desk.service.database.rota.add(one, Deed(NOON, "admin@council.example", "rota.added"))
        yield desk


async def disclose(desk: Desk, people: int) -> None:
    for number in range(people):
        await desk.person(Channel.SMS, f"+4477009001{number:02}").says("PLAY", "1", "1", SAID)


@pytest.mark.parametrize("outcome", [Gone("not a mobile number"), OurFault("our account is not accepted")])
async def test_where_nobody_can_be_told_each_is_tried_and_then_it_is_not_tried_at_every_look(
    desk: Desk, outcome: SendOutcome
) -> None:
    await disclose(desk, 1)
    phones = Phones(outcome)
    for _ in range(90):
        await alarms(desk, phones).look()
        desk.service.clock.advance(timedelta(seconds=2))
    assert 2 <= len(phones.sent) <= 8
    assert await untold(desk) == 1


async def test_a_refusal_of_our_account_is_tried_again_until_somebody_has_mended_it(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones(OurFault("our account is not accepted"))
    await alarms(desk, phones).look()
    phones.outcome = Sent("SM1")
    desk.service.clock.advance(timedelta(seconds=5))
    await alarms(desk, phones).look()
    assert [message.address for message in phones.sent] == [LEAD, LEAD]


async def test_a_provider_that_hangs_keeps_one_alert_and_not_those_after_it(desk: Desk) -> None:
    await disclose(desk, 4)
    all_there = asyncio.Event()
    phones = Phones()

    async def together() -> None:
        if len(phones.sent) == 4:
            all_there.set()
        await asyncio.wait_for(all_there.wait(), 5)

    phones.meanwhile = together
    await alarms(desk, phones).look()
    assert len({message.key for message in phones.sent}) == len(phones.sent) == 4


async def test_a_fault_in_one_way_is_an_attempt_and_not_the_end_of_all(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones()

    async def breaks() -> None:
        raise LookupError

    phones.meanwhile = breaks
    await alarms(desk, phones).look()
    phones.meanwhile = None
    desk.service.clock.advance(timedelta(seconds=5))
    await alarms(desk, phones).look()
    assert [message.address for message in phones.sent] == [LEAD, LEAD]


async def test_whoever_says_more_while_it_waits_is_one_alert_until_the_first_is_read(desk: Desk) -> None:
    person = desk.person()
    await person.says("PLAY", "1", "1", SAID, f"{SAID} tonight", f"{SAID} today")
    concerns = desk.service.database.concerns
    waiting = await concerns.waiting()
    phones = Phones()
    await alarms(desk, phones).look()
    assert (len(waiting) > 1, len(phones.sent)) == (True, 1)
    first = waiting[0]
    deed = Deed(NOON, "lead@council.example", "concern.acknowledged", first.slug)
    await concerns.acknowledge(first.slug, first.reference, first.message_seq, "rang them", deed)
    await alarms(desk, phones).look()
    assert len(phones.sent) == 2


async def test_that_somebody_was_told_once_does_not_hide_that_nobody_can_be_told_since(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones()
    await alarms(desk, phones).look()
    desk.service.clock.advance(timedelta(minutes=10))
    assert await untold(desk) == 0
    phones.outcome = Gone("not a mobile number")
    for _ in range(3):
        desk.service.clock.advance(timedelta(minutes=5))
        await alarms(desk, phones).look()
    assert await untold(desk) == 1


async def test_a_clock_that_was_set_back_tells_the_next_person_and_does_so_once(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones()
    await alarms(desk, phones).look()
    behind = Clock(desk.service.clock.now() - timedelta(hours=1))
    for _ in range(3):
        await alarms(desk, phones, behind).look()
    assert [message.address for message in phones.sent] == [LEAD, DEPUTY]


async def test_a_clock_that_jumps_a_day_ahead_tells_one_person_and_not_a_hundred_times(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones()
    await alarms(desk, phones).look()
    desk.service.clock.advance(timedelta(days=1))
    for _ in range(3):
        await alarms(desk, phones).look()
    assert [message.address for message in phones.sent] == [LEAD, DEPUTY]


async def test_an_alert_says_which_consultation_how_urgent_and_from_the_second_on_how_long_it_waits(desk: Desk) -> None:
    await disclose(desk, 1)
    phones = Phones()
    await alarms(desk, phones).look()
    desk.service.clock.advance(timedelta(minutes=15))
    await alarms(desk, phones).look()
    first, second = (message.text for message in phones.sent)
    [raised] = await desk.service.database.concerns.waiting()
    assert first.startswith("Sayso: somebody may not be safe (urgent). ")
    assert f", {raised.reference}. Read it" in first
    assert f", {raised.reference}, waiting for 15 minutes. Read it" in second
    assert SAID not in first + second


async def test_an_old_concern_that_is_not_urgent_does_not_make_an_urgent_one_look_old(desk: Desk) -> None:
    await desk.person().says("PLAY", "1", "1", "HELP")
    desk.service.clock.advance(timedelta(hours=2))
    await disclose(desk, 1)
    await desk.service.scheduler.gauge()
    seen = dict(line.rsplit(" ", 1) for line in desk.service.metrics.text().decode().splitlines() if line[0] != "#")
    assert float(seen['sayso_concern_age_seconds{tier="concern"}']) > 7000
    assert float(seen['sayso_concern_age_seconds{tier="urgent"}']) < 60
    assert float(seen['sayso_concerns_unacknowledged{tier="urgent"}']) == 1
    assert float(seen["sayso_rota_people"]) == 2
