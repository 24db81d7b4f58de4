"""The tables as models: for whoever reads a row as an object."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database
from storage.tables import PERSONAL, Address, Conversation, Message
from tests.support.storing import NOW, met, phone, queue


async def test_a_row_read_through_its_model_has_aware_instants(database: Database, database_url: str) -> None:
    person = await met(database, phone())
    await queue(database, phone(), "More swings?")
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with AsyncSession(engine) as session:
        message = (await session.exec(select(Message).where(Message.recorded_at == NOW))).one()
        conversation = (await session.exec(select(Conversation))).one()
        address = (await session.exec(select(Address))).one()
    await engine.dispose()
    assert (message.participant_id, message.recorded_at, message.sent_at) == (person.participant_id, NOW, None)
    assert (conversation.started_at, conversation.wake_at) == (NOW, None)
    assert address.away_since is None


def test_everything_of_a_person_is_keyed_by_their_number() -> None:
    """So that the tables can be distributed by it."""
    for name in set(PERSONAL) - {"participant"}:
        assert "participant_id" in SQLModel.metadata.tables[name].c
    for name in ("conversation", "message", "answer", "equality_answer"):
        assert next(iter(SQLModel.metadata.tables[name].primary_key.columns)).name == "participant_id"


def test_no_column_has_a_place_for_what_must_not_be_stored() -> None:
    unwanted = {"name", "first_name", "username", "photo", "location", "ip", "birth", "birthday", "email"}
    # Officers and who is on the rota have names; themes are called something. None of them takes part.
    tables = [table for table in SQLModel.metadata.tables.values() if table.name not in {"officer", "rota", "theme"}]
    columns = {column.name for table in tables for column in table.c}
    assert columns & unwanted == set()
    assert len(columns) > 50
