"""How officers' decisions change a consultation, and which of them may be taken when.

Decisions are only ever added. What stands is worked out from all of them, and laid over the pack's timetable: the
pack's version stays what it was, and so do answers that were kept before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from flows import cutoff
from flows.closings import EarlyClose, Extension
from flows.decisions import (
    Analysed,
    Answered,
    Approved,
    ClosedEarly,
    Decision,
    Extended,
    GateFilled,
    StageApproved,
    Standing,
    Status,
    What,
    Withdrawn,
)
from flows.definition import Consultation, Nation, Timetable
from flows.stage import Stage

WELSH: Final = "cy"
LONGEST: Final = timedelta(days=366)
"""How far beyond now a closing time may be moved: further off it is a slip of the pen."""


class Refusal(StrEnum):
    """Why a decision cannot be taken now."""

    NO_APPROVAL_NEEDED = "no-approval-needed"
    GATE_INCOMPLETE = "gate-incomplete"
    ALREADY_APPROVED = "already-approved"
    NOT_APPROVED = "not-approved"
    DAY_TO_COME = "day-to-come"
    """The body would have approved it tomorrow or later."""
    HAS_OPENED = "has-opened"
    NOT_OPEN_YET = "not-open-yet"
    HAS_CLOSED = "has-closed"
    STILL_OPEN = "still-open"
    NO_SUCH_STAGE = "no-such-stage"
    NO_SUCH_ROLE = "no-such-role"
    STAGES_CLOSE = "stages-close"
    """In a consultation in stages it is a stage that closes, and for all its roles at once."""
    NOT_LATER = "not-later"
    NOT_EARLIER = "not-earlier"
    IN_THE_PAST = "in-the-past"
    TOO_FAR = "too-far"
    NO_REASON = "no-reason"
    NOT_ANALYSED = "not-analysed"
    ALREADY_DONE = "already-done"


# --- what stands ---


def standing(decisions: Sequence[Decision], language: str) -> Standing:
    """All decisions put together, oldest first. `language` is the pack's own: reasons given in others stand beside."""
    found = Standing()
    for decision in decisions:
        found = replace(_after(found, decision, language), number=decision.number)
    return found


def _after(before: Standing, decision: Decision, language: str) -> Standing:
    match decision.what:
        case GateFilled(gate):
            return replace(before, gate=gate)
        case Approved() as approval:
            return replace(before, approval=approval)
        case Withdrawn():
            return replace(before, approval=None)
        case StageApproved() as approval:
            return replace(before, stages={**before.stages, approval.stage: approval})
        case Extended(closes_at, reasons, role, stage):
            later = Extension(closes_at, reasons.get(language, ""), role, reasons)
            return _later(before, later, stage)
        case ClosedEarly(closes_at, reasons, stage):
            early = EarlyClose(closes_at, reasons.get(language, ""), reasons)
            return _earlier(before, early, stage)
        case Analysed():
            return replace(before, analysed_at=decision.at)
        case Answered():
            return replace(before, answered_at=decision.at)
        case _:
            assert_never(decision.what)


def _later(before: Standing, later: Extension, stage: str | None) -> Standing:
    if stage is not None:
        return replace(before, stage_closings={**before.stage_closings, stage: later})
    early = before.closed_early
    if early is None or later.role is not None:
        return replace(before, extensions=(*before.extensions, later))
    # An early close that was decided, and has not come, is put off: to a time that may still be before the planned one.
    return replace(
        before,
        extensions=(*before.extensions, later),
        closed_early=EarlyClose(later.closes_at, later.reason, later.reasons),
    )


def _earlier(before: Standing, early: EarlyClose, stage: str | None) -> Standing:
    if stage is None:
        return replace(before, closed_early=early)
    return replace(before, stage_closings={**before.stage_closings, stage: early})


# --- laid over the pack ---


def overlaid(pack: Consultation, found: Standing) -> Consultation:
    """The pack's consultation as it is after everything that was decided. The same version; another timetable."""
    timetable = replace(
        pack.timetable,
        approved=found.approval is not None or not pack.needs_approval,
        extensions=(*pack.timetable.extensions, *found.extensions),
        closed_early=found.closed_early,
    )
    if timetable.stages:
        timetable = _with_stages(timetable, found)
    return pack if timetable == pack.timetable else replace(pack, timetable=timetable)


def _with_stages(timetable: Timetable, found: Standing) -> Timetable:
    stages = tuple(_stage(stage, found) for stage in timetable.stages)
    latest = max(stage.closes_at for stage in stages)
    if latest <= timetable.closes_at:
        return replace(timetable, stages=stages)
    whole = max(stages, key=lambda stage: stage.closes_at)
    longer = Extension(latest, whole.reason, None, whole.reasons)
    return replace(timetable, stages=stages, extensions=(*timetable.extensions, longer))


def _stage(stage: Stage, found: Standing) -> Stage:
    approval, moved = found.stages.get(stage.code), found.stage_closings.get(stage.code)
    if approval is not None:
        stage = replace(stage, approved_by=approval.body, approved_on=approval.on)
    if moved is None:
        return stage
    return replace(
        stage,
        closes_at=moved.closes_at,
        planned_closes_at=stage.closes_at,
        reason=moved.reason,
        reasons=moved.reasons,
    )


# --- where it has got to ---


def status(consultation: Consultation, found: Standing, at: datetime) -> Status:
    """Where it has got to at that UTC instant; `consultation` is the one that `overlaid` gave."""
    timetable = consultation.timetable
    if not timetable.approved:
        return Status.DRAFT
    if at < timetable.opens_at:
        return Status.APPROVED
    if at < cutoff.last_close(timetable):
        return Status.OPEN
    if found.answered_at is not None:
        return Status.ANSWERED
    return Status.CLOSED if found.analysed_at is None else Status.ANALYSED


