"""The `[[stages]]` of `consultation.toml`: parts with their own dates and audience, each opened by an approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.cutoff import instant
from flows.definition import Consultation, Question, Role, Timetable
from flows.errors import LocalTimeError
from flows.pack_table import Table, listed, nearest
from flows.pack_terms import known_role
from flows.stage import Stage


def instant_of(table: Table, key: str, zone: ZoneInfo, *, needed: str | None = None) -> datetime | None:
    """The UTC instant of a local time in a pack; a time that never happens, or happens twice, is a fault."""
    local = table.local_time(key, needed=needed)
    if local is None:
        return None
    try:
        return instant(local, zone)
    except LocalTimeError as error:
        problem = f"{local.isoformat(sep=' ', timespec='minutes')} {error.problem} ({zone.key})"
        table.broken(key, "local-time", problem, error.mend)
        return None


def read_stages(top: Table, timetable: Timetable, roles: Sequence[Role]) -> tuple[Stage, ...]:
    """Every stage, in the order of the pack."""
    stages: list[Stage] = []
    for table in top.tables("stages"):
        stage = _stage(table, timetable, roles)
        if stage.code and any(stage.code == other.code for other in stages):
            table.broken("code", "duplicate", f"There are two stages {stage.code!r}", "Give one of them another code")
        stages.append(stage)
    if stages and timetable.role_closes_at:
        mend = "Leave closes_at out of the roles, and give each stage its own"
        top.broken("roles", "stage-dates", "A stage closes for everybody at once, and a role has its own close", mend)
    if stages and timetable.extensions:
        mend = "Leave the extensions out, and write a later closes_at into the stage"
        top.broken("extensions", "stage-dates", "It is the stage that would stay open longer", mend)
    return tuple(stages)


def _stage(table: Table, timetable: Timetable, roles: Sequence[Role]) -> Stage:
    code = table.code("code", needed="a short name that stays the same") or ""
    name = table.text("name", needed="what officers call it") or ""
    opens = instant_of(table, "opens_at", timetable.zone, needed="such as opens_at = 2030-05-01T09:00:00")
    closes = instant_of(table, "closes_at", timetable.zone, needed="such as closes_at = 2030-06-01T00:00:00")
    audience = table.codes("roles")
    for role in audience or ():
        known_role(table, "roles", role, roles)
    approved_by, approved_on = table.text("approved_by"), table.day("approved_on")
    table.done()
    opens, closes = opens or timetable.opens_at, closes or timetable.closes_at
    stage = Stage(
        code, name, opens, closes, None if audience is None else frozenset(audience), approved_by, approved_on
    )
    _check_dates(table, stage, timetable)
    _check_approval(table, stage, timetable.zone)
    return stage


def _check_dates(table: Table, stage: Stage, timetable: Timetable) -> None:
    if stage.closes_at <= stage.opens_at:
        table.broken("closes_at", "stage-dates", "The stage closes before it opens", "Write a time after opens_at")
    elif stage.opens_at < timetable.opens_at:
        table.broken("opens_at", "stage-dates", "The stage opens before the consultation", "Write a later time")
    elif stage.closes_at > timetable.closes_at:
        mend = "Write an earlier time, or a later one at the top of the file"
        table.broken("closes_at", "stage-dates", "The stage closes after the consultation", mend)


def _check_approval(table: Table, stage: Stage, zone: ZoneInfo) -> None:
    if (stage.approved_by is None) != (stage.approved_on is None):
        given, missing = ("approved_by", "approved_on") if stage.approved_by else ("approved_on", "approved_by")
        mend = f"Add {missing}, or leave both out until it is approved"
        table.broken(given, "stage-approval", f"{given} stands without {missing}", mend)
    elif stage.approved_on is not None and stage.approved_on > stage.opens_at.astimezone(zone).date():
        mend = "Write a later opens_at: until the decision it stays shut"
        table.broken("approved_on", "stage-approval", "The stage opens before it was approved", mend)


def in_stages(top: Table, questions: Sequence[Question], stages: Sequence[Stage]) -> tuple[Question, ...]:
    """The questions, each asked of no more roles than its stage is for."""
    codes = [stage.code for stage in stages]
    for table in top.tables("questions"):
        named = table.data.get("stage")
        if isinstance(named, str) and named not in codes:
            near = nearest(named, codes)
            mend = f"Perhaps you mean {near!r}" if near else f"Use {listed(codes)}" if codes else "Add [[stages]]"
            table.broken("stage", "unknown-stage", f"There is no stage {named!r}", mend)
    asked = {question.stage for question in questions}
    for table in top.tables("stages"):
        if table.data.get("code") not in asked:
            mend = 'Give it questions, each with stage = "...", or leave it out'
            table.broken("code", "stage-empty", f"{table.place.shown} asks nothing", mend)
    return tuple(_narrowed(question, stages) for question in questions)


def _narrowed(question: Question, stages: Sequence[Stage]) -> Question:
    audience = next((stage.roles for stage in stages if stage.code == question.stage), None)
    if audience is None:
        return question
    roles = audience if question.roles is None else question.roles & audience
    variants = {band: replace(variant, roles=roles) for band, variant in question.variants.items()}
    return replace(question, roles=roles, variants=variants)


def with_stages(top: Table, consultation: Consultation) -> Consultation:
    """The consultation with the stages that its pack has."""
    stages = read_stages(top, consultation.timetable, consultation.roles)
    return replace(
        consultation,
        timetable=replace(consultation.timetable, stages=stages),
        questions=in_stages(top, consultation.questions, stages),
    )
