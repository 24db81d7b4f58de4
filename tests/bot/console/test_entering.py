"""Typing in answers that were given on paper, by telephone or face to face: held to the rules of all answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.console.rights import Duty
from bot.sheets import AnswerSheet, Labels, transcript_row
from flows.messages import Channel
from storage.records import ParticipantAnswers
from tests.support import every_kind
from tests.support.officers import Browser, ConsoleTown, Shown, a_console
from tests.support.packs import SLUG, write_pack

BASE = f"/console/{SLUG}/enter"
WHO = {"who": "child-8-11", "how": "paper", "language": "en"}
GIVEN = {"day": "14/5/2030", "time": "16:30"}
ANSWERS = {"q-swings": "more", "q-why": "There is <always> a queue"}
EVERY_KIND = (
    ("q-helped", "together"),
    ("q-places", "slides"),
    ("q-uses", "parks"),
    ("q-uses", "clubs"),
    ("q-safe", "4"),
    ("q-people", "5"),
    ("q-order", "well"),
    ("q-order.2", "safe"),
    ("q-order.3", "learn"),
    ("q-ideas", "A pond\nwith ducks"),
)
CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "packs")


@pytest.fixture
async def town(sqlite_url: str, packs: Path) -> AsyncIterator[ConsoleTown]:
    async with a_console(sqlite_url, packs) as town:
        yield town


async def send(
    town: ConsoleTown,
    more: Mapping[str, str] | None = None,
    *,
    by: Browser | None = None,
    form: str = "form-1",
    **fields: str,
) -> Shown:
    fields |= more or {}
    whole = {**WHO, **GIVEN, **ANSWERS, "form": form, **{name.replace("_", "-"): text for name, text in fields.items()}}
    return await (by or town.editor).post(f"{BASE}/new", whole)


def problems(shown: Shown) -> dict[str, str]:
    found = dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', shown.html.partition("There is a problem")[2]))
    for name in found:
        assert f'id="{name}"' in shown.html, name
    return found


def reference(shown: Shown) -> str:
    assert (shown.status, shown.location[-13:]) == (303, "?done=entered"), shown.words
    return shown.location.removeprefix(f"{BASE}/").partition("?")[0]


async def everybody(town: ConsoleTown) -> list[ParticipantAnswers]:
    return await town.desk.answers()


async def test_the_form_asks_what_a_role_and_band_is_asked_in_its_words(town: ConsoleTown) -> None:
    begin = await town.editor.get(BASE)
    assert "Child, 8 to 11 years" in begin.words
    shown = await town.editor.get(f"{BASE}/new?who=child-8-11&how=paper&language=en")
    assert "Should the park have more swings?" in shown.words
    assert "It is fine now" in shown.words
    assert "In time until 11:59pm on Friday 31 May 2030" in shown.words


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ("", {"who", "how"}),
        ("who=wizard&how=paper", {"who"}),
        ("who=child-8-11&how=sms", {"how"}),
        ("who=child-8-11&how=paper&language=pl", {"language"}),
    ],
)
async def test_who_and_how_are_asked_first(town: ConsoleTown, asked: str, fields: set[str]) -> None:
    refused = await town.editor.get(f"{BASE}/new?{asked}")
    assert refused.status == 422
    assert set(problems(refused)) == fields


@pytest.mark.parametrize("way", ["paper", "telephone", "face-to-face"])
async def test_what_was_typed_in_is_exported_like_any_answer_and_says_how_it_was_given(
    town: ConsoleTown, way: str
) -> None:
    name = reference(await send(town, how=way))
    pack = town.service.library.all()[0]
    [row] = [AnswerSheet(pack, Labels()).row(person) for person in await everybody(town)]
    assert row["reference"] == name
    assert (row["channel"], row["status"], row["late"], row["role"], row["age_band"]) == (
        way,
        "complete",
        "",
        "child",
        "8-11",
    )
    assert row["started_at"] == row["completed_at"] == "2030-05-14T16:30:00+01:00"
    assert (row["swings"], row["why"]) == ("More swings", "There is <always> a queue")
    entries = [transcript_row(entry, pack) for entry in await town.desk.transcript()]
    assert [(entry["direction"], entry["channel"], entry["question"], entry["text"]) for entry in entries] == [
        ("in", way, "who", "I am 8 to 11"),
        ("in", way, "swings", "More swings"),
        ("in", way, "why", "There is <always> a queue"),
    ]
    assert {entry.kind for entry in await town.desk.transcript()} == {"entered"}


async def test_the_same_form_sent_twice_counts_once(town: ConsoleTown) -> None:
    first = reference(await send(town))
    assert reference(await send(town, q_why="Something else")) == first
    assert len(await everybody(town)) == 1
    assert reference(await send(town, form="form-2")) != first
    assert len(await everybody(town)) == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"day": ""}, {"day"}),
        ({"day": "16/5/2030"}, {"day"}),
        ({"day": "30/4/2030"}, {"day"}),
        ({"time": "half past four"}, {"time"}),
        ({"q_swings": "some"}, {"q-swings"}),
        ({"q_swings": "", "q_why": ""}, {"answers"}),
        ({"q_why": "x" * 20_001}, {"q-why"}),
    ],
)
async def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    town: ConsoleTown, fields: Mapping[str, str], wrong: set[str]
) -> None:
    refused = await send(town, fields)
    assert refused.status == 422
    assert set(problems(refused)) == wrong
    if "q_why" not in fields:
        assert "There is &lt;always&gt; a queue" in refused.html
    assert await everybody(town) == []


@pytest.mark.parametrize(
    ("policy", "expected"), [("tag-late", "late"), ("strict", "refused"), ("finish-in-progress", "refused")]
)
async def test_what_was_given_after_the_close_is_what_the_policy_says(
    sqlite_url: str, packs: Path, policy: str, expected: str
) -> None:
    structure = packs / SLUG / "consultation.toml"
    structure.write_text(structure.read_text().replace('"tag-late"', f'"{policy}"'))
    async with a_console(sqlite_url, packs, now=CLOSES + timedelta(days=3)) as town:
        in_time = reference(await send(town, day="31/5/2030", time="23:59"))
        after = await send(town, form="form-2", day="1/6/2030", time="")
        found = {
            one.reference: {code for code, given in one.answers.items() if given.late} for one in await everybody(town)
        }
        assert found.pop(in_time) == set()
        if expected == "refused":
            assert set(problems(after)) == {"day"}
            assert found == {}
        else:
            assert found == {reference(after): {"who", "swings", "why"}}
            assert "counts as late" in (await town.editor.get(after.location)).words


async def test_a_closing_time_that_was_moved_decides_too(sqlite_url: str, packs: Path) -> None:
    async with a_console(sqlite_url, packs) as town:
        fields = {"when": "later", "day": "16/5/2030", "reason-en": "Snow.", "after": "0", "sure": "yes"}
        assert (await town.editor.post(f"/console/{SLUG}/running/close", fields)).status == 303
        town.service.clock.advance(timedelta(days=5))
        editor = await town.officer(Duty.EDITOR)
        reference(await send(town, by=editor, day="17/5/2030", time="09:00"))
        [row] = await everybody(town)
        assert all(given.late for given in row.answers.values())


async def test_where_only_the_day_is_known_its_beginning_counts_or_the_opening_on_it(town: ConsoleTown) -> None:
    reference(await send(town, day="1/5/2030", time=""))
    [row] = await everybody(town)
    assert row.started_at == datetime(2030, 4, 30, 23, tzinfo=UTC)


async def test_a_correction_adds_to_what_was_there_and_says_who_made_it(town: ConsoleTown) -> None:
    name = reference(await send(town))
    form = await town.editor.get(f"{BASE}/{name}/correct")
    assert "There is &lt;always&gt; a queue" in form.html
    assert 'value="14/05/2030"' in form.html
    changed = {**GIVEN, **ANSWERS, "q-why": "There was a queue", "form": "form-2"}
    done = await town.analyst.post(f"{BASE}/{name}/correct", changed)
    assert done.location == f"{BASE}/{name}?done=corrected"
    shown = await town.analyst.get(done.location)
    assert "There was a queue" in shown.words
    assert town.analyst.email in shown.words
    assert town.editor.email in shown.words
    said = [entry.text for entry in await town.desk.transcript()]
    assert said[-2:] == ["There is <always> a queue", "There was a queue"]
    again = await town.analyst.post(f"{BASE}/{name}/correct", {**changed, "form": "form-3"})
    assert again.location == f"{BASE}/{name}?done=same"
    refused = await town.analyst.post(f"{BASE}/{name}/correct", {**changed, "q-why": "", "form": "form-4"})
    assert set(problems(refused)) == {"q-why"}
    acts = [(line.deed.act, line.deed.subject) for line in reversed(await town.record(thing="entry"))]
    assert acts == [("entry.added", name), ("entry.corrected", name)]


async def test_what_others_typed_in_is_read_only_by_who_may_read_answers(town: ConsoleTown) -> None:
    name = reference(await send(town, by=town.analyst))
    shown = await town.editor.get(f"{BASE}/{name}")
    assert shown.status == 200
    assert "queue" not in shown.words
    assert (await town.editor.get(f"{BASE}/{name}/correct")).status == 403
    assert (await town.editor.post(f"{BASE}/{name}/correct", {**GIVEN, **ANSWERS})).status == 403
    assert "queue" in (await town.analyst.get(f"{BASE}/{name}")).words


async def test_an_entry_is_erased_for_a_reason_and_its_form_does_not_bring_it_back(town: ConsoleTown) -> None:
    name = reference(await send(town))
    assert set(problems(await town.editor.post(f"{BASE}/{name}/erase"))) == {"why"}
    done = await town.editor.post(f"{BASE}/{name}/erase", {"why": "They asked for it"})
    assert done.location == f"{BASE}?done=erased"
    assert await everybody(town) == []
    assert (await town.editor.get(f"{BASE}/{name}")).status == 404
    assert (await send(town)).status == 409
    line = (await town.record(thing="entry"))[0]
    assert (line.deed.act, line.deed.why) == ("entry.erased", "They asked for it")


async def test_words_that_were_taken_out_are_not_shown_for_a_correction_and_stay_as_they_were(
    town: ConsoleTown,
) -> None:
    name = reference(await send(town))
    base = f"/console/{SLUG}/people/{name}/answers/why/1/remove"
    fields = {"part": "<always>", "kind": "other", "reason": "could tell who it is"}
    assert (await town.analyst.post(base, fields)).status == 303
    mark = "[removed: something that could identify somebody]"
    form = await town.editor.get(f"{BASE}/{name}/correct")
    assert "always" not in form.html
    assert f"There is {mark} a queue" in form.html
    assert "always" not in (await town.editor.get(f"{BASE}/{name}")).html
    left = {**GIVEN, **ANSWERS, "q-why": f"There is {mark} a queue", "form": "form-2"}
    assert (await town.editor.post(f"{BASE}/{name}/correct", left)).location == f"{BASE}/{name}?done=same"


async def test_somebody_who_wrote_themselves_is_not_to_be_corrected_here(town: ConsoleTown) -> None:
    await town.desk.person(Channel.SMS).says("PLAY", "8-11", "1")
    [row] = await everybody(town)
    for path in ("", "/correct", "/erase"):
        assert (await town.analyst.get(f"{BASE}/{row.reference}{path}")).status == 404


async def test_every_kind_of_question_can_be_typed_in(sqlite_url: str, tmp_path: Path) -> None:
    packs = every_kind.write_every_kind(tmp_path / "packs")
    base = f"/console/{every_kind.SLUG}/enter"
    async with a_console(sqlite_url, packs) as town:
        shown = await town.editor.get(f"{base}/new?who=child-4-7&how=face-to-face&language=en")
        assert shown.status == 200
        names = set(re.findall(r'name="(q-[^"]+)"', shown.html))
        fields = [("who", "child-4-7"), ("how", "face-to-face"), ("language", "en"), *GIVEN.items(), ("form", "f")]
        given = [*EVERY_KIND, *fields]
        assert {name for name, _ in EVERY_KIND} == names
        done = await town.editor.post(f"{base}/new", given)
        assert done.status == 303, done.words
        [row] = await town.desk.answers(every_kind.SLUG)
        assert row.helped_by is not None
        name = done.location.removeprefix(f"{base}/").partition("?")[0]
        form = await town.editor.get(f"{base}/{name}/correct")
        assert form.status == 200
        again = [*EVERY_KIND, *GIVEN.items()]
        same = await town.editor.post(f"{base}/{name}/correct", [*again, ("form", "f2")])
        assert same.location.endswith("?done=same"), same.words
        other = [("q-helped", "grown-up"), *again[1:], ("form", "f3")]
        assert (await town.editor.post(f"{base}/{name}/correct", other)).location.endswith("?done=corrected")
        assert [one.helped_by for one in await town.desk.answers(every_kind.SLUG)] == ["grown-up"]
