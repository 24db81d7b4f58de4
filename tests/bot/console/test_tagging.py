"""Tags on the page of a conversation, and as a filter of the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def talked(town: ConsoleTown) -> str:
    """Somebody answers; returns the address of their conversation."""
    await town.desk.person().says("PLAY", "1", "1", "a long queue")
    [given] = await town.desk.answers()
    return f"/console/{SLUG}/people/{given.reference}"


async def test_a_tag_finds_the_conversation_again_and_can_be_taken_off(town: ConsoleTown) -> None:
    person = await talked(town)
    assert (await town.analyst.post(f"{person}/tags", {"tag": "  For the  Board "})).location == f"{person}#tags"
    assert "Take off “for the board”" in (await town.analyst.get(person)).words
    listed = f"/console/{SLUG}/answers?question=why&tag="
    assert "a long queue" in (await town.analyst.get(f"{listed}for+the+board")).words
    await town.analyst.post(f"{person}/tags", {"take-off": "for the board"})
    assert "This conversation has no tags." in (await town.analyst.get(person)).words


@pytest.mark.parametrize("tag", ["", "x" * 31, "07700900123", "a@b.example", "<b>"])
async def test_what_may_not_be_a_tag_is_said_at_its_field(town: ConsoleTown, tag: str) -> None:
    person = await talked(town)
    again = (await town.analyst.post(f"{person}/tags", {"tag": tag})).location
    assert again == f"{person}?tag=unfit#tags"
    shown = await town.analyst.get(again.partition("#")[0])
    assert shown.words.count("Use 30 letters or fewer, and no long number") == 2
    assert "This conversation has no tags." in shown.words


async def test_who_reads_and_does_not_code_sees_tags_and_no_form(town: ConsoleTown) -> None:
    person = await talked(town)
    await town.analyst.post(f"{person}/tags", {"tag": "board"})
    shown = await town.lead.get(person)
    assert ("board" in shown.words, "Add a tag" in shown.words) == (True, False)
