"""A database full of people who have answered: whole conversations, as many as one likes, in a short time.

The service itself takes in a hundred conversations, over two weeks and over all channels (60 % web, 30 % SMS, 10 %
Telegram). Every further person is one of these again: the same columns, with a number, an address, a reference and ids
of their own, and with everything that is sealed sealed anew for them. So the rows are what the service writes, and are
read, exported and continued like any others; they are written as the drivers like it best (COPY; one transaction).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Boolean
from sqlmodel import SQLModel
from tqdm import tqdm

from benchmarks import bulk, people, processes, stage
from bot import ids
from bot.config import instant
from flows.messages import Began, Channel, Content, Direction, InboundMessage, Status, Submitted, Tapped, Typed
from storage import crypto
from storage.crypto import Column, Keyring
from storage.database import Database, upgrade
from storage.instants import instant as instant_of
from storage.participants import hash_of, sealed_address
from storage.records import AddressKey
from tests.support.desk import Desk, a_desk
from tests.support.town import KEY

TEMPLATES: Final = 100
_OPENED: Final = "2018-02-01T09:00:00+00:00"
_APART: Final = timedelta(hours=3)
_AT_ONCE: Final = 1_000
"""People whose rows are held in memory together."""

_TABLES: Final = ("participant", "address", "conversation", "message", "answer")
_SEALED: Final = {
    ("conversation", "state_enc"): (crypto.STATE, "id"),
    ("message", "text_enc"): (crypto.MESSAGE_TEXT, "seq"),
    ("message", "buttons_enc"): (crypto.MESSAGE_BUTTONS, "seq"),
    ("answer", "text_enc"): (crypto.ANSWER_TEXT, "message_seq"),
}
"""What is sealed: as which column, and with which other column of its row bound into it."""
_IDS: Final = {
    ("participant", "id"): "participant",
    ("address", "id"): "address",
    ("conversation", "id"): "conversation",
    **{(table, "participant_id"): "participant" for table in _TABLES},
    **{(table, "conversation_id"): "conversation" for table in _TABLES},
    **{(table, "address_id"): "address" for table in _TABLES},
}
_KEYS: Final = (("message", "provider_key"), ("message", "ref_key"))
"""Keyed hashes: nobody can tell them from chance."""
_PREFIX: Final = "FIL"
"""No pack's: among a hundred thousand, some would be the references of people whom the service takes in meanwhile."""
_BY_HAND: Final = (("address", "address_hash"), ("address", "address_enc"))


def address_of(number: int) -> AddressKey:
    """Where a filled person is, apart from everybody whom the load generator plays."""
    channel = _channel(number)
    match channel:
        case Channel.SMS:
            return AddressKey(channel, f"+447700901{number:07d}")
        case Channel.TELEGRAM:
            return AddressKey(channel, f"{7_000_000_000 + number}")
        case Channel.WEB:
            return AddressKey(channel, f"filled-{number:020d}")
        case Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
            raise LookupError("filled people talk")


def _channel(number: int) -> Channel:
    of_ten = number % 10
    return Channel.TELEGRAM if of_ten == 0 else Channel.SMS if of_ten < 4 else Channel.WEB


def said_by(number: int) -> tuple[str, ...]:
    """The three answers in their own words that a filled person gave."""
    return people.said(people.Channel.WEB, number % TEMPLATES)[1:]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a template: its values, and which of them are another person's own."""

    values: list[Any]
    ids: tuple[tuple[int, str], ...]
    keys: tuple[int, ...]
    sealed: tuple[tuple[int, Column, int, bytes], ...]
    """Place, column, the place of what is bound into it, and the words."""

    def made(self, keyring: Keyring, own: Mapping[str, int]) -> list[Any]:
        row = self.values.copy()
        for place, name in self.ids:
            row[place] = own[name]
        for place in self.keys:
            row[place] = secrets.token_bytes(16)
        for place, column, bound, clear in self.sealed:
            row[place] = keyring.seal(column, own["participant"], row[bound], clear)
        return row


class Filler:
    """Fills databases that have their tables. Make one with `prepared`."""

    def __init__(self, templates: Sequence[Mapping[str, Sequence[_Row]]], versions: Sequence[tuple[Any, ...]]) -> None:
        self._templates = templates
        self._versions = versions
        self._keyring = Keyring([KEY.encode()])
        self._columns = {table: _columns(table) for table in _TABLES}

    @classmethod
    async def prepared(cls) -> Filler:
        """Has the service take in the conversations that everybody's are made of."""
        with TemporaryDirectory(prefix="sayso-templates-") as folder:
            path, packs = Path(folder) / "templates.db", processes.ROOT / "consultations"
            async with a_desk(f"sqlite+aiosqlite:///{path}", packs, now=instant(_OPENED)) as desk:
                for number in range(TEMPLATES):
                    await converse(desk, number)
                    desk.service.clock.advance(_APART)
            with closing(sqlite3.connect(path)) as connection:
                return cls(list(_templates(connection)), _read(connection, "version", ""))

    async def fill(self, url: str, first: int, count: int) -> None:
        """Adds so many people, the first of whom has that number; no two may have the same. Makes missing tables."""
        await self._introduce(url)
        async with bulk.writer(url) as write:
            with tqdm(total=count, unit=" people", disable=None, leave=False) as bar:
                for start in range(first, first + count, _AT_ONCE):
                    numbers = range(start, min(start + _AT_ONCE, first + count))
                    await write(self._rows(numbers))
                    bar.update(len(numbers))

    async def _introduce(self, url: str) -> None:
        """The tables, the key, and the pack that everybody answers."""
        await upgrade(url)
        database = await Database.open(url, secret=KEY.encode())
        async with database.unit_of_work() as work:
            for version, slug, files, at in self._versions:
                await work.keep_version(slug, version, json.loads(files), instant_of(at))
            await work.commit()
        await database.close()

    def _rows(self, numbers: Iterable[int]) -> bulk.Rows:
        rows: bulk.Rows = {table: [] for table in _TABLES}
        for number in numbers:
            own = {"participant": ids.new_id(), "address": ids.new_id(), "conversation": ids.new_id()}
            for table, template in self._templates[number % TEMPLATES].items():
                for row in template:
                    made = row.made(self._keyring, own)
                    self._finish(table, made, number, own)
                    rows[table].append(tuple(made))
        return rows

    def _finish(self, table: str, row: list[Any], number: int, own: Mapping[str, int]) -> None:
        """What is made of a person's number."""
        columns = self._columns[table]
        if table == "address":
            key = address_of(number)
            row[columns["address_hash"]] = hash_of(self._keyring, key)
            row[columns["address_enc"]] = sealed_address(self._keyring, key, own["participant"], own["address"])
        elif table == "conversation":
            row[columns["reference"]] = f"{_PREFIX}-{_reference(number)}"


