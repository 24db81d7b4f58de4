"""Labels reach answers after they were kept, and the offer that comes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot import labels
from bot.labels import Labels
from storage.records import HeardAnswer
from tests.support.desk import Desk, a_desk
from tests.support.shipped import NOON, PACK

SLUG = "herefordshire-2018"
POLISH = "kolejki do dentysty są bardzo długie"
MORE_POLISH = "syn czeka już rok na wizytę"
ENGLISH = "the buses are late every single day"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, PACK.parent, now=NOON) as desk:
        yield desk


def ears(desk: Desk) -> Labels:
    service = desk.service
    return Labels(service.database, service.versions, service.clock, service.metrics)


async def heard(desk: Desk) -> list[HeardAnswer]:
    async with desk.service.database.snapshot() as reader:
        return await reader.heard(SLUG)


async def test_an_answer_is_labelled_after_it_was_kept_and_only_once(desk: Desk) -> None:
    await desk.person().says("PLAN", "parent", POLISH)
    assert await heard(desk) == []
    assert await ears(desk).listen() == 1
    [label] = await heard(desk)
    assert (label.question, label.revision, label.language, label.heard) == ("issue", 1, "en", "pl")
    assert await ears(desk).listen() == 0


async def test_a_short_answer_is_listened_to_once_and_gets_no_label(desk: Desk) -> None:
    await desk.person().says("PLAN", "parent", "teeth")
    assert await ears(desk).listen() == 1
    assert await heard(desk) == []
    assert await ears(desk).listen() == 0


async def test_who_writes_twice_in_polish_is_offered_it_with_the_next_question(desk: Desk) -> None:
    mother = desk.person()
    await mother.says("PLAN", "parent", POLISH)
    await ears(desk).listen()
    assert "POLSKI" not in (await desk.said(SLUG))[-1]
    await mother.says(MORE_POLISH)
    offered = (await desk.said(SLUG))[-1]
    assert offered.count("POLSKI") == 2
    assert offered.startswith("Polski? ")
    assert "SKIP" in offered
    await ears(desk).listen()
    await mother.says("POLSKI")
    assert (await desk.said(SLUG))[-1].startswith("Polski.")


async def test_who_goes_back_to_the_language_of_the_conversation_is_offered_nothing(desk: Desk) -> None:
    father = desk.person()
    await father.says("PLAN", "parent", POLISH)
    await ears(desk).listen()
    await father.says(ENGLISH)
    assert "POLSKI" not in (await desk.said(SLUG))[-1]


async def test_after_stop_labels_are_kept_and_nothing_is_said(desk: Desk) -> None:
    mother = desk.person()
    await mother.says("PLAN", "parent", POLISH, MORE_POLISH, "STOP")
    before = await desk.said(SLUG)
    assert await ears(desk).listen() == 2
    assert await desk.said(SLUG) == before
    assert [label.heard for label in await heard(desk)] == ["pl", "pl"]


async def test_a_fault_of_the_ear_costs_the_label_and_no_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(text: str, language: str, languages: tuple[str, ...]) -> str | None:
        raise RuntimeError(text and language and languages and "deaf")

    monkeypatch.setattr(labels, "listen", deaf)
    await desk.person().says("PLAN", "parent", POLISH)
    assert await ears(desk).listen() == 1
    assert await heard(desk) == []
    assert await ears(desk).listen() == 0
    assert len(await desk.answers(SLUG)) == 1


async def test_what_is_behind_waits_in_the_database(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST", 1)
    await desk.person().says("PLAN", "parent", POLISH, MORE_POLISH)
    assert [await ears(desk).listen() for _ in range(3)] == [1, 1, 0]


async def test_of_somebody_who_was_erased_nothing_is_left_to_hear(desk: Desk) -> None:
    await desk.person().says("PLAN", "parent", POLISH, "DELETE", "DELETE")
    assert await ears(desk).listen() == 0
