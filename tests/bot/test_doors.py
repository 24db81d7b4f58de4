"""Thirty children behind one address finish and bear no sign; robots are taken in too, and each of them bears one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from multidict import CIMultiDict

from bot.channels.base import RawRequest
from bot.channels.webchat import START_LIVES, TRAP, WebChat, read_fields
from bot.gate import FLAGGED_FROM, STARTS, VISITOR, Gate
from bot.ids import token
from bot.labels import Labels
from flows.integrity import COPIES, Sign
from flows.messages import InboundMessage
from tests.support.browsing import Visitor, at_the_last_question
from tests.support.desk import Desk, a_desk
from tests.support.packs import SLUG, write_pack
from tests.support.town import NOON, Town, a_town

SCHOOL = {"X-Forwarded-For": "203.0.113.7"}
COPIED = "Cancel the plan for the park and build more roads."
ROBOTS = 18_000
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(sqlite_url, write_pack(tmp_path / "packs")) as town:
        yield town


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, write_pack(tmp_path / "packs")) as desk:
        yield desk


async def _counts(town: Town | Desk) -> Mapping[Sign, int]:
    return {one.sign: one.flagged for one in await town.service.database.integrity.counts(SLUG)}


async def _listened(town: Town | Desk) -> None:
    service = town.service
    labels = Labels(service.database, service.handler.versions, service.clock, service.metrics)
    while await labels.listen():
        pass


def _stand_still(town: Town, monkeypatch: pytest.MonkeyPatch, *, ahead: float = 0.0) -> None:
    """Gives nobody anything back for the time that a busy machine takes over the test."""
    now = asyncio.get_running_loop().time() + ahead
    monkeypatch.setattr(town.service.gate, "_clock", lambda: now)


# --- children ---


async def test_thirty_children_behind_one_address_begin_in_a_minute_finish_and_bear_no_sign(town: Town) -> None:
    children = [Visitor(town.http, town.url, headers=SCHOOL) for _ in range(30)]
    pages = list(await asyncio.gather(*(child.get() for child in children)))
    for answer in ("child-8-11", "more", "We copied this sentence from the board"):
        town.service.clock.advance(timedelta(seconds=2))
        pages = list(
            await asyncio.gather(*(child.send(page, answer) for child, page in zip(children, pages, strict=True)))
        )
    assert {page.status for page in pages} == {200}
    await _listened(town)
    assert [row.status for row in await town.answers()] == ["complete"] * 30
    assert set((await _counts(town)).values()) == {0}


async def test_who_asks_too_often_gets_their_words_back_and_may_send_them_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Visitor(town.http, town.url, headers=SCHOOL)
    page = await at_the_last_question(child)
    with monkeypatch.context() as busy:
        busy.setattr(Gate, "visit", lambda *_: 3.2)
        held = await child.send(page, "My <long> thought")
        assert (held.status, held.headers["Retry-After"]) == (429, "10")
        assert "Many people are here just now" in held.html
        assert f'href="{child.path}/exit"' in held.html
        assert "My &lt;long&gt; thought</textarea>" in held.html
        assert held.fields == page.fields
        assert (await child.get(f"{child.path}?lang=cy")).html.count("Mae llawer o bobl yma") == 2
    assert "You My <long> thought" in (await child.send(held, "My <long> thought")).said


async def test_beyond_what_a_school_needs_a_start_waits_and_the_choice_with_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = Visitor(town.http, town.url, headers=SCHOOL)
    page = await child.get()
    _stand_still(town, monkeypatch)
    for _ in range(STARTS.at_once):
        town.service.gate.start("203.0.113.0/24")
    held = await child.send(page, "child-8-11")
    assert (held.status, len(await town.answers())) == (429, 0)
    elsewhere = Visitor(town.http, town.url, headers={"X-Forwarded-For": "198.51.100.1"})
    assert (await elsewhere.send(await elsewhere.get(), "child-8-11")).fields["question"] == "swings"
    _stand_still(town, monkeypatch, ahead=600)
    assert (await child.send(held)).fields["question"] == "swings"


async def test_one_visitor_who_asks_without_end_is_told_to_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_still(town, monkeypatch)
    robot = Visitor(town.http, town.url)
    await robot.get()
    shown = [await robot.get() for _ in range(VISITOR.at_once + 1)]
    assert [page.status for page in (shown[0], shown[-1])] == [200, 429]
    assert "Retry-After" in shown[-1].headers


async def test_the_first_form_is_good_for_a_day_at_school_and_no_longer(town: Town) -> None:
    child = Visitor(town.http, town.url)
    page = await child.get()
    town.service.clock.advance(START_LIVES + timedelta(minutes=1))
    late = await child.send(page, "child-8-11")
    assert (late.status, len(await town.answers())) == (403, 0)
    assert (await child.send(late, "child-8-11")).fields["question"] == "swings"
    town.service.clock.advance(timedelta(days=30))
    assert (await child.send(await child.get(), "more")).fields["question"] == "why"


async def test_one_first_form_begins_one_participant(town: Town) -> None:
    robot, other = Visitor(town.http, town.url), Visitor(town.http, town.url)
    page = await robot.get()
    await other.get()
    assert [(await one.post(page, "child-8-11")).status for one in (robot, robot, other)] == [303, 303, 403]
    assert len(await town.answers()) == 1


# --- robots ---


async def test_a_field_that_nobody_sees_is_in_the_first_form_alone_and_who_fills_it_in_is_flagged(town: Town) -> None:
    robot = Visitor(town.http, town.url)
    page = await robot.get()
    assert f'name="{TRAP}" type="text" value="" tabindex="-1" autocomplete="off"' in page.html
    assert 'aria-hidden="true"><label for="comments">Leave this empty' in page.html
    town.service.clock.advance(timedelta(seconds=5))
    page = await robot.send(page, "child-8-11", **{TRAP: "Cheap watches"})
    assert TRAP not in page.html
    assert {sign for sign, count in (await _counts(town)).items() if count} == {Sign.HIDDEN_FIELD}
    assert [row.role for row in await town.answers()] == ["child"]


async def test_who_answers_everything_in_a_moment_is_flagged_at_the_end(town: Town) -> None:
    robot = Visitor(town.http, town.url)
    page = await robot.get()
    town.service.clock.advance(timedelta(seconds=5))
    for answer in ("child-8-11", "more", "nothing"):
        page = await robot.send(page, answer)
    [flag] = await town.service.database.integrity.listed(SLUG, Sign.TOO_FAST)
    assert flag.detail == "whole"


async def test_robots_that_wait_and_come_from_everywhere_betray_themselves_by_their_words(town: Town) -> None:
    robots = [
        Visitor(town.http, town.url, headers={"X-Forwarded-For": f"198.51.{number}.1"}) for number in range(COPIES + 20)
    ]
    pages = [await robot.get() for robot in robots]
    for number, answer in enumerate(("child-8-11", "more", COPIED)):
        town.service.clock.advance(timedelta(seconds=5))
        spelt = [answer if number < 2 or place % 2 else answer.upper() for place in range(len(robots))]
        sent = (robot.send(page, one) for robot, page, one in zip(robots, pages, spelt, strict=True))
        pages = list(await asyncio.gather(*sent))
    await _listened(town)
    assert {sign: count for sign, count in (await _counts(town)).items() if count} == {Sign.SAME_WORDS: len(robots)}
    assert len(await town.answers()) == len(robots)


def _first_form(webchat: WebChat, number: int) -> InboundMessage:
    """What a robot sends, taken apart as the page does it: in haste, or patiently with all the fields filled in."""
    visitor, hasty = token(), number % 2 == 0
    form = webchat.issue(visitor, "who", NOON, start=True)
    fields = {"question": "who", "form": form, "answer": "parent-carer"} | ({} if hasty else {TRAP: "x"})
    headers = CIMultiDict({"Content-Type": FORM, "Cookie": f"{webchat.cookie.name}={visitor}"})
    sent = NOON + timedelta(seconds=0.3 if hasty else 5)
    raw = RawRequest(f"/chat/{SLUG}", headers, urlencode(fields).encode(), sent)
    [message] = webchat.parse_fields(raw, read_fields(FORM, raw.body)).messages
    return message


async def test_eighteen_thousand_scripted_answers_are_kept_and_every_one_of_them_is_flagged(desk: Desk) -> None:
    """By their haste or the hidden field and, from the hundred and twenty-first of a network on, by the burst."""
    for network in range(ROBOTS // STARTS.at_once):
        taken = []
        for number in range(STARTS.at_once):
            start = desk.service.gate.start(f"198.51.{network}.0/24")
            message = _first_form(desk.service.webchat, number)
            taken.append(desk.service.receiver.take(replace(message, flags=(*message.flags, *start.flags))))
        await asyncio.gather(*taken)
    by_burst = ROBOTS - ROBOTS // STARTS.at_once * FLAGGED_FROM
    counts = await _counts(desk)
    assert counts == {Sign.HIDDEN_FIELD: 9000, Sign.TOO_FAST: 9000, Sign.BURST: by_burst, Sign.SAME_WORDS: 0}
    assert await desk.service.database.integrity.participants(SLUG) == ROBOTS
    async with desk.service.database.snapshot() as reader:
        assert (await reader.counts(SLUG)).participants == ROBOTS
