"""People and their addresses: found by keyed hash, locked in the order of their numbers, made when they are new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from flows.messages import Channel
from storage import conversations, crypto
from storage.crypto import Keyring
from storage.errors import ConflictError
from storage.instants import maybe_instant, maybe_micros, micros
from storage.records import AddressKey, Person
from storage.rows import Shape, fetch_with, insert, plain, returning, run_with, update, whole
from storage.sessions import Dialect, Row, Session, Statement
from storage.tables import Address, Participant

_MOST_TRIES = 5

_KEY = Shape(Address, "channel", "address_hash")
_ID = Shape(Participant, "id")
_ADDRESS = whole(Address)
_PARTICIPANT = whole(Participant)

# READ COMMITTED gives each statement its own view, and a statement that waited for a lock sees the locked row anew but
# everything it joins as it was before the wait. So people are locked first and read after.
_LOCK = """
    SELECT p.id FROM participant AS p
    WHERE p.id IN (SELECT a.participant_id FROM k JOIN address AS a
                   ON a.channel = k.channel AND a.address_hash = k.address_hash)
    ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_LOCK_IDS = "SELECT p.id FROM participant AS p WHERE p.id IN (SELECT k.id FROM k) ORDER BY p.id FOR NO KEY UPDATE OF p"
_PERSON = """
    a.channel, a.address_hash, a.id, a.current, a.away_since, p.id, p.language, p.stopped_at, p.told_nothing_open,
    (SELECT coalesce(max(m.seq), 0) + 1 FROM message AS m WHERE m.participant_id = p.id)
"""
_LOAD = f"""
    SELECT {_PERSON}, {conversations.LISTED}
    FROM k JOIN address AS a ON a.channel = k.channel AND a.address_hash = k.address_hash
    JOIN participant AS p ON p.id = a.participant_id
    LEFT JOIN conversation AS c ON c.participant_id = p.id
"""
_INSERT_ADDRESS = f"""
    INSERT INTO address ({_ADDRESS.listed}) SELECT {_ADDRESS.listed} FROM k WHERE true
    ON CONFLICT (channel, address_hash) DO NOTHING RETURNING participant_id
"""
_THESE = "SELECT a.participant_id FROM address AS a WHERE a.participant_id IN (SELECT k.id FROM k)"
_DELETE_ADDRESSES = "DELETE FROM address WHERE participant_id IN (SELECT k.id FROM k)"
_DELETE_UNUSED = "DELETE FROM participant WHERE id IN (SELECT k.id FROM k)"

_SAVE_PERSON = Shape(Participant, "language", "stopped_at", "told_nothing_open")
_SAVE_ADDRESS = Shape(Address, "current", "away_since")
_ADDRESS_ID = Shape(Address, "id")


def hash_of(keyring: Keyring, key: AddressKey) -> bytes:
    """What an address is looked up by; the same text on another channel is another address."""
    return keyring.lookup("address", key.channel.value, key.address)


def sealed_address(keyring: Keyring, key: AddressKey, participant_id: int, address_id: int) -> bytes | None:
    """The address as it is stored. None for the web: a page is asked for, never written to."""
    if key.channel is Channel.WEB:
        return None
    return keyring.seal_text(crypto.ADDRESS, participant_id, address_id, key.address)


async def _lock(session: Session, keyring: Keyring, keys: Iterable[AddressKey]) -> set[int]:
    """Waits until nobody else handles these people, and returns their numbers."""
    rows = [(key.channel.value, hash_of(keyring, key)) for key in keys]
    return {row[0] for row in await fetch_with(session, _KEY, _LOCK, rows)}


async def lock_ids(session: Session, ids: Iterable[int]) -> None:
    if session.dialect is Dialect.POSTGRESQL:
        await run_with(session, _ID, _LOCK_IDS, [(number,) for number in ids])


async def load(session: Session, keyring: Keyring, keys: Iterable[AddressKey]) -> dict[AddressKey, Person]:
    """Those of them who are known, with everything of theirs that a step needs."""
    by_hash = {(key.channel.value, hash_of(keyring, key)): key for key in keys}
    rows = await fetch_with(session, _KEY, _LOAD, list(by_hash))
    people: dict[AddressKey, Person] = {}
    for row in rows:
        channel, hashed = row[0], row[1]
        key = by_hash[channel, hashed]
        person = people.get(key)
        if person is None:
            person = people[key] = _person(key, row[2:10])
        add_conversation(keyring, person, row[10:])
    return people


