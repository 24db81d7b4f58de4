"""Coding: codebooks, the desk, what a machine suggested, agreement, and from aims back to what people said."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from bot.console import suggested
from bot.console.books import new_code
from bot.console.rights import Duty
from tests.support.officers import Browser, ConsoleTown, a_console
from tests.support.packs import SLUG, write_pack

PACK = """
[[aims]]
code = "play"
name = "More play for everybody"

[[themes]]
code = "queue"
name = "Waiting"
aim = "play"

[[themes]]
code = "pond"
name = "Ponds"
"""
THEMES = f"/console/{SLUG}/themes"
DESK = f"/console/{SLUG}/coding/why"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(database_url, write_pack(tmp_path / "packs", more=PACK)) as town:
        yield town


async def answers(town: ConsoleTown, *words: str) -> list[str]:
    """Somebody says each of these; returns their references in the order of the desk."""
    for number, said in enumerate(words):
        await town.desk.person(address=f"+4477009003{number:02}").says("PLAY", "1", "1", said)
    found = await town.desk.answers()
    return [each.reference for each in found]


def fields_of(html: str) -> dict[str, str]:
    """The hidden fields of the desk's form."""
    form = html.partition('id="coding"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def codes(browser: Browser, *themes: str, at: str = DESK, **more: str) -> str:
    """Codes the answer that stands at an address; returns where that leads."""
    fields = {k: v for k, v in fields_of((await browser.get(at)).html).items() if k != "csrf"}
    shown = await browser.post(DESK, [*fields.items(), *(("theme", code) for code in themes), *more.items()])
    assert shown.status == 303, shown.words
    return shown.location


# --- codebooks ---


async def test_a_codebook_starts_with_the_themes_of_the_pack(town: ConsoleTown) -> None:
    words = (await town.analyst.get(THEMES)).words
    assert "Themes of “Why”" in words
    assert "Theme Aim Answers Change Waiting More play for everybody 0" in words
    assert "Nobody has changed them." in words


async def test_themes_are_added_renamed_merged_and_retired_with_a_history(town: ConsoleTown) -> None:
    added = await town.analyst.post(f"{THEMES}/why", {"name": "Broken  swings", "about": "Any fault", "aim": "play"})
    assert added.location == f"{THEMES}?question=why&done=added"
    assert "The theme is there now." in (await town.analyst.get(added.location)).words
    await town.analyst.post(f"{THEMES}/why/broken-swings", {"name": "Repairs", "about": "", "aim": ""})
    asked = await town.analyst.post(f"{THEMES}/why/queue", {"act": "merge", "into": "pond"})
    assert asked.heading == "Merge “Waiting” into “Ponds”?"
    await town.analyst.post(f"{THEMES}/why/queue", {"act": "merge", "into": "pond", "sure": "yes"})
    await town.analyst.post(f"{THEMES}/why/broken-swings", {"act": "retire"})
    words = (await town.analyst.get(THEMES)).words
    history = words.partition("History")[2]
    told = ["Retired “Repairs”", "Merged “Waiting” into “Ponds”", "Renamed “Broken swings” to “Repairs”", "Added"]
    assert sorted(told, key=history.index) == told
    assert "Repairs Retired" in words
    assert [line.deed.act for line in await town.record(thing="theme")] == [
        "theme.retired",
        "theme.merged",
        "theme.rewritten",
        "theme.added",
    ]
    await town.analyst.post(f"{THEMES}/why/broken-swings", {"act": "restore"})
    assert "Repairs Retired" not in (await town.analyst.get(THEMES)).words.partition("Add a theme")[0]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": " "}, "Write what the theme is called"),
        ({"name": "x" * 101}, "The name must have 100 characters or fewer"),
        ({"name": "waiting"}, "Another theme of this question has that name"),
        ({"name": "New", "about": "x" * 1001}, "The description must have 1000 characters or fewer"),
        ({"name": "New", "aim": "nobody's"}, "Choose an aim from the list"),
    ],
)
async def test_what_cannot_be_a_theme_is_said_at_its_field(
    town: ConsoleTown, fields: dict[str, str], fault: str
) -> None:
    for path in (f"{THEMES}/why", f"{THEMES}/why/pond"):
        shown = await town.analyst.post(path, fields)
        assert shown.status == 422
        assert shown.words.count(fault) == 2


