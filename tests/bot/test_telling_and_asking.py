"""What people are told on the way, and who may answer, over the whole service and on its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.chat_view import view
from bot.packs import read_folder, system_words
from bot.pages import Pages
from flows.definition import AgeBand
from flows.lint_promises import consent
from flows.pack import read
from flows.state import Phase, State
from tests.support.browsing import Visitor
from tests.support.packs import write_pack
from tests.support.source import ROOT
from tests.support.town import Town, a_town

CONSENT = '[[laws]]\nfrom = 2030-04-01\nlawful_basis = "consent"\npermission_under = 13'


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, write_pack(tmp_path / "packs", more=CONSENT)) as town:
        yield town


@pytest.fixture
def visitor(town: Town) -> Visitor:
    return Visitor(town.http, town.url)


async def test_a_page_asks_for_the_age_and_keeps_nothing_of_who_is_younger(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await visitor.get(), "child-12-15")
    assert "Are you 13 or older?" in page.said[-1]
    assert page.options == ["yes", "no"]
    page = await visitor.send(page, "no")
    assert "You need to be 13 or older for this." in page.said[-1]
    [row] = await town.answers()
    assert (row.role, row.band, dict(row.answers)) == (None, None, {})


async def test_whoever_is_old_enough_goes_on(town: Town, visitor: Visitor) -> None:
    page = await visitor.send(await visitor.get(), "child-12-15")
    page = await visitor.send(page, "yes")
    assert page.options == ["more", "same", "fewer"]
    [row] = await town.answers()
    assert (row.role, row.band, set(row.answers)) == ("child", AgeBand.TWELVE_TO_FIFTEEN, {"who"})


def test_a_line_stays_on_the_page_of_a_child_who_has_a_grown_up_beside_them() -> None:
    pack = read(read_folder(ROOT / "consultations/herefordshire-2018"), system_words())
    words, now = Pages().words("en"), pack.timetable.opens_at
    child = State(phase=Phase.ASKING, band=AgeBand.FOUR_TO_SEVEN, current="issue", helped_by="together")
    assert view(pack, child, (), words, begun=True, now=now).watched == ("Your grown-up can see this chat.", "en")
    alone = State(phase=Phase.ASKING, band=AgeBand.FOUR_TO_SEVEN, current="issue", helped_by="child")
    assert view(pack, alone, (), words, begun=True, now=now).watched is None


def shipped_words() -> Iterator[tuple[str, str, str]]:
    """Every line of every word that Sayso itself, its pages and its packs say, with its file and its language."""
    files = [
        *ROOT.glob("bot/wording/*.toml"),
        *ROOT.glob("bot/templates/words/*.toml"),
        *ROOT.glob("bot/templates/public/*.toml"),
        *ROOT.glob("bot/templates/said/*.toml"),
        *ROOT.glob("consultations/*/wording/*.toml"),
    ]
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith(("#", "law_consent")):
                yield file.name, file.name.partition(".")[0], line


def test_nobody_who_is_asked_as_a_public_task_hears_of_a_consent() -> None:
    lines = list(shipped_words())
    assert {language for _, language, _ in lines} >= {"en", "cy", "pl", "ar"}
    heard = [(file, line) for file, language, line in lines if list(consent(line, language))]
    assert heard == []
