"""Backups in memory, and taking them in."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

from storage.backup import Kind, back_up
from storage.crypto import Keyring
from storage.database import Database
from storage.restore import Restored, Source, Terms, proved, restore
from tests.support.storing import NOW, SECRET, load, phone

KEY = b"the key of backups, which is not the secret key"
MARKER = "the fence behind the boathouse"
LATER = NOW + timedelta(days=7)


def silently(_total: int) -> Callable[[int], object]:
    return lambda _: None


async def backup_of(url: str, kind: Kind = Kind.WHOLE) -> bytes:
    file = io.BytesIO()
    await back_up(url, file, KEY, kind, now=NOW, begin=silently)
    return file.getvalue()


def opened(held: bytes, kind: Kind | None = None, key: bytes = KEY) -> Source:
    return proved(io.BytesIO(held), key, kind, silently)


async def take_in(
    url: str, held: bytes, *, tombstones: bytes | None = None, secret: bytes = SECRET, **terms: bool
) -> Restored:
    second = None if tombstones is None else opened(tombstones)
    how = Terms(now=LATER, texts_since=LATER, **terms)
    return await restore(url, opened(held), Keyring([secret]), how, tombstones=second, begin=silently)


async def erase(database: Database, number: int) -> int:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        await work.erase(person.participant_id, now=LATER)
        await work.commit()
    return person.participant_id
