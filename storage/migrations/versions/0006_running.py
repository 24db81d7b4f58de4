"""What officers decide about a consultation, and which answers they typed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("slug", sa.String(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "number"),
    )
    op.create_table(
        "entry",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("form_hash", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "number"),
    )
    op.create_index("uq_entry_form", "entry", ["form_hash"], unique=True)
    op.create_index("ix_entry_slug", "entry", ["slug", "entered_at"])
