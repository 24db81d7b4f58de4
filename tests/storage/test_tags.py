"""Tags: put on a conversation by officers, looked for, taken off; always on record."""

from __future__ import annotations

import pytest

from flows.values import Text
from storage.audit import Deed, Filters
from storage.database import Database
from storage.errors import ConflictError
from storage.reading import Wanted
from storage.tags import tagged
from tests.support.storing import NOW, SLUG, answered, load, met, phone


def a_deed(act: str = "tag.added") -> Deed:
    return Deed(NOW, "ana@council.example", act, SLUG)


async def says(database: Database, number: int = 1) -> str:
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        work.add_answer(answered(person, Text("allways a queue"), "why"))
        await work.commit()
    return person.conversations[SLUG].reference


async def found(database: Database, *tags: str) -> list[str]:
    return [one.reference for one in (await database.reading.page(SLUG, Wanted("why", also=(tagged(tags),)))).answers]


async def test_answers_are_found_by_any_of_the_tags_of_their_conversation(database: Database) -> None:
    first, second = await says(database, 1), await says(database, 2)
    await database.tags.put(SLUG, first, "board", a_deed())
    await database.tags.put(SLUG, second, "ask again", a_deed())
    assert (await found(database, "board"), await found(database, "nothing")) == ([first], [])
    assert sorted(await found(database, "board", "ask again")) == sorted([first, second])
    assert await database.tags.known(SLUG) == ["ask again", "board"]
    assert await database.tags.known("another") == []


async def test_a_tag_is_there_once_and_can_be_taken_off(database: Database) -> None:
    reference = await says(database)
    for _ in range(2):
        await database.tags.put(SLUG, reference, "board", a_deed())
    assert await database.tags.of(SLUG, reference) == ["board"]
    await database.tags.take_off(SLUG, reference, "board", a_deed("tag.removed"))
    assert await database.tags.of(SLUG, reference) == []
    assert [line.deed.act for line in await database.officers.deeds(Filters(thing="tag"), limit=9)] == [
        "tag.removed",
        "tag.added",
        "tag.added",
    ]


async def test_nobody_is_tagged_who_is_not_there_and_nothing_of_it_is_on_record(database: Database) -> None:
    with pytest.raises(ConflictError):
        await database.tags.put(SLUG, "HPL-0000-00", "board", a_deed())
    assert await database.officers.deeds(Filters(thing="tag"), limit=9) == []
