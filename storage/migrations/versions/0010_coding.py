"""Themes, and which answers officers put under them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _codebook()
    _coded()
    _coding()
    _suggestion()


def _codebook() -> None:
    op.create_table(
        "theme",
        sa.Column("slug", sa.String(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("code", sa.String(), nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("aim", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("slug", "question", "code"),
    )
    op.create_table(
        "theme_change",
        sa.Column("slug", sa.String(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "question", "number"),
    )


def _coded() -> None:
    op.create_table(
        "coded",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("coder", sa.String(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence_rich", sa.Boolean(), nullable=False),
        sa.Column("note_enc", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "question", "revision", "coder"),
    )
    op.create_index("ix_coded_slug", "coded", ["slug", "question", "participant_id"])


def _coding() -> None:
    op.create_table(
        "coding",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("theme", sa.String(), nullable=False, autoincrement=False),
        sa.Column("coder", sa.String(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "question", "revision", "theme", "coder", "at"),
    )
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_coding_stands",
        "coding",
        ["participant_id", "conversation_id", "question", "revision", "coder", "theme"],
        unique=True,
        postgresql_where=standing,
        sqlite_where=standing,
    )
    op.create_index("ix_coding_slug", "coding", ["slug", "question"])


def _suggestion() -> None:
    op.create_table(
        "suggestion",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("theme", sa.String(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "question", "revision", "theme"),
    )
    op.create_index("ix_suggestion_slug", "suggestion", ["slug", "question", "state"])
