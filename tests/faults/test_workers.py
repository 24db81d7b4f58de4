"""Several workers share one PostgreSQL: one dies, all are told to stop, or a new release stands beside the old one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientError, ClientSession, DummyCookieJar, TCPConnector

from storage.database import upgrade
from tests.support.balancer import a_balancer
from tests.support.browsing import Shown, Visitor
from tests.support.crowd import A_LEASE_LATER, OPEN, SLUG, WORDS, Crowd, by_person, exported, nothing_lost
from tests.support.postgres import PostgresServer, StopMode
from tests.support.processes import ROOT, Neighbourhood, Serve, a_neighbourhood, free_port
from tests.support.town import until


def workers_of(serve: Serve) -> dict[int, psutil.Process]:
    """The processes that do the work, by their number: the parent also keeps one that only tidies up."""
    assert serve.process is not None
    children = [
        child for child in psutil.Process(serve.process.pid).children() if child.status() != psutil.STATUS_ZOMBIE
    ]
    return {child.pid: child for child in children if "spawn_main" in " ".join(child.cmdline())}


async def a_lease_later(there: Neighbourhood) -> None:
    """Starts the service again when whatever a dead sender had in hand may be sent by another."""
    assert await there.serve.stop() == 0
    there.serve.env = {**there.serve.env, "SAYSO_NOW": A_LEASE_LATER}
    await there.serve.start()


async def test_a_worker_killed_under_load_is_replaced_and_nothing_is_lost(postgres_url: str) -> None:
    async with a_neighbourhood(postgres_url, free_port(), SAYSO_NOW=OPEN) as there:
        there.serve.arguments = ("--workers", "2")
        await there.serve.start()
        await until(lambda: len(workers_of(there.serve)) == 2)
        first = workers_of(there.serve)
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1)
            [victim, survivor] = first.values()
            victim.kill()
            await until(lambda: len(workers_of(there.serve)) == 2)
            assert survivor.pid in workers_of(there.serve)
            assert victim.pid not in workers_of(there.serve)
        await a_lease_later(there)
        # A reply on its way when its sender dies may come twice; at one a second each, few are.
        await nothing_lost(crowd, repeats=4)


async def test_sigterm_under_load_keeps_what_was_acknowledged_and_repeats_no_reply(sqlite_url: str) -> None:
    async with a_neighbourhood(sqlite_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1.5)
            await a_lease_later(there)
            await asyncio.sleep(0.5)
        await nothing_lost(crowd)


async def test_a_worker_that_dies_while_the_database_is_away_is_back_when_that_is(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url, log = postgres_server.create_database("sayso"), tmp_path / "log"
    await upgrade(url)
    async with a_neighbourhood(url, free_port(), SAYSO_NOW=OPEN) as there:
        there.serve.arguments, there.serve.log = ("--workers", "2"), log
        await there.serve.start()
        await until(lambda: log.read_text().count("listening") == 2, within=20)
        await asyncio.to_thread(postgres_server.stop, StopMode.IMMEDIATE)
        [victim, _] = workers_of(there.serve).values()
        victim.kill()
        # It cannot start without its database, however often that is tried; the other one shows that nothing is wrong.
        await until(lambda: log.read_text().count("a worker could not serve") >= 3, within=30)
        await asyncio.to_thread(postgres_server.start)
        await until(lambda: log.read_text().count("listening") == 3, within=20)
        assert len(workers_of(there.serve)) == 2
        assert await there.serve.is_ready()


@asynccontextmanager
async def old_and_new(database_url: str, log: Path) -> AsyncIterator[tuple[Neighbourhood, Serve, Serve]]:
    """Two services behind one address, as while a release is replaced by the next; the old one runs already.

    Their logs are `old` and `new` in the folder `log`.
    """
    front, back = free_port(), (free_port(), free_port())
    async with a_neighbourhood(database_url, front, SAYSO_NOW=OPEN) as there, a_balancer(front, back) as balancer:
        old, new = (
            replace(there.serve, url=f"http://127.0.0.1:{port}", log=log / name)
            for port, name in zip(back, ("old", "new"), strict=True)
        )
        try:
            await old.start()
            yield there, old, new
        finally:
            for serve in (old, new):
                if serve.process is not None:
                    await serve.kill()
        assert set(balancer.served) == set(back), "both must have been given work"


def told(log: Path, text: str) -> list[tuple[str, str]]:
    """What a worker's log says of a message's request and conversation, for each line with this text."""
    # The last line may be half written, while it still writes.
    lines = [json.loads(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [(line["request"], line["reference"]) for line in lines if line["text"] == text and "request" in line]


async def test_a_new_release_takes_over_under_load_without_anybody_noticing(postgres_url: str, tmp_path: Path) -> None:
    async with old_and_new(postgres_url, tmp_path) as (there, old, new):
        # Both read one clock, as machines do.
        new.env = {**new.env, "SAYSO_NOW": there.telegram.now().isoformat()}
        await new.start()
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1.5)
            assert await old.stop() == 0
            await asyncio.sleep(0.5)
        await nothing_lost(crowd)
        # Whoever sends a reply, or hears what became of it, names the request that caused it, wherever that came in.
        taken = {*told(tmp_path / "old", "message taken in"), *told(tmp_path / "new", "message taken in")}
        for text in ("message handed over", "message reported"):
            known = {*told(tmp_path / "old", text), *told(tmp_path / "new", text)}
            assert known
            assert known <= taken


def conversations(log: Path) -> set[str]:
    """Those of which a worker has taken in a message."""
    return {reference for _, reference in told(log, "message taken in")}


async def on_the_web(url: str, name: str, *, before_each: float) -> Visitor:
    """Somebody answers on the page without JavaScript. A form that nobody answered is sent again, as it stood."""
    # Each request over a connection of its own: the balancer gives one after another to whoever's turn it is.
    async with ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(force_close=True)) as http:
        visitor = Visitor(http, url, f"/chat/{SLUG}")
        page = await visitor.get()
        for answer in ("parent-carer", *(f"{words.strip()} / {name}" for words in WORDS[:3])):
            await asyncio.sleep(before_each)
            page = await _insist(visitor, page, answer)
        assert "Thank you" in page.said[-1]
        return visitor


async def _insist(visitor: Visitor, page: Shown, answer: str) -> Shown:
    while True:
        try:
            return await visitor.send(page, answer)
        except ClientError:
            await asyncio.sleep(0.05)


async def test_whoever_answers_on_the_web_needs_no_particular_worker_and_may_lose_one(
    postgres_url: str, tmp_path: Path
) -> None:
    names = [f"visitor {number}" for number in range(16)]
    async with old_and_new(postgres_url, tmp_path) as (there, old, new):
        await new.start()
        async with asyncio.TaskGroup() as answering:
            for name in names:
                answering.create_task(on_the_web(there.serve.url, name, before_each=0.2))
            await until(lambda: len(conversations(tmp_path / "old")) > len(names) / 2, within=60)
            await old.kill()
        rows, entries = await exported(there, "answers"), await exported(there, "transcripts")
    given = [[f"{words.strip()} / {name}" for words in WORDS[:3]] for name in names]
    assert sorted([row["issue"], row["evidence"], row["actions"]] for row in rows) == sorted(given)
    assert {row["status"] for row in rows} == {"complete"}
    assert sorted(said[1:] for said in by_person(entries, "in").values()) == sorted(map(tuple, given))
    both = conversations(tmp_path / "old") & conversations(tmp_path / "new")
    assert len(both) > len(names) / 2, "most of them were served by both"


async def test_workers_go_on_while_the_tables_of_the_next_release_are_made(
    postgres_url: str, postgres_cluster: PostgresServer
) -> None:
    """What a migration may do (tests/architecture/test_migrations.py), done to a service of this release under load."""
    expand = (
        "ALTER TABLE message ADD COLUMN note text",
        "ALTER TABLE conversation ADD COLUMN weight bigint NOT NULL DEFAULT 0",
        "CREATE TABLE next_release (id bigint PRIMARY KEY)",
        "CREATE INDEX ix_message_note ON message (note)",
        "UPDATE alembic_version SET version_num = 'next'",
    )
    database = postgres_url.rpartition("/")[2]
    async with a_neighbourhood(postgres_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        crowd = Crowd(there)
        async with crowd.busy():
            await asyncio.sleep(1)
            for statement in expand:
                await asyncio.to_thread(postgres_cluster.execute, statement, database=database)
            await asyncio.sleep(0.5)
        assert await there.serve.is_ready()
        # For the export, which is a command of its own and would start on the new tables.
        ours = max(path.name[:4] for path in (ROOT / "storage" / "migrations" / "versions").glob("[0-9]*.py"))
        back = f"UPDATE alembic_version SET version_num = '{ours}'"  # noqa: S608 - the name of a file of ours
        await asyncio.to_thread(postgres_cluster.execute, back, database=database)
        await nothing_lost(crowd)


async def test_the_account_notices_what_was_never_said(sqlite_url: str) -> None:
    """A check that cannot fail proves nothing."""
    async with a_neighbourhood(sqlite_url, free_port(), SAYSO_NOW=OPEN) as there:
        await there.serve.start()
        crowd = Crowd(there, a_second=100, pause=0)
        async with crowd.busy():
            await until(lambda: len(crowd.people) > 8)
        crowd.people[4].said[2] += "!"
        with pytest.raises(AssertionError):
            await nothing_lost(crowd)
