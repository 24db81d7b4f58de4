"""An officer does for somebody who asks what they could do themselves; all of it is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from flows.messages import Channel
from flows.redaction import Span
from flows.values import Choice
from storage.audit import Deed
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.storing import NOW, rows

PHONE: Final = "+447700900101"
WORDS: Final = "there is <always> a queue"
WHY: Final = {"how": "told-us", "why": "the participant, by telephone"}


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        await town.desk.person(Channel.SMS, PHONE).says("PLAY", "1", "1", WORDS)
        yield town


async def _page(town: ConsoleTown) -> str:
    [participant] = await town.desk.answers()
    return f"/console/{SLUG}/people/{participant.reference}/request"


async def test_everything_is_shown_with_a_reason_on_record(town: ConsoleTown) -> None:
    page = await _page(town)
    refused = await town.analyst.post(page, {"wish": "show"})
    assert (refused.status, "Choose how you know" in refused.words) == (422, True)
    assert await town.record(thing="person") == []
    shown = await town.analyst.post(page, {"wish": "show", **WHY})
    assert shown.status == 200
    assert WORDS in shown.words
    assert PHONE not in shown.html
    [line] = await town.record(thing="person")
    assert (line.deed.act, line.deed.why) == ("person.shown", "told-us: the participant, by telephone")


async def test_words_that_were_removed_for_officers_are_not_shown_here_either(town: ConsoleTown) -> None:
    page = await _page(town)
    redactions = town.service.database.redactions
    answer = await redactions.find(SLUG, page.split("/")[-2], "why", 1)
    assert answer is not None
    await redactions.remove(SLUG, answer, [Span(12, 20)], Deed(NOW, "officer@council.example", "answer.redacted"))
    for wish in ("show", "correct"):
        shown = await town.analyst.post(page, {"wish": wish, **WHY})
        assert (shown.status, "<always>" in shown.words) == (200, False)


async def test_a_corrected_answer_counts_and_the_earlier_one_stays(town: ConsoleTown) -> None:
    page = await _page(town)
    asked = await town.analyst.post(page, {"wish": "correct", **WHY})
    assert "there is <always> a queue" in asked.words
    wrong = {"wish": "correct", **WHY, "question": "swings", "answer": "purple"}
    refused = await town.analyst.post(f"{page}/correct", wrong)
    assert (refused.status, "cannot be an answer" in refused.words) == (422, True)
    done = await town.analyst.post(f"{page}/correct", {**wrong, "answer": "2"})
    assert (done.status, done.location) == (303, f"{page}?done=corrected")
    [participant] = await town.desk.answers()
    assert participant.answers["swings"].value == Choice("same")
    entered = [entry for entry in await town.desk.transcript() if entry.kind == "entered"]
    assert [entry.text for entry in entered] == ["2"]
    [line] = await town.record(thing="answer")
    assert (line.deed.act, line.deed.subject) == ("answer.corrected", f"{participant.reference} swings")


async def test_who_asked_to_hear_no_more_hears_nothing(town: ConsoleTown, database_url: str) -> None:
    done = await town.analyst.post(await _page(town), {"wish": "stop", **WHY})
    assert done.status == 303
    assert await town.desk.waiting(Channel.SMS) == []
    assert [row[0] is not None for row in await rows(database_url, "SELECT stopped_at FROM participant")] == [True]
    before = len(await town.desk.said())
    await town.desk.person(Channel.SMS, PHONE).says("hello")
    assert len(await town.desk.said()) == before


async def test_everything_is_erased_after_one_more_question(town: ConsoleTown, database_url: str) -> None:
    page = await _page(town)
    sure = await town.analyst.post(page, {"wish": "delete", **WHY})
    assert (sure.status, "cannot be undone" in sure.words) == (200, True)
    assert len(await town.desk.answers()) == 1
    gone = await town.analyst.post(f"{page}/delete", {"wish": "delete", **WHY})
    assert gone.status == 200
    assert await rows(database_url, "SELECT id FROM participant UNION ALL SELECT id FROM address") == []
    assert (await town.analyst.get(page)).status == 404
    assert [line.deed.act for line in await town.record(thing="person")] == ["person.erased"]


@pytest.mark.parametrize("who", ["viewer", "editor", "lead", "administrator"])
async def test_nobody_with_another_duty_may_do_any_of_it(town: ConsoleTown, who: str) -> None:
    page = await _page(town)
    browser = getattr(town, who)
    assert (await browser.get(page)).status == 403
    assert (await browser.post(f"{page}/delete", {"wish": "delete", **WHY})).status == 403
    assert len(await town.desk.answers()) == 1
