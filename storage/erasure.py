"""Erasing a person: everything goes but the keyed hashes of messages' ids, and what `storage.safeguarding` keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from storage import safeguarding
from storage.instants import micros
from storage.rows import Shape, fetch_with, run_with
from storage.sessions import Session
from storage.tables import Participant

_ID = Shape(Participant, "id")

_MERGED = "SELECT p.id FROM participant AS p JOIN k ON p.merged_into = k.id"
# Of what they said, so that it is known when it is delivered again; of what we said, so that the same words to whoever
# is at that address next are not taken for them.
_KEEP_HASHES = """
    INSERT INTO erased_message (channel, provider_key)
    SELECT m.channel, m.provider_key FROM k JOIN message AS m ON m.participant_id = k.id
    WHERE m.provider_key IS NOT NULL
    ON CONFLICT (channel, provider_key) DO NOTHING
"""
# The confirmation of the erasure still has to go out: it alone stays, and the address that it goes to, which nobody can
# find by its number any more.
_DELETE = (
    # Files that were made for officers and may hold them: whoever wants one makes it again, without this person.
    """UPDATE export_job SET state = 'withdrawn' WHERE state IN ('making', 'ready') AND slug IN (
           SELECT c.slug FROM conversation AS c JOIN k ON c.participant_id = k.id)""",
    "DELETE FROM export_part WHERE job_id IN (SELECT j.id FROM export_job AS j WHERE j.state = 'withdrawn')",
    "DELETE FROM answer WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM equality_answer WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM consent WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM feedback_sent WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM to_read WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM tag WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM redaction WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM suggestion WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM coding WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM coded WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM entry WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM permission_code WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM link_code WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM conversation WHERE participant_id IN (SELECT k.id FROM k)",
    # After the conversation: whoever writes these holds it fast.
    "DELETE FROM integrity_flag WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM answer_print WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM integrity_exclusion WHERE participant_id IN (SELECT k.id FROM k)",
    """DELETE FROM message WHERE participant_id IN (SELECT k.id FROM k)
       AND NOT (direction = 'out' AND status = 'queued' AND after_stop)""",
    "UPDATE address SET address_hash = NULL, current = NULL WHERE participant_id IN (SELECT k.id FROM k)",
    "UPDATE message SET conversation_id = NULL, question = NULL WHERE participant_id IN (SELECT k.id FROM k)",
)
_BURY = "INSERT INTO tombstone (id, erased_at) SELECT k.id, {} FROM k WHERE true ON CONFLICT (id) DO NOTHING"
_MARK = "UPDATE participant SET erased_at = {}, language = NULL WHERE id IN (SELECT k.id FROM k)"
_DONE = """
    SELECT p.id FROM participant AS p JOIN k ON k.id = p.id WHERE p.erased_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.participant_id = p.id AND m.status = 'queued')
"""
_FORGET = (
    _KEEP_HASHES,
    "DELETE FROM message WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM address WHERE participant_id IN (SELECT k.id FROM k)",
    "DELETE FROM participant WHERE id IN (SELECT k.id FROM k)",
)


async def erase(session: Session, participant_id: int, *, now: datetime) -> frozenset[int]:
    """Erases a person, and whoever turned out to be the same person; returns their numbers.

    What stays until `forget` is what the confirmation needs: itself, the sealed address and a bare participant.
    """
    numbers = await same_person(session, participant_id)
    rows = _rows(numbers)
    await safeguarding.keep(session, [(number, participant_id) for number in numbers], now)
    await run_with(session, _ID, _KEEP_HASHES, rows)
    for body in _DELETE:
        await run_with(session, _ID, body, rows)
    await run_with(session, _ID, _BURY, rows, micros(now))
    await run_with(session, _ID, _MARK, rows, micros(now))
    return frozenset(numbers)


async def same_person(session: Session, participant_id: int) -> set[int]:
    """Their number, and those of whoever turned out to be them."""
    numbers = {participant_id}
    found = numbers
    while found:
        found = {row[0] for row in await fetch_with(session, _ID, _MERGED, _rows(found))} - numbers
        numbers |= found
    return numbers


async def forget(session: Session, participants: Iterable[int]) -> None:
    """Removes what was left of erased people for whom nothing waits to be sent any more."""
    rows = await fetch_with(session, _ID, _DONE, _rows(participants))
    for body in _FORGET:
        await run_with(session, _ID, body, [(row[0],) for row in rows])


def _rows(numbers: Iterable[int]) -> list[tuple[int]]:
    return [(number,) for number in numbers]