async def test_a_theme_is_merged_only_into_one_that_stands(town: ConsoleTown) -> None:
    for into in ("", "queue", "nobody"):
        shown = await town.analyst.post(f"{THEMES}/why/queue", {"act": "merge", "into": into, "sure": "yes"})
        assert (shown.status, "Choose the theme that stays" in shown.words) == (422, True)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Broken swings!", "broken-swings"), ("Caffi", "caffi-2"), ("Sŵn", "swn"), ("孩子", "theme"), ("-" * 9, "theme")],
)
def test_a_theme_gets_a_code_of_its_own(name: str, code: str) -> None:
    assert new_code(name, {"caffi"}) == code


# --- the desk ---


async def test_the_desk_hands_out_one_answer_after_another_that_one_has_not_coded(town: ConsoleTown) -> None:
    first, second = await answers(town, "a long queue", "too deep a pond")
    shown = await town.analyst.get(DESK)
    assert "a long queue" in shown.words
    assert "Answers that you have coded: 0." in shown.words
    location = await codes(town.analyst, "queue", note="said twice", rich="yes")
    assert location == f"{DESK}?after={first}&saved={first}"
    shown = await town.analyst.get(location)
    assert "too deep a pond" in shown.words
    await codes(town.analyst, "pond", "queue", at=location)
    shown = await town.analyst.get(DESK)
    assert "There is no further answer that you have not coded." in shown.words
    table = (await town.analyst.get(THEMES)).words
    assert "Coded so far: 2 of 2 answers (100%). You have coded 2." in table
    assert "Waiting More play for everybody 2" in table
    assert [line.deed.subject for line in await town.record(thing="answer")] == [f"{second}/why", f"{first}/why"]


async def test_what_was_saved_can_be_changed(town: ConsoleTown) -> None:
    [reference] = await answers(town, "a long queue")
    await codes(town.analyst, "queue", note="said twice", rich="yes")
    shown = await town.analyst.get(f"{DESK}?reference={reference}")
    ticked = re.findall(r'name="(\w+)" value="(\w+)" checked', shown.html)
    assert (ticked, "said twice" in shown.html) == ([("theme", "queue"), ("rich", "yes")], True)
    await codes(town.analyst, "pond", at=f"{DESK}?reference={reference}")
    table = (await town.analyst.get(THEMES)).words
    assert ("Waiting More play for everybody 0" in table, "Ponds None 1" in table) == (True, True)


async def test_one_can_be_left_for_later(town: ConsoleTown) -> None:
    first, _ = await answers(town, "a long queue", "too deep a pond")
    later = f"{DESK}?after={first}"
    assert f'href="{later}"' in (await town.analyst.get(DESK)).html
    await codes(town.analyst, "pond", at=later)
    assert "a long queue" in (await town.analyst.get(DESK)).words


async def test_an_answer_that_was_changed_meanwhile_is_shown_anew_and_nothing_is_saved(town: ConsoleTown) -> None:
    person = town.desk.person()
    await person.says("PLAY", "1", "1", "a long queue")
    fields = {k: v for k, v in fields_of((await town.analyst.get(DESK)).html).items() if k != "csrf"}
    await person.says("CHANGE", "3", "ponds, rather")
    shown = await town.analyst.post(DESK, {**fields, "theme": "queue"})
    assert (shown.status, "ponds, rather" in shown.words) == (409, True)
    assert "Nothing was saved." in shown.words
    assert await town.record(thing="answer") == []


async def test_what_was_coded_in_another_window_meanwhile_is_not_written_over(town: ConsoleTown) -> None:
    [reference] = await answers(town, "a long queue")
    fields = {k: v for k, v in fields_of((await town.analyst.get(DESK)).html).items() if k != "csrf"}
    await codes(town.analyst, "queue")
    shown = await town.analyst.post(DESK, {**fields, "theme": "pond"})
    assert (shown.status, "in another window" in shown.words) == (409, True)
    assert (await town.service.database.coding.progress(SLUG, "why")).themes == {"queue": 1}
    await codes(town.analyst, "pond", at=f"{DESK}?reference={reference}")
    assert (await town.service.database.coding.progress(SLUG, "why")).themes == {"pond": 1}


