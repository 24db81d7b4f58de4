"""The database goes away under load and comes back: webhooks are turned away meanwhile, and nothing is lost."""

from __future__ import annotations

import asyncio

from aiohttp import ClientSession

from storage.database import upgrade
from tests.support.crowd import OPEN, Crowd, nothing_lost
from tests.support.postgres import PostgresServer, StopMode
from tests.support.processes import Neighbourhood, a_neighbourhood, free_port


async def status_of(there: Neighbourhood, path: str) -> int:
    async with ClientSession() as http, http.get(f"{there.serve.url}{path}") as answer:
        return answer.status


async def test_postgresql_stopped_like_a_power_cut_during_load_loses_and_doubles_nothing(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database("sayso")
    await upgrade(url)
    async with a_neighbourhood(url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1.5)
            await asyncio.to_thread(postgres_server.stop, StopMode.IMMEDIATE)
            await asyncio.sleep(1.5)
            assert await status_of(there, "/readyz") == 503
            assert await status_of(there, "/healthz") == 200
            assert {*there.telegram.refused, *there.twilio.refused} == {503}
            await asyncio.to_thread(postgres_server.start)
            await asyncio.sleep(1)
        await nothing_lost(crowd)
        assert await status_of(there, "/readyz") == 200
