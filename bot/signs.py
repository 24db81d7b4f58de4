"""What a message tells of whether a person sent it: signs for an officer to look at. Nothing is decided by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.integrity import Flag, Sign, gone_through_too_fast
from flows.messages import Channel, InboundMessage
from flows.state import State
from storage.records import ConversationRecord, FlagRecord


def seen(message: InboundMessage, record: ConversationRecord, before: State, now: datetime) -> Sequence[FlagRecord]:
    """The signs that came with a message, and those that the step it caused has brought to light.

    Only on the web: nobody can write by SMS or on Telegram without a telephone number.
    """
    if message.channel is not Channel.WEB:
        return ()
    flags = message.flags
    state = record.state
    if (
        before.completed_at is None
        and state.completed_at is not None
        and state.started_at is not None
        and gone_through_too_fast(state.started_at, state.completed_at, len(state.given))
    ):
        flags = (*flags, Flag(Sign.TOO_FAST, "whole"))
    return [FlagRecord(record.participant_id, record.conversation_id, record.slug, flag, now) for flag in flags]
