"""How PostgreSQL finds rows: a plan is kept for as long as its connection, so it has to be right from the start."""

from __future__ import annotations

from storage.connections import connect
from storage.messages import _ALREADY, _PROVIDER
from storage.rows import with_rows
from storage.sessions import Dialect, Statement


async def test_rows_are_found_by_an_index_also_where_the_tables_were_still_empty(postgres_url: str) -> None:
    connections = connect(postgres_url)
    asked = [("sms", bytes([number])) for number in range(64)]
    statement = with_rows(Dialect.POSTGRESQL, _PROVIDER, _ALREADY, asked)
    async with connections.reading() as session:
        plan = [row[0] for row in await session.fetch(Statement(f"EXPLAIN {statement.sql}", statement.args))]
    await connections.close()
    assert any("uq_message_provider_key" in line for line in plan)
    assert not any("Seq Scan" in line for line in plan)
