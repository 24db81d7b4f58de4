"""Who is told that somebody may not be safe, and whether they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rota",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("slugs", sa.String(), nullable=True),
        sa.Column("sms_enc", sa.LargeBinary(), nullable=True),
        sa.Column("email_enc", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alert",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("rota_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "message_seq", "number", "by"),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_alert_due", "alert", ["due_at"], postgresql_where=due, sqlite_where=due)
    # The release before this one writes concerns without it: nobody is alerted of those, and the list has them.
    op.add_column("concern", sa.Column("alert_due_at", sa.BigInteger(), nullable=True))
    due = sa.text("alert_due_at IS NOT NULL")
    op.create_index("ix_concern_alert", "concern", ["alert_due_at"], postgresql_where=due, sqlite_where=due)
