"""The rota is told that somebody may not be safe: at once, then the next, by text and e-mail, in no words of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alarms import Alarms
from bot.channels.sms import SmsChannel
from bot.config import Secret, SmtpSettings
from bot.mail import Mail
from bot.simulators.twilio_api import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioApi, is_drama_number
from flows.rota import Hours, Member
from storage.audit import Deed
from storage.rota import OnRota
from tests.support.desk import Desk, a_desk
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.packs import write_pack
from tests.support.town import NOON

SAID = "i want to kill myself"
LEAD, DEPUTY, NIGHT = "+447700900801", "+447700900802", "+447700900803"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Office:
    """A service with a rota, the phones that it texts, and the mail server that it writes through."""

    desk: Desk
    alarms: Alarms
    texts: SmsChannel
    twilio: TwilioApi
    mail: MailServer

    async def after(self, minutes: float) -> None:
        self.desk.service.clock.advance(minutes * MINUTE)
        await self.alarms.look()

    def told(self, number: str) -> list[str]:
        return [text.body for text in self.twilio.texts if text.to == number]

    async def add(self, place: int, *, sms: str = "", email: str = "", hours: Hours = Hours.ALWAYS) -> None:
        one = OnRota(Member(place, place, hours), f"person {place}", sms, email)
        deed = Deed(NOON, "admin@council.example", "rota.added")
        await self.desk.service.database.rota.add(one, deed)

    async def disclosed(self) -> None:
        await self.desk.person().says("PLAY", "1", "1", SAID)


@asynccontextmanager
async def an_office(database_url: str, packs: Path, *, mail_port: int = 0) -> AsyncIterator[Office]:
    async with (
        a_desk(database_url, packs) as desk,
        TwilioApi(now=desk.service.clock.now, callbacks=False) as twilio,
        a_mail_server() as mail,
    ):
        service = desk.service
        texts = SmsChannel(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            sender=NUMBER,
            public_url="http://127.0.0.1:8080",
            api=twilio.url,
            can_be_texted=is_drama_number,
        )
        smtp = SmtpSettings("127.0.0.1", mail_port or mail.port, "sayso@council.example", "", Secret(""))
        alarms = Alarms(
            service.database,
            service.library,
            service.clock,
            service.metrics,
            service.settings,
            texts=texts,
            mail=Mail(smtp),
        )
        try:
            yield Office(desk, alarms, texts, twilio, mail)
        finally:
            await texts.close()


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(database_url, write_pack(tmp_path / "packs")) as office:
        yield office


async def test_whoever_is_first_on_the_rota_is_told_at_once_in_every_way_they_have(office: Office) -> None:
    await office.add(1, sms=LEAD, email="lead@council.example")
    await office.disclosed()
    await office.alarms.look()
    [text] = office.told(LEAD)
    [mail] = office.mail.taken
    [raised] = await office.desk.service.database.concerns.waiting()
    assert raised.reference in text
    assert "http://127.0.0.1:8080/console/concerns" in text
    assert len(text) <= 160
    assert mail["Subject"] == f"Somebody may not be safe: {raised.reference}"
    assert "It was said at midday on Wednesday 15 May 2030." in mail.get_content()


async def test_no_alert_holds_a_word_that_was_said_or_a_number(office: Office) -> None:
    await office.add(1, sms=LEAD, email="lead@council.example")
    await office.disclosed()
    await office.alarms.look()
    sent = f"{office.told(LEAD)}{[mail.as_string() for mail in office.mail.taken]}"
    assert "kill" not in sent
    assert "+4477009001" not in sent


async def test_it_goes_on_to_the_next_after_fifteen_minutes_and_round_again_until_somebody_reads_it(
    office: Office,
) -> None:
    await office.add(1, sms=LEAD)
    await office.add(2, sms=DEPUTY)
    await office.disclosed()
    told = []
    for minutes in (0, 14.9, 0.1, 14.9, 0.1):
        await office.after(minutes)
        told.append((len(office.told(LEAD)), len(office.told(DEPUTY))))
    assert told == [(1, 0), (1, 0), (1, 1), (1, 1), (2, 1)]
    [raised] = await office.desk.service.database.concerns.waiting()
    deed = Deed(NOON, "lead@council.example", "concern.acknowledged", raised.slug)
    await office.desk.service.database.concerns.acknowledge(
        raised.slug, raised.reference, raised.message_seq, "rang them", deed
    )
    await office.after(60)
    assert (len(office.told(LEAD)), len(office.told(DEPUTY))) == (2, 1)


async def test_outside_working_hours_the_emergency_team_is_told(office: Office) -> None:
    await office.add(1, sms=LEAD, hours=Hours.WORKING)
    await office.add(2, sms=NIGHT, hours=Hours.OUTSIDE)
    await office.after(60 * 8)
    await office.disclosed()
    await office.alarms.look()
    assert (len(office.told(LEAD)), len(office.told(NIGHT))) == (0, 1)


async def test_who_cannot_be_told_is_passed_over_at_once_and_it_shows(office: Office) -> None:
    office.twilio.landlines.add(LEAD)
    await office.add(1, sms=LEAD)
    await office.add(2, sms=DEPUTY)
    await office.disclosed()
    await office.alarms.look()
    await office.alarms.look()
    assert (office.told(LEAD), len(office.told(DEPUTY))) == ([], 1)


async def test_where_both_ways_fail_it_stays_on_the_list_and_the_console_says_that_nobody_was_told(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with an_office(sqlite_url, write_pack(tmp_path / "packs"), mail_port=1) as office:
        office.twilio.landlines.add(LEAD)
        await office.add(1, sms=LEAD, email="lead@council.example")
        await office.disclosed()
        for _ in range(6):
            await office.after(2)
        database = office.desk.service.database
        standing = await database.alerts.standing(office.desk.service.clock.now())
        assert (standing.untold, len(await database.concerns.waiting())) == (1, 1)
        # People who answer never wait for any of it.
        await office.desk.person(address="+447700900999").says("PLAY", "1", "1", "more swings")
        assert len(await office.desk.answers()) == 2


async def test_two_workers_tell_nobody_twice(office: Office) -> None:
    await office.add(1, sms=LEAD)
    await office.disclosed()
    service = office.desk.service
    other = Alarms(
        service.database,
        service.library,
        service.clock,
        service.metrics,
        service.settings,
        texts=office.texts,
    )
    await office.alarms.look()
    await other.look()
    assert len(office.told(LEAD)) == 1


async def test_what_is_not_urgent_disturbs_nobody(office: Office) -> None:
    await office.add(1, sms=LEAD)
    await office.desk.person().says("PLAY", "1", "1", "HELP")
    assert len(await office.desk.service.database.concerns.waiting()) == 1
    await office.alarms.look()
    assert office.told(LEAD) == []
