"""The whole main job over real sockets: three people, three channels, three ages, and one export of their answers."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import openpyxl
from aiohttp import ClientSession, CookieJar

from tests.support.processes import ROOT, environment, run_sayso
from tests.support.town import Town, a_town, until

PACKS = ROOT / "consultations"
TEATIME = datetime(2018, 3, 5, 16, 5, tzinfo=UTC)
SLUG = "herefordshire-2018"
TEXTS = ["PLAN", "a parent", "Long waits", "We waited =1+1 year", "+44 one number to call"]


async def a_parent_answers_by_text(town: Town) -> None:
    phone = town.twilio.phone("+447700900123")
    for heard, text in enumerate(
        ("PLAN", "a parent", "Long waits", "We waited =1+1 year", "+44 one number to call"), start=1
    ):
        await phone.text(text)
        await phone.hears(heard)


async def a_young_person_taps_through_on_telegram(town: Town) -> None:
    chat = town.telegram.chat(700900123)
    await chat.start(SLUG)
    heard = await chat.hears(2)
    await chat.tap(heard[-1], "I am 16 to 25")
    for text in ("Buses 🚌", "The last one goes at six", "Run one at nine"):
        heard = await chat.hears(len(heard) + 1)
        await chat.say(text)
    await until(lambda: "Thank" in chat.heard[-1].text)


class Browser:
    """A person with a browser that knows pages and forms, and no JavaScript."""

    def __init__(self, town: Town, http: ClientSession) -> None:
        self.page = f"{town.url}/chat/{SLUG}"
        self.http = http
        self.html = ""

    async def open(self) -> str:
        async with self.http.get(self.page) as answer:
            assert answer.status == 200
            self.html = await answer.text()
        return self.html

    def option(self, label: str) -> str:
        """The code of the option with that label."""
        for option in re.findall(r"<label class=\"option\".*?</label>", self.html, re.DOTALL):
            if label in unescape(re.sub(r"<[^>]*>", "", option)):
                return str(re.findall(r'value="([^"]*)"', option)[0])
        raise AssertionError(f"no option {label!r} on the page")

    async def send(self, **fields: str) -> str:
        """Fills in the form and sends it; the page that comes back."""
        hidden = {}
        for control in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.html):
            [name], [value] = re.findall(r'name="([^"]*)"', control), re.findall(r'value="([^"]*)"', control)
            hidden[name] = unescape(value)
        async with self.http.post(self.page, data={**hidden, **fields}) as answer:
            assert answer.status == 200
            assert answer.history[0].status == 303
            self.html = await answer.text()
        return self.html


async def a_nine_year_old_answers_in_the_browser(town: Town) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        browser = Browser(town, http)
        await browser.open()
        await browser.send(answer=browser.option("8 to 11"))
        await browser.send(answer="<b>no swings</b>")
        await browser.send(command="skip")
        assert "Thank you" in await browser.send(answer="@ build some")


async def test_three_people_on_three_channels_become_three_rows_and_every_word_is_kept(
    database_url: str, tmp_path: Path
) -> None:
    async with a_town(database_url, PACKS, now=TEATIME) as town:
        await a_parent_answers_by_text(town)
        await a_young_person_taps_through_on_telegram(town)
        await a_nine_year_old_answers_in_the_browser(town)
        env = environment(database_url, town.url)
        code, said, complained = await run_sayso(env, "export", SLUG, "answers", "--format", "csv", cwd=tmp_path)
        assert (code, complained) == (0, "")
        rows = {row["channel"]: row for row in csv.DictReader(io.StringIO(said.removeprefix("\ufeff"), newline=""))}
        the_rows_are_right(rows)
        await the_workbook_is_right(env, tmp_path)
        await the_transcripts_hold_every_word(env, tmp_path, {row["reference"] for row in rows.values()})


def the_rows_are_right(rows: dict[str, dict[str, str]]) -> None:
    assert {channel: (row["role"], row["age_band"], row["status"], row["late"]) for channel, row in rows.items()} == {
        "sms": ("parent-carer", "adult", "complete", ""),
        "telegram": ("young-person", "16-25", "complete", ""),
        "web": ("child", "8-11", "complete", ""),
    }
    assert {channel: (row["issue"], row["evidence"], row["actions"]) for channel, row in rows.items()} == {
        "sms": ("Long waits", "We waited =1+1 year", "'+44 one number to call"),
        "telegram": ("Buses 🚌", "The last one goes at six", "Run one at nine"),
        "web": ("<b>no swings</b>", "", "'@ build some"),
    }
    assert all(re.fullmatch(r"HFD-[0-9A-Z]{4}-[0-9A-Z]{2}", row["reference"]) for row in rows.values())
    assert not any("447700" in cell or "700900123" in cell for row in rows.values() for cell in row.values())


async def the_workbook_is_right(env: dict[str, str], folder: Path) -> None:
    code, _, complained = await run_sayso(
        env, "export", SLUG, "answers", "--format", "xlsx", "--output", "answers.xlsx", "--role", "child", cwd=folder
    )
    assert (code, complained) == (0, "")
    headings, row = openpyxl.load_workbook(folder / "answers.xlsx")["answers"].iter_rows(values_only=True)
    assert dict(zip(headings, row, strict=True))["actions"] == "@ build some"
    manifest = json.loads((folder / "answers.xlsx.manifest.json").read_text())
    assert (manifest["received"], manifest["rows"], manifest["left_out"]) == (3, 1, {"filtered by role": 2})


async def the_transcripts_hold_every_word(env: dict[str, str], folder: Path, references: set[str]) -> None:
    code, said, _ = await run_sayso(env, "export", SLUG, "transcripts", "--format", "jsonl", cwd=folder)
    assert code == 0
    rows = [json.loads(line) for line in said.splitlines()]
    assert {row["reference"] for row in rows} == references
    heard = [row["text"] for row in rows if row["direction"] == "in" and row["channel"] == "sms"]
    assert heard == TEXTS
    assert {row["status"] for row in rows if row["direction"] == "out"} <= {"sent", "delivered"}
