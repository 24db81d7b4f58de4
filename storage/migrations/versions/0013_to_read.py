"""What people said in their own words, and who has read it: every answer that there is waits to be read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "to_read",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("read_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "message_seq"),
    )
    waits = sa.text("read_at IS NULL")
    columns = ["slug", "rank", "said_at", "participant_id", "message_seq"]
    op.create_index("ix_to_read_waiting", "to_read", columns, postgresql_where=waits, sqlite_where=waits)
    op.execute(
        """
        INSERT INTO to_read (participant_id, message_seq, slug, question, rank, said_at)
        SELECT w.participant_id, w.message_seq, c.slug, min(w.question), 2, min(w.received_at)
        FROM answer AS w JOIN conversation AS c ON c.participant_id = w.participant_id AND c.id = w.conversation_id
        WHERE w.text_enc IS NOT NULL GROUP BY w.participant_id, w.message_seq, c.slug
        """
    )
    op.execute(
        """
        UPDATE to_read SET rank = coalesce((
            SELECT CASE n.tier WHEN 'urgent' THEN 0 ELSE 1 END FROM concern AS n
            WHERE n.participant_id = to_read.participant_id AND n.message_seq = to_read.message_seq), rank)
        """
    )
