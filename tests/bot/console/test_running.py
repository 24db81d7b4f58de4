"""Running a consultation from the console: the gate, its approval, stages, a moved closing time, and the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.officers import Browser, ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON

BASE = f"/console/{SLUG}/running"
GATE = {
    "reasons": "The play plan is not decided yet.",
    "alternatives": "To leave the parks as they are.",
    "who_decides": "The Cabinet",
    "decides_on": "30/9/2030",
    "privacy_contact": "dpo@harbour.example",
    "impact_assessment": "EIA 2030/7",
}
APPROVAL = {"body": "The Cabinet", "on": "14/5/2030", "approve": "yes"}
REASONS = {"reason-en": "Snow closed the schools", "reason-cy": "Caeodd eira yr ysgolion."}
STAGES = """
[[stages]]
code = "spring"
name = "Spring <term>"
opens_at = 2030-05-02T00:00:00
closes_at = 2030-05-20T00:00:00
"""


def with_key(packs: Path) -> Path:
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(structure.read_text().replace("late_policy", 'approval = "required"\nlate_policy', 1))
    return packs


def in_stages(packs: Path) -> Path:
    structure = packs / SLUG / "consultation.toml"
    text = structure.read_text().replace('code = "swings"\n', 'code = "swings"\nstage = "spring"\n')
    structure.write_text(text.replace("[[roles]]", f"{STAGES}\n[[roles]]", 1))
    return packs


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def town(sqlite_url: str, packs: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, packs) as town:
        yield town


@pytest.fixture
async def gated(sqlite_url: str, packs: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, with_key(packs)) as town:
        yield town


async def send(town: ConsoleTown, path: str, fields: Mapping[str, str], after: int = 0) -> Shown:
    return await town.editor.post(f"{BASE}{path}", {"after": str(after), **fields})


def problems(shown: Shown) -> dict[str, str]:
    """The error summary: field to words. Each is repeated at its field."""
    found = dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', shown.html.partition("There is a problem")[2]))
    for name in found:
        assert f'id="{name}"' in shown.html, name
    return found


async def status(town: ConsoleTown, browser: Browser | None = None) -> str:
    return (await (browser or town.editor).get(BASE)).heading.removeprefix("Running it").strip()


async def test_a_pack_without_the_key_runs_by_its_dates(town: ConsoleTown) -> None:
    shown = await town.editor.get(BASE)
    assert shown.heading == "Running it Open"
    assert "11:59pm on Friday 31 May 2030" in shown.words
    assert "Nothing yet. It runs as its pack says." in shown.words
    assert problems(await send(town, "/gate", {**GATE, **APPROVAL})) == {
        "reasons": "This consultation needs no approval: its pack does not ask for one"
    }


async def test_an_approval_is_refused_until_every_answer_of_the_gate_is_there(gated: ConsoleTown) -> None:
    assert await status(gated) == "Draft"
    refused = await send(gated, "/gate", {"approve": "yes"})
    assert refused.status == 422
    assert "<title>Error: " in refused.html
    assert set(problems(refused)) == {*GATE, "body", "on"}
    for missing in GATE:
        refused = await send(gated, "/gate", {**GATE, **APPROVAL, missing: " "})
        assert set(problems(refused)) == {missing}
    assert await status(gated) == "Draft"
    assert await gated.service.database.running.numbers() == {}


async def test_with_all_of_it_there_the_approval_opens_it(gated: ConsoleTown) -> None:
    done = await send(gated, "/gate", {**GATE, **APPROVAL})
    assert (done.status, done.location) == (303, f"{BASE}?done=approved")
    shown = await gated.editor.get(done.location)
    assert shown.heading == "Running it Open"
    assert "Approved by The Cabinet on Tuesday 14 May 2030" in shown.words
    assert "The play plan is not decided yet." in shown.words
    await gated.desk.person().says("PLAY")
    assert any("I am a computer" in text for text in await gated.desk.said())
    record = await gated.record(thing="consultation")
    assert [(line.deed.act, line.deed.slug) for line in reversed(record)] == [
        ("consultation.gate-filled", SLUG),
        ("consultation.approved", SLUG),
    ]
    assert all(line.deed.officer == gated.editor.email for line in record)


async def test_the_gate_can_be_filled_in_bit_by_bit(gated: ConsoleTown) -> None:
    assert (await send(gated, "/gate", {"reasons": GATE["reasons"]})).location == f"{BASE}?done=gate"
    assert GATE["reasons"] in (await gated.editor.get(f"{BASE}/gate")).html
    assert await status(gated) == "Draft"
    assert (await send(gated, "/gate", {**GATE, **APPROVAL}, after=1)).status == 303


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decides_on": "soon"}, "decides_on"),
        ({"reasons": "x" * 4001}, "reasons"),
        ({**APPROVAL, "on": "yesterday"}, "on"),
        ({**APPROVAL, "on": "16/5/2030"}, "on"),
        ({**APPROVAL, "body": ""}, "body"),
    ],
)
async def test_what_cannot_be_read_is_told_at_its_field(
    gated: ConsoleTown, fields: Mapping[str, str], field: str
) -> None:
    refused = await send(gated, "/gate", {**GATE, **fields})
    assert refused.status == 422
    assert set(problems(refused)) == {field}


async def test_an_approval_can_be_taken_back_until_it_opens(sqlite_url: str, packs: Path) -> None:
    early = NOON - timedelta(days=20)
    async with a_console(sqlite_url, with_key(packs), now=early) as town:
        await send(town, "/gate", {**GATE, **APPROVAL, "on": "20/4/2030"})
        assert await status(town) == "Ready to open"
        assert problems(await send(town, "/withdraw", {"why": ""}, after=2)) == {
            "why": "Write the reason: people are told it"
        }
        assert (await send(town, "/withdraw", {"why": "The wrong day"}, after=2)).status == 303
        assert await status(town) == "Draft"
        await send(town, "/gate", {**GATE, **APPROVAL, "on": "20/4/2030"}, after=3)
        town.service.clock.advance(timedelta(days=20))
        person = await town.service.database.officers.by_email(town.editor.email)
        assert person is not None
        await town.sign_in(town.editor, person)
        assert problems(await send(town, "/withdraw", {"why": "Too late"}, after=4)) == {
            "why": "It has opened, so the approval stays. You can close it early instead"
        }


async def test_the_same_form_sent_twice_decides_once(gated: ConsoleTown) -> None:
    await send(gated, "/gate", GATE)
    again = await send(gated, "/gate", {**GATE, "reasons": "Another"})
    assert again.status == 409
    assert "Somebody else changed this" in again.words
    assert len(await gated.service.database.running.history(SLUG)) == 1


async def test_a_stage_opens_when_it_is_approved(sqlite_url: str, packs: Path) -> None:
    async with a_console(sqlite_url, in_stages(packs)) as town:
        assert "Spring &lt;term&gt;" in (await town.editor.get(BASE)).html
        assert (await town.editor.get(f"{BASE}/stages/autumn")).status == 404
        refused = await send(town, "/stages/spring", {"body": "", "on": "tomorrow"})
        assert set(problems(refused)) == {"body", "on"}
        assert (await send(town, "/stages/spring", APPROVAL)).status == 303
        shown = await town.editor.get(BASE)
        assert "Stage Spring <term> approved by The Cabinet on Tuesday 14 May 2030" in shown.words
        await town.desk.person().says("PLAY", "8-11")
        assert any("Should the park have more swings?" in text for text in await town.desk.said())


async def test_a_stage_is_kept_open_longer_by_itself(sqlite_url: str, packs: Path) -> None:
    async with a_console(sqlite_url, in_stages(packs)) as town:
        await send(town, "/stages/spring", APPROVAL)
        fields = {"day": "25/5/2030", **REASONS, "sure": "yes"}
        assert problems(await send(town, "/extend", fields, after=1)) == {
            "stage": "Choose the stage, and leave it for everybody in it"
        }
        assert (await send(town, "/extend", {**fields, "stage": "spring"}, after=1)).status == 303
        [stage] = town.service.library.all()[0].timetable.stages
        assert stage.closes_at == datetime(2030, 5, 25, 23, tzinfo=UTC)


async def test_before_it_is_kept_open_longer_one_sees_what_people_will_be_told(town: ConsoleTown) -> None:
    check = await send(town, "/extend", {"day": "7/6/2030", **REASONS})
    assert check.status == 200
    assert "It will close at 11:59pm on Friday 7 June 2030" in check.words
    for words in (
        "You have more time now. This closes at 11:59pm on Friday 7 June 2030. Snow closed the schools.",
        "This stays open longer.",
        "Mae mwy o amser nawr.",
        "Caeodd eira yr ysgolion.",
    ):
        assert words in check.words
    assert await town.service.database.running.numbers() == {}
    done = await send(town, "/extend", {"day": "7/6/2030", **REASONS, "sure": "yes"})
    assert done.location == f"{BASE}?done=extended"
    shown = await town.editor.get(done.location)
    assert "Extended: closes at 11:59pm on Friday 7 June 2030" in shown.words
    [line] = await town.record(thing="consultation")
    assert (line.deed.act, line.deed.why) == ("consultation.extended", "Snow closed the schools.")


async def test_people_read_the_reason_on_the_front_page_and_the_chat_page(town: ConsoleTown) -> None:
    await send(town, "/extend", {"day": "7/6/2030", **REASONS, "sure": "yes"})
    stranger = town.stranger()
    front = await stranger.get("/")
    assert (
        "Open until 11:59pm on Friday 7 June 2030. That is later than planned. Snow closed the schools." in front.words
    )
    assert (
        "This stays open longer than planned. Snow closed the schools." in (await stranger.get(f"/chat/{SLUG}")).words
    )
    welsh = await stranger.get(f"/chat/{SLUG}?lang=cy")
    assert "Mae hwn ar agor yn hirach na'r bwriad. Caeodd eira yr ysgolion." in welsh.words


async def test_without_a_reason_in_their_language_people_read_it_in_another_and_it_says_so(town: ConsoleTown) -> None:
    await send(town, "/extend", {"day": "7/6/2030", "reason-en": "Snow.", "sure": "yes"})
    welsh = await town.stranger().get(f"/chat/{SLUG}?lang=cy")
    assert '<span lang="en" dir="ltr">Snow.</span>' in welsh.html


async def test_closing_early_closes_it_at_once_and_says_why(town: ConsoleTown) -> None:
    check = await send(town, "/close", {"when": "now", **REASONS})
    assert "cannot be opened again" in check.words
    assert "This closed earlier than we said. Snow closed the schools." in check.words
    assert (await send(town, "/close", {"when": "now", **REASONS, "sure": "yes"})).status == 303
    assert await status(town) == "Closed"
    front = await town.stranger().get("/")
    assert "That was earlier than planned. Snow closed the schools." in front.words
    page = await town.stranger().get(f"/chat/{SLUG}")
    assert "This closed earlier than planned. Snow closed the schools." in page.words


async def test_it_can_be_closed_early_on_a_day_to_come(town: ConsoleTown) -> None:
    fields = {"when": "later", "day": "20/5/2030", "time": "17:00", **REASONS, "sure": "yes"}
    assert (await send(town, "/close", fields)).status == 303
    assert await status(town) == "Open"
    assert "4:59pm on Monday 20 May 2030" in (await town.editor.get(BASE)).words


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("/extend", {"day": "", **REASONS}, "day"),
        ("/extend", {"day": "31/5/2030", **REASONS}, "day"),
        ("/extend", {"day": "31/12/2035", **REASONS}, "day"),
        ("/extend", {"day": "31/12/9999", **REASONS}, "day"),
        ("/extend", {"day": "7/6/2030", "time": "25:00", **REASONS}, "time"),
        ("/extend", {"day": "7/6/2030"}, "reason-en"),
        ("/extend", {"day": "7/6/2030", "reason-en": "x" * 301}, "reason-en"),
        ("/extend", {"day": "7/6/2030", "reason-en": "see {closing}"}, "reason-en"),
        ("/extend", {"day": "7/6/2030", "role": "wizard", **REASONS}, "role"),
        ("/close", {**REASONS}, "when"),
        ("/close", {"when": "later", "day": "1/5/2030", **REASONS}, "day"),
        ("/close", {"when": "later", "day": "1/6/2030", **REASONS}, "day"),
        ("/close", {"when": "now"}, "reason-en"),
    ],
)
async def test_a_closing_time_that_cannot_be_is_told_at_its_field(
    town: ConsoleTown, path: str, fields: Mapping[str, str], field: str
) -> None:
    refused = await send(town, path, {**fields, "sure": "yes"})
    assert refused.status == 422
    assert set(problems(refused)) == {field}
    assert await town.service.database.running.numbers() == {}


async def test_it_ends_in_order(town: ConsoleTown) -> None:
    assert "It is still open" in (await send(town, "/analysed", {})).words
    await send(town, "/close", {"when": "now", **REASONS, "sure": "yes"})
    assert "Mark it as analysed first" in (await send(town, "/answered", {}, after=1)).words
    assert (await send(town, "/analysed", {}, after=1)).status == 303
    assert await status(town) == "Analysed"
    assert (await send(town, "/answered", {}, after=2)).status == 303
    assert await status(town) == "Answered"


async def test_whatever_officers_write_is_shown_as_text(gated: ConsoleTown) -> None:
    hostile = "<script>alert(1)</script>"
    await send(gated, "/gate", {**dict.fromkeys(GATE, hostile), "decides_on": "30/9/2030", **APPROVAL, "body": hostile})
    for path in (BASE, f"{BASE}/gate", f"{BASE}/withdraw"):
        assert hostile not in (await gated.editor.get(path)).html
