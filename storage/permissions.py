"""Codes with which a parent says whether a child may answer: stored as a keyed hash, like every code.

Of the parent nothing is kept but what they said, when, and on which channel: that is what a council has to be able to
show (UK GDPR, Article 7(1)).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.messages import Channel
from flows.state import changed
from storage import crypto
from storage.codec import encode_state
from storage.conversations import open_state
from storage.crypto import Keyring
from storage.instants import maybe_instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Session
from storage.tables import PermissionCode

_WHOLE = whole(PermissionCode)
_FIND = """
    SELECT p.participant_id, p.slug, p.decided_at, p.allowed,
           (SELECT max(m.seq) FROM message AS m WHERE m.participant_id = p.participant_id AND m.direction = 'in')
    FROM permission_code AS p WHERE p.code_hash = {}
"""
_LAST = """
    SELECT c.id, c.state_enc, (SELECT max(p.decided_at) FROM permission_code AS p
                               WHERE p.participant_id = c.participant_id AND p.slug = c.slug)
    FROM conversation AS c WHERE c.participant_id = {} AND c.slug = {}
"""
_IN_ITS_PLACE = """
    ON CONFLICT (code_hash) DO UPDATE
    SET decided_at = excluded.decided_at, allowed = excluded.allowed, channel = excluded.channel
"""
_SET_STATE = "UPDATE conversation SET state_enc = {} WHERE id = {}"
_DECIDE = "UPDATE permission_code SET decided_at = {}, allowed = {}, channel = {} WHERE code_hash = {}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a parent was asked with a code, and what they have said."""

    participant_id: int
    """The child."""
    slug: str
    decided_at: datetime | None
    """UTC; None where they have said nothing yet."""
    allowed: bool
    last_said: int
    """The number of the child's last message."""


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.lookup("permission", code)


async def issue(session: Session, keyring: Keyring, participant_id: int, slug: str, code: str, now: datetime) -> None:
    """Stores a code. It is good for as long as the child's conversation is kept.

    Raises:
        ConflictError: another code is the same; make another.
    """
    row = (_hash(keyring, code), participant_id, slug, micros(now), None, False, None)
    await session.run([insert(session.dialect, _WHOLE, [row])])


async def asked(session: Session, keyring: Keyring, code: str) -> Asked | None:
    """What this code asks a parent; None where there is no such code, or the child was erased."""
    found = await session.fetch(plain(session.dialect, _FIND, _hash(keyring, code)))
    if not found:
        return None
    participant_id, slug, decided_at, allowed, last_said = found[0]
    return Asked(participant_id, slug, maybe_instant(decided_at), bool(allowed), last_said or 0)


class Permissions:
    """What parents were asked, to be read."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def asked(self, code: str) -> Asked | None:
        """What this code asks a parent; None where there is no such code, or the child was erased."""
        async with self._connections.reading() as session:
            return await asked(session, self._keyring, code)


async def decide(
    session: Session, keyring: Keyring, code: str, *, allowed: bool, channel: Channel, now: datetime
) -> None:
    """Writes down what a parent has said with this code, in place of what they had said before."""
    statement = plain(session.dialect, _DECIDE, micros(now), allowed, channel.value, _hash(keyring, code))
    await session.run([statement])


async def refuse_again(session: Session, keyring: Keyring, refused: Iterable[tuple[Any, ...]]) -> int:
    """Lets each parent's no hold that came after what a backup knows; gives how many there were.

    `refused` has rows of `permission_code`. The child is asked nothing more than to have a parent say yes.
    """
    again = 0
    for row in refused:
        code_hash, participant, slug, asked_at, decided_at, _, channel = row
        found = await session.fetch(plain(session.dialect, _LAST, participant, slug))
        if not found or (found[0][2] or 0) >= decided_at:
            continue
        conversation, sealed, _ = found[0]
        state = changed(open_state(keyring, participant, conversation, sealed), allowed=False)
        resealed = keyring.seal(crypto.STATE, participant, conversation, encode_state(state))
        said = (code_hash, participant, slug, asked_at, decided_at, False, channel)
        await session.run(
            [
                insert(session.dialect, _WHOLE, [said], _IN_ITS_PLACE),
                plain(session.dialect, _SET_STATE, resealed, conversation),
            ]
        )
        again += 1
    return again
