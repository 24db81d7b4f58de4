"""What happens to the queue when a machine's clock was set back."""

from __future__ import annotations

from datetime import datetime

from flows.messages import Channel
from storage.instants import micros
from storage.rows import plain
from storage.sessions import Session

_SET_BACK = (
    "UPDATE pace SET next_at = next_at - {}, paused_until = paused_until - {} WHERE channel = {}",
    "UPDATE address SET next_send_at = next_send_at - {} WHERE channel = {} AND next_send_at > {}",
    # Not what was put off on purpose: its time is a time of day. What is held behind another has that one's time.
    """UPDATE message SET due_at = due_at - {} WHERE status = 'queued' AND channel = {} AND due_at > {}
       AND (attempts > 0 OR due_at = recorded_at OR EXISTS (
           SELECT 1 FROM message AS e WHERE e.participant_id = message.participant_id AND e.status = 'queued'
           AND e.address_id = message.address_id AND e.attempts > 0 AND e.due_at = message.due_at))""",
)


async def set_back(session: Session, channel: Channel, now: datetime, by: int, paused_until: int | None) -> int | None:
    """Moves the queue's times back by so many microseconds; gives the end of the pause there is now.

    The clock that they were made by was set back: without this, whoever was written to in the hour that is to come
    again would wait for all of it.
    """
    at, name = micros(now), channel.value
    pace, addresses, waiting = _SET_BACK
    await session.run(
        [
            plain(session.dialect, pace, by, by, name),
            plain(session.dialect, addresses, by, name, at),
            plain(session.dialect, waiting, by, name, at),
        ]
    )
    return None if paused_until is None else paused_until - by
