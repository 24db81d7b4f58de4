"""What people say about themselves is kept apart: no export has a trace of it that did not ask for just that."""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import export_command
from flows.messages import Channel, Typed
from storage.records import AddressKey
from tests.support.desk import Correspondent, Desk, a_desk
from tests.support.processes import ROOT
from tests.support.storing import rows
from tests.support.town import settings_for

SLUG = "durham-2019"
NOON = datetime(2018, 11, 20, 12, tzinfo=UTC)
PACKS = ROOT / "consultations"
APART = ["child-needs", "disability", "ethnicity", "gender-identity", "in-care", "sexual-orientation"]
TOLD = ("Bisexual", "bisexual", "gay", "In care before", "care leaver", "Roma", "straight")
"""What the two people below say about themselves, as they say it and as it is shown to them."""


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, PACKS, now=NOON) as desk:
        yield desk


async def a_student_on_telegram(desk: Desk) -> Correspondent:
    """Answers all, is not understood once, edits both, changes one, and looks at everything."""
    student = desk.person(Channel.TELEGRAM, "700900123")
    await student.says("durham", "I am 16 to 25", "not sure", "the hills", "buses")
    await student.says("prefer not to say", "care leaver", "skip")
    await student.sends(Typed("gay, or what?"), number="10")
    await student.edits("10", "bi")
    await student.sends(Typed("Roma"), number="11")
    await student.edits("10", "bisexual")
    await student.edits("11", "Gypsy, Roma")
    await student.says("show", "change", "4", "more buses")
    return student


async def a_mother_by_text(desk: Desk) -> Correspondent:
    """Stops in the middle, with a list of what she has said."""
    mother = desk.person(Channel.SMS, "+447700900124")
    await mother.says("durham", "mum", "1", "sleep", "her nursery", "less waiting", "no", "1", "yes", "straight")
    await mother.says("show", "stop")
    return mother


async def exported(folder: Path, url: str, what: str, *more: str) -> tuple[list[dict[str, str]], dict[str, object]]:
    """The rows of an export by the command line, and its manifest."""
    parser = argparse.ArgumentParser()
    export_command.add_arguments(parser)
    path = folder / f"{what}.csv"
    arguments = parser.parse_args([SLUG, what, "--format", "csv", "--output", str(path), *more])
    settings = settings_for("http://127.0.0.1:8080", url, PACKS)
    assert await asyncio.to_thread(export_command.run, settings, arguments) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file)), json.loads(path.with_name(f"{path.name}.manifest.json").read_text())


async def test_the_answers_have_no_trace_of_it(desk: Desk, tmp_path: Path, database_url: str) -> None:
    await a_student_on_telegram(desk)
    await a_mother_by_text(desk)
    people, manifest = await exported(tmp_path, database_url, "answers")
    assert [row["good"] for row in sorted(people, key=lambda row: row["role"])] == ["her nursery", "the hills"]
    assert not set(APART) & set(people[0])
    assert not any(told in cell for row in people for cell in row.values() for told in TOLD)
    assert (manifest["equality_questions"], manifest["equality_included"]) == (APART, False)
    assert (manifest["received"], manifest["rows"], manifest["left_out"]) == (2, 2, {})


async def test_the_answers_have_it_in_its_place_where_it_was_asked_for(
    desk: Desk, tmp_path: Path, database_url: str
) -> None:
    await a_student_on_telegram(desk)
    await a_mother_by_text(desk)
    people, manifest = await exported(tmp_path, database_url, "answers", "--include-equality")
    by_role = {row["role"]: row for row in people}
    asked = ["disability", "child-needs", "in-care", "gender-identity", "sexual-orientation", "ethnicity"]
    assert list(people[0])[-len(asked) :] == asked
    student, mother = by_role["young-person"], by_role["parent-carer"]
    assert [student[code] for code in asked] == [
        *("Prefer not to say", "", "In care before", "", "Bisexual", "Gypsy, Roma or Traveller"),
    ]
    assert [mother[code] for code in asked] == ["No", "Yes", "", "Yes", "Straight", ""]
    assert (student["status"], mother["status"]) == ("complete", "stopped")
    assert manifest["equality_included"] is True


async def test_the_transcripts_leave_out_what_was_said_about_it_and_the_sum_still_balances(
    desk: Desk, tmp_path: Path, database_url: str
) -> None:
    await a_student_on_telegram(desk)
    await a_mother_by_text(desk)
    said, manifest = await exported(tmp_path, database_url, "transcripts")
    assert not any(told in row["text"] for row in said for told in TOLD), [row["text"] for row in said]
    assert not {row["question"] for row in said} & set(APART)
    left_out = manifest["left_out"]
    assert isinstance(left_out, dict)
    assert list(left_out) == ["about an equality question"]
    assert manifest["rows"] == len(said)
    assert manifest["received"] == len(said) + sum(left_out.values())
    assert manifest["filters"] == {}
    ordinary = [row["text"] for row in said if row["direction"] == "in"]
    assert {"the hills", "buses", "more buses", "her nursery"} <= set(ordinary)


async def test_the_transcripts_hold_every_word_where_it_was_asked_for(
    desk: Desk, tmp_path: Path, database_url: str
) -> None:
    await a_student_on_telegram(desk)
    await a_mother_by_text(desk)
    said, manifest = await exported(tmp_path, database_url, "transcripts", "--include-equality")
    assert Counter(row["text"] for row in said) == Counter(entry.text for entry in await desk.transcript(SLUG))
    assert all(any(told in row["text"] for row in said) for told in TOLD)
    assert (manifest["left_out"], manifest["equality_included"]) == ({}, True)


async def test_a_filter_counts_beside_it(desk: Desk, tmp_path: Path, database_url: str) -> None:
    await a_student_on_telegram(desk)
    await a_mother_by_text(desk)
    said, manifest = await exported(tmp_path, database_url, "transcripts", "--channel", "sms")
    left_out = manifest["left_out"]
    assert isinstance(left_out, dict)
    assert set(left_out) == {"about an equality question", "filtered by channel"}
    assert manifest["received"] == len(said) + sum(left_out.values())
    assert manifest["filters"] == {"channel": ["sms"]}


async def test_whoever_said_it_sees_it_and_can_erase_it(desk: Desk, database_url: str) -> None:
    student = await a_student_on_telegram(desk)
    assert any("Sexual orientation: Bisexual" in text for text in await desk.said(SLUG))
    assert len(await rows(database_url, "SELECT question FROM equality_answer")) > 3
    await student.says("delete", "delete")
    assert await rows(database_url, "SELECT question FROM equality_answer") == []
    assert await desk.service.database.find(AddressKey(student.channel, student.address), SLUG) is None


async def test_an_edit_is_about_what_the_message_was_about_that_it_edits(desk: Desk) -> None:
    await a_student_on_telegram(desk)
    edits = [entry for entry in await desk.transcript(SLUG) if entry.kind == "edit"]
    assert [(entry.text, entry.question) for entry in edits] == [
        ("bi", "sexual-orientation"),
        ("bisexual", "sexual-orientation"),
        ("Gypsy, Roma", "ethnicity"),
    ]


async def test_an_edit_of_what_gave_no_answer_is_about_the_question_that_was_open_then(desk: Desk) -> None:
    student = desk.person(Channel.TELEGRAM, "700900123")
    await student.says("durham", "I am 16 to 25", "not sure", "the hills", "buses", "no", "never", "skip")
    await student.sends(Typed("gay, or what?"), number="10")
    await student.says("skip")
    await student.edits("10", "gay")
    assert (await desk.transcript(SLUG))[-1].question == "sexual-orientation"
