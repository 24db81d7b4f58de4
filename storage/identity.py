"""Who it was: the telephone number or chat of a participant, opened for a safeguarding lead, and always on record."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.messages import Channel
from storage import audit, crypto, safeguarding
from storage.audit import Deed
from storage.crypto import Keyring
from storage.rows import plain
from storage.sessions import Connections, Session

_FIND = "SELECT participant_id FROM conversation WHERE slug = {} AND reference = {}"
_ADDRESSES = """
    SELECT id, channel, address_enc FROM address WHERE participant_id = {} AND address_enc IS NOT NULL
    ORDER BY channel, id
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """One way in which somebody can be reached."""

    channel: Channel
    address: str = field(repr=False)
    """A number in E.164, or the number of a Telegram account."""


class Identities:
    """The way to them."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    async def open(self, slug: str, reference: str, deed: Deed) -> list[Identity] | None:
        """How this participant can be reached, once the deed with its reason is on record; None where there is nobody.

        Whoever came by the web chat alone has no address: nobody can be found by it. Of somebody who is erased, or
        anonymous by now, there is what was kept for their safety.
        """
        async with self._connections.writing() as session:
            found = await session.fetch(plain(session.dialect, _FIND, slug, reference))
            if not found and not await safeguarding.keeps(session, slug, reference):
                return None
            kept = await safeguarding.addresses(session, self._keyring, slug, reference)
            opened = {(one.channel, one.address) for one in kept}
            for owner in {*(row[0] for row in found), *await safeguarding.owners(session, slug, reference)}:
                opened |= await self._current(session, owner)
            await audit.append(session, deed)
            await session.commit()
        return [Identity(channel, address) for channel, address in sorted(opened) if channel is not Channel.WEB]

    async def known(self, slug: str, reference: str) -> bool:
        """Whether there is, or was, somebody with this reference of whom anything is kept."""
        async with self._connections.reading() as session:
            found = await session.fetch(plain(session.dialect, _FIND, slug, reference))
            return bool(found) or await safeguarding.keeps(session, slug, reference)

    async def _current(self, session: Session, owner: int) -> set[tuple[Channel, str]]:
        rows = await session.fetch(plain(session.dialect, _ADDRESSES, owner))
        return {
            (Channel(channel), self._keyring.open_text(crypto.ADDRESS, owner, address_id, sealed))
            for address_id, channel, sealed in rows
        }
