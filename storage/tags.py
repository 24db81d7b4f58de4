"""Tags: a word or two that officers put on a whole conversation, such as "board" or "ask again", to find it later.

They stand in the open, because they are looked for: whoever makes one is told to name nobody in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage import audit, participants
from storage.audit import Deed
from storage.errors import ConflictError
from storage.instants import micros
from storage.reading import Also
from storage.rows import insert, plain, whole
from storage.sessions import Connections
from storage.tables_tags import TagRow

_TAG = whole(TagRow)
_KNOWN = "SELECT DISTINCT tag FROM tag WHERE slug = {} ORDER BY tag"
_OF = """
    SELECT t.tag FROM conversation AS c
    JOIN tag AS t ON t.participant_id = c.participant_id AND t.conversation_id = c.id
    WHERE c.slug = {} AND c.reference = {} ORDER BY t.tag
"""
_FIND = "SELECT participant_id, id FROM conversation WHERE slug = {} AND reference = {}"
_REMOVE = "DELETE FROM tag WHERE participant_id = {} AND conversation_id = {} AND tag = {}"


def tagged(tags: Sequence[str]) -> Also:
    """Answers in conversations with any of these tags."""
    marks = ", ".join(["{}"] * len(tags))
    sql = f"""EXISTS (
        SELECT 1 FROM tag AS g WHERE g.participant_id = w.participant_id AND g.conversation_id = w.conversation_id
        AND g.tag IN ({marks})
    )"""
    return Also(sql, tuple(tags))


class Tags:
    """The tags of every consultation."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def known(self, slug: str) -> list[str]:
        """Every tag that a conversation of this consultation has, in the order of the alphabet."""
        async with self._connections.reading() as session:
            return [row[0] for row in await session.fetch(plain(session.dialect, _KNOWN, slug))]

    async def of(self, slug: str, reference: str) -> list[str]:
        """The tags of one conversation."""
        async with self._connections.reading() as session:
            return [row[0] for row in await session.fetch(plain(session.dialect, _OF, slug, reference))]

    async def put(self, slug: str, reference: str, tag: str, deed: Deed) -> None:
        """Puts a tag on a conversation, with its line in the record. One that is there already stays as it is.

        Raises:
            ConflictError: there is no such conversation (any more).
        """
        await self._change(slug, reference, tag, deed, put=True)

    async def take_off(self, slug: str, reference: str, tag: str, deed: Deed) -> None:
        """Takes a tag off, with its line in the record.

        Raises:
            ConflictError: there is no such conversation (any more).
        """
        await self._change(slug, reference, tag, deed, put=False)

    async def _change(self, slug: str, reference: str, tag: str, deed: Deed, *, put: bool) -> None:
        async with self._connections.writing() as session:
            found = await session.fetch(plain(session.dialect, _FIND, slug, reference))
            if not found:
                raise ConflictError("There is no such conversation any more: it was erased.")
            owner, conversation = found[0]
            # An erasure that runs meanwhile comes before or after, and leaves no tag of nobody's.
            await participants.lock(session, owner)
            if not await session.fetch(plain(session.dialect, _FIND, slug, reference)):
                raise ConflictError("There is no such conversation any more: it was erased.")
            row = (owner, conversation, tag, slug, deed.officer, micros(deed.at))
            change = (
                insert(session.dialect, _TAG, [row], "ON CONFLICT DO NOTHING")
                if put
                else plain(session.dialect, _REMOVE, owner, conversation, tag)
            )
            await session.run([change])
            await audit.append(session, deed)
            await session.commit()
