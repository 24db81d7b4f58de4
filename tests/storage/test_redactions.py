"""What officers took out of an answer is read nowhere that they read, stays where it was given, and comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.messages import Button
from flows.redaction import Kind, Span
from flows.values import Text
from storage.audit import Deed, Filters
from storage.database import Database
from storage.errors import ConflictError
from storage.reading import Wanted
from storage.redactions import Whole
from tests.support.storing import NOW, SLUG, answered, load, met, phone, reply, rows, said

SAID = "ask Mrs Jones 👩‍🏫 about the slide"
NAME = Span(4, 13, Kind.NAME)
SEEN = "ask [removed: name] 👩‍🏫 about the slide"


def a_deed(act: str = "answer.redacted", why: str = "names a teacher") -> Deed:
    return Deed(NOW, "officer@council.example", act, slug=SLUG, subject="HPL-1 why 1", why=why)


async def talked(database: Database, number: int = 1, text: str = SAID) -> str:
    """Somebody who said this, and was told it again; returns their reference."""
    await met(database, phone(number))
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        await work.keep([said(person, text, f"SM{number}")])
        work.add_answer(answered(person, Text(text), "why"))
        told = replace(reply(person, f"You said: {text}. Right?"), buttons=(Button(text, "why", "x"),))
        work.queue(told)
        await work.commit()
    return person.conversations[SLUG].reference


async def found(database: Database, reference: str) -> Whole:
    answer = await database.redactions.find(SLUG, reference, "why", 1)
    assert answer is not None
    return answer


async def everywhere(database: Database) -> list[str]:
    """Every text that officers and exports read."""
    texts = []
    async for person in database.answers(SLUG):
        texts += [one.value.text for one in person.answers.values() if isinstance(one.value, Text)]
    async for entry in database.transcripts(SLUG):
        texts += [entry.text, *(button.label for button in entry.buttons)]
    async with database.snapshot() as reader:
        async for people in reader.transcript_pages(SLUG):
            texts += [entry.text for one in people for entry in one.entries]
        async for several in reader.answer_pages(SLUG, equality=True):
            for one in several:
                texts += [given.value.text for given in one.answers.values() if isinstance(given.value, Text)]
    page = await database.reading.page(SLUG, Wanted("why"))
    for answer in page.answers:
        assert isinstance(answer.value, Text)
        texts.append(answer.value.text)
        spoken = await database.reading.conversation(SLUG, answer.reference)
        assert spoken is not None
        texts += [entry.text for entry in spoken.messages]
        texts += [given.value.text for given in spoken.answers if isinstance(given.value, Text)]
    return texts


async def test_what_is_taken_out_is_read_nowhere(database: Database) -> None:
    reference = await talked(database)
    assert sum("Jones" in text for text in await everywhere(database)) == 11
    await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    texts = await everywhere(database)
    assert not [text for text in texts if "Jones" in text]
    assert texts.count(SEEN) == 8
    assert texts.count(f"You said: {SEEN}. Right?") == 3


async def test_whoever_said_it_still_sees_it(database: Database) -> None:
    reference = await talked(database)
    answer = await found(database, reference)
    await database.redactions.remove(SLUG, answer, [NAME], a_deed())
    shown = await database.transcript(answer.conversation_id)
    assert [entry.text for entry in shown] == [SAID, f"You said: {SAID}. Right?"]
    record = await database.find(phone(), SLUG)
    assert record is not None


async def test_the_answer_stays_sealed_as_it_was_given(database: Database, database_url: str) -> None:
    reference = await talked(database)
    before = await rows(database_url, "SELECT * FROM answer")
    await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    assert await rows(database_url, "SELECT * FROM answer") == before
    assert (await found(database, reference)).text == SAID
    assert "Jones" not in str(await rows(database_url, "SELECT * FROM redaction"))


async def test_the_words_of_somebody_else_are_left_alone(database: Database) -> None:
    reference = await talked(database)
    await talked(database, 2)
    await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    texts = await everywhere(database)
    assert (texts.count(SAID), texts.count(SEEN)) == (8, 8)


async def test_it_can_be_undone_and_done_again_and_all_of_that_is_kept(database: Database) -> None:
    reference = await talked(database)
    number = await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    await database.redactions.undo(await found(database, reference), number, a_deed("redaction.undone", "a slip"))
    assert sum("Jones" in text for text in await everywhere(database)) == 11
    again = await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    answer = await found(database, reference)
    assert not [text for text in await everywhere(database) if "Jones" in text]
    assert [one.number for one in answer.history] == [number, again]
    assert (answer.history[0].undone_by, answer.history[0].undone_why) == ("officer@council.example", "a slip")
    assert answer.spans == [NAME]
    lines = await database.officers.deeds(Filters(), limit=9)
    assert [line.deed.act for line in lines] == ["answer.redacted", "redaction.undone", "answer.redacted"]


async def test_it_is_undone_once(database: Database) -> None:
    reference = await talked(database)
    number = await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())
    answer = await found(database, reference)
    await database.redactions.undo(answer, number, a_deed("redaction.undone"))
    with pytest.raises(ConflictError):
        await database.redactions.undo(answer, number, a_deed("redaction.undone"))
    assert len(await database.officers.deeds(Filters(), limit=9)) == 2


@pytest.mark.parametrize("spans", [[], [Span(4, 999)], [Span(9, 9)], [Span(-1, 3)]])
async def test_what_is_no_part_of_the_answer_cannot_be_taken_out(database: Database, spans: list[Span]) -> None:
    answer = await found(database, await talked(database))
    with pytest.raises(ConflictError):
        await database.redactions.remove(SLUG, answer, spans, a_deed())
    assert await database.officers.deeds(Filters(), limit=9) == []


async def test_an_erasure_leaves_nothing_of_it_and_nothing_can_be_added_after_it(
    database: Database, database_url: str
) -> None:
    answer = await found(database, await talked(database))
    await database.redactions.remove(SLUG, answer, [NAME], a_deed())
    async with database.unit_of_work() as work:
        [person] = await load(work, phone())
        await work.erase(person.participant_id, now=NOW + timedelta(seconds=1))
        await work.commit()
    assert await rows(database_url, "SELECT * FROM redaction") == []
    with pytest.raises(ConflictError):
        await database.redactions.remove(SLUG, answer, [NAME], a_deed())
    assert await rows(database_url, "SELECT * FROM redaction") == []


async def test_words_that_were_taken_out_are_not_found_by_a_search(database: Database) -> None:
    reference = await talked(database)
    await database.redactions.remove(SLUG, await found(database, reference), [NAME], a_deed())

    def fits(answer: object) -> bool:
        return "jones" in str(getattr(answer, "value", "")).casefold()

    assert not (await database.reading.page(SLUG, Wanted("why"), fits=fits)).answers
