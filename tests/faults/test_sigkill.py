"""The process is killed at the worst moments, and nothing anyone said is lost or doubled."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg
import pytest

from bot.simulators.faults import Fault, Kind
from tests.support.processes import Neighbourhood, a_neighbourhood, free_port, run_sayso
from tests.support.town import until

MOBILE = "+447911123456"
OPEN = "2018-03-01T12:00:00+00:00"
A_LEASE_LATER = "2018-03-01T12:05:00+00:00"


@asynccontextmanager
async def a_database_that_cannot_be_written(url: str) -> AsyncIterator[None]:
    """Holds the database so that the service can read its messages in, but never commit them."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition(":///")[2], isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.execute("ROLLBACK")
        return
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE message IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def exported(there: Neighbourhood, what: str) -> list[dict[str, str]]:
    code, said, complained = await run_sayso(there.serve.env, "export", "herefordshire-2018", what, "--format", "csv")
    assert code == 0, complained
    return list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff"), newline="")))


async def begin(there: Neighbourhood) -> None:
    phone = there.twilio.phone(MOBILE)
    await phone.text("PLAN")
    await phone.hears(1, within=20)
    await phone.text("parent")
    await phone.hears(2, within=20)


async def test_a_kill_between_receipt_and_commit_loses_nothing_because_the_provider_tries_again(
    database_url: str,
) -> None:
    async with a_neighbourhood(database_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        await begin(there)
        there.twilio.retries = 40
        there.twilio.retry_seconds = 0.5
        phone = there.twilio.phone(MOBILE)
        async with a_database_that_cannot_be_written(database_url):
            texting = asyncio.create_task(phone.text("Somewhere warm to go"))
            await asyncio.sleep(0.7)
            await there.serve.kill()
        # What was sent just before may not be on record either: its lease runs out before anything else goes out.
        there.serve.env = {**there.serve.env, "SAYSO_NOW": A_LEASE_LATER}
        await there.serve.start()
        await texting
        await phone.hears(3, within=20)
        [person] = await exported(there, "answers")
        assert person["issue"] == "Somewhere warm to go"
        said = [row["text"] for row in await exported(there, "transcripts") if row["direction"] == "in"]
        assert said == ["PLAN", "parent", "Somewhere warm to go"]


@pytest.mark.parametrize("kind", [Kind.HUNG, Kind.LATE], ids=["not yet accepted", "already accepted"])
async def test_a_kill_between_commit_and_send_loses_no_reply_and_repeats_none_that_was_accepted(
    database_url: str, kind: Kind
) -> None:
    async with a_neighbourhood(database_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        await begin(there)
        there.twilio.faults.add(Fault(kind))
        phone = there.twilio.phone(MOBILE)
        asked = time.perf_counter()
        await phone.text("Somewhere warm to go")
        if kind is Kind.LATE:
            await until(lambda: len(phone.heard) == 3)
        else:
            await asyncio.sleep(0.5)
        await there.serve.kill()
        assert time.perf_counter() - asked < 30
        there.serve.env = {**there.serve.env, "SAYSO_NOW": A_LEASE_LATER}
        await there.serve.start()
        await phone.hears(3, within=30)
        await phone.text("We kept a diary")
        await phone.hears(4, within=30)
        assert len({message.text for message in phone.heard}) == len(phone.heard) == 4
        [person] = await exported(there, "answers")
        assert (person["issue"], person["evidence"]) == ("Somewhere warm to go", "We kept a diary")


async def test_sigterm_lets_the_service_finish_and_end_quietly(database_url: str) -> None:
    async with a_neighbourhood(database_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        await begin(there)
        assert await there.serve.stop() == 0
