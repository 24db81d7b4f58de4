"""What officers decide: only ever added to, once, with its line in the record, and seen by every worker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.decisions import (
    Analysed,
    Answered,
    Approved,
    ClosedEarly,
    Decision,
    Extended,
    Gate,
    GateFilled,
    StageApproved,
    What,
    Withdrawn,
)
from storage.audit import Deed
from storage.codec import decode_json, encode_json
from storage.database import Database
from storage.errors import ConflictError
from storage.running import decode, encode
from tests.support.storing import CUTOFF, NOW, SLUG, rows

SAM = "sam@council.example"


def decision(number: int = 1, what: What = GateFilled(Gate("to hear"))) -> tuple[Decision, Deed]:  # noqa: B008 - frozen
    return Decision(number, NOW, SAM, what), Deed(NOW, SAM, "consultation.gate-filled", SLUG)


async def test_what_was_decided_is_there_in_its_order(database: Database) -> None:
    first, second = decision(), decision(2, Analysed())
    await database.running.decide(SLUG, [first])
    await database.running.decide(SLUG, [second])
    assert await database.running.history(SLUG) == (first[0], second[0])
    assert await database.running.everything() == {SLUG: (first[0], second[0])}
    assert await database.running.numbers() == {SLUG: 2}
    assert await database.running.history("another") == ()


async def test_another_worker_sees_it_at_once(database: Database, other: Database) -> None:
    assert await other.running.numbers() == {}
    await database.running.decide(SLUG, [decision()])
    assert await other.running.numbers() == {SLUG: 1}


async def test_each_consultation_has_numbers_of_its_own(database: Database) -> None:
    await database.running.decide(SLUG, [decision()])
    await database.running.decide("another", [decision()])
    assert await database.running.numbers() == {SLUG: 1, "another": 1}


@pytest.mark.parametrize("number", [1, 3])
async def test_what_was_decided_on_an_old_page_is_not_taken(database: Database, database_url: str, number: int) -> None:
    await database.running.decide(SLUG, [decision()])
    with pytest.raises(ConflictError):
        await database.running.decide(SLUG, [decision(number, Answered())])
    assert [one.what for one in await database.running.history(SLUG)] == [GateFilled(Gate("to hear"))]
    assert len(await rows(database_url, "SELECT act FROM deed")) == 1


async def test_of_several_decisions_in_one_form_all_are_taken_or_none(database: Database) -> None:
    with pytest.raises(ConflictError):
        await database.running.decide(SLUG, [decision(1), decision(1, Analysed())])
    assert await database.running.numbers() == {}
    await database.running.decide(SLUG, [decision(1), decision(2, Analysed())])
    assert await database.running.numbers() == {SLUG: 2}


async def test_a_decision_has_its_line_in_the_record(database: Database, database_url: str) -> None:
    await database.running.decide(SLUG, [decision()])
    assert await rows(database_url, "SELECT officer, act, slug FROM deed") == [(SAM, "consultation.gate-filled", SLUG)]


DAYS = st.dates(date(1990, 1, 1), date(2190, 1, 1))
REASONS = st.dictionaries(st.sampled_from(["en", "cy", "pl"]), st.text(max_size=9), max_size=3)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda after: CUTOFF + after)
MAYBE = st.none() | st.text(max_size=5)


@given(
    st.one_of(
        st.builds(GateFilled, st.builds(Gate, st.text(), st.text(), st.text(), st.none() | DAYS, st.text(), st.text())),
        st.builds(Approved, st.text(), DAYS, st.text()),
        st.builds(Withdrawn, st.text()),
        st.builds(StageApproved, st.text(), st.text(), DAYS),
        st.builds(Extended, INSTANTS, REASONS, MAYBE, MAYBE),
        st.builds(ClosedEarly, INSTANTS, REASONS, MAYBE),
        st.just(Analysed()),
        st.just(Answered()),
    )
)
def test_a_decision_is_read_back_as_it_was_written(what: What) -> None:
    act, facts = encode(what)
    assert decode(act, decode_json(encode_json(facts))) == what


def test_what_a_newer_release_decided_is_not_guessed_at() -> None:
    with pytest.raises(LookupError):
        decode("postponed", {})
