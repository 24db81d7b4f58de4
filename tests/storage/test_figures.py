"""True counts of who answered: of one moment, and of those alone whose answers count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flows.definition import AgeBand
from flows.messages import Channel
from flows.state import Phase, State
from storage.database import Database
from storage.figures import QUARTER, Alike, Arrived, Taken
from storage.records import AddressKey
from tests.support.storing import NOW, SLUG, answered, begin, chat, load, page, phone

LATER = NOW + timedelta(hours=5)
QUESTIONS = ("who", "swings", "why")


async def tells(
    database: Database,
    key: AddressKey,
    *questions: str,
    at: datetime = NOW,
    finished_at: datetime | None = None,
    counts: bool = True,
    band: AgeBand = AgeBand.EIGHT_TO_ELEVEN,
) -> None:
    """Somebody answers these questions, a minute apart."""
    phase = Phase.ASKING if finished_at is None else Phase.FINISHED
    state = State(phase=phase, role="child", band=band, started_at=at, completed_at=finished_at)
    async with database.unit_of_work() as work:
        [person] = await load(work, key)
        begin(work, person, SLUG, state)
        work.save_person(person)
        for minute, question in enumerate(questions):
            record = answered(person, question=question)
            work.add_answer(replace(record, recorded_at=at + timedelta(minutes=minute), counts=counts))
        await work.commit()


async def taken(database: Database, before: datetime = LATER, questions: Sequence[str] = QUESTIONS) -> Taken:
    found = await database.figures.take(SLUG, questions, LATER, lambda _: before)
    assert found is not None
    return found


def alike(people: int = 1, furthest: str | None = "swings", channel: str = "sms", *, finished: bool = False) -> Alike:
    return Alike("child", AgeBand.EIGHT_TO_ELEVEN, channel, "en", furthest, finished, people)


async def test_everybody_is_counted_once_with_those_like_them(database: Database) -> None:
    await tells(database, phone(1), "who", "swings")
    await tells(database, phone(2), "swings", "who")
    await tells(database, chat(3), "who", "swings", "why", finished_at=NOW + timedelta(minutes=9))
    found = await taken(database)
    assert sorted(found.alike, key=lambda each: each.channel) == [
        alike(2),
        alike(furthest="why", channel=Channel.TELEGRAM.value, finished=True),
    ]
    assert found.arrived == [Arrived(NOW, 3)]


async def test_an_answer_that_was_changed_is_one_answer_of_one_person(database: Database) -> None:
    await tells(database, phone(1), "swings")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
        work.add_answer(answered(person, revision=2))
        await work.commit()
    assert (await taken(database)).alike == [alike()]


async def test_whoever_has_no_answer_that_counts_is_in_no_figure(database: Database) -> None:
    await tells(database, phone(1), "swings")
    await tells(database, phone(2), "swings", counts=False)
    await tells(database, page(3))
    found = await taken(database)
    assert found.alike == [alike()]
    assert found.arrived == [Arrived(NOW, 1)]


async def test_figures_are_of_a_moment_whatever_came_since(database: Database) -> None:
    noon = NOW + timedelta(hours=1)
    await tells(database, phone(1), "who", "swings", at=NOW, finished_at=noon + QUARTER)
    before = await taken(database, noon)
    await tells(database, phone(2), "who", at=noon)
    assert await taken(database, noon) == before
    assert before.alike == [alike()], "finished only later"
    assert sum(each.people for each in (await taken(database)).alike) == 2


async def test_when_people_came_is_told_by_the_quarter_of_an_hour(database: Database) -> None:
    for number, minutes in enumerate((0, 14, 15, 61)):
        await tells(database, phone(number), "swings", at=NOW + timedelta(minutes=minutes))
    seen: list[Sequence[Arrived]] = []

    def look(arrived: Sequence[Arrived]) -> None:
        seen.append(arrived)

    assert await database.figures.take(SLUG, QUESTIONS, LATER, look) is None, "no moment, no figures"
    assert seen == [[Arrived(NOW, 2), Arrived(NOW + QUARTER, 1), Arrived(NOW + 4 * QUARTER, 1)]]


async def test_answers_to_questions_that_nobody_asks_any_more_tell_nothing_of_how_far_somebody_got(
    database: Database,
) -> None:
    await tells(database, phone(1), "swings")
    assert (await taken(database, questions=("who",))).alike == [alike(furthest=None)]
    assert (await taken(database, questions=())).alike == [alike(furthest=None)]


async def test_nobody_of_another_consultation_is_counted(database: Database) -> None:
    await tells(database, phone(1), "swings")
    assert await database.figures.take("another", QUESTIONS, LATER, lambda arrived: LATER if arrived else None) is None


async def test_whoever_was_erased_is_in_no_figure(database: Database) -> None:
    await tells(database, phone(1), "swings")
    await tells(database, phone(2), "swings")
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(1))
        await work.erase(person.participant_id, now=NOW)
        await work.commit()
    assert (await taken(database)).alike == [alike()]
