"""The files of every version of a pack that was ever answered, so that a conversation keeps the one it began with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage.codec import decode_json, encode_json
from storage.instants import micros
from storage.rows import insert, plain, whole
from storage.sessions import Session
from storage.tables import Version

_WHOLE = whole(Version)


async def keep(session: Session, slug: str, version: str, files: Mapping[str, str], at: datetime) -> None:
    """Adds a version; one that is there already stays as it is."""
    row = (version, slug, encode_json(dict(files)), micros(at))
    await session.run([insert(session.dialect, _WHOLE, [row], "ON CONFLICT (version) DO NOTHING")])


async def files(session: Session, version: str) -> Mapping[str, str] | None:
    rows = await session.fetch(plain(session.dialect, "SELECT files FROM version WHERE version = {}", version))
    found: Mapping[str, str] | None = decode_json(rows[0][0]) if rows else None
    return found
