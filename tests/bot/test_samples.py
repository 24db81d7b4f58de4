"""The demo's sample people, and its sample officer: made up, the same every time, and taken in the real way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from bot.app import assemble
from bot.clock import Clock
from bot.config import Settings
from bot.demo import AT_FIRST, OVER, running
from bot.samples import Crowd, known
from bot.service import Service
from flows import cutoff
from flows.messages import CONVERSING
from storage.audit import Filters
from storage.records import ParticipantAnswers
from tests.support.packs import write_pack
from tests.support.source import ROOT
from tests.support.town import settings_for

PACKS = ROOT / "consultations"
LOOPBACK = {"SAYSO_TELEGRAM_API": "http://127.0.0.1:9", "SAYSO_TWILIO_API": "http://127.0.0.1:9"}


@asynccontextmanager
async def _service(url: str, clock: Clock) -> AsyncIterator[Service]:
    service = await assemble(settings_for("http://127.0.0.1:8080", url, PACKS, **LOOPBACK), clock=clock)
    try:
        yield service
    finally:
        await service.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.samples.PEOPLE", 30)


async def _filled(url: str, slug: str, until: datetime = AT_FIRST) -> list[ParticipantAnswers]:
    clock = Clock(datetime(2000, 1, 1, tzinfo=UTC))
    async with _service(url, clock) as service:
        pack = service.library.get(slug)
        assert pack is not None
        clock.advance(pack.timetable.opens_at - clock.now())
        assert await Crowd(service, clock, pack).answer(until) == 30
        assert await service.database.failed_steps() == 0
        assert await service.database.queue_depth() == {}
        return [row async for row in service.database.answers(slug)]


@pytest.mark.parametrize("slug", known())
@pytest.mark.usefixtures("few")
async def test_people_of_all_kinds_answer_within_the_time_that_there_is(sqlite_url: str, slug: str) -> None:
    rows = await _filled(sqlite_url, slug)
    assert len(rows) == 30
    assert {row.channel for row in rows} == set(CONVERSING)
    assert len({row.role for row in rows}) >= 4
    assert len({row.band for row in rows}) >= 4
    assert {row.status for row in rows} == {"complete", "partial"}
    times = [row.started_at for row in rows]
    assert max(times) < AT_FIRST
    assert max(times) - min(times) > timedelta(days=20)


@pytest.mark.usefixtures("few")
async def test_whoever_begins_just_before_the_end_is_late_with_the_rest(sqlite_url: str) -> None:
    rows = await _filled(sqlite_url, OVER)
    late = [row for row in rows if any(answer.late for answer in row.answers.values())]
    assert len(late) in range(1, 6)


@pytest.mark.usefixtures("few")
async def test_somebody_answers_in_another_language_where_there_is_one(sqlite_url: str) -> None:
    rows = await _filled(sqlite_url, "herefordshire-2018")
    assert {row.language for row in rows} > {"en"}


async def test_everybody_is_the_same_every_time(sqlite_url: str) -> None:
    clock = Clock(datetime(2014, 9, 1, tzinfo=UTC))
    async with _service(sqlite_url, clock) as service:
        pack = service.library.get(OVER)
        assert pack is not None
        first, second = (Crowd(service, clock, pack).people(AT_FIRST) for _ in range(2))
    assert first == second
    assert len(first) == 120
    assert len({(person.channel, person.address) for person in first}) == 120
    assert all(person.begins < cutoff.last_close(pack.timetable) for person in first)


async def test_the_console_of_the_demo_opens_without_a_password(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/demo.db", consultations=packs)
    now = datetime(2030, 5, 15, 11, tzinfo=UTC)
    async with (
        running(settings, port=0, now=now, filled=[OVER]) as url,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as http,
    ):
        async with http.get(f"{url}/console/record?thing=officer") as answer:
            shown = await answer.text()
            assert (answer.status, answer.url.path) == (200, "/console/record")
            assert "Sam Sample" in shown
            assert "demo" in shown
        async with http.get(f"{url}/") as answer:
            assert 'href="/console"' in await answer.text()
        async with ClientSession() as stranger, stranger.post(f"{url}/console/record/check") as answer:
            assert answer.url.path == "/console/sign-in"


async def test_nobody_is_signed_in_without_a_password_but_in_the_demo(sqlite_url: str) -> None:
    async with _service(sqlite_url, Clock(AT_FIRST)) as service:
        assert await service.database.officers.all() == []
        assert await service.database.officers.deeds(Filters()) == []