def _person(key: AddressKey, held: Row) -> Person:
    address_id, current, away_since, participant_id, language, stopped_at, told_nothing_open, next_seq = held
    return Person(
        participant_id=participant_id,
        address_id=address_id,
        key=key,
        current=current,
        language=language,
        next_seq=next_seq,
        stopped_at=maybe_instant(stopped_at),
        away_since=maybe_instant(away_since),
        told_nothing_open=bool(told_nothing_open),
    )


def add_conversation(keyring: Keyring, person: Person, held: Row) -> None:
    if held[0] is not None:
        record = conversations.build(keyring, person.participant_id, held)
        person.conversations[record.slug] = record


async def people(
    session: Session, keyring: Keyring, keys: Sequence[AddressKey], *, new_ids: Callable[[], int], now: datetime
) -> dict[AddressKey, Person]:
    """Everybody at these addresses, locked; those who are new are made.

    Raises:
        ConflictError: two of the addresses are one person's, or others kept changing whose they are.
    """
    wanted = sorted(set(keys), key=lambda key: hash_of(keyring, key))
    for _ in range(_MOST_TRIES):
        alone = session.dialect is Dialect.SQLITE
        locked = set() if alone else await _lock(session, keyring, wanted)
        found = await load(session, keyring, wanted)
        if not alone and any(person.participant_id not in locked for person in found.values()):
            # Made by another worker, or moved with a code, between the two statements: not ours yet.
            continue
        missing = [key for key in wanted if key not in found]
        made = await _make(session, keyring, missing, new_ids, now)
        if len(made) == len(missing):
            _refuse_twins(found.values())
            return found | made
        # Another worker made one of them in between. It has committed by now, so the next look finds them.
    raise ConflictError("Other workers kept making the same people: do this again, one message at a time.")


def _refuse_twins(found: Iterable[Person]) -> None:
    # Two copies of one person in one unit of work would each number their messages from the same number.
    numbers = [person.participant_id for person in found]
    if len(set(numbers)) < len(numbers):
        raise ConflictError("Two of the messages are one person's at two addresses: do them one at a time.")


async def _make(
    session: Session, keyring: Keyring, keys: Sequence[AddressKey], new_ids: Callable[[], int], now: datetime
) -> dict[AddressKey, Person]:
    if not keys:
        return {}
    made = {
        key: Person(
            participant_id=new_ids(),
            address_id=new_ids(),
            key=key,
            current=None,
            language=None,
            next_seq=1,
            stopped_at=None,
            away_since=None,
            is_new=True,
        )
        for key in keys
    }
    created = micros(now)
    people_rows = [(person.participant_id, created, None, None, False, None, None) for person in made.values()]
    address_rows = [_new_address(keyring, person) for person in made.values()]
    added = returning(session.dialect, _ADDRESS, _INSERT_ADDRESS, address_rows)
    counts = await session.together([insert(session.dialect, _PARTICIPANT, people_rows), *added])
    if sum(counts) == len(made):
        return made
    mine = await fetch_with(session, _ID, _THESE, [(person.participant_id,) for person in made.values()])
    written = {row[0] for row in mine}
    lost = [person for person in made.values() if person.participant_id not in written]
    await run_with(session, _ID, _DELETE_UNUSED, [(person.participant_id,) for person in lost])
    return {key: person for key, person in made.items() if person.participant_id in written}


def _new_address(keyring: Keyring, person: Person) -> Row:
    sealed = sealed_address(keyring, person.key, person.participant_id, person.address_id)
    hashed = hash_of(keyring, person.key)
    return person.address_id, person.participant_id, person.key.channel.value, hashed, sealed, None, None, 0


async def remove(session: Session, ids: Iterable[int]) -> None:
    """Takes back people of whom there is nothing but their address."""
    rows = [(number,) for number in ids]
    for body in (_DELETE_ADDRESSES, _DELETE_UNUSED):
        await run_with(session, _ID, body, rows)


Snapshot = tuple[object, ...]


