"""Which parts of answers officers took out of what is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "redaction",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("spans", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "number"),
    )
    stands = sa.text("undone_at IS NULL")
    op.create_index(
        "ix_redaction_slug", "redaction", ["slug", "participant_id"], postgresql_where=stands, sqlite_where=stands
    )
