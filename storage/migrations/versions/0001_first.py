"""The tables as they were at first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite keeps a table whose key is declared INTEGER by that very number, without an index beside it.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "participant",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("told_nothing_open", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_participant_merged_into",
        "participant",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
        sqlite_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "address",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("address_enc", sa.LargeBinary(), nullable=True),
        sa.Column("current", sa.String(), nullable=True),
        sa.Column("away_since", sa.BigInteger(), nullable=True),
        sa.Column("next_send_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_address_participant", "address", ["participant_id"])
    op.create_index("uq_address_hash", "address", ["channel", "address_hash"], unique=True)
    op.create_table(
        "conversation",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False, autoincrement=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("state_enc", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("helped_by", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("wake_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "slug"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index("ix_conversation_slug", "conversation", ["slug", "participant_id"])
    op.create_index(
        "ix_conversation_wake",
        "conversation",
        ["wake_at"],
        postgresql_where=sa.text("wake_at IS NOT NULL"),
        sqlite_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_index("uq_conversation_id", "conversation", ["id"], unique=True)
    op.create_index("uq_conversation_reference", "conversation", ["reference"], unique=True)
    op.create_table(
        "message",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("address_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("provider_key", sa.LargeBinary(), nullable=True),
        sa.Column("ref_key", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("after_stop", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("text_enc", sa.LargeBinary(), nullable=True),
        sa.Column("buttons_enc", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("request", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "seq"),
    )
    op.create_index(
        "ix_message_queue",
        "message",
        ["channel", "due_at"],
        postgresql_where=sa.text("status = 'queued'"),
        sqlite_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_message_received",
        "message",
        ["channel", "received_at"],
        postgresql_where=sa.text("received_at IS NOT NULL"),
        sqlite_where=sa.text("received_at IS NOT NULL"),
    )
    op.create_index(
        "uq_message_provider_key",
        "message",
        ["channel", "provider_key"],
        unique=True,
        postgresql_where=sa.text("provider_key IS NOT NULL"),
        sqlite_where=sa.text("provider_key IS NOT NULL"),
    )
    op.create_table(
        "answer",
        sa.Column("participant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("question", sa.String(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("codes", sa.String(), nullable=True),
        sa.Column("text_enc", sa.LargeBinary(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("helped_by", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("wording_language", sa.String(), nullable=False),
        sa.Column("wording_band", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message_seq", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("counts_at", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("cutoff", sa.BigInteger(), nullable=False),
        sa.Column("late_policy", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_by_seconds", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "conversation_id", "question", "revision"),
    )
    op.create_table(
        "erased_message",
        sa.Column("channel", sa.String(), nullable=False, autoincrement=False),
        sa.Column("provider_key", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("channel", "provider_key"),
    )
    op.create_table(
        "link_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("ix_link_code_participant", "link_code", ["participant_id"])
    op.create_table(
        "pace",
        sa.Column("channel", sa.String(), nullable=False, autoincrement=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("stopped_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "early_status",
        sa.Column("channel", sa.String(), nullable=False, autoincrement=False),
        sa.Column("provider_key", sa.LargeBinary(), nullable=False, autoincrement=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "provider_key"),
    )
    op.create_table(
        "version",
        sa.Column("version", sa.String(), nullable=False, autoincrement=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("files", sa.String(), nullable=False),
        sa.Column("first_kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "installation",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