def participant_part(person: Person) -> Snapshot:
    """What of a person stands in the participant's row; compared to see whether it must be written."""
    return person.language, person.stopped_at, person.told_nothing_open


def address_part(person: Person) -> Snapshot:
    return person.current, person.away_since


def changes(session: Session, people_rows: Sequence[Person], address_rows: Sequence[Person]) -> list[Statement]:
    """The statements that write changed people and changed addresses."""
    statements = []
    if people_rows:
        rows: list[Row] = [
            (person.language, maybe_micros(person.stopped_at), person.told_nothing_open, person.participant_id)
            for person in people_rows
        ]
        statements.append(update(session.dialect, _ID, _SAVE_PERSON, rows))
    if address_rows:
        rows = [(person.current, maybe_micros(person.away_since), person.address_id) for person in address_rows]
        statements.append(update(session.dialect, _ADDRESS_ID, _SAVE_ADDRESS, rows))
    return statements


_AT_THEIR_ADDRESS = f"""
    SELECT a.channel, a.address_enc, w.slug, a.id, a.current, a.away_since, p.id, p.language, p.stopped_at,
           p.told_nothing_open,
           (SELECT coalesce(max(m.seq), 0) + 1 FROM message AS m WHERE m.participant_id = p.id), {conversations.LISTED}
    FROM k JOIN conversation AS w ON w.participant_id = k.participant_id AND w.slug = k.slug
    JOIN participant AS p ON p.id = w.participant_id
    JOIN address AS a ON a.id = w.address_id AND a.participant_id = p.id
    JOIN conversation AS c ON c.participant_id = p.id
"""
_DUE = f"{_AT_THEIR_ADDRESS} WHERE w.wake_at <= {{}}"
DUE_KEY = Shape(Participant, participant_id="BIGINT", slug="VARCHAR")


async def load_due(session: Session, keyring: Keyring, waking: Mapping[int, str], now: datetime) -> list[Person]:
    """The people of these conversations, each at the address that conversation used last and about it."""
    return _at_their_address(keyring, await fetch_with(session, DUE_KEY, _DUE, list(waking.items()), micros(now)))


async def load_asleep(session: Session, keyring: Keyring, ids: Mapping[int, str]) -> list[Person]:
    """As `load_due`, whether or not their conversations wait for a time."""
    return _at_their_address(keyring, await fetch_with(session, DUE_KEY, _AT_THEIR_ADDRESS, list(ids.items())))


def _at_their_address(keyring: Keyring, rows: Iterable[Row]) -> list[Person]:
    found: dict[int, Person] = {}
    for row in rows:
        channel, sealed, slug, address_id, participant_id = row[0], row[1], row[2], row[3], row[6]
        person = found.get(participant_id)
        if person is None:
            # A web token is not stored, and nobody writes to a page: the key then has no address.
            clear = "" if sealed is None else keyring.open_text(crypto.ADDRESS, participant_id, address_id, sealed)
            person = found[participant_id] = _person(AddressKey(Channel(channel), clear), row[3:11])
            person.found_by = slug
        add_conversation(keyring, person, row[11:])
    return list(found.values())


_LOCK_ONE = "SELECT id FROM participant WHERE id = {}"


async def lock(session: Session, participant_id: int) -> None:
    """Keeps others from handling what this person says, until the transaction ends."""
    ours = " FOR NO KEY UPDATE" if session.dialect is Dialect.POSTGRESQL else ""
    await session.fetch(plain(session.dialect, _LOCK_ONE + ours, participant_id))


_WAKING = f"""
    SELECT p.id, c.slug FROM conversation AS c JOIN participant AS p ON p.id = c.participant_id
    {conversations.REACHED} WHERE c.wake_at <= {{}} ORDER BY c.wake_at, p.id LIMIT {{}}
"""


async def waking(session: Session, now: datetime, limit: int) -> dict[int, str]:
    """Who is to be woken, soonest first, one conversation of each; locked, passing over those whom others handle."""
    skip = " FOR NO KEY UPDATE OF p SKIP LOCKED" if session.dialect is Dialect.POSTGRESQL else ""
    rows = await session.fetch(plain(session.dialect, _WAKING + skip, micros(now), limit))
    return {row[0]: row[1] for row in reversed(rows)}
