"""Short ways to fill a database and to look into it, for tests of storage."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from flows.definition import AgeBand
from flows.messages import Button, Channel, Status
from flows.state import Phase, State
from flows.values import Choice, Value
from storage.database import Database
from storage.records import AddressKey, AnswerRecord, ConversationRecord, InboundRecord, OutboundRecord, Person
from storage.unit_of_work import UnitOfWork

SECRET = b"not the secret of any installation, only of the tests"
NOW = datetime(2030, 5, 15, 11, tzinfo=UTC)
CUTOFF = datetime(2030, 5, 31, 23, tzinfo=UTC)
SLUG = "harbour-play-2030"
VERSION = "f00d"

ASKING = State(phase=Phase.ASKING, current="swings", started_at=NOW, heard_at=NOW)

_numbers = itertools.count(1_000_000)


def new_id() -> int:
    return next(_numbers)


def phone(number: int = 1) -> AddressKey:
    return AddressKey(Channel.SMS, f"+44770090{number:04}")


def chat(number: int = 1) -> AddressKey:
    return AddressKey(Channel.TELEGRAM, f"70090{number:04}")


def page(number: int = 1) -> AddressKey:
    return AddressKey(Channel.WEB, f"web-token-{number:04}")


def a_reference() -> str:
    return f"HPL-{new_id()}"


async def load(work: UnitOfWork, *keys: AddressKey, now: datetime = NOW) -> list[Person]:
    found = await work.people(keys, new_ids=new_id, now=now)
    return [found[key] for key in keys]


def begin(work: UnitOfWork, person: Person, slug: str = SLUG, state: State = ASKING) -> ConversationRecord:
    return work.begin(
        person,
        slug=slug,
        version=VERSION,
        conversation_id=new_id(),
        reference=a_reference(),
        at=NOW,
        channel=person.key.channel,
        state=state,
    )


async def met(database: Database, key: AddressKey, slug: str = SLUG, state: State = ASKING) -> Person:
    """Somebody with a conversation, committed."""
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        begin(work, person, slug, state)
        person.current = slug
        work.save_person(person)
        await work.commit()
    return person


def said(person: Person, text: str | None = "swings", provider_id: str | None = None) -> InboundRecord:
    record = next(iter(person.conversations.values()), None)
    return InboundRecord(
        participant_id=person.participant_id,
        seq=person.take_seq(),
        conversation_id=None if record is None else record.conversation_id,
        channel=person.key.channel,
        address_id=person.address_id,
        provider_id=provider_id or f"SM{new_id()}",
        message_ref=None,
        sent_at=None,
        received_at=NOW,
        recorded_at=NOW,
        question="swings",
        language="en",
        status=Status.RECEIVED,
        text=text,
    )


def reply(person: Person, text: str = "Should the park have more swings?") -> OutboundRecord:
    record = next(iter(person.conversations.values()), None)
    return OutboundRecord(
        participant_id=person.participant_id,
        seq=person.take_seq(),
        conversation_id=None if record is None else record.conversation_id,
        channel=person.key.channel,
        address_id=person.address_id,
        queued_at=NOW,
        question="swings",
        language="en",
        text=text,
        buttons=(Button("More", "swings", "more"),),
    )


MORE: Value = Choice("more")


def answered(person: Person, value: Value = MORE, question: str = "swings", revision: int = 1) -> AnswerRecord:
    record = next(iter(person.conversations.values()))
    return AnswerRecord(
        participant_id=person.participant_id,
        conversation_id=record.conversation_id,
        question=question,
        revision=revision,
        value=value,
        role="child",
        band=AgeBand.EIGHT_TO_ELEVEN,
        helped_by=None,
        language="en",
        wording="Should the park have more swings?",
        wording_language="en",
        wording_band=AgeBand.EIGHT_TO_ELEVEN,
        channel=person.key.channel,
        message_seq=1,
        sent_at=None,
        received_at=NOW,
        recorded_at=NOW,
        counts_at=NOW,
        clock="received",
        cutoff=CUTOFF,
        late_policy="tag-late",
        late=False,
        counts=True,
    )


async def hear(database: Database, key: AddressKey, text: str = "swings", provider_id: str | None = None) -> bool:
    """One message taken in and committed; whether it was new."""
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        new = await work.keep([said(person, text, provider_id)])
        await work.commit()
    return bool(new)


async def queue(database: Database, key: AddressKey, *texts: str, after_stop: bool = False) -> Person:
    """Replies queued and committed."""
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        for text in texts:
            work.queue(replace(reply(person, text), after_stop=after_stop))
        await work.commit()
    return person


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds, past everything of ours."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        found = [tuple(row) for row in await connection.execute(sql(query))]
    await engine.dispose()
    return found


async def change(url: str, statement: str, held: Mapping[str, Any] | None = None) -> None:
    """Changes something, past everything of ours."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(sql(statement), held or {})
    await engine.dispose()


async def everything(url: str, tables: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {name: await rows(url, f"SELECT * FROM {name}") for name in tables or SQLModel.metadata.tables}  # noqa: S608 (our own tables)
