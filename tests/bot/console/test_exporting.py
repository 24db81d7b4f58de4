"""Exports from the console: asked for with a purpose, made beside the service, fetched by whoever asked, on record."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.console.rights import Duty
from bot.exports import jobs, making, transcripts
from storage.exports import State
from tests.support.officers import Browser, ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON

HOME = f"/console/{SLUG}/exports"
HOSTILE = "=HYPERLINK(1) <script>alert(1)</script> & more"
WHY = "to write the report"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    """Two people have answered."""
    async with a_console(sqlite_url, write_pack(tmp_path / "packs")) as town:
        for number in (1, 2):
            await town.desk.person(address=f"+44770090012{number}").says("PLAY", "1", "1", HOSTILE)
        yield town


async def asked(officer: Browser, what: str, **fields: str) -> Shown:
    return await officer.post(HOME, {"what": what, "why": WHY, **fields})


async def finished(officer: Browser, shown: Shown) -> Shown:
    """The page of an export, once nobody works at it any more."""
    assert shown.status == 303, shown.words
    for _ in range(600):
        page = await officer.get(shown.location)
        if "Being made" not in page.words:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("it is still being made")


async def made(officer: Browser, what: str, **fields: str) -> tuple[str, Shown]:
    begun = await asked(officer, what, **fields)
    return begun.location, await finished(officer, begun)


async def files(officer: Browser, place: str, count: int) -> list[bytes]:
    found = [await officer.get(f"{place}/{number}") for number in range(count)]
    assert {one.status for one in found} == {200}
    return [one.body for one in found]


async def test_answers_are_fetched_with_a_manifest_that_says_what_they_are_for(town: ConsoleTown) -> None:
    place, page = await made(town.analyst, "answers/csv")
    assert "The files are kept until" in page.words
    table, told = await files(town.analyst, place, 2)
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert [row["why"] for row in rows] == [f"'{HOSTILE}"] * 2
    manifest = json.loads(told)
    assert (manifest["rows"], manifest["why"]) == (2, WHY)
    assert manifest["sha256"] == hashlib.sha256(table).hexdigest()


@pytest.mark.parametrize(
    ("what", "beginnings"),
    [
        ("answers/xlsx", [b"PK", b"{"]),
        ("answers/jsonl", [b"{", b"{"]),
        ("answers/spss", [b"\xef\xbb\xbf* Encoding", b"reference,", b"{"]),
        ("transcripts/pdf", [b"%PDF-", b"{"]),
        ("transcripts/docx", [b"PK", b"{"]),
        ("report/docx", [b"PK", b"{"]),
        ("report/pdf", [b"%PDF-", b"{"]),
        ("consult/folder", [b"PK", b"\xef\xbb\xbfthemefinder_id"]),
    ],
)
async def test_every_kind_of_export_can_be_fetched(town: ConsoleTown, what: str, beginnings: list[bytes]) -> None:
    place, page = await made(town.analyst, what)
    assert "Ready" in page.words, page.words
    found = await files(town.analyst, place, len(beginnings))
    assert [held[: len(begun)] for held, begun in zip(found, beginnings, strict=True)] == beginnings
    assert (await town.analyst.get(f"{place}/{len(beginnings)}")).status == 404
    if what == "consult/folder":
        names = zipfile.ZipFile(io.BytesIO(found[0])).namelist()
        assert {"respondents.jsonl", "manifest.json", "question_part_1/question.json"} <= set(names)


async def test_asking_making_and_fetching_are_on_record_with_the_purpose(town: ConsoleTown) -> None:
    place, _ = await made(town.analyst, "answers/jsonl")
    await town.analyst.get(f"{place}/0")
    lines = [line.deed for line in reversed(await town.record(thing="export"))]
    assert [(deed.act, deed.subject, deed.why, deed.slug, deed.officer) for deed in lines] == [
        (act, "answers/jsonl", WHY, SLUG, town.analyst.email)
        for act in ("export.asked", "export.made", "export.fetched")
    ]


async def test_a_form_without_a_choice_or_a_purpose_says_so_and_makes_nothing(town: ConsoleTown) -> None:
    shown = await town.analyst.post(HOME, {"what": "", "why": " "})
    assert shown.status == 400
    assert "Choose what you want to export" in shown.words
    assert "Say what you need it for" in shown.words
    assert "You have made none yet." in shown.words


async def test_a_report_about_a_part_of_people_is_refused_on_the_form(town: ConsoleTown) -> None:
    shown = await asked(town.analyst, "report/pdf", role="child")
    assert (shown.status, "Leave the filters out" in shown.words) == (400, True)


async def test_filters_and_codes_are_those_of_the_form(town: ConsoleTown) -> None:
    place, _ = await made(town.analyst, "answers/jsonl", role="parent-carer", labels="code")
    rows, told = await files(town.analyst, place, 2)
    assert rows == b""
    manifest = json.loads(told)
    assert (manifest["left_out"], manifest["labels"]) == ({"filtered by role": 2}, "codes")


async def test_nobody_fetches_what_another_has_asked_for(town: ConsoleTown) -> None:
    place, _ = await made(town.analyst, "answers/jsonl")
    other = await town.officer(Duty.ANALYST)
    assert [(await other.get(path)).status for path in (place, f"{place}/0")] == [404, 404]
    assert "You have made none yet." in (await other.get(HOME)).words


async def test_what_cannot_be_made_says_what_to_do(town: ConsoleTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "MOST", 1)
    place, page = await made(town.analyst, "transcripts/docx")
    assert "Not made" in page.words
    assert "A document holds at most 1 conversations" in page.words
    assert (await town.analyst.get(f"{place}/0")).status == 404


async def test_a_fault_of_ours_is_told_without_what_it_says(town: ConsoleTown, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("I like the swings")

    monkeypatch.setattr(jobs, "make", broken)
    _, page = await made(town.analyst, "answers/csv")
    assert "it is not your fault" in page.words
    assert "swings" not in page.words


async def test_no_file_is_left_on_the_disk(town: ConsoleTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    # What a process that was killed has left; no process has such a number.
    (folder / "sayso-export-4999999-abc").mkdir()
    await made(town.analyst, "answers/spss")
    assert list(folder.iterdir()) == []


async def test_whoever_asks_while_one_is_being_made_is_told_to_wait(
    town: ConsoleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slowly(*args: object, **more: object) -> object:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(go_on.wait(), loop))
        return await making.make(*args, **more)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(jobs, "make", slowly)
    first = await asked(town.analyst, "answers/csv")
    assert "Being made" in (await town.analyst.get(first.location)).words
    second = await asked(town.analyst, "answers/csv")
    assert (second.status, "Wait until it is ready" in second.words) == (409, True)
    go_on.set()
    assert "Ready" in (await finished(town.analyst, first)).words


async def test_a_delete_withdraws_the_file(town: ConsoleTown) -> None:
    place, _ = await made(town.analyst, "answers/csv")
    await town.desk.person(address="+447700900121").says("DELETE", "YES")
    assert "Withdrawn" in (await town.analyst.get(place)).words
    assert (await town.analyst.get(f"{place}/0")).status == 404


async def test_after_an_hour_the_file_is_gone(sqlite_url: str, tmp_path: Path) -> None:
    class Later(Clock):
        ahead = timedelta(0)

        def now(self) -> datetime:
            return super().now() + self.ahead

    clock = Later(NOON)
    async with a_console(sqlite_url, write_pack(tmp_path / "packs"), clock=clock) as town:
        place, _ = await made(town.analyst, "answers/csv")
        clock.ahead = jobs.KEPT
        # Their session is over by then as well.
        person = await town.service.database.officers.by_email(town.analyst.email)
        assert person is not None
        await town.sign_in(town.analyst, person)
        assert (await town.analyst.get(f"{place}/0")).status == 404
        assert "Deleted" in (await town.analyst.get(place)).words
        [job] = await town.service.database.exports.latest(SLUG, town.analyst.email)
        assert job.state is State.GONE
