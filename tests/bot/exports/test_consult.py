"""Consult's input pack: exactly the files and fields that its own models take.

The models are written from those published in `i-dot-ai/consult`, `backend/data_pipeline/models.py`.
"""

from __future__ import annotations

import asyncio
import csv
import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExportError
from bot.export import Filters
from bot.exports.asked import Kind, Subject
from flows.values import Choice, Choices, Number, Ranking, Text
from tests.support.exporting import a_wish, left_in, made, somebody

CONSULT = a_wish(Subject.CONSULT, Kind.FOLDER)
Fields = dict[str, Any]


def is_respondent(one: Fields) -> bool:
    held = one.get("demographic_data")
    return (
        set(one) == {"themefinder_id", "demographic_data"}
        and type(one["themefinder_id"]) is int
        and isinstance(held, dict)
        and all(
            isinstance(values, list) and all(isinstance(value, str) for value in values) for values in held.values()
        )
    )


def is_question(one: Fields) -> bool:
    return (
        set(one) <= {"question_text", "question_number", "has_free_text", "multi_choice_options"}
        and isinstance(one["question_text"], str)
        and type(one["question_number"]) is int
        and type(one["has_free_text"]) is bool
        and all(isinstance(option, str) for option in one["multi_choice_options"])
    )


def is_response(one: Fields) -> bool:
    return set(one) == {"themefinder_id", "text"} and type(one["themefinder_id"]) is int and bool(one["text"])


def is_multi_choice(one: Fields) -> bool:
    chosen = one.get("options")
    return (
        set(one) == {"themefinder_id", "options"}
        and type(one["themefinder_id"]) is int
        and isinstance(chosen, list)
        and bool(chosen)
        and all(isinstance(option, str) for option in chosen)
    )


def lines_of(path: Path) -> list[Fields]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def checked(folder: Path) -> dict[str, tuple[Fields, list[Fields], list[Fields]]]:
    """Every question by its words, with its responses and its choices, once all of it fits the models."""
    respondents = lines_of(folder / "respondents.jsonl")
    assert all(is_respondent(one) for one in respondents)
    known = {one["themefinder_id"] for one in respondents}
    found = {}
    for number, place in enumerate(sorted(folder.glob("question_part_*")), start=1):
        question = json.loads((place / "question.json").read_text("utf-8"))
        responses = lines_of(place / "responses.jsonl") if (place / "responses.jsonl").exists() else []
        choices = lines_of(place / "multi_choice.jsonl") if (place / "multi_choice.jsonl").exists() else []
        assert is_question(question)
        assert (place.name, question["question_number"]) == (f"question_part_{number}", number)
        assert question["has_free_text"] == (place / "responses.jsonl").exists()
        assert bool(question["multi_choice_options"]) == (place / "multi_choice.jsonl").exists()
        assert all(is_response(one) for one in responses)
        assert all(is_multi_choice(one) for one in choices)
        assert {one["themefinder_id"] for one in (*responses, *choices)} <= known
        assert {option for one in choices for option in one["options"]} <= set(question["multi_choice_options"])
        found[question["question_text"]] = (question, responses, choices)
    return found


async def test_a_pack_is_what_consult_reads(tmp_path: Path) -> None:
    everybody = [
        somebody(1, swings=Choice("more"), games=Choices(("more", "fewer")), ideas=Text("A pond")),
        somebody(2, role="professional", safe=Number(Decimal(4)), order=Ranking(("more",))),
    ]
    manifest = await made(tmp_path / "pack", CONSULT, *everybody)
    found = checked(tmp_path / "pack")
    assert set(found) == {"swings?", "games?", "safe?", "ideas?"}
    assert found["swings?"][2] == [{"themefinder_id": 1, "options": ["More swings"]}]
    assert found["games?"][2] == [{"themefinder_id": 1, "options": ["More swings", "Fewer swings"]}]
    assert found["safe?"][2] == [{"themefinder_id": 2, "options": ["4"]}]
    assert found["ideas?"][1] == [{"themefinder_id": 1, "text": "A pond"}]
    [first, second] = lines_of(tmp_path / "pack" / "respondents.jsonl")
    assert first["demographic_data"]["Role"] == ["child"]
    assert second["demographic_data"]["Role"] == ["professional"]
    assert (manifest.received, manifest.rows) == (2, 2)
    assert json.loads((tmp_path / "pack" / "manifest.json").read_text())["files"] == manifest.files


async def test_no_reference_is_in_the_pack_and_the_list_beside_it_brings_the_themes_back(tmp_path: Path) -> None:
    await made(tmp_path / "pack", CONSULT, somebody(7, ideas=Text("A pond")))
    assert all("PRK-" not in path.read_text() for path in (tmp_path / "pack").rglob("*.json*"))
    with (tmp_path / "pack.references.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [{"themefinder_id": "1", "reference": "PRK-0007-9Q"}]


@pytest.mark.parametrize("equality", [True, False])
async def test_equality_questions_are_about_the_person_and_there_only_if_asked_for(
    tmp_path: Path, *, equality: bool
) -> None:
    wish = a_wish(Subject.CONSULT, Kind.FOLDER, equality=equality)
    await made(tmp_path / "pack", wish, somebody(needs=Choice("more")))
    assert "needs?" not in checked(tmp_path / "pack")
    [respondent] = lines_of(tmp_path / "pack" / "respondents.jsonl")
    assert respondent["demographic_data"].get("needs") == (["More swings"] if equality else None)


async def test_who_is_filtered_out_is_counted_with_the_reason(tmp_path: Path) -> None:
    wish = a_wish(Subject.CONSULT, Kind.FOLDER, filters=Filters(role=("child",)))
    manifest = await made(tmp_path / "pack", wish, somebody(1), somebody(2, role="professional"))
    assert (manifest.received, manifest.rows, manifest.left_out) == (2, 1, {"filtered by role": 1})
    assert len(lines_of(tmp_path / "pack" / "respondents.jsonl")) == 1


async def test_a_folder_that_has_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="name another folder"):
        await made(tmp_path / "pack", CONSULT, somebody())
    assert left_in(tmp_path) == ["pack", "pack/mine.txt"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=3))
def test_any_text_comes_back_exactly_as_it_was_sent(sent: list[str]) -> None:
    with TemporaryDirectory() as folder:
        people = [somebody(number, ideas=Text(text)) for number, text in enumerate(sent)]
        asyncio.run(made(Path(folder) / "pack", CONSULT, *people))
        assert [one["text"] for one in checked(Path(folder) / "pack")["ideas?"][1]] == sent
