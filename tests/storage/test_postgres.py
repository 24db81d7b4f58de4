"""What PostgreSQL is asked for beyond SQL."""

from __future__ import annotations

from storage.connections import connect
from storage.messages import _ALREADY, _PROVIDER
from storage.rows import with_rows
from storage.sessions import Dialect, Statement


async def test_rows_are_found_by_an_index_even_where_the_tables_were_empty_when_it_was_planned(
    postgres_url: str,
) -> None:
    connections = connect(postgres_url)
    statement = with_rows(Dialect.POSTGRESQL, _PROVIDER, _ALREADY, [("sms", b"key")])
    async with connections.reading() as session:
        plan = [row[0] for row in await session.fetch(Statement(f"EXPLAIN {statement.sql}", statement.args))]
    await connections.close()
    assert any("uq_message_provider_key" in line for line in plan)
    assert not any("Seq Scan" in line for line in plan)
