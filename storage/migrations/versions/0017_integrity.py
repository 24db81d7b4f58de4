"""Signs that an answer may not be somebody's own, prints of answers, and what officers leave out of exports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrity_flag",
        *_whose(),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("cleared_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "sign"),
    )
    op.create_index("ix_integrity_flag_slug", "integrity_flag", ["slug", "sign", "at"])
    op.create_table(
        "answer_print",
        *_whose(),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "question"),
    )
    op.create_index("ix_answer_print_same", "answer_print", ["slug", "question", "mark"])
    op.create_table(
        "integrity_exclusion",
        *_whose(),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id"),
    )
    op.create_index("ix_integrity_exclusion_slug", "integrity_exclusion", ["slug"])


def _whose() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
    )
