"""Where a consultation stands, in the words that officers read, and what people are told when its end is moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from bot.console.moments import moment_in_words
from flows import commands, cutoff, staging, wording
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
    Status,
    What,
    Withdrawn,
)
from flows.definition import AgeBand, Consultation
from flows.effects import Notice, Tell
from flows.messages import ON_A_SHEET
from flows.state import Phase, State

_STATUS: Final = {
    Status.DRAFT: ("Draft", "yellow"),
    Status.APPROVED: ("Ready to open", "blue"),
    Status.OPEN: ("Open", "green"),
    Status.CLOSED: ("Closed", "grey"),
    Status.ANALYSED: ("Analysed", "blue"),
    Status.ANSWERED: ("Answered", "green"),
}


def status_in_words(status: Status) -> str:
    return _STATUS[status][0]


def colour_of(status: Status) -> str:
    """The colour of its tag. Never all there is to tell it by."""
    return _STATUS[status][1]


def gate_text(gate: Gate, name: str) -> str:
    """One answer to the gate's questions, as it is read; empty where there is none."""
    held = getattr(gate, name)
    return cutoff.day_in_words(gate.decides_on, "en") if name == "decides_on" and gate.decides_on else str(held or "")


def approval_words(approval: Approved | None) -> str:
    """Who approved, and when; empty where nobody has."""
    return "" if approval is None else f"Approved by {approval.body} on {cutoff.day_in_words(approval.on, 'en')}"


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage, as officers read it."""

    code: str
    name: str
    when: str
    approval: str
    """Empty where nobody has approved it."""
    is_open: bool
    is_over: bool


def stage_words(pack: Consultation, code: str, now: datetime) -> StageWords:
    """One stage of a consultation that has it."""
    stage = next(each for each in pack.timetable.stages if each.code == code)
    zone = pack.timetable.zone
    opens, closes = moment_in_words(stage.opens_at, zone), cutoff.closing_in_words(stage.closes_at, zone, "en")
    approved = stage.approved_by is not None and stage.approved_on is not None
    approval = (
        f"Approved by {stage.approved_by} on {cutoff.day_in_words(stage.approved_on, 'en')}"
        if (approved and stage.approved_on is not None)
        else ""
    )
    return StageWords(
        stage.code, stage.name, f"{opens} to {closes}", approval, stage.is_open(now), stage.closes_at <= now
    )


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    when: str
    officer: str
    what: str
    reason: str = ""


def history_of(decisions: Sequence[Decision], pack: Consultation) -> list[Past]:
    """Everything that was decided, newest first."""
    zone = pack.timetable.zone
    made = []
    for decision in reversed(decisions):
        what, reason = _told(decision.what, pack)
        made.append(Past(moment_in_words(decision.at, zone), decision.officer, what, reason))
    return made


def _told(what: What, pack: Consultation) -> tuple[str, str]:
    """What was decided, and why where a reason was given."""
    match what:
        case GateFilled(gate):
            left = len(gate.missing)
            return "Gate filled in" if not left else f"Gate filled in, {left} of 6 answers missing", ""
        case Approved():
            return approval_words(what), ""
        case Withdrawn(why):
            return "Approval taken back", why
        case StageApproved(stage, body, on):
            return f"Stage {_stage_name(pack, stage)} approved by {body} on {cutoff.day_in_words(on, 'en')}", ""
        case Extended(closes_at, reasons, role, stage):
            whom = f" for {role}" if role else f" in stage {_stage_name(pack, stage)}" if stage else ""
            closing = cutoff.closing_in_words(closes_at, pack.timetable.zone, "en")
            return f"Extended{whom}: closes at {closing}", reasons.get(pack.default_language, "")
        case ClosedEarly(closes_at, reasons, stage):
            whom = f" in stage {_stage_name(pack, stage)}" if stage else ""
            closing = cutoff.closing_in_words(closes_at, pack.timetable.zone, "en")
            return f"Closes early{whom}: at {closing}", reasons.get(pack.default_language, "")
        case Analysed():
            return "Marked as analysed", ""
        case Answered():
            return "Marked as answered", ""
        case _:
            assert_never(what)


def _stage_name(pack: Consultation, code: str) -> str:
    return next((stage.name for stage in pack.timetable.stages if stage.code == code), code)


@dataclass(frozen=True, slots=True)
class Told:
    """What people of one age are told in one language."""

    language: str
    language_name: str
    age: str
    text: str


def notices(pack: Consultation, what: Extended | ClosedEarly, public_url: str, now: datetime) -> list[Told]:
    """What people in the middle of it will be told, word for word. `pack` is as it is after the decision."""
    bands = [band for band in AgeBand if any(band in role.bands for role in pack.roles)]
    role = what.role if isinstance(what, Extended) else None
    found: list[Told] = []
    for language in pack.languages:
        for band in bands:
            state = State(phase=Phase.FINISHED, language=language, band=band, role=role, stage=what.stage)
            notice = _notice(pack, what, state, now)
            facts = wording.Facts(public_url=public_url, now=now)
            bubbles = wording.compose(pack, state, (notice,), ON_A_SHEET, facts)
            text = "\n".join(bubble.text for bubble in bubbles)
            found.append(Told(bubbles[0].language or language, commands.name_of(language), age_in_words(band), text))
    return found


def _notice(pack: Consultation, what: Extended | ClosedEarly, state: State, now: datetime) -> Tell:
    timetable = staging.seen(pack, state.stage).timetable
    reason = what.reasons.get(state.language, what.reasons.get(pack.default_language, ""))
    if isinstance(what, Extended):
        return Tell(Notice.EXTENDED, {"reason": reason})
    ahead = cutoff.closes_at(timetable, state.role) > now
    return Tell(Notice.CLOSING_EARLY if ahead else Notice.CLOSED_EARLY, {"reason": reason})


def age_in_words(band: AgeBand) -> str:
    """Such as "8 to 11 years"."""
    return "Adults" if band is AgeBand.ADULT else f"{band.value.replace('-', ' to ')} years"
