"""We asked, you said, we did: written by an editor, looked at, published, sent; and refused to everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.said import encode
from flows.messages import Channel
from tests.support.answered import a_deed, an_answer, answers_all, write_asking_pack
from tests.support.officers import ConsoleTown, Shown, a_console
from tests.support.packs import SLUG
from tests.support.town import NOON

BASE = f"/console/{SLUG}/answered"
SWINGS = f"{BASE}/subject/theme-swings"
WORDS = {"heading": "Swings", "said": "More swings.", "decided": "We build four.", "why": "There is money."}
SURE = {"how": "send", "sure": "yes"}


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, write_asking_pack(tmp_path / "packs")) as town:
        yield town


@pytest.fixture
async def closed(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    """The same, months after it has closed."""
    later = NOON + timedelta(days=200)
    async with a_console(sqlite_url, write_asking_pack(tmp_path / "packs"), now=later) as town:
        yield town


async def drafted(town: ConsoleTown) -> None:
    await town.service.database.feedback.save(SLUG, encode(an_answer()), after=0, deed=a_deed(NOON))


async def test_an_editor_writes_looks_publishes_and_everybody_can_read_it(town: ConsoleTown) -> None:
    editor = town.editor
    day = {"decided_by": "The council's Cabinet", "day": "1", "month": "7", "year": "2030", "after": "0"}
    assert (await editor.post(f"{BASE}/decision", day)).location == f"{BASE}?done=saved"
    written = await editor.post(f"{SWINGS}?lang=en&age=adult", {**WORDS, "outcome": "yes", "after": "1"})
    assert written.location == f"{BASE}?done=saved"
    child = {**WORDS, "said": "You want more swings.", "after": "2"}
    assert (await editor.post(f"{SWINGS}?lang=en&age=8-11", child)).status == 303
    shown = await editor.get(f"{BASE}?done=saved")
    assert "English, adult; English, 8 to 11 years" in shown.words
    preview = await editor.get(f"{BASE}/preview?lang=cy&age=8-11")
    assert "You want more swings." in preview.words
    assert (await town.stranger().get(f"/said/{SLUG}")).status == 404
    assert (await editor.post(f"{BASE}/publish", {**SURE, "after": "3"})).location == f"{BASE}?done=published"
    public = await town.stranger().get(f"/said/{SLUG}?lang=cy&age=8-11")
    assert public.heading.startswith("Beth ddaeth o hyn")
    assert "You want more swings." in public.words
    assert '<p class="said-words" lang="en"' in public.html
    assert f"/said/{SLUG}" in (await town.stranger().get("/")).html
    acts = [line.deed.act for line in await town.record(slug=SLUG)]
    assert acts == ["answer.published", "answer.saved", "answer.saved", "answer.saved"]


async def test_a_consultation_that_was_analysed_counts_as_answered_once_it_is_published(
    closed: ConsoleTown,
) -> None:
    await drafted(closed)
    running = f"/console/{SLUG}/running"
    await closed.editor.post(f"{running}/analysed", {"after": "0"})
    assert (await closed.editor.post(f"{BASE}/publish", {**SURE, "after": "1"})).status == 303
    assert "not marked as answered" not in (await closed.editor.get(BASE)).words
    assert "Answered" in (await closed.editor.get(running)).words
    assert "consultation.answered" in [line.deed.act for line in await closed.record(slug=SLUG)]


async def test_one_that_was_not_analysed_says_that_it_is_not_marked_as_answered(closed: ConsoleTown) -> None:
    await drafted(closed)
    assert (await closed.editor.post(f"{BASE}/publish", {**SURE, "after": "1"})).status == 303
    assert "not marked as answered" in (await closed.editor.get(BASE)).words


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("decision", {"decided_by": "", "day": "1", "month": "7", "year": "2030", "after": "1"}, "Write who decided"),
        ("decision", {"decided_by": "X", "day": "31", "month": "2", "year": "2030", "after": "1"}, "Write a real day"),
        ("decision", {"decided_by": "X", "day": "1", "month": "2", "year": "2030", "after": "0"}, "Somebody else has"),
        ("decision", {"decided_by": "X", "day": "1", "month": "2", "year": "2030", "after": "²"}, "Somebody else has"),
        ("subject/theme-swings", {"said": "x" * 2001, "after": "1"}, "Use 2000 characters or fewer"),
        ("subject/own-1", {"after": "1"}, "Write a heading"),
        ("subject/theme-swings/remove", {"after": "7"}, "Somebody else has"),
        ("publish", {"sure": "yes", "after": "1"}, "Say whether it is sent as well"),
        ("publish", {"how": "send", "after": "1"}, "Tick this if it may go out"),
        ("publish", {**SURE, "after": "0"}, "Somebody else has"),
        ("invite", {"next": "nowhere", "sure": "yes"}, "Choose what to invite them to"),
    ],
)
async def test_what_cannot_be_taken_is_said_on_top_and_at_the_field(
    town: ConsoleTown, path: str, fields: dict[str, str], says: str
) -> None:
    await drafted(town)
    shown = await town.editor.post(f"{BASE}/{path}", fields)
    assert shown.status == 422
    assert "There is a problem" in shown.words
    assert says in shown.words
    latest = await town.service.database.feedback.latest(SLUG)
    assert latest is not None
    assert latest.revision == 1
    assert await town.service.database.feedback.publications(SLUG) == []


async def test_what_is_not_whole_is_not_published_whatever_is_ticked(town: ConsoleTown) -> None:
    await town.editor.post(f"{SWINGS}?lang=en&age=adult", {"heading": "Swings", "after": "0"})
    shown = await town.editor.post(f"{BASE}/publish", {**SURE, "after": "1"})
    assert "It cannot be published yet" in shown.words
    assert "Write all four texts for adults" in shown.words
    assert await town.service.database.feedback.published(SLUG) is None


async def test_it_is_told_beforehand_how_many_get_it_where_and_what_the_texts_cost(town: ConsoleTown) -> None:
    await drafted(town)
    for number in range(6):
        await answers_all(town.desk, number)
    await answers_all(town.desk, 7, channel=Channel.WEB, who="1")
    shown = await town.editor.get(f"{BASE}/publish")
    assert "Text message 6 6" in shown.words
    assert "Web chat fewer than 5 none" in shown.words


async def test_a_subject_can_be_taken_out_and_stays_in_what_is_published(town: ConsoleTown) -> None:
    await drafted(town)
    await town.editor.post(f"{BASE}/publish", {"how": "show", "sure": "yes", "after": "1"})
    assert "Take this out of the draft?" in (await town.editor.get(f"{SWINGS}/remove")).words
    assert (await town.editor.post(f"{SWINGS}/remove", {"after": "1"})).location == f"{BASE}?done=removed"
    assert "We will build four." in (await town.stranger().get(f"/said/{SLUG}?age=adult")).words
    assert "Write about at least one theme or aim" in (await town.editor.get(BASE)).words


async def test_there_are_as_many_subjects_of_ones_own_as_one_likes(town: ConsoleTown) -> None:
    assert (await town.editor.post(BASE)).location == f"{BASE}/subject/own-1"
    await town.editor.post(f"{BASE}/subject/own-1?age=adult", {**WORDS, "outcome": "no", "after": "0"})
    assert (await town.editor.post(BASE)).location == f"{BASE}/subject/own-2"
    assert (await town.editor.get(f"{BASE}/subject/theme-nothing")).status == 404
    assert (await town.editor.get(f"{BASE}/subject/own-{'9' * 40}")).status == 404


async def test_people_are_invited_to_what_is_open_and_only_once_it_is_confirmed(
    sqlite_url: str, tmp_path: Path
) -> None:
    packs = write_asking_pack(tmp_path / "packs")
    write_asking_pack(packs, slug="harbour-two", keyword="SECOND")
    async with a_console(sqlite_url, packs) as town:
        refused = await town.editor.post(f"{BASE}/invite", {"next": "harbour-two"})
        assert "Tick this if the invitations may go out" in refused.words
        done = await town.editor.post(f"{BASE}/invite", {"next": "harbour-two", "sure": "yes"})
        assert done.location == f"{BASE}?done=invited"
        assert "Invitation to harbour-two" in (await town.editor.get(BASE)).words
        [publication] = await town.service.database.feedback.unfinished()
        assert publication.next_slug == "harbour-two"


async def test_hostile_words_are_words_wherever_they_are_shown(town: ConsoleTown) -> None:
    hostile = {name: f"<script>alert('{name}')</script>" for name in WORDS}
    day = {"decided_by": "<b>Cabinet</b>", "day": "1", "month": "7", "year": "2030", "after": "0"}
    await town.editor.post(f"{BASE}/decision", day)
    await town.editor.post(f"{SWINGS}?age=adult", {**hostile, "outcome": "no", "after": "1"})
    await town.editor.post(f"{BASE}/publish", {"how": "show", "sure": "yes", "after": "2"})
    shown: list[Shown] = [
        await town.editor.get(path)
        for path in (BASE, f"{SWINGS}?age=adult", f"{BASE}/preview", f"{BASE}/publish", f"/said/{SLUG}")
    ]
    assert [one.status for one in shown] == [200] * 5
    assert not [one for one in shown if "<script>alert" in one.html or "<b>Cabinet" in one.html]


async def test_nobody_else_may_and_not_in_a_consultation_that_is_not_theirs(town: ConsoleTown) -> None:
    for browser in (town.viewer, town.analyst, town.lead, town.administrator):
        assert (await browser.get(BASE)).status == 403
        assert (await browser.post(f"{BASE}/publish", {**SURE, "after": "1"})).status == 403


async def test_posters_and_previews_are_shown_and_the_file_comes(town: ConsoleTown) -> None:
    listed = await town.editor.get(f"/console/{SLUG}/posters")
    assert "English, under 12" in listed.words
    assert "Telegram did not tell us the name of our bot" in listed.words
    sheet = await town.editor.get(f"/console/{SLUG}/posters/print?lang=cy&for=under-12")
    assert "Tecstiwch PLAY i 07700 900456" in sheet.words
    assert "style=" not in sheet.html
    file = await town.editor.get(f"/console/{SLUG}/posters/poster.pdf")
    assert file.body.startswith(b"%PDF-1.7")
    assert f"{SLUG}-poster-en-12-and-over.pdf" in file.headers["Content-Disposition"]
    looks = await town.viewer.get(f"/console/{SLUG}/preview?question=swings&band=8-11&language=en&channel=sms")
    assert "Should the park have more swings?" in looks.words
    assert (await town.viewer.get(f"/console/{SLUG}/preview?question=nothing")).status == 404