# --- what may be decided ---


def refusal(consultation: Consultation, found: Standing, what: What, at: datetime) -> Refusal | None:
    """Why this cannot be decided at that UTC instant; None where it can. `consultation` is what `overlaid` gave."""
    match what:
        case GateFilled():
            return Refusal.ALREADY_APPROVED if found.approval is not None else None
        case Approved():
            return _refused_approval(consultation, found, what, at)
        case Withdrawn():
            return _refused_withdrawal(consultation, found, what, at)
        case StageApproved():
            return _refused_stage(consultation, what, at)
        case Extended():
            return _refused_extension(consultation, what, at)
        case ClosedEarly():
            return _refused_early_close(consultation, what, at)
        case Analysed():
            return _refused_end(consultation, at, done=found.analysed_at, ready=True)
        case Answered():
            return _refused_end(consultation, at, done=found.answered_at, ready=found.analysed_at is not None)
        case _:
            assert_never(what)


def _refused_approval(consultation: Consultation, found: Standing, what: Approved, at: datetime) -> Refusal | None:
    if not consultation.needs_approval:
        return Refusal.NO_APPROVAL_NEEDED
    if found.approval is not None:
        return Refusal.ALREADY_APPROVED
    if found.gate.missing:
        return Refusal.GATE_INCOMPLETE
    return Refusal.DAY_TO_COME if _is_to_come(consultation, what, at) else None


def _is_to_come(consultation: Consultation, what: Approved | StageApproved, at: datetime) -> bool:
    return what.on > at.astimezone(consultation.timetable.zone).date()


def _refused_withdrawal(consultation: Consultation, found: Standing, what: Withdrawn, at: datetime) -> Refusal | None:
    if found.approval is None:
        return Refusal.NOT_APPROVED
    if not what.why.strip():
        return Refusal.NO_REASON
    return Refusal.HAS_OPENED if at >= consultation.timetable.opens_at else None


def _refused_stage(consultation: Consultation, what: StageApproved, at: datetime) -> Refusal | None:
    stage = _stage_of(consultation, what.stage)
    if stage is None:
        return Refusal.NO_SUCH_STAGE
    if stage.approved:
        return Refusal.ALREADY_APPROVED
    if at >= stage.closes_at:
        return Refusal.HAS_CLOSED
    return Refusal.DAY_TO_COME if _is_to_come(consultation, what, at) else None


def _stage_of(consultation: Consultation, code: str | None) -> Stage | None:
    return next((stage for stage in consultation.timetable.stages if stage.code == code), None)


def _refused_extension(consultation: Consultation, what: Extended, at: datetime) -> Refusal | None:
    timetable = consultation.timetable
    if not timetable.approved:
        return Refusal.NOT_APPROVED
    if what.role is not None and all(role.code != what.role for role in consultation.roles):
        return Refusal.NO_SUCH_ROLE
    if timetable.stages and (what.stage is None or what.role is not None):
        return Refusal.STAGES_CLOSE
    stage = _stage_of(consultation, what.stage)
    if what.stage is not None and stage is None:
        return Refusal.NO_SUCH_STAGE
    closing = cutoff.closes_at(timetable, what.role) if stage is None else stage.closes_at
    if at >= closing:
        return Refusal.HAS_CLOSED
    if what.role is not None and timetable.closed_early is not None:
        # One role cannot have longer than a close that is for everybody.
        return Refusal.NOT_LATER
    if what.closes_at <= closing:
        return Refusal.NOT_LATER
    return _refused_reason(consultation, what.reasons, what.closes_at, at)


def _refused_early_close(consultation: Consultation, what: ClosedEarly, at: datetime) -> Refusal | None:
    timetable = consultation.timetable
    if not timetable.approved:
        return Refusal.NOT_APPROVED
    if timetable.stages and what.stage is None:
        return Refusal.STAGES_CLOSE
    stage = _stage_of(consultation, what.stage)
    if what.stage is not None and stage is None:
        return Refusal.NO_SUCH_STAGE
    opening = timetable.opens_at if stage is None else stage.opens_at
    closing = cutoff.last_close(timetable) if stage is None else stage.closes_at
    if at < opening:
        return Refusal.NOT_OPEN_YET
    if at >= closing:
        return Refusal.HAS_CLOSED
    if what.closes_at < at:
        return Refusal.IN_THE_PAST
    if what.closes_at >= closing:
        return Refusal.NOT_EARLIER
    return _refused_reason(consultation, what.reasons, what.closes_at, at)


def reason_needed_in(consultation: Consultation) -> tuple[str, ...]:
    """The languages in which a reason has to be given: the pack's own, and in Wales Welsh too."""
    own = consultation.default_language
    welsh = consultation.nation is Nation.WALES and WELSH in consultation.languages and own != WELSH
    return (own, WELSH) if welsh else (own,)


def _refused_reason(
    consultation: Consultation, reasons: Mapping[str, str], closes_at: datetime, at: datetime
) -> Refusal | None:
    if closes_at > at + LONGEST:
        return Refusal.TOO_FAR
    given = all(reasons.get(language, "").strip() for language in reason_needed_in(consultation))
    return None if given else Refusal.NO_REASON


def _refused_end(consultation: Consultation, at: datetime, *, done: datetime | None, ready: bool) -> Refusal | None:
    if not consultation.timetable.approved:
        return Refusal.NOT_APPROVED
    if at < cutoff.last_close(consultation.timetable):
        return Refusal.STILL_OPEN
    if done is not None:
        return Refusal.ALREADY_DONE
    return None if ready else Refusal.NOT_ANALYSED
