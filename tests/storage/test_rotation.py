"""A new secret takes over from the old one while people go on, and nothing is left that needs the old one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, LargeBinary, String
from sqlmodel import SQLModel

from storage import crypto, rotation
from storage.connections import connect
from storage.crypto import Keyring
from storage.database import Database, upgrade
from storage.errors import WrongSecretError
from storage.rotation import SEALED, Sealed, left, rotate
from storage.rows import Shape, insert
from tests.support.storing import SECRET, SLUG, change, hear, met, page, phone, queue, rows

NEW = b"the secret that takes over, made after the old one"
BOTH = (NEW, SECRET)


def silently(_total: int) -> Callable[[int], object]:
    return lambda _: None


def test_every_sealed_column_of_every_table_is_known_and_no_other() -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.c
        if column.name.endswith("_enc")
    }
    assert {one.name for one in SEALED} == there - {"installation.lookup_enc"}


def test_every_column_is_sealed_under_its_own_name() -> None:
    """Two columns under one name could be changed for each other."""
    tags = {column.tag for column in vars(crypto).values() if isinstance(column, crypto.Column)}
    assert {one.seal.tag for one in SEALED} == tags - {crypto.LOOKUP.tag}


def _filler(column: Column[Any], number: int) -> object:
    match column.type:
        case LargeBinary():
            return bytes([number]) * 16
        case Boolean():
            return False
        case String():
            return f"some {number}"
        case _:
            return number


def _filled(one: Sealed, keyring: Keyring, number: int) -> list[object]:
    """A row in which nothing but the sealed column is of any sense."""
    row = {name: _filler(column, number) for name, column in one.described.c.items()}
    row |= {
        other.column: None for other in SEALED if other.table == one.table and one.described.c[other.column].nullable
    }
    owner, *places = (int(str(row[name])) for name in (one.owner, *one.row))
    row[one.column] = keyring.seal(one.seal, owner, rotation.row_of(places), f"word {number}".encode())
    return list(row.values())


async def fill(url: str, secret: bytes, count: int = 3) -> None:
    """Rows of every sealed column, some with a place of each kind."""
    connections, keyring = connect(url), Keyring([secret])
    async with connections.writing() as session:
        for place, one in enumerate(SEALED):
            described = [_filled(one, keyring, 10 * place + number) for number in range(1, count + 1)]
            await session.run([insert(session.dialect, Shape(one.described, *one.described.c.keys()), described)])
        await session.commit()
    await connections.close()


async def begins(url: str) -> dict[str, set[bytes]]:
    """The key id of every sealed value, by column."""
    found: dict[str, set[bytes]] = {}
    for one in SEALED:
        held = await rows(url, f"SELECT {one.column} FROM {one.table} WHERE {one.column} IS NOT NULL")  # noqa: S608 - our own names
        found[one.name] = {bytes(sealed[:1]) for (sealed,) in held}
    return found


async def test_everything_is_sealed_anew_and_opens_with_the_new_secret_alone(
    database: Database, database_url: str
) -> None:
    del database
    await fill(database_url, SECRET)
    assert len(await left(database_url, Keyring(BOTH))) == len(SEALED) + 1
    done = await rotate(database_url, Keyring(BOTH), silently)
    assert (done.sealed, done.left, done.damaged) == (3 * len(SEALED), {}, 0)
    new = Keyring([NEW])
    assert set().union(*(await begins(database_url)).values()) == {new.current}
    for one in SEALED:
        names = ", ".join((one.owner, *one.row, one.column))
        for owner, *places, sealed in await rows(
            database_url,
            f"SELECT {names} FROM {one.table} WHERE {one.column} IS NOT NULL",  # noqa: S608 - our own names
        ):
            assert new.open(one.seal, owner, rotation.row_of(places), bytes(sealed)).startswith(b"word ")


async def test_rotating_again_finds_nothing_to_do(database: Database, database_url: str) -> None:
    del database
    await fill(database_url, SECRET)
    await rotate(database_url, Keyring(BOTH), silently)
    assert (await rotate(database_url, Keyring(BOTH), silently)).sealed == 0
    assert (await rotate(database_url, Keyring([NEW]), silently)).left == {}


async def test_a_rotation_that_was_ended_half_way_goes_on_where_it_was(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del database
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    await fill(database_url, SECRET)

    def ends_soon(_total: int) -> Callable[[int], object]:
        lots = iter(range(4))

        def progress(_count: int) -> None:
            if next(lots, None) is None:
                raise RuntimeError

        return progress

    with pytest.raises(RuntimeError):
        await rotate(database_url, Keyring(BOTH), ends_soon)
    waiting = sum((await left(database_url, Keyring(BOTH))).values())
    assert 0 < waiting < 3 * len(SEALED)
    done = await rotate(database_url, Keyring(BOTH), silently)
    assert (done.sealed, done.left) == (waiting, {})


async def test_people_are_found_by_the_new_secret_alone(database: Database, database_url: str) -> None:
    keys = phone(1), page(1)
    for key in keys:
        await met(database, key)
        await hear(database, key, "swings", f"SM{key.address}")
    await rotate(database_url, Keyring(BOTH), silently)
    after = await Database.open(database_url, secret=NEW)
    for key in keys:
        found = await after.find(key, SLUG)
        assert found is not None
        assert [entry.text for entry in await after.transcript(found.conversation_id)] == ["swings"]
        assert not await hear(after, key, "swings", f"SM{key.address}"), "a second delivery"
    await after.close()
    with pytest.raises(WrongSecretError):
        await Database.open(database_url, secret=SECRET)


async def test_people_who_write_meanwhile_are_heard_and_nothing_of_theirs_is_lost(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 3)
    for number in range(1, 9):
        await met(database, phone(number))
        await queue(database, phone(number), "before")
    worker = await Database.open(database_url, secret=BOTH)
    over = asyncio.Event()

    async def write(number: int) -> int:
        said = 0
        while not over.is_set() or said < 2:
            assert await hear(worker, phone(number), f"said {said}")
            said += 1
            await asyncio.sleep(0.005)
        return said

    writing = [asyncio.create_task(write(number)) for number in range(1, 9)]
    done = await rotate(database_url, Keyring(BOTH), silently)
    over.set()
    said = await asyncio.gather(*writing)
    await worker.close()
    assert done.left == {}
    after = await Database.open(database_url, secret=NEW)
    for number, count in enumerate(said, 1):
        found = await after.find(phone(number), SLUG)
        assert found is not None
        texts = [entry.text for entry in await after.transcript(found.conversation_id)]
        assert texts == ["before", *(f"said {each}" for each in range(count))]
    await after.close()


async def test_what_a_worker_still_seals_with_the_old_secret_is_told(database: Database, database_url: str) -> None:
    await met(database, phone(1))
    await rotate(database_url, Keyring(BOTH), silently)
    worker = await Database.open(database_url, secret=(SECRET, NEW))
    await hear(worker, phone(1), "sealed with the old one, by a worker that was not restarted")
    await worker.close()
    assert await left(database_url, Keyring(BOTH)) == {"message.text_enc": 1}
    assert (await rotate(database_url, Keyring(BOTH), silently)).left == {}


async def test_a_value_that_was_altered_holds_nothing_up_and_is_told(database: Database, database_url: str) -> None:
    await met(database, phone(1))
    for text in ("one", "two", "three"):
        await hear(database, phone(1), text)
    await change(
        database_url,
        "UPDATE message SET text_enc = :altered WHERE seq = 2",
        {"altered": Keyring([SECRET]).current + bytes(40)},
    )
    done = await rotate(database_url, Keyring(BOTH), silently)
    assert (done.left, done.damaged) == ({"message.text_enc": 1}, 1)


async def test_secrets_that_are_not_the_databases_are_refused(database: Database, database_url: str) -> None:
    del database
    for work in (lambda keyring: left(database_url, keyring), lambda keyring: rotate(database_url, keyring, silently)):
        with pytest.raises(WrongSecretError):
            await work(Keyring([NEW]))


async def test_a_database_that_begins_with_two_secrets_needs_only_the_first(empty_sqlite_url: str) -> None:
    await upgrade(empty_sqlite_url)
    for secret in (BOTH, NEW):
        database = await Database.open(empty_sqlite_url, secret=secret)
        await database.close()
