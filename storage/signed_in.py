"""Where officers are signed in. A session is known by a keyed hash of its token: the database lets nobody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.crypto import FACTOR_OFFER, Keyring
from storage.instants import instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Session
from storage.tables_officers import OfficerSession

IDLE = timedelta(minutes=30)
"""A session that nothing was asked in for so long has ended."""
LONGEST = timedelta(hours=12)
"""However busy it was."""
HALF_WAY = timedelta(minutes=15)
"""For getting through the second factor."""
SEEN_EVERY = timedelta(minutes=1)
"""A request within that time of the last one that was written down writes nothing."""

_SESSION = whole(OfficerSession)
_FIND = """
    SELECT s.officer_id, s.stage, s.offer_enc, s.created_at, s.seen_at
    FROM officer_session AS s JOIN officer AS o ON o.id = s.officer_id
    WHERE s.token_hash = {} AND s.expires_at > {} AND s.seen_at > {} AND o.disabled_at IS NULL
"""
_SEEN = "UPDATE officer_session SET seen_at = {} WHERE token_hash = {}"
_OFFER = "UPDATE officer_session SET offer_enc = {} WHERE token_hash = {}"
_END = "DELETE FROM officer_session WHERE token_hash = {}"
_END_OTHERS = "DELETE FROM officer_session WHERE officer_id = {} AND token_hash <> {}"
_SWEEP = "DELETE FROM officer_session WHERE expires_at <= {} OR seen_at <= {}"
_COUNT = """
    SELECT count(*) FROM officer_session
    WHERE officer_id = {} AND stage = 'whole' AND expires_at > {} AND seen_at > {}
"""


class Stage(StrEnum):
    """How far somebody has come in signing in."""

    KNOWN = "known"
    """The password was right."""
    PROVED = "proved"
    """The second factor too; something is still to be set up."""
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has not ended."""

    officer_id: int
    stage: Stage
    offer: str | None
    """The secret that is offered to an authenticator app and not yet confirmed."""
    created_at: datetime
    seen_at: datetime
    """To the minute."""


async def begin(session: Session, keyring: Keyring, token: str, officer_id: int, stage: Stage, now: datetime) -> None:
    """A new session. Those that have ended are swept away on the way."""
    lasts = LONGEST if stage is Stage.WHOLE else HALF_WAY
    row = (_hash(keyring, token), officer_id, stage.value, None, micros(now), micros(now), micros(now + lasts))
    sweep = plain(session.dialect, _SWEEP, micros(now), micros(now - IDLE))
    await session.run([sweep, insert(session.dialect, _SESSION, [row])])


async def find(session: Session, keyring: Keyring, token: str, now: datetime) -> SignedIn | None:
    """The session of this token; None where there is none, it has ended, or the officer was disabled."""
    key = _hash(keyring, token)
    rows = await session.fetch(plain(session.dialect, _FIND, key, micros(now), micros(now - IDLE)))
    if not rows:
        return None
    officer_id, stage, sealed, created_at, seen_at = rows[0]
    offer = None if sealed is None else keyring.open_text(FACTOR_OFFER, officer_id, 0, sealed)
    return SignedIn(officer_id, Stage(stage), offer, instant(created_at), instant(seen_at))


async def see(session: Session, keyring: Keyring, token: str, now: datetime) -> None:
    await session.run([plain(session.dialect, _SEEN, micros(now), _hash(keyring, token))])


async def offer(session: Session, keyring: Keyring, token: str, officer_id: int, secret: str) -> None:
    """Remembers a secret that an app is to confirm."""
    sealed = keyring.seal_text(FACTOR_OFFER, officer_id, 0, secret)
    await session.run([plain(session.dialect, _OFFER, sealed, _hash(keyring, token))])


async def end(session: Session, keyring: Keyring, token: str) -> None:
    await session.run([plain(session.dialect, _END, _hash(keyring, token))])


async def end_others(session: Session, keyring: Keyring, officer_id: int, keep: str) -> None:
    """Ends every session of an officer but the one of this token; all of them where it is empty."""
    await session.run([plain(session.dialect, _END_OTHERS, officer_id, _hash(keyring, keep))])


async def count(session: Session, officer_id: int, now: datetime) -> int:
    """How many browsers an officer is signed in with."""
    [(found,)] = await session.fetch(plain(session.dialect, _COUNT, officer_id, micros(now), micros(now - IDLE)))
    return int(found)


def _hash(keyring: Keyring, token: str) -> bytes:
    return keyring.lookup("officer session", token)
