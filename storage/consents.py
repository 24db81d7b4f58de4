"""What people agreed to for later."""

from __future__ import annotations

from collections.abc import Sequence

from storage.instants import micros
from storage.records import ConsentRecord
from storage.rows import insert, whole
from storage.sessions import Session, Statement
from storage.tables_feedback import ConsentRow

_WHOLE = whole(ConsentRow)
_INSTEAD = (
    "ON CONFLICT (participant_id, conversation_id, consent) DO UPDATE SET given = excluded.given, at = excluded.at"
)


def add(session: Session, records: Sequence[ConsentRecord]) -> list[Statement]:
    """The statement that writes down what was said last, of several in one batch too."""
    last = {(one.participant_id, one.conversation_id, one.consent): one for one in records}
    rows = [
        (one.participant_id, one.conversation_id, one.consent.value, one.slug, one.given, micros(one.at))
        for one in last.values()
    ]
    return [insert(session.dialect, _WHOLE, rows, _INSTEAD)] if rows else []
