"""What an operator sees of a service at work: what waits, what went, and what went wrong."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot import web
from bot.simulators.faults import Fault, Kind
from storage.errors import UnavailableError
from storage.outbox import Outbox
from tests.support.desk import a_desk
from tests.support.packs import SLUG, write_pack
from tests.support.town import Town, a_town, until

MINE = "+447700900123"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


async def shown(town: Town) -> dict[str, float]:
    """Every sample of `GET /metrics`, by its name and labels."""
    async with town.http.get(f"{town.url}/metrics") as answer:
        assert answer.status == 200
        lines = (await answer.text()).splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


async def shows(town: Town, name: str, least: float) -> None:
    async with asyncio.timeout(8):
        while (await shown(town)).get(name, 0) < least:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)


async def test_one_conversation_is_to_be_seen_from_request_to_report(sqlite_url: str, packs: Path) -> None:
    async with a_town(sqlite_url, packs) as town:
        phone = town.twilio.phone(MINE)
        await phone.text("play")
        await phone.hears(1)
        await town.twilio.settled()
        await town.service.scheduler.gauge()
        seen = await shown(town)
        assert seen['sayso_requests_total{route="/hooks/twilio/sms",status="200"}'] == 1
        assert seen['sayso_request_seconds_count{route="/hooks/twilio/sms"}'] == 1
        assert seen['sayso_received_total{channel="sms"}'] == 1
        assert seen["sayso_waiting"] == 0
        assert seen['sayso_sent_total{channel="sms",outcome="Sent"}'] == 1
        assert seen['sayso_send_seconds_count{channel="sms"}'] == 1
        assert seen['sayso_reply_seconds_count{channel="sms"}'] == 1
        assert seen['sayso_reports_total{channel="sms",status="delivered"}'] == 1
        assert seen['sayso_on_their_way{channel="sms"}'] == 0
        assert seen['sayso_queued{channel="sms"}'] == seen['sayso_queue_age_seconds{channel="sms"}'] == 0
        assert seen["sayso_workers"] == 1
        assert seen["sayso_broken_packs"] == 0


async def test_a_message_that_cannot_be_sent_grows_old_although_it_is_tried_again(sqlite_url: str, packs: Path) -> None:
    async with a_town(sqlite_url, packs) as town:
        town.twilio.faults.add(Fault(Kind.REFUSED, 503), times=100)
        await town.twilio.phone(MINE).text("play")
        for tries in (1, 2, 3):
            await shows(town, 'sayso_sent_total{channel="sms",outcome="RetryAt"}', tries)
            town.service.clock.advance(timedelta(minutes=10))
        await town.service.scheduler.gauge()
        seen = await shown(town)
        assert seen['sayso_queued{channel="sms"}'] == 1
        assert 1800 <= seen['sayso_queue_age_seconds{channel="sms"}'] < 1900


async def test_what_telegram_holds_for_us_is_to_be_seen_and_so_is_that_it_cannot_be_asked(
    sqlite_url: str, packs: Path
) -> None:
    async with a_town(sqlite_url, packs) as town:
        webhook, town.telegram.webhook.url = town.telegram.webhook.url, f"{town.url}/nowhere"
        saying = asyncio.create_task(town.telegram.chat(700900123).start(SLUG))
        await until(lambda: town.telegram.pending == 1)
        async with asyncio.timeout(20):
            # The service looks by itself as well, and may write down what it saw just before.
            while (await shown(town))['sayso_webhook_backlog{channel="telegram"}'] != 1:
                await town.service.scheduler.gauge()
        town.telegram.webhook.url = webhook
        await saying
        # More than one, since a reply that is just being sent may meet the first of them.
        town.telegram.faults.add(Fault(Kind.REFUSED, 500), times=100)
        await town.service.scheduler.gauge()
        assert (await shown(town))['sayso_provider_errors_total{channel="telegram"}'] >= 1


async def test_an_overdue_conversation_and_a_broken_pack_are_to_be_seen(sqlite_url: str, packs: Path) -> None:
    async with a_desk(sqlite_url, packs) as desk:
        await desk.person().says("play", "3")
        service = desk.service
        await service.scheduler.gauge()
        assert b"sayso_wake_age_seconds 0.0" in service.metrics.text()
        service.clock.advance(timedelta(days=60))
        (packs / SLUG / "consultation.toml").write_text("slug = ")
        service.library.refresh()
        await service.scheduler.gauge()
        seen = service.metrics.text().decode()
        assert "sayso_broken_packs 1.0" in seen
        [overdue] = re.findall(r"^sayso_wake_age_seconds (\S+)$", seen, re.MULTILINE)
        assert float(overdue) > timedelta(days=10).total_seconds()


async def test_whether_the_database_can_be_used_is_asked_whenever_somebody_looks(
    sqlite_url: str, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> bool:
        return False

    async def hangs() -> bool:
        await asyncio.sleep(60)
        return True

    monkeypatch.setattr(web, "READY_SECONDS", 0.2)
    async with a_town(sqlite_url, packs) as town:
        assert (await shown(town))["sayso_ready"] == 1
        monkeypatch.setattr(town.service.database, "ready", away)
        assert (await shown(town))["sayso_ready"] == 0
        monkeypatch.setattr(town.service.database, "ready", hangs)
        assert (await shown(town))["sayso_ready"] == 0
        async with town.http.get(f"{town.url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (503, {"ready": False, "degraded": []})


async def test_what_strangers_ask_for_makes_no_labels(sqlite_url: str, packs: Path) -> None:
    async with a_town(sqlite_url, packs) as town:
        for path in ("/wp-login.php", "/.env", "/chat/no-such-thing"):
            async with town.http.get(f"{town.url}{path}") as answer:
                assert answer.status == 404
        seen = await shown(town)
        assert seen['sayso_requests_total{route="none",status="404"}'] == 2
        assert not [name for name in seen if "wp-login" in name or "no-such" in name]


async def test_work_that_was_put_off_for_want_of_a_database_is_counted(
    sqlite_url: str, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object, **_named: object) -> None:
        raise UnavailableError("The database cannot be reached.")

    async with a_town(sqlite_url, packs) as town:
        monkeypatch.setattr(Outbox, "claim", away)
        await town.twilio.phone(MINE).text("play")
        await shows(town, 'sayso_database_away_total{where="queue"}', 1)
