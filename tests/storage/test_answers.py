"""An answer is frozen with everything that was true when it was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from flows.definition import AgeBand
from flows.messages import Channel
from flows.values import Text, Value
from storage.answers import late_by_seconds
from storage.database import Database
from storage.errors import ConflictError
from storage.instants import micros
from storage.records import AnswerRecord
from tests.storage.test_codec import VALUES
from tests.support.storing import CUTOFF, NOW, SLUG, answered, load, met, new_id, phone, rows


async def _add(database: Database, number: int, *changes: dict[str, object]) -> AnswerRecord:
    async with database.unit_of_work() as work:
        [person] = await load(work, phone(number))
        records = [replace(answered(person), **change) for change in changes]  # type: ignore[arg-type] # any field
        for record in records:
            work.add_answer(record)
        await work.commit()
    return records[-1]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
async def test_an_answer_of_any_kind_comes_back_as_it_was(database: Database, value: Value) -> None:
    number = new_id()
    person = await met(database, phone(number), slug=f"{SLUG}-{number}")
    assert person.is_new
    await _add(database, number, {"value": value})
    [row] = [row async for row in database.answers(f"{SLUG}-{number}")]
    assert row.answers["swings"].value == value


async def test_everything_that_was_true_stands_in_its_row(database: Database, database_url: str) -> None:
    await met(database, phone())
    late = {
        "revision": 2,
        "role": "parent-carer",
        "band": AgeBand.ADULT,
        "helped_by": "together",
        "language": "cy",
        "wording": "Mwy o siglenni?",
        "wording_language": "cy",
        "wording_band": AgeBand.ADULT,
        "channel": Channel.TELEGRAM,
        "message_seq": 7,
        "sent_at": NOW,
        "counts_at": CUTOFF + timedelta(seconds=90),
        "clock": "provider",
        "late_policy": "strict",
        "late": True,
        "counts": False,
    }
    await _add(database, 1, late)
    kept = ", ".join(late)
    [row] = await rows(database_url, f"SELECT {kept}, cutoff, late_by_seconds, codes FROM answer")  # noqa: S608
    told = dict(zip([*late, "cutoff", "late_by_seconds", "codes"], row, strict=True))
    assert told == late | {
        "sent_at": micros(NOW),
        "counts_at": micros(CUTOFF + timedelta(seconds=90)),
        "cutoff": micros(CUTOFF),
        "late_by_seconds": 90,
        "codes": '"more"',
    }


@pytest.mark.parametrize(
    ("after", "seconds"),
    [(timedelta(0), 0), (timedelta(milliseconds=1), 1), (timedelta(seconds=1), 1), (timedelta(days=1), 86_400)],
)
async def test_lateness_is_counted_in_whole_seconds_rounded_up(
    database: Database, after: timedelta, seconds: int
) -> None:
    await met(database, phone())
    record = await _add(database, 1, {"late": True, "counts_at": CUTOFF + after})
    assert late_by_seconds(record) == seconds
    assert late_by_seconds(replace(record, late=False)) == 0


async def test_own_words_are_sealed_and_options_are_not(database: Database, database_url: str) -> None:
    await met(database, phone())
    await _add(database, 1, {}, {"question": "why", "value": Text("theres allways a queue")})
    stored = await rows(database_url, "SELECT codes, text_enc FROM answer ORDER BY question")
    assert stored[0] == ('"more"', None)
    assert stored[1][0] is None
    assert b"queue" not in stored[1][1]


async def test_a_revision_is_never_written_over(database: Database) -> None:
    await met(database, phone())
    await _add(database, 1, {})
    with pytest.raises(ConflictError):
        await _add(database, 1, {"value": Text("something else")})
