"""What officers decide, laid over a pack: every decision in every state, allowed or refused, and what people hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import cutoff, events
from flows.closings import Extension
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
    Standing,
    Status,
    What,
    Withdrawn,
)
from flows.definition import Consultation, Nation
from flows.effects import Notice
from flows.running import LONGEST, Refusal, overlaid, reason_needed_in, refusal, standing, status
from flows.stage import Stage
from tests.support.talk import CLOSES, OPENS, Talk, a_park, a_timetable

BEFORE = OPENS - timedelta(days=7)
DURING = datetime(2018, 3, 1, 12, tzinfo=UTC)
AFTER = CLOSES + timedelta(days=1)
LATER = CLOSES + timedelta(days=7)
SOONER = CLOSES - timedelta(days=2)
SNOW = {"en": "Snow closed the schools."}
GATE = Gate("to hear", "doing nothing", "the Cabinet", date(2018, 9, 30), "dpo@example.org", "EIA 7")
APPROVED = Approved("the Cabinet", date(2018, 1, 2), "f00d")

PLAIN = a_park(timetable=a_timetable())
GATED = replace(PLAIN, needs_approval=True)
SPRING = Stage("spring", "Spring", OPENS, OPENS + timedelta(days=10))
STAGED = replace(PLAIN, timetable=replace(PLAIN.timetable, stages=(SPRING,)))


def decided(*made: What, at: datetime = BEFORE) -> Standing:
    history = [Decision(number, at, "sam@council.example", what) for number, what in enumerate(made, 1)]
    return standing(history, "en")


def laid(pack: Consultation, *made: What, at: datetime = BEFORE) -> Consultation:
    return overlaid(pack, decided(*made, at=at))


DRAFT: Sequence[What] = ()
READY: Sequence[What] = (GateFilled(GATE), APPROVED)
CLOSED = READY
READ: Sequence[What] = (*READY, Analysed())
TOLD: Sequence[What] = (*READ, Answered())


@pytest.mark.parametrize(
    ("pack", "made", "at", "expected"),
    [
        (PLAIN, (), BEFORE, Status.APPROVED),
        (PLAIN, (), DURING, Status.OPEN),
        (PLAIN, (), AFTER, Status.CLOSED),
        (GATED, (), BEFORE, Status.DRAFT),
        (GATED, (), DURING, Status.DRAFT),
        (GATED, READY, BEFORE, Status.APPROVED),
        (GATED, READY, OPENS, Status.OPEN),
        (GATED, READY, CLOSES, Status.CLOSED),
        (GATED, READ, AFTER, Status.ANALYSED),
        (GATED, TOLD, AFTER, Status.ANSWERED),
        (GATED, (*READY, Withdrawn("a slip")), BEFORE, Status.DRAFT),
    ],
)
def test_a_consultation_goes_from_draft_to_answered(
    pack: Consultation, made: Sequence[What], at: datetime, expected: Status
) -> None:
    assert status(laid(pack, *made), decided(*made), at) is expected


GATE_FILLED, LONGER, SHORTER = GateFilled(GATE), Extended(LATER, SNOW), ClosedEarly(SOONER, SNOW)


@pytest.mark.parametrize(
    ("what", "at", "draft", "ready", "read", "told"),
    [
        (GATE_FILLED, BEFORE, None, Refusal.ALREADY_APPROVED, Refusal.ALREADY_APPROVED, Refusal.ALREADY_APPROVED),
        (APPROVED, BEFORE, Refusal.GATE_INCOMPLETE, *[Refusal.ALREADY_APPROVED] * 3),
        (Withdrawn("a slip"), BEFORE, Refusal.NOT_APPROVED, None, None, None),
        (Withdrawn("a slip"), OPENS, Refusal.NOT_APPROVED, *[Refusal.HAS_OPENED] * 3),
        (LONGER, BEFORE, Refusal.NOT_APPROVED, None, None, None),
        (LONGER, DURING, Refusal.NOT_APPROVED, None, None, None),
        (LONGER, CLOSES, Refusal.NOT_APPROVED, *[Refusal.HAS_CLOSED] * 3),
        (SHORTER, BEFORE, Refusal.NOT_APPROVED, *[Refusal.NOT_OPEN_YET] * 3),
        (SHORTER, DURING, Refusal.NOT_APPROVED, None, None, None),
        (SHORTER, CLOSES, Refusal.NOT_APPROVED, *[Refusal.HAS_CLOSED] * 3),
        (Analysed(), DURING, Refusal.NOT_APPROVED, *[Refusal.STILL_OPEN] * 3),
        (Analysed(), CLOSES, Refusal.NOT_APPROVED, None, Refusal.ALREADY_DONE, Refusal.ALREADY_DONE),
        (Answered(), DURING, Refusal.NOT_APPROVED, *[Refusal.STILL_OPEN] * 3),
        (Answered(), CLOSES, Refusal.NOT_APPROVED, Refusal.NOT_ANALYSED, None, Refusal.ALREADY_DONE),
    ],
    ids=lambda held: type(held).__name__ if not isinstance(held, datetime) else None,
)
def test_each_decision_is_taken_or_refused_by_where_the_consultation_is(
    what: What,
    at: datetime,
    draft: Refusal | None,
    ready: Refusal | None,
    read: Refusal | None,
    told: Refusal | None,
) -> None:
    found = [refusal(laid(GATED, *made), decided(*made), what, at) for made in (DRAFT, READY, READ, TOLD)]
    assert found == [draft, ready, read, told]


@pytest.mark.parametrize(
    "gate",
    [
        replace(GATE, reasons=""),
        replace(GATE, alternatives=""),
        replace(GATE, who_decides=""),
        replace(GATE, decides_on=None),
        replace(GATE, privacy_contact=""),
        replace(GATE, impact_assessment=""),
    ],
)
def test_the_gate_stays_shut_while_one_answer_is_missing(gate: Gate) -> None:
    assert len(gate.missing) == 1
    assert refusal(GATED, decided(GateFilled(gate)), APPROVED, BEFORE) is Refusal.GATE_INCOMPLETE
    assert refusal(GATED, decided(GATE_FILLED), APPROVED, BEFORE) is None


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (replace(APPROVED, on=date(2018, 1, 26)), Refusal.DAY_TO_COME),
        (Withdrawn("  "), Refusal.NO_REASON),
    ],
)
def test_an_approval_has_a_day_that_has_come_and_is_taken_back_for_a_reason(what: What, expected: Refusal) -> None:
    made = () if isinstance(what, Approved) else (APPROVED,)
    assert refusal(GATED, decided(GATE_FILLED, *made), what, BEFORE) is expected


def test_without_the_key_in_its_pack_nothing_is_to_be_approved() -> None:
    assert refusal(PLAIN, Standing(), APPROVED, BEFORE) is Refusal.NO_APPROVAL_NEEDED
    assert overlaid(PLAIN, Standing()) is PLAIN


@pytest.mark.parametrize(
    ("pack", "what", "expected"),
    [
        (PLAIN, Extended(CLOSES, SNOW), Refusal.NOT_LATER),
        (PLAIN, Extended(LATER, {}), Refusal.NO_REASON),
        (PLAIN, Extended(LATER, {"en": " "}), Refusal.NO_REASON),
        (PLAIN, Extended(DURING + LONGEST + timedelta(seconds=1), SNOW), Refusal.TOO_FAR),
        (PLAIN, Extended(LATER, SNOW, role="wizard"), Refusal.NO_SUCH_ROLE),
        (PLAIN, Extended(LATER, SNOW, role="child"), None),
        (PLAIN, Extended(LATER, SNOW, stage="spring"), Refusal.NO_SUCH_STAGE),
        (STAGED, Extended(LATER, SNOW), Refusal.STAGES_CLOSE),
        (PLAIN, ClosedEarly(CLOSES, SNOW), Refusal.NOT_EARLIER),
        (PLAIN, ClosedEarly(DURING, SNOW), None),
        (PLAIN, ClosedEarly(DURING - timedelta(seconds=1), SNOW), Refusal.IN_THE_PAST),
        (PLAIN, ClosedEarly(SOONER, {}), Refusal.NO_REASON),
        (STAGED, ClosedEarly(SOONER, SNOW), Refusal.STAGES_CLOSE),
        (STAGED, ClosedEarly(SOONER, SNOW, stage="autumn"), Refusal.NO_SUCH_STAGE),
    ],
)
def test_a_closing_time_is_moved_within_reason_and_with_one(
    pack: Consultation, what: What, expected: Refusal | None
) -> None:
    assert refusal(pack, Standing(), what, DURING) is expected


def test_in_wales_a_reason_is_given_in_welsh_too() -> None:
    welsh = replace(PLAIN, nation=Nation.WALES)
    assert reason_needed_in(PLAIN) == ("en",)
    assert reason_needed_in(welsh) == ("en", "cy")
    assert refusal(welsh, Standing(), LONGER, DURING) is Refusal.NO_REASON
    assert refusal(welsh, Standing(), Extended(LATER, {**SNOW, "cy": "Eira."}), DURING) is None


def test_a_stage_opens_when_it_is_approved_and_is_approved_once() -> None:
    approval = StageApproved("spring", "the Cabinet", date(2018, 1, 2))
    assert refusal(STAGED, Standing(), approval, BEFORE) is None
    assert refusal(STAGED, Standing(), replace(approval, stage="autumn"), BEFORE) is Refusal.NO_SUCH_STAGE
    assert refusal(STAGED, Standing(), approval, SPRING.closes_at) is Refusal.HAS_CLOSED
    assert not cutoff.takes_answers(STAGED.timetable, OPENS)
    opened = laid(STAGED, approval)
    assert cutoff.takes_answers(opened.timetable, OPENS)
    assert refusal(opened, Standing(), approval, BEFORE) is Refusal.ALREADY_APPROVED


def test_a_stage_is_kept_open_past_the_end_of_the_whole() -> None:
    approval = StageApproved("spring", "the Cabinet", date(2018, 1, 2))
    longer = laid(STAGED, approval, Extended(LATER, SNOW, stage="spring"))
    assert cutoff.takes_answers(longer.timetable, LATER - timedelta(seconds=1))
    assert not cutoff.takes_answers(longer.timetable, LATER)


def test_nothing_is_open_that_was_not_approved_whatever_its_dates_say() -> None:
    shut = laid(GATED).timetable
    assert not cutoff.has_opened(shut, DURING)
    assert not cutoff.takes_answers(shut, DURING)
    assert not cutoff.is_open(shut, "child", DURING)
    talk = Talk(laid(GATED), now=DURING).begin()
    assert talk.said == ["not_open_now"]
    talk.pack = laid(GATED, *READY)
    assert talk.begin().said[0] == "welcome"


def test_what_was_decided_leaves_the_version_and_what_is_asked_alone() -> None:
    found = laid(PLAIN, LONGER)
    assert replace(found, timetable=PLAIN.timetable) == PLAIN
    assert cutoff.closes_at(found.timetable, "child") == LATER


def test_a_close_that_was_brought_forward_can_be_put_off_again() -> None:
    found = laid(PLAIN, SHORTER, Extended(SOONER + timedelta(days=1), {"en": "We need a day more."}))
    assert cutoff.closes_at(found.timetable, None) == SOONER + timedelta(days=1)
    assert cutoff.reason_of_early_close(found.timetable, None) == "We need a day more."


_CLOSINGS = st.integers(1, 60).map(lambda days: OPENS + timedelta(days=days))


@given(
    st.lists(st.one_of(st.builds(Extended, _CLOSINGS, st.just(SNOW)), st.builds(ClosedEarly, _CLOSINGS, st.just(SNOW))))
)
def test_of_decisions_for_everybody_that_are_let_through_the_last_one_holds(made: list[Extended | ClosedEarly]) -> None:
    taken: list[What] = []
    for what in made:
        pack = laid(PLAIN, *taken)
        if refusal(pack, decided(*taken), what, OPENS) is None:
            taken.append(what)
            assert cutoff.closes_at(laid(PLAIN, *taken).timetable, None) == what.closes_at
            assert cutoff.why_moved(laid(PLAIN, *taken).timetable, None, "en", "en") or what.closes_at == CLOSES


# --- what people hear ---


def _child(at: datetime = DURING) -> Talk:
    talk = Talk(PLAIN, now=at - timedelta(hours=1)).begin().say("8 to 11")
    talk.now = at
    return talk


def _decided(talk: Talk, what: What) -> Talk:
    """The decision is taken now, and the conversation hears that something has changed."""
    talk.pack = laid(PLAIN, what, at=talk.now)
    return talk.hear(events.TimePassed(talk.now))


def test_an_earlier_close_is_told_ahead_with_its_reason_and_again_when_it_comes() -> None:
    talk = _decided(_child(), SHORTER)
    assert talk.said == ["closing_early", "swings? (repeated)"]
    assert talk.state.told_close == SOONER
    assert talk.hear(events.TimePassed(talk.now)).said == []
    talk.now = SOONER + timedelta(hours=12)
    assert talk.hear(events.TimePassed(talk.now)).said == ["closing_now"]


def test_a_close_at_once_is_told_at_once_with_its_reason() -> None:
    assert _decided(_child(), ClosedEarly(DURING, SNOW)).said == ["closed_early"]


def test_a_close_at_once_in_the_night_is_told_in_the_morning_to_who_is_not_in_the_middle_of_it() -> None:
    talk = _child()
    talk.now = datetime(2018, 3, 1, 23, tzinfo=UTC)
    assert _decided(talk, ClosedEarly(talk.now, SNOW)).said == []
    assert talk.state.wake_at == datetime(2018, 3, 2, 8, tzinfo=UTC)
    assert talk.wake().said == ["closed_early"]


def test_an_earlier_close_decided_in_the_night_is_told_in_the_morning() -> None:
    talk = _child()
    talk.now = datetime(2018, 3, 1, 23, tzinfo=UTC)
    assert _decided(talk, SHORTER).said == []
    assert talk.state.wake_at == datetime(2018, 3, 2, 8, tzinfo=UTC)
    assert talk.wake().said == ["closing_early", "swings? (repeated)"]


@pytest.mark.parametrize("what", [LONGER, SHORTER, ClosedEarly(DURING, SNOW)])
def test_nobody_who_said_stop_is_told_anything(what: What) -> None:
    talk = _child().say("stop")
    assert _decided(talk, what).said == []
    assert talk.state.wake_at is None


def test_an_answer_after_an_early_close_is_late_and_one_before_it_stays_in_time() -> None:
    talk = _child().say("more")
    _decided(talk, ClosedEarly(DURING, SNOW))
    talk.say("a queue")
    assert not talk.counted["swings"].late
    assert talk.counted["why"].late


def test_an_answer_that_was_late_stays_late_when_it_is_open_again_for_longer() -> None:
    talk = _decided(_child(), ClosedEarly(DURING, SNOW)).say("more")
    assert talk.counted["swings"].late
    talk.pack = replace(PLAIN, timetable=replace(PLAIN.timetable, extensions=(Extension(LATER, "Snow."),)))
    talk.hear(events.TimePassed(talk.now))
    assert talk.state.given["swings"].late


def test_the_reason_is_told_in_the_language_of_the_conversation_where_it_was_given_in_it() -> None:
    found = laid(PLAIN, Extended(LATER, {"en": "Snow.", "cy": "Eira."})).timetable
    assert cutoff.reason_of_extension(found, None, "cy") == "Eira."
    assert cutoff.reason_of_extension(found, None, "pl") == "Snow."
    told = cutoff.why_moved(found, None, "pl", "en")
    assert told is not None
    assert (told.later, told.reason, told.language) == (True, "Snow.", "en")


def test_every_notice_about_a_moved_close_has_a_reason_in_its_words() -> None:
    assert {Notice.EXTENDED, Notice.CLOSING_EARLY, Notice.CLOSED_EARLY} <= set(Notice)
