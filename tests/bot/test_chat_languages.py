"""A page in one language with words in another: what it says of each, and what is kept of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.browsing import Visitor
from tests.support.shipped import PACK
from tests.support.town import Town, a_town

PAGE = f"/chat/{PACK.name}"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copytree(PACK, tmp_path / "packs" / PACK.name)
    async with a_town(sqlite_url, tmp_path / "packs", now=datetime(2018, 3, 1, 12, tzinfo=UTC)) as town:
        yield town


@pytest.fixture
def visitor(town: Town) -> Visitor:
    return Visitor(town.http, town.url, PAGE)


async def test_an_arabic_child_s_page_says_which_of_its_words_are_english_and_so_does_the_transcript(
    town: Town, visitor: Visitor
) -> None:
    page = await visitor.get(f"{PAGE}?lang=ar")
    assert '<html lang="ar" dir="rtl">' in page.html
    page = await visitor.send(page, "child-8-11")
    assert '<div class="bubble ours asks" lang="en" dir="ltr">' in page.html
    assert '<div class="asked" lang="en" dir="ltr">' in page.html
    assert '<div class="buttons" lang="en" dir="ltr">' in page.html
    await visitor.send(page, "المدرسة بعيدة")
    heard = [(entry.direction, entry.language) for entry in await town.transcript(PACK.name)]
    opening, told = [("out", "ar"), ("out", "ar")], [("out", "en"), ("out", "en")]
    assert heard == [*opening, ("in", "ar"), *told, ("in", "ar"), ("out", "en")]
    [row] = await town.answers(PACK.name)
    assert row.language == "ar"


async def test_a_page_in_one_language_alone_says_so_once(visitor: Visitor) -> None:
    page = await visitor.get(f"{PAGE}?lang=cy")
    page = await visitor.send(page, "parent-carer")
    assert '<html lang="cy" dir="ltr">' in page.html
    log_and_form = page.html.partition('id="log"')[2].partition('class="more"')[0]
    assert 'lang="en"' not in log_and_form
    assert 'dir="ltr"' not in log_and_form.replace('<span class="hidden" lang="cy" dir="ltr">', "")


async def test_the_pages_beside_a_conversation_are_in_its_language_too(visitor: Visitor) -> None:
    for query in ("code=", "code=7K2M9Q&unknown=1", "erased=1"):
        page = await visitor.get(f"{PAGE}?lang=ar&{query}")
        assert '<html lang="ar" dir="rtl">' in page.html
        body = page.html.partition("<main")[2].partition("</main>")[0]
        assert any("\u0621" <= letter <= "\u064a" for letter in body), query
        assert "code" not in re.sub("<[^>]*>", "", body).lower()
