"""Officers: who they are, how they sign in, and the record of what they do. `database.officers` is the way in.

Whatever changes something writes its line of the record in the same transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import audit, guesses, signed_in
from storage.audit import Deed, Filters, Line, Verdict
from storage.crypto import FACTOR, Keyring
from storage.instants import instant, maybe_instant, micros
from storage.rows import insert, plain, whole
from storage.sessions import Connections, Row, Session
from storage.signed_in import SignedIn, Stage
from storage.tables_officers import OfficerRow, RecoveryCode

_OFFICER = whole(OfficerRow)
_CODE = whole(RecoveryCode)
_COLUMNS = _OFFICER.listed
_BY_EMAIL = f"SELECT {_COLUMNS} FROM officer WHERE email = {{}}"
_BY_ID = f"SELECT {_COLUMNS} FROM officer WHERE id = {{}}"
_ALL = f"SELECT {_COLUMNS} FROM officer ORDER BY email"
_CHANGE = "UPDATE officer SET name = {}, duties = {}, slugs = {} WHERE id = {}"
_DISABLE = "UPDATE officer SET disabled_at = {} WHERE id = {}"
_SET_HASH = "UPDATE officer SET password_hash = {}, must_change = {} WHERE id = {}"
_REHASH = "UPDATE officer SET password_hash = {} WHERE id = {} AND password_hash = {}"
_FACTOR = "UPDATE officer SET factor_enc = {}, factor_counter = {} WHERE id = {}"
_USE_COUNTER = "UPDATE officer SET factor_counter = {} WHERE id = {} AND factor_counter < {} RETURNING id"
_USE_CODE = "DELETE FROM officer_recovery_code WHERE officer_id = {} AND code_hash = {} RETURNING officer_id"
_DROP_CODES = "DELETE FROM officer_recovery_code WHERE officer_id = {}"
_CODES = "SELECT count(*) FROM officer_recovery_code WHERE officer_id = {}"


@dataclass(frozen=True, slots=True)
class Person:
    """An officer as kept here. Duties are words; what they allow, `bot.console.rights` knows."""

    officer_id: int
    email: str
    name: str
    duties: frozenset[str]
    slugs: frozenset[str] | None
    """None: every consultation."""
    password_hash: str | None
    must_change: bool
    """The password was made for them, and lets them do nothing but choose another."""
    has_factor: bool
    factor_counter: int
    created_at: datetime
    disabled_at: datetime | None


class Officers:
    """Everything about officers, over one database's connections."""

    def __init__(self, connections: Connections, keyring: Keyring) -> None:
        self._connections = connections
        self._keyring = keyring

    # --- the record ---

    async def record(self, deed: Deed) -> None:
        """Adds a line by itself: for what changes nothing else here."""
        async with self._doing(deed):
            pass

    async def deeds(self, filters: Filters, *, before: int | None = None, limit: int = 50) -> list[Line]:
        """Lines of the record from the newest on, or from the one before number `before`."""
        async with self._connections.reading() as session:
            return await audit.page(session, filters, before=before, limit=limit)

    async def verify(self, *, holds: str = "") -> Verdict:
        """Whether the whole record fits; see `storage.audit.verify`."""
        async with self._connections.reading() as session:
            return await audit.verify(session, holds=holds)

    # --- who they are ---

    async def add(self, person: Person, deed: Deed) -> None:
        """Adds an officer, without a second factor.

        Raises:
            ConflictError: somebody has this e-mail address already.
        """
        row = (
            person.officer_id,
            person.email,
            person.name,
            _words(person.duties),
            None if person.slugs is None else _words(person.slugs),
            person.password_hash,
            person.must_change,
            None,
            0,
            micros(person.created_at),
            None,
        )
        async with self._doing(deed) as session:
            await session.run([insert(session.dialect, _OFFICER, [row])])

    async def by_email(self, email: str) -> Person | None:
        """By their address, in any case; disabled ones too."""
        return await self._one(_BY_EMAIL, normal(email))

    async def by_id(self, officer_id: int) -> Person | None:
        return await self._one(_BY_ID, officer_id)

    async def all(self) -> list[Person]:
        """Everybody, by address."""
        async with self._connections.reading() as session:
            return [_person(row) for row in await session.fetch(plain(session.dialect, _ALL))]

    async def change(self, person: Person, deed: Deed) -> None:
        """Writes down an officer's name, duties and consultations as they are in `person`."""
        slugs = None if person.slugs is None else _words(person.slugs)
        async with self._doing(deed) as session:
            change = plain(session.dialect, _CHANGE, person.name, _words(person.duties), slugs, person.officer_id)
            await session.run([change])

    async def disable(self, officer_id: int, at: datetime | None, deed: Deed) -> None:
        """Lets nobody in as this officer from now on, and ends their sessions; with None, lets them in again."""
        async with self._doing(deed) as session:
            await session.run([plain(session.dialect, _DISABLE, None if at is None else micros(at), officer_id)])
            await signed_in.end_others(session, self._keyring, officer_id, "")

    # --- how they sign in ---

    async def attempt(self, email: str, network: str, now: datetime) -> timedelta:
        """Counts a try to sign in; how long it must wait instead of being looked at, or nothing."""
        async with self._connections.writing() as session:
            left = await guesses.attempt(session, self._keyring, normal(email), network, now)
            await session.commit()
        return left

    async def forgive(self, email: str, network: str) -> None:
        """The try was right."""
        async with self._connections.writing() as session:
            await guesses.forgive(session, self._keyring, normal(email), network)
            await session.commit()

    async def set_password(
        self, officer_id: int, password_hash: str, deed: Deed, *, must_change: bool = False, keep: str = ""
    ) -> None:
        """Another password. Every session ends but the one whose token is `keep`."""
        async with self._doing(deed) as session:
            await session.run([plain(session.dialect, _SET_HASH, password_hash, must_change, officer_id)])
            await signed_in.end_others(session, self._keyring, officer_id, keep)

    async def rehash(self, officer_id: int, before: str, after: str) -> None:
        """The same password under today's parameters; nothing, where it was changed meanwhile."""
        async with self._connections.writing() as session:
            await session.run([plain(session.dialect, _REHASH, after, officer_id, before)])
            await session.commit()

    async def factor(self, officer_id: int) -> str | None:
        """The secret of an officer's authenticator app."""
        async with self._connections.reading() as session:
            rows = await session.fetch(
                plain(session.dialect, "SELECT factor_enc FROM officer WHERE id = {}", officer_id)
            )
        sealed = rows[0][0] if rows else None
        return None if sealed is None else self._keyring.open_text(FACTOR, officer_id, 0, sealed)

    async def set_factor(self, officer_id: int, secret: str, counter: int, codes: Sequence[str], deed: Deed) -> None:
        """An authenticator app, whose code for half minute `counter` is used up, and new recovery codes."""
        sealed = self._keyring.seal_text(FACTOR, officer_id, 0, secret)
        async with self._doing(deed) as session:
            await session.run([plain(session.dialect, _FACTOR, sealed, counter, officer_id)])
            await self._put_codes(session, officer_id, codes)

    async def reset_factor(self, officer_id: int, deed: Deed) -> None:
        """Takes the app and the recovery codes away: the next sign-in sets up new ones. Ends every session."""
        async with self._doing(deed) as session:
            await session.run([plain(session.dialect, _FACTOR, None, 0, officer_id)])
            await self._put_codes(session, officer_id, ())
            await signed_in.end_others(session, self._keyring, officer_id, "")

    async def set_codes(self, officer_id: int, codes: Sequence[str], deed: Deed) -> None:
        """New recovery codes in place of the old ones."""
        async with self._doing(deed) as session:
            await self._put_codes(session, officer_id, codes)

    async def use_counter(self, officer_id: int, counter: int) -> bool:
        """Uses up the code of a half minute; False where it, or a later one, was used already."""
        async with self._connections.writing() as session:
            used = await session.fetch(plain(session.dialect, _USE_COUNTER, counter, officer_id, counter))
            await session.commit()
        return bool(used)

    async def use_code(self, officer_id: int, code: str, deed: Deed) -> bool:
        """Uses up a recovery code; False where there is none like it. Only a use is recorded."""
        async with self._connections.writing() as session:
            hashed = self._code(officer_id, code)
            if not await session.fetch(plain(session.dialect, _USE_CODE, officer_id, hashed)):
                return False
            await audit.append(session, deed)
            await session.commit()
        return True

    async def codes_left(self, officer_id: int) -> int:
        async with self._connections.reading() as session:
            [(left,)] = await session.fetch(plain(session.dialect, _CODES, officer_id))
        return int(left)

    # --- where they are signed in ---

    async def begin(
        self, token: str, officer_id: int, stage: Stage, now: datetime, *, before: str = "", deed: Deed | None = None
    ) -> None:
        """A new session, in place of the one whose token was `before`. `deed` says that somebody has signed in."""
        async with self._connections.writing() as session:
            if before:
                await signed_in.end(session, self._keyring, before)
            await signed_in.begin(session, self._keyring, token, officer_id, stage, now)
            if deed is not None:
                await audit.append(session, deed)
            await session.commit()

    async def resume(self, token: str, now: datetime) -> tuple[SignedIn, Person] | None:
        """The session of this token and whose it is; None where it has ended."""
        async with self._connections.reading() as session:
            found = await signed_in.find(session, self._keyring, token, now)
            rows = [] if found is None else await session.fetch(plain(session.dialect, _BY_ID, found.officer_id))
        if found is None or not rows:
            return None
        if now - found.seen_at >= signed_in.SEEN_EVERY:
            async with self._connections.writing() as session:
                await signed_in.see(session, self._keyring, token, now)
                await session.commit()
        return found, _person(rows[0])

    async def offer(self, token: str, officer_id: int, secret: str) -> None:
        """Remembers, with the session, a secret that an app is to confirm."""
        async with self._connections.writing() as session:
            await signed_in.offer(session, self._keyring, token, officer_id, secret)
            await session.commit()

    async def end(self, token: str, deed: Deed) -> None:
        """Signs out."""
        async with self._doing(deed) as session:
            await signed_in.end(session, self._keyring, token)

    async def end_others(self, officer_id: int, keep: str, deed: Deed) -> None:
        """Ends every other session of an officer."""
        async with self._doing(deed) as session:
            await signed_in.end_others(session, self._keyring, officer_id, keep)

    async def sessions(self, officer_id: int, now: datetime) -> int:
        """How many browsers an officer is signed in with."""
        async with self._connections.reading() as session:
            return await signed_in.count(session, officer_id, now)

    # ---

    @asynccontextmanager
    async def _doing(self, deed: Deed) -> AsyncIterator[Session]:
        """A transaction that ends with its line of the record."""
        async with self._connections.writing() as session:
            yield session
            await audit.append(session, deed)
            await session.commit()

    async def _one(self, sql: str, key: object) -> Person | None:
        async with self._connections.reading() as session:
            rows = await session.fetch(plain(session.dialect, sql, key))
        return _person(rows[0]) if rows else None

    async def _put_codes(self, session: Session, officer_id: int, codes: Sequence[str]) -> None:
        await session.run([plain(session.dialect, _DROP_CODES, officer_id)])
        if codes:
            rows = [(officer_id, self._code(officer_id, code)) for code in codes]
            await session.run([insert(session.dialect, _CODE, rows)])

    def _code(self, officer_id: int, code: str) -> bytes:
        return self._keyring.lookup("recovery code", str(officer_id), code)


def normal(email: str) -> str:
    """An address as it is kept: however somebody types it, it is the same officer."""
    return email.strip().lower()


def _words(names: frozenset[str]) -> str:
    return " ".join(sorted(names))


def _person(row: Row) -> Person:
    officer_id, email, name, duties, slugs, password_hash, must_change, factor, counter, created_at, disabled_at = row
    return Person(
        officer_id=officer_id,
        email=email,
        name=name,
        duties=frozenset(duties.split()),
        slugs=None if slugs is None else frozenset(slugs.split()),
        password_hash=password_hash,
        must_change=bool(must_change),
        has_factor=factor is not None,
        factor_counter=counter,
        created_at=instant(created_at),
        disabled_at=maybe_instant(disabled_at),
    )
