"""After the close an officer is reminded that people wait for an answer, until one is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.console.response_due import response_due
from bot.packs import Library
from flows.definition import Consultation
from tests.support.answered import a_deed
from tests.support.officers import a_console
from tests.support.packs import SLUG, write_pack

CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)
"""Midnight after Friday 31 May, in British Summer Time."""
GUIDANCE = "Government guidance asks for that within 12 weeks"


@pytest.fixture
def pack(tmp_path: Path) -> Consultation:
    found = Library.load(write_pack(tmp_path / "packs")).get(SLUG)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("waited", "ago"),
    [
        (timedelta(), "It closed less than a week ago"),
        (timedelta(days=5), "It closed less than a week ago"),
        (timedelta(days=6), "It closed 1 week ago"),
        (timedelta(weeks=11), "It closed 11 weeks ago"),
        (timedelta(weeks=51), "It closed 51 weeks ago"),
        (timedelta(weeks=52), "It closed a year ago or more"),
    ],
)
def test_the_weeks_since_the_close_are_counted(pack: Consultation, waited: timedelta, ago: str) -> None:
    assert response_due(pack, CLOSES + waited).startswith(f"{ago}, and people have not been told what came of it.")


def test_while_it_is_open_nothing_is_due(pack: Consultation) -> None:
    assert response_due(pack, CLOSES - timedelta(seconds=1)) == ""


def test_twelve_weeks_are_the_limit_that_guidance_sets_and_end_on_a_day(pack: Consultation) -> None:
    last = CLOSES + timedelta(weeks=12) - timedelta(seconds=1)
    assert f"{GUIDANCE}: by Friday 23 August 2030." in response_due(pack, last)
    assert f"{GUIDANCE}, which ended on Friday 23 August 2030." in response_due(pack, last + timedelta(seconds=1))


def test_what_people_were_promised_is_named_with_it_and_when_it_has_passed(pack: Consultation) -> None:
    promised = replace(pack, feedback_due=date(2030, 6, 7))
    assert response_due(promised, CLOSES).endswith("They were promised it by Friday 7 June 2030.")
    late = response_due(promised, CLOSES + timedelta(days=7))
    assert late.endswith("They were promised it by Friday 7 June 2030, which has passed.")
    assert "promised" not in response_due(replace(pack, feedback_due=None), CLOSES)


async def test_the_reminder_stands_on_the_first_page_and_where_the_answer_is_written_until_it_is_published(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with a_console(sqlite_url, write_pack(tmp_path / "packs"), now=CLOSES + timedelta(weeks=3)) as town:
        for page in ("/console", f"/console/{SLUG}/answered"):
            assert "It closed 3 weeks ago, and people have not been told" in (await town.editor.get(page)).words
        feedback = town.service.database.feedback
        revision = await feedback.save(SLUG, "{}", after=0, deed=a_deed(CLOSES))
        await feedback.publish(SLUG, revision, sends=False, deed=a_deed(CLOSES, "answer.published"))
        assert "people have not been told" not in (await town.editor.get("/console")).words
