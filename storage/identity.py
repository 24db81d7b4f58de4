"""Who it was: the telephone number or chat of a participant, opened for a safeguarding lead, and always on record."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.messages import Channel
from storage import audit, crypto
from storage.audit import Deed
from storage.crypto import Keyring
from storage.rows import plain
from storage.sessions import Connections

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

        Whoever came by the web chat alone has no address: nobody can be found by it.
        """
        async with self._connections.writing() as session:
            found = await session.fetch(plain(session.dialect, _FIND, slug, reference))
            if not found:
                return None
            owner = found[0][0]
            rows = await session.fetch(plain(session.dialect, _ADDRESSES, owner))
            await audit.append(session, deed)
            await session.commit()
        return [
            Identity(Channel(channel), self._keyring.open_text(crypto.ADDRESS, owner, address_id, sealed))
            for address_id, channel, sealed in rows
            if channel != Channel.WEB
        ]
