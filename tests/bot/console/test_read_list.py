"""What is to be read in the console, and who it was: to whom each is shown, and what is on record of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.messages import Channel
from tests.support.officers import Browser, ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

READ = f"/console/{SLUG}/read"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def reads_all(browser: Browser) -> str:
    """Presses the button under what is on the page."""
    keys = re.findall(r'name="message" value="([^"]+)"', (await browser.get(READ)).html)
    return (await browser.post(READ, [("message", key) for key in keys])).location


async def test_every_answer_in_own_words_waits_until_somebody_has_read_it(town: ConsoleTown) -> None:
    await town.desk.person(address="+447700900101").says("PLAY", "1", "1", "a long queue")
    await town.desk.person(address="+447700900102").says("PLAY", "1", "1", "i want to kill myself")
    assert "2 messages to read" in (await town.analyst.get("/console")).words
    shown = await town.analyst.get(READ)
    assert "2 messages are unread." in shown.words
    assert shown.words.index("i want to kill myself") < shown.words.index("a long queue")
    assert "Urgent" in shown.words
    assert await reads_all(town.analyst) == f"{READ}?done=2"
    assert "Everything has been read." in (await town.lead.get(READ)).words
    assert "to read;" not in (await town.analyst.get("/console")).words
    [line] = await town.record(thing="answers")
    assert (line.deed.act, line.deed.subject, line.deed.slug) == ("answers.read", "2", SLUG)


async def test_an_answer_that_is_changed_is_to_be_read_again(town: ConsoleTown) -> None:
    person = town.desk.person()
    await person.says("PLAY", "1", "1", "a long queue")
    await reads_all(town.analyst)
    await person.says("CHANGE", "3", "ponds, rather")
    assert "ponds, rather" in (await town.analyst.get(READ)).words


async def test_words_that_answered_nothing_are_to_be_read_and_choices_and_commands_are_not(town: ConsoleTown) -> None:
    await town.desk.person().says("PLAY", "1", "my uncle shouts a lot", "SKIP", "HELP", "BACK", "2")
    words = (await town.analyst.get(READ)).words
    assert "my uncle shouts a lot" in words
    assert "2 messages are unread." in words, "the other is the lone HELP, which may be a cry for it"


async def test_only_what_was_on_the_page_counts_as_read(town: ConsoleTown) -> None:
    await town.desk.person(address="+447700900101").says("PLAY", "1", "1", "a long queue")
    keys = re.findall(r'name="message" value="([^"]+)"', (await town.analyst.get(READ)).html)
    await town.desk.person(address="+447700900102").says("PLAY", "1", "1", "too deep a pond")
    await town.analyst.post(READ, [("message", key) for key in (*keys, "HBR-1:x", "nonsense")])
    assert "too deep a pond" in (await town.analyst.get(READ)).words


# --- who it was ---


async def test_a_lead_finds_out_who_it_was_in_two_steps_and_with_a_reason(town: ConsoleTown) -> None:
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", "i want to kill myself")
    [raised] = await town.service.database.concerns.waiting()
    person = f"/console/{SLUG}/people/{raised.reference}"
    assert f'href="{person}/identity"' in (await town.lead.get("/console/concerns")).html
    assert f'href="{person}/identity"' in (await town.lead.get(person)).html
    assert "+447700900101" not in (await town.lead.get(f"{person}/identity")).words
    refused = await town.lead.post(f"{person}/identity", {"why": "short"})
    assert (refused.status, "+447700900101" in refused.words) == (422, False)
    assert await town.record(thing="identity") == []
    shown = await town.lead.post(f"{person}/identity", {"why": "She says that she may die.", "sure": "yes"})
    assert "+447700900101" in shown.words
    [line] = await town.record(thing="identity")
    assert (line.deed.subject, line.deed.why) == (raised.reference, "She says that she may die.")
    assert "She says that she may die." in (await town.administrator.get("/console/record")).words


async def test_nobody_else_is_shown_the_way_to_who_it_was(town: ConsoleTown) -> None:
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", "a long queue")
    [given] = await town.desk.answers()
    person = f"/console/{SLUG}/people/{given.reference}"
    assert "identity" not in (await town.analyst.get(person)).html
    for browser in (town.analyst, town.editor, town.viewer, town.administrator):
        asked = await browser.post(f"{person}/identity", {"why": "I would like to know.", "sure": "yes"})
        assert (asked.status, "+447700900101" in asked.html) == (403, False)