async def test_an_answer_that_was_changed_since_it_was_coded_says_so_and_keeps_its_ticks(town: ConsoleTown) -> None:
    person = town.desk.person()
    await person.says("PLAY", "1", "1", "a long queue")
    await codes(town.analyst, "queue")
    await person.says("CHANGE", "3", "ponds, rather")
    shown = await town.analyst.get(DESK)
    assert "This answer was changed after you coded it." in shown.words
    assert re.findall(r'name="theme" value="(\w+)" checked', shown.html) == ["queue"]


async def test_a_note_that_is_too_long_is_said_at_its_field_and_keeps_what_was_ticked(town: ConsoleTown) -> None:
    await answers(town, "a long queue")
    fields = {k: v for k, v in fields_of((await town.analyst.get(DESK)).html).items() if k != "csrf"}
    shown = await town.analyst.post(DESK, {**fields, "theme": "queue", "note": "x" * 2001})
    assert shown.status == 422
    assert shown.words.count("The note must have 2000 characters or fewer") == 2
    assert 'value="queue" checked' in shown.html


async def test_a_theme_that_there_is_not_is_not_taken(town: ConsoleTown) -> None:
    await answers(town, "a long queue")
    await codes(town.analyst, "nobody", "queue' OR 1=1 --")
    assert "Coded so far: 1 of 1 answers" in (await town.analyst.get(THEMES)).words


async def test_hostile_words_are_words(town: ConsoleTown) -> None:
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    await answers(town, hostile)
    await town.analyst.post(f"{THEMES}/why", {"name": hostile, "about": hostile})
    for path in (THEMES, DESK, f"/console/{SLUG}/aims", f"/console/{SLUG}/answers?question=why"):
        shown = await town.analyst.get(path)
        assert "<script>alert" not in shown.html
        assert hostile in unescape(shown.html)


# --- two coders, and aims ---


async def test_two_coders_are_compared(town: ConsoleTown) -> None:
    await answers(town, "a long queue", "too deep a pond", "more ducks")
    other = await town.officer(Duty.ANALYST)
    for browser, chosen in ((town.analyst, ("queue", "pond", "")), (other, ("queue", "pond", "pond"))):
        for code in chosen:
            await codes(browser, *([code] if code else []))
    words = (await town.analyst.get(THEMES)).words
    assert "Both have coded 3 of the same answers. Over all themes their agreement is 0.67: substantial." in words
    assert "Waiting 1.00 Almost perfect Ponds 0.40 Fair" in words


async def test_from_an_aim_one_comes_to_what_people_said(town: ConsoleTown) -> None:
    await answers(town, "a long queue", "too deep a pond")
    await codes(town.analyst, "queue")
    await codes(town.analyst, "pond")
    shown = await town.lead.get(f"/console/{SLUG}/aims")
    assert "More play for everybody" in shown.words
    [behind, _] = re.findall(r'<td class="figure"><a href="([^"]+)"', shown.html)
    words = (await town.lead.get(unescape(behind))).words.partition("Find words in these answers")[2]
    assert ("a long queue" in words, "too deep a pond" in words) == (True, False)


# --- what a machine suggests ---


async def test_suggestions_wait_until_somebody_decides(town: ConsoleTown) -> None:
    [reference] = await answers(town, "a long queue")
    file = f"reference,theme,score\n{reference},queue,0.9\n{reference},pond,0.25\n".encode()
    taken = await town.analyst.upload(f"{DESK}/suggestions", "made.csv", file)
    assert taken.location == f"{DESK}/suggestions?taken=2"
    words = (await town.analyst.get(THEMES)).words
    assert "Coded so far: 0 of 1 answers (0%)" in words
    assert "Suggestions of a machine that wait for a decision: 2." in words
    shown = await town.analyst.get(f"{DESK}?only=suggested")
    assert "A machine suggests: Waiting Score: 0.9" in shown.words
    location = await codes(
        town.analyst, at=f"{DESK}?only=suggested", **{"suggested-queue": "accept", "suggested-pond": "reject"}
    )
    assert "There is no further suggestion to decide on." in (await town.analyst.get(location)).words
    assert [(one.theme, one.origin) async for one in town.service.database.coding.codes(SLUG)] == [
        ("queue", "machine-accepted")
    ]


