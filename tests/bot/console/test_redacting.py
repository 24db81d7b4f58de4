"""Taking words out of an answer in the console: chosen in three ways, looked at first, and read nowhere after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.console.rights import Duty
from flows.messages import Channel
from tests.support.officers import ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack

SAID: Final = "my teacher Mrs Jones <b>shouts</b>, ring 07700 900123 or ask Jayden"
NAME: Final = "15-20-name"
WHY: Final = {"reason": "names a teacher"}


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def answer(town: ConsoleTown) -> str:
    """Where the answer of somebody who said that is."""
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", SAID)
    async for person in town.service.database.answers(SLUG):
        return f"/console/{SLUG}/people/{person.reference}/answers/why/1"
    raise AssertionError("nobody is there")


async def pages(town: ConsoleTown, path: str) -> str:
    """Everything that an analyst reads of it, in one."""
    places = (f"/console/{SLUG}/answers?question=why", path.partition("/answers/")[0], path)
    return "\n".join([(await town.analyst.get(place)).words for place in places])


async def removed(town: ConsoleTown, path: str, *more: tuple[str, str]) -> Shown:
    return await town.analyst.post(f"{path}/remove", [("reason", "names a teacher"), *(more or (("span", NAME),))])


async def test_what_could_tell_who_somebody_is_is_suggested_and_nothing_is_ticked(town: ConsoleTown) -> None:
    shown = await town.analyst.get(await answer(town))
    assert "Jones (name)" in shown.words
    assert "07700 900123 (telephone number)" in shown.words
    assert "checked" not in shown.html


async def test_it_is_looked_at_first_and_nothing_is_removed_by_looking(town: ConsoleTown) -> None:
    path = await answer(town)
    shown = await town.analyst.post(path, [("span", NAME), ("reason", "names a teacher")])
    assert shown.heading == "Check before you remove"
    assert "my teacher Mrs [removed: name] <b>shouts</b>, ring" in shown.words
    assert "Jones" in await pages(town, path)
    assert await town.record(thing="answer") == []


async def test_removed_words_are_on_no_page_and_on_record_without_themselves(town: ConsoleTown) -> None:
    path = await answer(town)
    done = await removed(town, path)
    assert (done.status, done.location) == (303, f"{path}?done=removed")
    words = await pages(town, path)
    assert "Jones" not in words
    assert words.count("my teacher Mrs [removed: name] <b>shouts</b>, ring 07700 900123") >= 3
    [line] = await town.record(thing="answer")
    assert (line.deed.act, line.deed.why) == ("answer.redacted", "names a teacher")
    assert line.deed.subject.endswith(" why 1")


async def test_a_search_finds_no_removed_word(town: ConsoleTown) -> None:
    path = await answer(town)
    await removed(town, path)
    found = await town.analyst.post(f"/console/{SLUG}/answers", {"question": "why", "words": "jones"})
    assert "No answers here." in found.words


WAYS: Final = {
    "a suggestion": ([("span", NAME)], "Mrs [removed: name] <b>"),
    "words ticked beside each other": (
        [("word", "11-14"), ("word", "15-20"), ("kind", "name")],
        "teacher [removed: name] <b>",
    ),
    "words typed in other letters": ([("part", "mrs  JONES"), ("kind", "name")], "teacher [removed: name] <b>"),
    "all three": (
        [("span", NAME), ("word", "64-70"), ("part", "teacher"), ("kind", "other")],
        "my [removed: something that could identify somebody] Mrs [removed: name] <b>",
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_parts_to_take_out_are_chosen_in_any_way_that_the_page_offers(town: ConsoleTown, way: str) -> None:
    fields, expected = WAYS[way]
    path = await answer(town)
    shown = await town.analyst.post(path, [*fields, ("reason", "could tell who it is")])
    assert shown.status == 200
    assert expected in shown.words


FAULTS: Final = {
    "nothing chosen": ([], WHY, "Choose the words to remove, or type them here"),
    "words that are not there": ([("part", "Mr Smith"), ("kind", "name")], WHY, "These words are not in the answer"),
    "words without what they are": ([("part", "Jayden")], WHY, "Choose what the words are"),
    "no reason": ([("span", NAME)], {"reason": " "}, "Write the reason"),
    "a long reason": ([("span", NAME)], {"reason": "x" * 301}, "Write the reason in up to 300 characters"),
    "the words in the reason": ([("span", NAME)], {"reason": "names jones"}, "Write the reason without the words"),
    "a place behind the end": ([("span", "5-9999-name")], WHY, "Choose the words to remove"),
    "a place that is none": ([("span", "²-9-name"), ("span", "9-5-name"), ("span", "-")], WHY, "Choose the words"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_missing_is_said_on_top_and_nothing_is_removed(town: ConsoleTown, fault: str) -> None:
    fields, reason, message = FAULTS[fault]
    path = await answer(town)
    for address in (path, f"{path}/remove"):
        shown = await town.analyst.post(address, [*fields, *reason.items()])
        assert shown.status == 422
        assert "There is a problem" in shown.words
        assert shown.words.count(message) == 2
    assert "[removed" not in await pages(town, path)


async def test_what_was_chosen_is_still_chosen_when_choosing_again(town: ConsoleTown) -> None:
    path = await answer(town)
    shown = await town.analyst.post(path, [("span", NAME), ("reason", "names a teacher"), ("change", "yes")])
    assert shown.status == 200
    assert f'value="{NAME}" checked' in shown.html
    assert 'value="names a teacher"' in shown.html


async def test_what_was_removed_cannot_be_found_out_by_choosing_more(town: ConsoleTown) -> None:
    path = await answer(town)
    await removed(town, path)
    shown = await town.analyst.post(path, [("part", "Jones"), ("kind", "name"), *WHY.items()])
    assert "These words are not in the answer" in shown.words
    shown = await town.analyst.post(path, [("span", "11-20-name"), *WHY.items()])
    assert shown.status == 422


async def test_the_original_is_shown_for_a_reason_that_is_on_record(town: ConsoleTown) -> None:
    path = await answer(town)
    await removed(town, path)
    assert "Jones" not in (await town.lead.get(f"{path}/original")).words
    refused = await town.lead.post(f"{path}/original", {"reason": ""})
    assert (refused.status, "Jones" in refused.words) == (422, False)
    shown = await town.lead.post(f"{path}/original", {"reason": "a concern is looked into"})
    assert SAID in shown.words
    [line] = await town.record(thing="original")
    assert (line.deed.officer, line.deed.why) == (town.lead.email, "a concern is looked into")


@pytest.mark.parametrize("duty", [Duty.VIEWER, Duty.ANALYST, Duty.EDITOR, Duty.ADMINISTRATOR])
async def test_the_original_and_its_undoing_are_for_the_safeguarding_lead(town: ConsoleTown, duty: Duty) -> None:
    path = await answer(town)
    await removed(town, path)
    officer = town.officers[duty]
    assert (await officer.get(f"{path}/original")).status == 403
    assert (await officer.post(f"{path}/original", WHY)).status == 403
    assert (await officer.post(f"{path}/undo", {"number": "1", "why": "x"})).status == 403
    assert (await town.lead.post(f"{path}/remove", [("span", NAME), *WHY.items()])).status == 403


async def test_it_is_undone_for_a_reason_once_and_that_is_kept(town: ConsoleTown) -> None:
    path = await answer(town)
    await removed(town, path)
    missing = await town.lead.post(f"{path}/undo", {"number": "1", "why": ""})
    assert (missing.status, 'href="#why-1"' in missing.html) == (422, True)
    done = await town.lead.post(f"{path}/undo", {"number": "1", "why": "it was no name"})
    assert done.location == f"{path}/original?done=undone"
    assert "Jones" in await pages(town, path)
    assert "it was no name" in await pages(town, path)
    assert (await town.lead.post(f"{path}/undo", {"number": "1", "why": "again"})).status == 409
    assert (await removed(town, path)).status == 303
    assert "Jones" not in await pages(town, path)


async def test_an_answer_that_is_not_there_or_is_no_words_is_not_found(town: ConsoleTown) -> None:
    path = await answer(town)
    for other in ("swings/1", "why/2", "why/x", "nothing/1", f"why/{'9' * 30}"):
        assert (await town.analyst.get(path.replace("why/1", other))).status == 404
