"""Reading answers: what is found, in which order, how far, and what is on record of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.console.rights import Duty
from flows.messages import Began, Channel
from storage import reading as stored
from tests.support.officers import ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

ANSWERS = f"/console/{SLUG}/answers"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs")) as town:
        yield town


async def three_people(town: ConsoleTown) -> None:
    """A child by text, a young person on the web, and a parent on Telegram who answers late."""
    await town.desk.person(Channel.SMS, "+447700900101").says("PLAY", "1", "1", "There is always a QUEUE")
    young = town.desk.person(Channel.WEB, "token-of-somebody-102")
    await young.submits("who", "child-12-15")
    await young.submits("swings", "same")
    await young.submits("why", "my brother Jayden broke one")
    parent = town.desk.person(Channel.TELEGRAM, "700900103")
    await parent.sends(Began(SLUG))
    await parent.taps("who", "parent-carer")
    await parent.taps("swings", "fewer")
    town.service.clock.advance(timedelta(days=30))
    await parent.says("<b>ponds</b> & ducks")


async def listed(town: ConsoleTown, **asked: str | list[str]) -> str:
    # Signed in anew, because the clock may have gone on since.
    analyst = await town.officer(Duty.ANALYST)
    shown = await analyst.get(f"{ANSWERS}?{urlencode({'question': 'why', **asked}, doseq=True)}")
    assert shown.status == 200
    return shown.words.partition("Find words in these answers")[2]


async def test_every_answer_to_a_question_is_there_with_who_gave_it(town: ConsoleTown) -> None:
    await three_people(town)
    words = await listed(town)
    assert "3 answers on this page." in words
    assert "There is always a QUEUE Child, 8 to 11 · English · " in words
    assert "my brother Jayden broke one Child, 12 to 15" in words
    assert "<b>ponds</b> & ducks Parent or carer, Adult" in words
    assert words.count("Late") == 1
    assert "More swings Child" in await listed(town, question="swings")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "child"}, "QUEUE Jayden"),
        ({"role": ["child", "parent-carer"]}, "QUEUE Jayden ponds"),
        ({"role": "child", "band": "12-15"}, "Jayden"),
        ({"role": "parent-carer", "band": "12-15"}, ""),
        ({"channel": ["sms", "telegram"]}, "QUEUE ponds"),
        ({"late": "yes"}, "ponds"),
        ({"late": "no"}, "QUEUE Jayden"),
        ({"status": "complete"}, "QUEUE Jayden ponds"),
        ({"status": "stopped"}, ""),
        ({"language": "cy"}, ""),
        ({"since": "2030-06-01"}, "ponds"),
        ({"until": "2030-05-31"}, "QUEUE Jayden"),
        ({"since": "1/6/2030"}, "ponds"),
        ({"since": "2030-05-15", "until": "2030-05-15"}, "QUEUE Jayden"),
        ({"role": "nobody' OR 1=1 --"}, ""),
    ],
    ids=str,
)
async def test_within_a_filter_any_value_will_do_and_all_filters_have_to_fit(
    town: ConsoleTown, asked: dict[str, str | list[str]], found: str
) -> None:
    await three_people(town)
    words = await listed(town, **asked)
    assert {word for word in ("QUEUE", "Jayden", "ponds") if word in words} == set(found.split())


@pytest.mark.parametrize(
    ("words", "found"),
    [("queue", {"QUEUE"}), ("jayden BROKE", {"Jayden"}), ("broke jayd", {"Jayden"}), ("queue jayden", set())],
)
async def test_words_are_looked_for_whatever_their_case_and_all_of_them_must_be_there(
    town: ConsoleTown, words: str, found: set[str]
) -> None:
    await three_people(town)
    shown = await (await town.officer(Duty.ANALYST)).post(ANSWERS, {"question": "why", "words": words})
    told = unescape(shown.html.partition('id="found"')[2])
    assert {word for word in ("QUEUE", "Jayden", "ponds") if word in told} == found


async def test_what_is_looked_for_stands_in_no_address_of_the_page(town: ConsoleTown) -> None:
    await three_people(town)
    shown = await (await town.officer(Duty.ANALYST)).post(ANSWERS, {"question": "why", "words": "jayden"})
    assert not [link for link in shown.html.split('href="')[1:] if "jayden" in link.partition('"')[0].casefold()]
    assert 'action="/console/harbour-play/answers"' in shown.html


async def test_a_page_ends_after_so_many_and_the_next_one_goes_on_where_it_ended(
    town: ConsoleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "PAGE", 2)
    for number in range(5):
        await town.desk.person(address=f"+4477009002{number:02}").says("PLAY", "1", "1", f"idea-{number}")
    seen, address, shown = "", f"{ANSWERS}?question=why", await town.analyst.get(ANSWERS)
    for expected in (2, 2, 1):
        shown = await town.analyst.get(address)
        assert f"{expected} answer{'s' * (expected > 1)} on this page." in shown.words
        seen += shown.words
        address = ANSWERS + unescape(shown.html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0])
    assert all(seen.count(f"idea-{number}") == 1 for number in range(5))
    assert 'rel="next"' not in shown.html


async def test_where_little_is_found_the_page_says_how_far_it_looked_and_goes_on_from_there(
    town: ConsoleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "SECONDS", 0)
    monkeypatch.setattr(stored, "STEP", 2)
    for number in range(3):
        await town.desk.person(address=f"+4477009002{number:02}").says("PLAY", "1", "1", f"idea-{number}")
    found, further = 0, ""
    fields = {"question": "why", "words": "idea"}
    for _ in range(2):
        shown = await town.analyst.post(ANSWERS, fields)
        found += shown.html.count('class="said"')
        further = shown.html.partition('name="after" value="')[2].partition('"')[0]
        fields["after"] = further
    assert (found, further) == (3, "")


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"since": "9 March"}, "Write the first day as year, month and day, such as 2018-03-09"),
        ({"until": "2018-02-30"}, "Write the last day as year, month and day, such as 2018-03-09"),
        ({"since": "2030-05-02", "until": "2030-05-01"}, "The last day must not be before the first"),
    ],
)
async def test_a_day_that_there_is_not_is_said_at_its_field(
    town: ConsoleTown, asked: dict[str, str], fault: str
) -> None:
    shown = await town.analyst.get(f"{ANSWERS}?{urlencode(asked)}")
    assert shown.status == 400
    assert "There is a problem" in shown.words
    assert shown.words.count(fault) == 2


async def test_a_conversation_is_shown_as_it_was_with_changes_and_what_came_late(town: ConsoleTown) -> None:
    person = town.desk.person()
    await person.says("PLAY", "1", "1", "first thought", "CHANGE", "3", "second thought")
    town.service.clock.advance(timedelta(days=30))
    await person.says("too late a thought")
    [row] = await town.desk.answers()
    shown = await (await town.officer(Duty.ANALYST)).get(f"/console/{SLUG}/people/{row.reference}")
    assert shown.heading == row.reference
    words = shown.words
    assert "Why first thought" in words
    assert "Why (change 1) second thought" in words
    said = [entry.text for entry in await town.desk.transcript()]
    assert all(" ".join(text.split()) in words for text in said)
    [line] = await town.record(thing="conversation")
    assert (line.deed.act, line.deed.subject) == ("conversation.viewed", row.reference)


async def test_a_reference_that_is_not_there_is_not_found_and_leaves_no_line(town: ConsoleTown) -> None:
    shown = await town.analyst.get(f"/console/{SLUG}/people/HBR-0000-00")
    assert shown.status == 404
    assert await town.record(thing="conversation") == []


async def test_hostile_words_are_words(town: ConsoleTown) -> None:
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    await town.desk.person().says("PLAY", "1", "1", hostile)
    [row] = await town.desk.answers()
    for path in (f"{ANSWERS}?question=why", f"/console/{SLUG}/people/{row.reference}"):
        shown = await town.analyst.get(path)
        assert "<script>alert" not in shown.html
        assert hostile in unescape(shown.html)


@pytest.mark.parametrize(
    "junk", ["question=%00", "after=nobody", "late=maybe", "since=9999-12-31", "role=" + "x" * 3000]
)
async def test_whatever_stands_in_the_address_is_answered(town: ConsoleTown, junk: str) -> None:
    assert (await town.analyst.get(f"{ANSWERS}?{junk}")).status in (200, 400)