def _reference(number: int) -> str:
    """Six letters that no other number has, in no order that shows."""
    base, letters = len(ids.ALPHABET), ""
    scattered = number * 67_867_979 % base**6  # a prime, and none of the base's
    for _ in range(6):
        scattered, letter = divmod(scattered, base)
        letters += ids.ALPHABET[letter]
    return f"{letters[:4]}-{letters[4:]}"


# --- the conversations that everybody's are made of ---


async def converse(desk: Desk, number: int) -> None:
    key = address_of(number)
    for turn, content in enumerate(_contents(number)):
        desk.service.clock.advance(timedelta(minutes=1))
        now = desk.service.clock.now()
        await desk.service.receiver.take(
            InboundMessage(
                channel=key.channel,
                address=key.address,
                provider_id=f"{number}-{turn}",
                content=content,
                received_at=now,
                sent_at=now if key.channel is Channel.TELEGRAM else None,
                message_ref=f"{number}-{turn}" if key.channel is Channel.TELEGRAM else None,
                slug=stage.SLUG if key.channel is Channel.WEB else None,
            )
        )


def _contents(number: int) -> tuple[Content, ...]:
    words = said_by(number)
    match _channel(number):
        case Channel.SMS:
            return (Typed("PLAN"), Typed("Parent or carer"), *map(Typed, words))
        case Channel.TELEGRAM:
            return (Began(stage.SLUG), Tapped("who", "parent-carer"), *map(Typed, words))
        case Channel.WEB:
            answers = zip(("who", "issue", "evidence", "actions"), ("parent-carer", *words), strict=True)
            return tuple(Submitted(question, (answer,)) for question, answer in answers)
        case Channel.PAPER | Channel.TELEPHONE | Channel.FACE_TO_FACE:
            raise LookupError("filled people talk")


def _templates(connection: sqlite3.Connection) -> Iterator[Mapping[str, Sequence[_Row]]]:
    keyring = Keyring([KEY.encode()])
    people_found = connection.execute("SELECT id FROM participant ORDER BY created_at").fetchall()
    assert len(people_found) == TEMPLATES
    for (owner,) in people_found:
        of_person = {
            table: _read(connection, table, f"WHERE {'id' if table == 'participant' else 'participant_id'} = {owner}")
            for table in _TABLES
        }
        yield {table: [_row(keyring, table, row, owner) for row in rows] for table, rows in of_person.items()}


def _read(connection: sqlite3.Connection, table: str, where: str) -> list[tuple[Any, ...]]:
    described = SQLModel.metadata.tables[table].c
    truths = [isinstance(column.type, Boolean) for column in described]
    rows = connection.execute(f"SELECT {', '.join(described.keys())} FROM {table} {where}")  # noqa: S608 - our own names
    return [
        tuple(bool(held) if truth else held for held, truth in zip(row, truths, strict=True)) for row in rows.fetchall()
    ]


def _columns(table: str) -> Mapping[str, int]:
    """Where each column of a table stands in its rows."""
    return {name: place for place, name in enumerate(SQLModel.metadata.tables[table].c.keys())}


def _row(keyring: Keyring, table: str, held: tuple[Any, ...], owner: int) -> _Row:
    columns, values = _columns(table), list(held)
    _refuse_the_unknown(table, columns)
    sealed = [
        (
            columns[name],
            column,
            columns[bound],
            keyring.open(column, owner, values[columns[bound]], values[columns[name]]),
        )
        for (of, name), (column, bound) in _SEALED.items()
        if of == table and values[columns[name]] is not None
    ]
    keys = [columns[name] for of, name in _KEYS if of == table and values[columns[name]] is not None]
    if table == "message" and values[columns["status"]] == Status.QUEUED.value:
        assert values[columns["direction"]] == Direction.OUT.value
        # It has been sent since, and arrived.
        sent = {"status": Status.DELIVERED.value, "sent_at": values[columns["due_at"]], "due_at": None, "attempts": 1}
        for name, value in sent.items():
            values[columns[name]] = value
        keys.append(columns["provider_key"])
    own = [(columns[name], whose) for (of, name), whose in _IDS.items() if of == table and name in columns]
    return _Row(values, tuple(own), tuple(keys), tuple(sealed))


def _refuse_the_unknown(table: str, columns: Iterable[str]) -> None:
    known = {name for of, name in (*_SEALED, *_IDS, *_KEYS, *_BY_HAND) if of == table}
    personal = {name for name in columns if name.endswith(("_enc", "_hash", "_key", "_id")) or name == "id"}
    if personal - known:
        raise NotImplementedError(f"{table} has columns of a person's own that are not filled: {personal - known}")
