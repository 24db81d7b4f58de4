"""What may mean that somebody is not safe: in order, acknowledged once, and the rota told until it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flows.concern_rules import Concern, Harm, Tier
from storage.alerts import LEASE, By, Due, Told
from storage.audit import Deed, Filters
from storage.database import Database
from storage.records import ConcernRecord
from tests.support.storing import NOW, SLUG, load, met, phone, said

MINUTE = timedelta(minutes=1)
LEAD = 7


async def raised(database: Database, number: int, tier: Tier, at: datetime = NOW, *, alert: bool = True) -> str:
    """Somebody says something; returns their reference."""
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        message = said(person, f"words {number}")
        await work.keep([message])
        conversation = person.conversations[SLUG]
        concern = Concern(tier, ("en/a-rule",), (Harm.UNCLEAR,))
        work.add_concern(
            ConcernRecord(
                person.participant_id, message.seq, conversation.conversation_id, SLUG, "why", concern, at, alert=alert
            )
        )
        await work.commit()
    return conversation.reference


def a_deed(at: datetime = NOW) -> Deed:
    return Deed(at, "lead@council.example", "concern.acknowledged", SLUG)


async def acknowledge(database: Database, reference: str) -> bool:
    [one] = [one for one in await database.concerns.waiting() if one.reference == reference]
    return await database.concerns.acknowledge(SLUG, reference, one.message_seq, "rang them", a_deed())


def telling(rota_id: int | None, *by: By, wait: timedelta = 15 * MINUTE, now: datetime = NOW) -> Told:
    return Told(rota_id, by or (By.SMS,), now + wait)


async def tell(database: Database, now: datetime, rota_id: int | None = LEAD, *by: By) -> list[Due]:
    """What the rota is to be told of at that time; each time that one person is."""
    seen: list[Due] = []

    def choose(due: Due) -> Told:
        seen.append(due)
        return telling(rota_id, *by, now=now)

    await database.alerts.raise_due(now, choose)
    return seen


# --- the list ---


async def test_what_is_urgent_comes_first_and_of_each_tier_who_has_waited_longest(database: Database) -> None:
    later = await raised(database, 1, Tier.CONCERN, NOW + MINUTE)
    newest = await raised(database, 2, Tier.URGENT, NOW + 3 * MINUTE)
    urgent = await raised(database, 3, Tier.URGENT, NOW + 2 * MINUTE)
    first = await raised(database, 4, Tier.CONCERN)
    assert [one.reference for one in await database.concerns.waiting()] == [urgent, newest, first, later]
    assert await database.concerns.unacknowledged() == {Tier.URGENT: 2, Tier.CONCERN: 2}


async def test_it_is_acknowledged_once_with_its_line_in_the_record(database: Database) -> None:
    reference = await raised(database, 1, Tier.URGENT)
    [one] = await database.concerns.waiting()
    assert await database.concerns.acknowledge(SLUG, reference, one.message_seq, "rang them", a_deed())
    assert not await database.concerns.acknowledge(SLUG, reference, one.message_seq, "again", a_deed())
    assert not await database.concerns.acknowledge(SLUG, "HPL-0", one.message_seq, "nobody", a_deed())
    [past] = await database.concerns.acknowledged()
    assert (past.outcome, past.acknowledged_by, past.text) == ("rang them", "lead@council.example", "words 1")
    assert len(await database.officers.deeds(Filters(thing="concern"), limit=9)) == 1


# --- telling the rota ---


async def test_the_rota_is_told_at_once_and_again_when_the_time_is_over_and_not_before(database: Database) -> None:
    await raised(database, 1, Tier.URGENT)
    [due] = await tell(database, NOW)
    assert (due.slug, due.raised_at, dict(due.told), due.times) == (SLUG, NOW, {}, 0)
    just_before = NOW + 15 * MINUTE - timedelta(microseconds=1)
    assert await tell(database, just_before) == []
    [again] = await tell(database, NOW + 15 * MINUTE)
    assert (dict(again.told), again.times) == ({LEAD: 1}, 1)


async def test_what_nobody_is_to_be_told_of_only_waits_on_the_list(database: Database) -> None:
    await raised(database, 1, Tier.CONCERN, alert=False)
    assert await tell(database, NOW) == []
    assert (await database.alerts.standing(NOW + 5 * MINUTE)).untold == 0


async def test_once_somebody_has_read_it_nobody_is_told_any_more(database: Database) -> None:
    reference = await raised(database, 1, Tier.URGENT)
    await tell(database, NOW, LEAD, By.SMS, By.EMAIL)
    assert await acknowledge(database, reference)
    assert await database.alerts.claim(NOW) == []
    assert await tell(database, NOW + 15 * MINUTE) == []
    assert (await database.alerts.standing(NOW)).waiting == {Tier.URGENT: 0, Tier.CONCERN: 0}


async def test_an_alert_is_one_workers_until_its_lease_is_over(database: Database, other: Database) -> None:
    reference = await raised(database, 1, Tier.URGENT)
    assert len(await tell(database, NOW)) + len(await tell(other, NOW)) == 1
    [alert] = await database.alerts.claim(NOW)
    assert (alert.reference, alert.by, alert.rota_id, alert.attempt) == (reference, By.SMS, LEAD, 1)
    assert await other.alerts.claim(NOW + LEASE - timedelta(microseconds=1)) == []
    [again] = await other.alerts.claim(NOW + LEASE)
    assert again.attempt == 2
    await other.alerts.sent(again, NOW + LEASE)
    assert await database.alerts.claim(NOW + 60 * MINUTE) == []


async def test_where_no_way_to_somebody_is_left_the_next_is_told_at_once(database: Database) -> None:
    await raised(database, 1, Tier.URGENT)
    await tell(database, NOW, LEAD, By.SMS, By.EMAIL)
    text, mail = sorted(await database.alerts.claim(NOW), key=lambda alert: alert.by, reverse=True)
    await database.alerts.failed(text, NOW, "no such number")
    assert await tell(database, NOW + MINUTE) == []
    await database.alerts.failed(mail, NOW + MINUTE, "no such address")
    [due] = await tell(database, NOW + MINUTE)
    assert due.times == 1
    assert (await database.alerts.standing(NOW + 2 * MINUTE)).untold == 1


async def test_that_there_is_nobody_to_tell_is_seen_after_a_minute(database: Database) -> None:
    await raised(database, 1, Tier.URGENT)
    await tell(database, NOW, None)
    assert (await database.alerts.standing(NOW + MINUTE - timedelta(microseconds=1))).untold == 0
    standing = await database.alerts.standing(NOW + MINUTE)
    assert (standing.untold, standing.on_rota, standing.oldest) == (1, 0, {Tier.URGENT: NOW})
    assert (await database.alerts.standing(NOW, ["another"])).waiting == {Tier.URGENT: 0, Tier.CONCERN: 0}


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=400)])
async def test_a_clock_that_was_set_back_delays_no_alert(database: Database, back: timedelta) -> None:
    await raised(database, 1, Tier.URGENT)
    await tell(database, NOW)
    assert len(await tell(database, NOW - back)) == 1
