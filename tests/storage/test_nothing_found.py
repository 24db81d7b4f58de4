"""After an erasure no file of the database holds what was said: no table, no log of writes, no free page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.values import Text
from storage.crypto import Keyring
from storage.database import Database
from tests.support.storing import NOW, SECRET, answered, load, met, phone, rows, said

MARKER = "a marker phrase that nobody else says"


def _files(url: str) -> bytes:
    path = Path(url.partition("///")[2])
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


async def test_no_file_of_the_database_holds_anything_of_an_erased_person(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url, secret=SECRET)
    person = await met(database, phone())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.keep([replace(said(person, MARKER, "SM-marker"), question="why")])
        work.add_answer(answered(person, Text(MARKER), "why"))
        await work.commit()
    [(sealed,)] = await rows(sqlite_url, "SELECT text_enc FROM answer")
    [(hashed,)] = await rows(sqlite_url, "SELECT address_hash FROM address")
    reference = next(iter(person.conversations.values())).reference
    held = _files(sqlite_url)
    assert MARKER.encode() not in held
    assert phone().address.encode() not in held
    assert all(found in held for found in (sealed, hashed, reference.encode()))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.erase(person.participant_id, now=NOW)
        await work.commit()
    await database.close()
    left = _files(sqlite_url)
    assert not [found for found in (sealed, hashed, reference.encode(), MARKER.encode()) if found in left]
    assert Keyring([SECRET]).lookup("provider", "sms", "SM-marker") in left
