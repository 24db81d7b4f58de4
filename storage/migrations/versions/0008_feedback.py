"""Answering back: who may be told, what is told, when it was published, and to whom it went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "consent"),
    )
    op.create_index("ix_consent_slug", "consent", ["slug", "consent", "participant_id"])
    op.create_table(
        "feedback_revision",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "revision"),
    )
    publications()
    op.create_table(
        "feedback_sent",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "slug", "number"),
    )
    op.create_index("ix_feedback_sent_publication", "feedback_sent", ["slug", "number"])


def publications() -> None:
    op.create_table(
        "feedback_publication",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("next_slug", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("sends", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("slug", "number"),
    )
    sending = sa.text("sends AND finished_at IS NULL")
    op.create_index(
        "ix_feedback_publication_sending",
        "feedback_publication",
        ["slug", "number"],
        postgresql_where=sending,
        sqlite_where=sending,
    )
