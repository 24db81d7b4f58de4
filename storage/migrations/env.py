"""Runs inside the connection and the transaction that `storage.schema` opened, which commits it."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
