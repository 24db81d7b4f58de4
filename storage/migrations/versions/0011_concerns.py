"""Which messages may mean that somebody is not safe, and who has read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concern",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("harms", sa.String(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("outcome_enc", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "message_seq"),
    )
    waits = sa.text("acknowledged_at IS NULL")
    op.create_index("ix_concern_waiting", "concern", ["tier", "raised_at"], postgresql_where=waits, sqlite_where=waits)
