"""Senders who get in each other's way do again what has to be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from flows.messages import Channel
from storage.connections import connect
from storage.crypto import Keyring
from storage.database import Database
from storage.errors import ConflictError
from storage.outbox import Outbox
from storage.sessions import Connections, Session
from tests.support import storing


class _InTheWay(Connections):
    """Connections to a database where somebody gets in the way a number of times, and then no more."""

    def __init__(self, real: Connections, times: int) -> None:
        self.real, self.times = real, times

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        async with self.real.writing() as session:
            yield session
            if self.times:
                self.times -= 1
                raise ConflictError

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        async with self.real.reading() as session:
            yield session

    async def close(self) -> None:
        await self.real.close()


@pytest.mark.parametrize(("times", "lasting"), [(3, False), (4, True)])
async def test_a_sender_whom_others_get_in_the_way_of_does_it_again(
    database: Database, database_url: str, times: int, *, lasting: bool
) -> None:
    real = connect(database_url)
    outbox = Outbox(_InTheWay(real, times), Keyring([storing.SECRET]))
    if lasting:
        with pytest.raises(ConflictError):
            await outbox.stop(Channel.SMS, "20003")
    else:
        await outbox.stop(Channel.SMS, "20003")
        assert await outbox.stopped() == await database.outbox.stopped() == {Channel.SMS: "20003"}
    await real.close()
