"""The rota: who is told that somebody may not be safe, in which order, and how. Numbers and addresses are sealed."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.rota import Hours, Member
from storage import audit, crypto
from storage.audit import Deed
from storage.crypto import Keyring
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row
from storage.tables_rota import RotaRow

_ROTA = whole(RotaRow)
_ALL = f"SELECT {_ROTA.listed} FROM rota ORDER BY place, id"
_REMOVE = "DELETE FROM rota WHERE id = {} RETURNING id"
_PLACE = "UPDATE rota SET place = {} WHERE id = {}"


@dataclass(frozen=True, slots=True)
class OnRota:
    """Somebody on the rota, with how they are reached."""

    member: Member
    name: str
    sms: str = field(default="", repr=False)
    """In E.164, or empty."""
    email: str = field(default="", repr=False)


class Rota:
    """The one rota of an installation."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def everybody(self) -> list[OnRota]:
        """All of it, in order."""
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, _ALL))
        return [self._opened(row) for row in rows]

    async def add(self, one: OnRota, deed: Deed) -> None:
        """Adds somebody, with the line of the record."""
        member = one.member
        row = (
            member.rota_id,
            member.place,
            one.name,
            member.hours.value,
            None if member.slugs is None else " ".join(sorted(member.slugs)),
            self._sealed(crypto.ROTA_SMS, member.rota_id, one.sms),
            self._sealed(crypto.ROTA_EMAIL, member.rota_id, one.email),
        )
        async with self._connections.writing() as session:
            await session.run([insert(session.dialect, _ROTA, [row])])
            await audit.append(session, deed)
            await session.commit()

    async def remove(self, rota_id: int, deed: Deed) -> bool:
        """Takes somebody off; False where they are not on it any more."""
        async with self._connections.writing() as session:
            if not await session.fetch(plain(session.dialect, _REMOVE, rota_id)):
                return False
            await audit.append(session, deed)
            await session.commit()
            return True

    async def put_first(self, rota_id: int, deed: Deed) -> None:
        """Puts somebody before everybody else."""
        async with self._connections.writing() as session:
            rows = await session.fetch(plain(session.dialect, _ALL))
            order = sorted(rows, key=lambda row: (row[0] != rota_id, row[1], row[0]))
            await session.run([plain(session.dialect, _PLACE, place, row[0]) for place, row in enumerate(order, 1)])
            await audit.append(session, deed)
            await session.commit()

    def _sealed(self, column: crypto.Column, rota_id: int, text: str) -> bytes | None:
        return self._keyring.seal_text(column, rota_id, rota_id, text) if text else None

    def _opened(self, row: Row) -> OnRota:
        rota_id, place, name, hours, slugs, sms, email = row
        known = None if slugs is None else frozenset(slugs.split())
        return OnRota(
            Member(rota_id, place, Hours(hours), known),
            name,
            self._keyring.open_text(crypto.ROTA_SMS, rota_id, rota_id, sms) if sms else "",
            self._keyring.open_text(crypto.ROTA_EMAIL, rota_id, rota_id, email) if email else "",
        )
