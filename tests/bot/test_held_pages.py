"""The file with everything that is held of somebody: for whoever has the cookie, and for nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browsing import Visitor, at_the_last_question
from tests.support.packs import SLUG, write_pack
from tests.support.storing import rows
from tests.support.town import Town, a_town

FILE = f"/chat/{SLUG}/everything"
WORDS = "there is <always> a queue"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def _told(town: Town) -> Visitor:
    visitor = Visitor(town.http, town.url)
    page = await visitor.send(await at_the_last_question(visitor), WORDS)
    assert FILE in page.html
    return visitor


async def test_the_file_holds_every_answer_and_message_and_is_kept_by_no_cache(town: Town) -> None:
    page = await (await _told(town)).get(FILE)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Disposition"] == 'attachment; filename="what-you-told-us.html"'
    assert "there is &lt;always&gt; a queue" in page.html
    assert "Who are you?" in page.html
    for active in ("<script", "<style", " style=", "src=", "href="):
        assert active not in page.html


async def test_the_file_for_a_program_says_the_same(town: Town) -> None:
    page = await (await _told(town)).get(f"{FILE}?as=json")
    [told] = json.loads(page.html)
    assert [one["answer"] for one in told["answers"]][-1] == WORDS
    assert WORDS in [line["text"] for line in told["said"] if line["by"] == "you"]


async def test_no_number_of_ours_is_in_it(town: Town, sqlite_url: str) -> None:
    visitor = await _told(town)
    text = (await visitor.get(FILE)).html + (await visitor.get(f"{FILE}?as=json")).html
    ids = "SELECT id FROM participant UNION SELECT id FROM conversation UNION SELECT id FROM address"
    assert [number for (number,) in await rows(sqlite_url, ids) if str(number) in text] == []


async def test_somebody_else_gets_nothing(town: Town) -> None:
    await _told(town)
    page = await Visitor(town.http, town.url).get(FILE)
    assert page.status == 404
    assert "queue" not in page.html
    assert (await Visitor(town.http, town.url).get("/chat/nowhere/everything")).status == 404