async def test_a_file_with_faults_is_refused_whole_and_every_fault_is_named_by_its_line(town: ConsoleTown) -> None:
    [reference] = await answers(town, "a long queue")
    lines = ["reference,theme,score", f"{reference},queue,0.9", f"{reference},nobody,2", "HBR-AAAA-AA,pond,"]
    shown = await town.analyst.upload(f"{DESK}/suggestions", "made.csv", "\n".join(lines).encode())
    assert shown.status == 422
    assert "The file has 3 faults. Nothing of it was taken in" in shown.words
    assert "Line 3: The codebook offers no theme with this code. Line 3: The score must be a number" in shown.words
    assert "Line 4: Nobody with this reference has answered this question" in shown.words
    assert "wait for a decision" not in (await town.analyst.get(THEMES)).words


async def test_without_a_file_it_says_so(town: ConsoleTown) -> None:
    shown = await town.analyst.post(f"{DESK}/suggestions")
    assert (shown.status, shown.words.count("Choose a file")) == (422, 2)


@pytest.mark.parametrize(
    ("file", "faults"),
    [
        (b"reference,theme\nHBR-1,queue\n", []),
        (b"\xef\xbb\xbfTheme,Reference\r\nqueue,HBR-1\r\n\r\n", []),
        (b"reference,theme,score\nHBR-1,queue,1e-3\nHBR-1,queue,\nHBR-1,queue,nan", [2, 4]),
        (b"reference,theme\nHBR-1,queue\nHBR-1,queue\n", [3]),
        (b"reference,theme\nHBR-1\n\x00,queue\n=1+1,queue\n", [2, 3, 4]),
        (b"reference,theme\n", [1]),
        (b"", [1]),
        (b"reference,theme,name\n", [1]),
        (b"reference\n", [1]),
        (b"\xff\xfe", [1]),
        (b'reference,theme\nHBR-1,"que"ue\n', [2]),
        (b"reference,theme,question\nHBR-1,queue,why\nHBR-2,queue,swings\n", [3]),
        (b'{"reference": "HBR-1", "theme": "queue", "score": 0.5, "question": "why"}\n\n', []),
        (b'{"reference": "HBR-1", "theme": "queue", "score": null}\r\n{"theme": "queue"}\n[1]\n{', [2, 3, 4]),
        (b'{"reference": ["HBR-1"], "theme": true}\n{"reference": "HBR-1", "theme": "queue", "score": 2}', [1, 1, 2]),
    ],
    ids=repr,
)
def test_a_file_is_read_whole(file: bytes, faults: list[int]) -> None:
    assert [fault.line for fault in suggested.read(file, {"queue"}, "why")[1]] == faults


# --- which answers are coded next ---


async def test_a_coder_is_shown_what_nobody_has_coded_or_a_random_tenth_of_what_somebody_else_has(
    town: ConsoleTown,
) -> None:
    references = await answers(town, *(f"The queue is long, {number}." for number in range(1, 13)))
    colleague = await town.officer(Duty.ANALYST)
    for _ in references[:-1]:
        await codes(town.analyst, "queue")
    left = fields_of((await colleague.get(f"{DESK}?only=nobody")).html)
    assert (left["reference"], left["only"]) == (references[-1], "nobody")
    assert "only=nobody" in await codes(colleague, "queue", at=f"{DESK}?only=nobody")
    assert "no further answer that nobody has coded" in (await colleague.get(f"{DESK}?only=nobody")).words
    assert "of the random tenth" in (await town.analyst.get(f"{DESK}?only=again&after={references[-1]}")).words
    sampled = await _all_of_the_tenth(colleague)
    assert set(sampled) < set(references[:-1])
    first = next(reference for reference in references if reference not in sampled)
    assert fields_of((await colleague.get(f"{DESK}?only=nonsense")).html)["reference"] == first


async def _all_of_the_tenth(browser: Browser) -> list[str]:
    found: list[str] = []
    while fields := fields_of((await browser.get(f"{DESK}?only=again")).html):
        found.append(fields["reference"])
        await codes(browser, "queue", at=f"{DESK}?only=again")
    return found
