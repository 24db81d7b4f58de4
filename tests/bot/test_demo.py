"""The demo: what is typed on a simulated phone travels the real way, and the clock moves on and never back."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.config import Settings
from bot.demo import AT_FIRST, Files, running
from bot.demo_pages import MOST_PHONES
from bot.errors import DemoError
from storage.database import Database
from tests.support.browsing import Visitor
from tests.support.packs import SLUG, write_pack
from tests.support.town import a_client

NOON = datetime(2030, 5, 15, 11, tzinfo=UTC)


@dataclass
class Screen:
    """The demo's page, without a browser."""

    http: ClientSession
    url: str

    async def post(self, path: str, **body: str) -> int:
        async with self.http.post(self.url + path, json=body) as answer:
            return answer.status

    async def states(self) -> AsyncIterator[dict[str, Any]]:
        async with self.http.get(f"{self.url}/demo/events") as events:
            async for line in events.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    async def sees(self, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first state of which that is so."""
        async with asyncio.timeout(10):
            async for state in self.states():
                if true(state):
                    return state
        raise AssertionError("the demo ended")

    async def hears(self, kind: str, count: int) -> dict[str, Any]:
        """The first state in which the first phone of a kind has so many messages of ours."""
        return await self.sees(lambda state: len(bubbles(state, kind)) >= count)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    packs = write_pack(tmp_path / "packs")
    return Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/demo.db", consultations=packs)


@pytest.fixture
async def screen(settings: Settings) -> AsyncIterator[Screen]:
    async with running(settings, port=0, now=NOON) as url, a_client() as http:
        yield Screen(http, url)


def bubbles(state: dict[str, Any], kind: str) -> list[str]:
    return [said["text"] for said in state[kind][0]["said"] if not said["mine"]]


async def test_a_parent_texts_and_officers_see_the_answer(screen: Screen) -> None:
    state = await screen.sees(lambda _: True)
    phone = state["sms"][0]["id"]
    for count, text in enumerate(("play", "3", "2", "There is always a queue"), start=1):
        assert await screen.post("/demo/text", phone=phone, text=text) == 204
        await screen.hears("sms", count)
    state = await screen.sees(lambda state: state["rows"] and state["rows"][0][-1] != "")
    row = dict(zip(state["columns"], state["rows"][0], strict=True))
    assert row["role"] == "parent-carer"
    assert row["channel"] == "sms"
    assert row["why"] == "There is always a queue"


async def test_a_young_person_taps_on_telegram(screen: Screen) -> None:
    state = await screen.sees(lambda _: True)
    phone = state["telegram"][0]["id"]
    await screen.post("/demo/say", phone=phone, text=f"/start {SLUG}")
    state = await screen.sees(lambda state: len(bubbles(state, "telegram")) >= 2)
    asked = state["telegram"][0]["said"][-1]
    button = next(button for button in asked["buttons"] if button["label"] == "Parent or carer")
    assert await screen.post("/demo/tap", phone=phone, message=asked["id"], button=button["data"]) == 204
    state = await screen.sees(lambda state: bool(state["rows"]))
    assert "telegram" in state["rows"][0]


async def test_a_child_answers_in_the_frame_of_the_page(screen: Screen) -> None:
    async with screen.http.get(screen.url) as answer:
        page = await answer.text()
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert f'<iframe src="/chat/{SLUG}?embed=1"' in page
    child = Visitor(screen.http, screen.url, f"/chat/{SLUG}?embed=1")
    shown = await child.get()
    assert shown.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    await child.send(shown, "child-8-11")
    state = await screen.sees(lambda state: bool(state["rows"]))
    assert {"child", "8-11", "web"} <= set(state["rows"][0])


async def test_the_clock_moves_to_the_deadline_and_those_under_way_are_told(screen: Screen) -> None:
    state = await screen.sees(lambda _: True)
    assert state["now"] == "midday on Wednesday 15 May 2030"
    assert await screen.post("/demo/clock", to="before") == 204
    await screen.sees(lambda state: state["now"] == "11:59pm on Friday 31 May 2030")
    phone = state["sms"][0]["id"]
    await screen.post("/demo/text", phone=phone, text="play")
    await screen.sees(lambda state: len(bubbles(state, "sms")) == 1)
    await screen.post("/demo/clock", to="deadline")
    state = await screen.sees(lambda state: len(bubbles(state, "sms")) == 2)
    assert "closed" in bubbles(state, "sms")[-1]
    assert state["over"] == {"before": True, "deadline": True}


async def test_what_is_due_while_the_clock_runs_ahead_happens_in_its_own_hour(screen: Screen) -> None:
    state = await screen.sees(lambda _: True)
    await screen.post("/demo/text", phone=state["sms"][0]["id"], text="play")
    await screen.sees(lambda state: len(bubbles(state, "sms")) == 1)
    await screen.post("/demo/clock", to="before")
    state = await screen.sees(lambda state: len(bubbles(state, "sms")) == 2)
    assert "08:00" <= state["sms"][0]["said"][-1]["at"] < "20:00"


async def test_the_clock_does_not_go_back(screen: Screen) -> None:
    await screen.post("/demo/clock", to="deadline")
    await screen.post("/demo/clock", to="before")
    state = await screen.sees(lambda _: True)
    assert state["now"] == "12am on Saturday 1 June 2030"


async def test_more_phones_can_be_opened_but_not_without_end(screen: Screen) -> None:
    statuses = [await screen.post("/demo/phone", kind=kind) for kind in ("sms", "telegram") * (MOST_PHONES // 2)]
    assert statuses.count(204) == MOST_PHONES - 2
    assert statuses[-1] == 409
    state = await screen.sees(lambda _: True)
    numbers = [phone["id"] for phone in state["sms"]]
    assert len(set(numbers)) == len(numbers) == MOST_PHONES // 2


async def test_a_new_visitor_has_no_cookie(screen: Screen) -> None:
    async with screen.http.post(f"{screen.url}/demo/visitor", json={}) as answer:
        assert "Max-Age=0" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/demo/text", {"phone": "+447700900000000", "text": "x"}, 404),
        ("/demo/text", {"text": "x"}, 400),
        ("/demo/say", {"phone": "1", "text": "x"}, 404),
        ("/demo/tap", {"phone": "1", "message": "1", "button": "x"}, 404),
        ("/demo/clock", {"to": "yesterday"}, 400),
        ("/demo/phone", {"kind": "fax"}, 400),
    ],
)
async def test_what_is_not_there_cannot_be_used(screen: Screen, path: str, body: dict[str, str], status: int) -> None:
    assert await screen.post(path, **body) == status


async def test_a_button_that_is_not_there_cannot_be_tapped(screen: Screen) -> None:
    state = await screen.sees(lambda _: True)
    assert await screen.post("/demo/tap", phone=state["telegram"][0]["id"], message="1", button="x") == 404


@pytest.mark.parametrize(
    ("body", "kind"), [(b"to=deadline", "text/plain"), (b"[]", "application/json"), (b"{", "application/json")]
)
async def test_another_sites_form_cannot_move_the_demo(screen: Screen, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    async with screen.http.post(f"{screen.url}/demo/clock", data=body, headers=headers) as answer:
        assert answer.status == 400


async def test_what_was_said_is_there_after_the_demo_for_an_export(settings: Settings) -> None:
    async with running(settings, port=0, now=NOON) as url, a_client() as http:
        child = Visitor(http, url)
        await child.send(await child.get(), "child-8-11")
    files = Files.of(settings)
    key = files.database.with_name(f"{files.database.name}.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    database = await Database.open(settings.database_url, secret=key.read_text().strip().encode())
    assert len([row async for row in database.answers(SLUG)]) == 1
    await database.close()


async def test_a_new_demo_begins_anew(settings: Settings) -> None:
    for _ in range(2):
        async with running(settings, port=0, now=NOON) as url, a_client() as http:
            assert (await Screen(http, url).sees(lambda _: True))["rows"] == []
            child = Visitor(http, url)
            await child.send(await child.get(), "child-8-11")


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("2030-05-15T13:00:00", "2030-07-01T00:00:00"),
        ("2029-06-10T00:00:00", "2029-07-01T00:00:00"),
    ],
    ids=["opens later", "has closed"],
)
async def test_the_demo_stays_with_the_consultation_that_was_open_when_it_began(
    settings: Settings, opens: str, closes: str
) -> None:
    write_pack(settings.consultations, closes_at="2030-05-15T14:00:00")
    write_pack(settings.consultations, slug="another-park", keyword="OTHER", opens_at=opens, closes_at=closes)
    async with running(settings, port=0, now=NOON) as url, a_client() as http:
        screen = Screen(http, url)
        assert await screen.post("/demo/clock", to="deadline") == 204
        page = await (await http.get(url)).text()
    assert "Send PLAY to begin." in page


async def test_a_real_services_data_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "demo.db").write_bytes(b"what people said")
    with pytest.raises(DemoError, match="real service"):
        async with running(settings, port=0, now=NOON):
            pass
    assert (tmp_path / "demo.db").read_bytes() == b"what people said"


async def test_a_demo_on_another_kind_of_database_is_refused(settings: Settings) -> None:
    elsewhere = Settings(database_url="postgresql+asyncpg://u:p@127.0.0.1/x", consultations=settings.consultations)
    with pytest.raises(DemoError, match="SQLite") as refused:
        async with running(elsewhere, port=0, now=NOON):
            pass
    assert "u:p" not in str(refused.value)


async def test_a_port_that_is_taken_is_named_with_another_one(settings: Settings) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {port} is taken"):
            async with running(settings, port=port, now=NOON):
                pass


def test_the_demo_begins_while_the_first_consultation_is_open() -> None:
    closes = datetime(2018, 3, 10, tzinfo=UTC)
    assert datetime(2018, 2, 1, tzinfo=UTC) < AT_FIRST < closes
