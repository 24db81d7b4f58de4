"""Carry-over codes: they take a conversation to another channel, once, and are stored as a keyed hash alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage import crypto
from storage.crypto import Keyring
from storage.instants import micros
from storage.participants import lock_ids
from storage.rows import insert, plain, whole
from storage.sessions import Session
from storage.tables import LinkCode

_WHOLE = whole(LinkCode)

_FIND = "SELECT participant_id, slug FROM link_code WHERE code_hash = {} AND used_at IS NULL AND expires_at > {}"
# What the first look found may have been used while we waited for the lock: only this says who uses it.
_USE = "UPDATE link_code SET used_at = {} WHERE code_hash = {} AND used_at IS NULL RETURNING participant_id, slug"
_ADDRESSES = "SELECT id, address_enc FROM address WHERE participant_id = {}"
_MOVE = "UPDATE address SET participant_id = {}, address_enc = {} WHERE id = {}"
_QUIET = "UPDATE conversation SET wake_at = NULL WHERE participant_id = {}"
_MERGE = "UPDATE participant SET merged_into = {} WHERE id = {}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose conversation a code carries, and which."""

    participant_id: int
    slug: str


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.lookup("code", code)


async def issue(
    session: Session, keyring: Keyring, participant_id: int, slug: str, code: str, expires_at: datetime
) -> None:
    """Stores a code.

    Raises:
        ConflictError: another code is the same; make another.
    """
    row = (_hash(keyring, code), participant_id, slug, micros(expires_at), None)
    await session.run([insert(session.dialect, _WHOLE, [row])])


async def claim(session: Session, keyring: Keyring, claimant: int, code: str, now: datetime) -> Claim | None:
    """Uses a code up; None where it is unknown, used or out of date.

    The claimant's addresses belong to the code's participant from here on. What they said before stays with the number
    they had, which is marked as the same person, so that erasing one erases both.
    """
    hashed = _hash(keyring, code)
    found = await session.fetch(plain(session.dialect, _FIND, hashed, micros(now)))
    if not found:
        return None
    await lock_ids(session, [found[0][0]])
    used = await session.fetch(plain(session.dialect, _USE, micros(now), hashed))
    if not used:
        return None
    target = Claim(used[0][0], used[0][1])
    if target.participant_id != claimant:
        await _join(session, keyring, claimant, target.participant_id)
    return target


async def _join(session: Session, keyring: Keyring, before: int, target_id: int) -> None:
    statements = [
        plain(session.dialect, _QUIET, before),
        plain(session.dialect, _MERGE, target_id, before),
    ]
    for address_id, sealed in await session.fetch(plain(session.dialect, _ADDRESSES, before)):
        moved = None if sealed is None else _resealed(keyring, sealed, address_id, before, target_id)
        statements.append(plain(session.dialect, _MOVE, target_id, moved, address_id))
    await session.run(statements)


def _resealed(keyring: Keyring, sealed: bytes, address_id: int, before: int, after: int) -> bytes:
    return keyring.seal(crypto.ADDRESS, after, address_id, keyring.open(crypto.ADDRESS, before, address_id, sealed))
