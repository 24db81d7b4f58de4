"""Flags and exclusions as they are kept, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from flows.integrity import COPIES, Flag, Sign
from storage.audit import Deed, Filters
from storage.database import Database
from storage.records import FlagRecord, Unheard
from tests.support.storing import NOW, SLUG, load, met, page, rows

WORDS = "There is always a queue at the swings"
DEED = Deed(NOW, "officer@council.example", "answers.excluded", SLUG, why="a script")


async def _people(database: Database, count: int, first: int = 1) -> list[Unheard]:
    """So many participants, each with an answer that is still to be compared."""
    found = []
    for number in range(first, first + count):
        person = await met(database, page(number))
        conversation = person.conversations[SLUG].conversation_id
        found.append(Unheard(person.participant_id, conversation, "why", 1, "en", SLUG, "v1", WORDS))
    return found


async def _flag(database: Database, number: int, *flags: Flag) -> str:
    async with database.unit_of_work() as work:
        [person] = await load(work, page(number))
    if SLUG not in person.conversations:
        person = await met(database, page(number))
    record = person.conversations[SLUG]
    async with database.unit_of_work() as work:
        await load(work, page(number))
        for flag in flags:
            work.add_flag(FlagRecord(person.participant_id, record.conversation_id, SLUG, flag, NOW))
        await work.commit()
    return record.reference


async def _flagged(database: Database, sign: Sign = Sign.SAME_WORDS) -> int:
    [count] = [one for one in await database.integrity.counts(SLUG) if one.sign is sign]
    return count.flagged


async def _compared(database: Database, answers: Sequence[Unheard]) -> int:
    return await database.integrity.compare(answers, NOW)


async def test_the_same_words_are_flagged_from_the_fortieth_on_and_then_all_who_said_them(database: Database) -> None:
    answers = await _people(database, COPIES + 3)
    assert await _compared(database, answers[: COPIES - 1]) == 0
    assert await _flagged(database) == 0
    assert await _compared(database, answers[COPIES - 1 : COPIES]) == COPIES
    await _compared(database, answers[COPIES:])
    await _compared(database, answers[COPIES:])
    assert await _flagged(database) == COPIES + 3


async def test_a_changed_answer_is_compared_as_it_is_now(database: Database) -> None:
    answers = await _people(database, COPIES)
    await _compared(database, answers[1:])
    await _compared(database, [replace(answers[1], text="Something else altogether, really")])
    assert await _compared(database, answers[:1]) == 0


async def test_the_words_themselves_are_not_kept(database: Database, database_url: str) -> None:
    await _compared(database, await _people(database, 1))
    [(question, mark)] = await rows(database_url, "SELECT question, mark FROM answer_print")
    assert (question, 0 <= mark < 2**63) == ("why", True)


async def test_nothing_is_written_beside_a_conversation_that_was_erased(database: Database, database_url: str) -> None:
    [answer] = await _people(database, 1)
    async with database.unit_of_work() as work:
        await load(work, page(1))
        await work.erase(answer.participant_id, now=NOW)
        await work.commit()
    await _compared(database, [answer])
    assert await rows(database_url, "SELECT * FROM answer_print") == []


async def test_a_conversation_has_each_sign_once_and_a_cleared_one_stays_cleared(database: Database) -> None:
    reference = await _flag(database, 1, Flag(Sign.BURST, "ab12"), Flag(Sign.TOO_FAST, "start"))
    assert await database.integrity.clear(SLUG, Sign.BURST, DEED, reference=reference) == 1
    await _flag(database, 1, Flag(Sign.BURST, "cd34"))
    found = await database.integrity.of(SLUG, reference)
    assert [(one.sign, one.detail, one.cleared_by) for one in found] == [
        (Sign.BURST, "ab12", DEED.officer),
        (Sign.TOO_FAST, "start", None),
    ]
    assert await database.integrity.clear(SLUG, Sign.BURST, DEED, reference=reference) == 0


async def test_all_with_a_sign_are_excluded_at_once_but_for_those_that_were_cleared(database: Database) -> None:
    references = [await _flag(database, number, Flag(Sign.BURST, "ab12")) for number in (1, 2, 3)]
    integrity = database.integrity
    await integrity.clear(SLUG, Sign.BURST, replace(DEED, act="flag.cleared"), reference=references[0])
    assert await integrity.exclude(SLUG, "a script", DEED, sign=Sign.BURST) == 2
    assert await integrity.exclude(SLUG, "again", DEED, sign=Sign.BURST) == 0
    found = await integrity.excluded(SLUG)
    assert [(one.reference, one.why) for one in found] == [(one, "a script") for one in sorted(references[1:])]
    lines = await database.officers.deeds(Filters(thing="answers"), limit=10)
    assert [(line.deed.act, line.deed.subject) for line in lines] == [("answers.excluded", "burst: 2")]


async def test_whom_an_officer_takes_in_again_is_excluded_no_more(database: Database) -> None:
    reference = await _flag(database, 1, Flag(Sign.HIDDEN_FIELD))
    assert await database.integrity.exclude(SLUG, "x", DEED, sign=Sign.HIDDEN_FIELD, reference=reference) == 1
    assert await database.integrity.restore(SLUG, reference, DEED)
    assert not await database.integrity.restore(SLUG, reference, DEED)
    async with database.snapshot() as reader:
        assert await reader.excluded(SLUG) == []


async def test_a_list_is_read_page_by_page(database: Database) -> None:
    every = sorted([await _flag(database, number, Flag(Sign.BURST, "ab12")) for number in range(1, 6)])
    first = await database.integrity.listed(SLUG, Sign.BURST, limit=3)
    rest = await database.integrity.listed(SLUG, Sign.BURST, after=first[-1].reference, limit=3)
    assert [one.reference for one in (*first, *rest)] == every


@pytest.mark.parametrize("sign", [*Sign])
async def test_where_there_is_none_nothing_is_counted_or_done(database: Database, sign: Sign) -> None:
    assert await _flagged(database, sign) == 0
    assert await database.integrity.clear(SLUG, sign, DEED) == 0
    assert await database.integrity.exclude(SLUG, "x", DEED, sign=sign, reference="HBR-2222-22") == 0
