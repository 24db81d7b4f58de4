"""Forms about running a consultation: what an officer typed, made into a decision or into what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Final

from bot.console.moments import day_of, end_of, instant_of, time_of
from flows import commands, running
from flows.decisions import Approved, ClosedEarly, Extended, Gate, What, Withdrawn
from flows.definition import Consultation
from flows.running import Refusal

LONGEST_REASON: Final = 300
LONGEST_TEXT: Final = 4000
"""Both in characters."""
_MIDNIGHT: Final = time(0)

GATE: Final = (
    ("reasons", "Why are you consulting?", "What is to be decided, and why people are asked while it still is open."),
    ("alternatives", "What else did you consider?", "Every option that was looked at, also those not taken further."),
    ("who_decides", "Who decides in the end?", "The person or body, such as the Cabinet."),
    ("decides_on", "When do they decide?", "The day by which they decide, such as 30/9/2030."),
    ("privacy_contact", "Whom can people ask about their data?", "Such as the data protection officer's address."),
    (
        "impact_assessment",
        "Impact assessment reference",
        "Where the equality and data protection assessments are filed.",
    ),
)
"""Name, question and hint of everything that the gate asks for, in its order."""
MISSING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reasons": "Say why you are consulting",
        "alternatives": "Say what else you considered",
        "who_decides": "Say who decides in the end",
        "decides_on": "Write the day by which they decide",
        "privacy_contact": "Say whom people can ask about their data",
        "impact_assessment": "Write the reference of the impact assessment",
    }
)
"""What an officer reads where one of them is not answered."""

REFUSALS: Final[Mapping[Refusal, str]] = MappingProxyType(
    {
        Refusal.NO_APPROVAL_NEEDED: "This consultation needs no approval: its pack does not ask for one",
        Refusal.GATE_INCOMPLETE: "Answer every question before the approval is recorded",
        Refusal.ALREADY_APPROVED: "It is approved already. Take that approval back first, if something must change",
        Refusal.NOT_APPROVED: "It is not approved yet. Record the approval first",
        Refusal.DAY_TO_COME: "The day of the decision must be today or earlier",
        Refusal.HAS_OPENED: "It has opened, so the approval stays. You can close it early instead",
        Refusal.NOT_OPEN_YET: "It has not opened yet, so it cannot be closed early",
        Refusal.HAS_CLOSED: "It has closed, so its closing time stays as it is",
        Refusal.STILL_OPEN: "It is still open. Wait until it has closed",
        Refusal.NO_SUCH_STAGE: "Choose one of the stages",
        Refusal.NO_SUCH_ROLE: "Choose one of the roles",
        Refusal.STAGES_CLOSE: "Choose the stage, and leave it for everybody in it",
        Refusal.NOT_LATER: "The new closing time must be later than it is now",
        Refusal.NOT_EARLIER: "The new closing time must be earlier than it is now",
        Refusal.IN_THE_PAST: "The new closing time must be in the future",
        Refusal.TOO_FAR: "The new closing time must be within a year from now",
        Refusal.NO_REASON: "Write the reason: people are told it",
        Refusal.NOT_ANALYSED: "Mark it as analysed first",
        Refusal.ALREADY_DONE: "It is marked so already",
    }
)
"""What an officer reads where something cannot be decided."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form made: a decision, or what is wrong with it by field."""

    what: What | None
    errors: Mapping[str, str]


def gate_of(form: Mapping[str, str]) -> tuple[Gate, Mapping[str, str]]:
    """The answers to the gate's questions, and what is wrong with any."""
    texts = {name: form.get(name, "").strip() for name, _, _ in GATE}
    errors = {
        name: f"Use {LONGEST_TEXT} characters or fewer" for name, text in texts.items() if len(text) > LONGEST_TEXT
    }
    typed = texts.pop("decides_on")
    day = day_of(typed) if typed else None
    if typed and day is None:
        errors["decides_on"] = "Write the day as a date, such as 30/9/2030"
    return Gate(decides_on=day, **texts), errors


def gate_fields(gate: Gate) -> dict[str, str]:
    """The gate's answers as its form shows them."""
    return {name: str(getattr(gate, name) or "") for name, _, _ in GATE}


def approval_of(form: Mapping[str, str], version: str) -> tuple[Approved | None, Mapping[str, str]]:
    """Who approved, and on which day; or what is wrong with that."""
    body, on = form.get("body", "").strip(), day_of(form.get("on", ""))
    errors: dict[str, str] = {}
    if not body or len(body) > LONGEST_REASON:
        errors["body"] = "Write who approved it, such as the Cabinet" if not body else "Write a shorter name"
    if on is None:
        errors["on"] = "Write the day of the decision as a date, such as 30/4/2030"
        return None, errors
    return (None, errors) if errors else (Approved(body, on, version), errors)


def reason_of_withdrawal(form: Mapping[str, str]) -> Withdrawn:
    """An approval taken back; without a reason it is refused."""
    return Withdrawn(form.get("why", "").strip()[:LONGEST_TEXT])


def later_of(form: Mapping[str, str], pack: Consultation) -> Filled:
    """A later closing time, for everybody, for one role, or in one stage."""
    at, errors = _closing(form, pack)
    reasons, wrong = _reasons(form, pack)
    if at is None or errors or wrong:
        return Filled(None, errors | wrong)
    return Filled(Extended(at, reasons, form.get("role") or None, form.get("stage") or None), {})


def earlier_of(form: Mapping[str, str], pack: Consultation, now: datetime) -> Filled:
    """An earlier closing time: now, or later."""
    when = form.get("when", "")
    at, errors = (now, dict[str, str]()) if when == "now" else _closing(form, pack)
    if when not in {"now", "later"}:
        errors = {"when": "Choose when it closes"}
    reasons, wrong = _reasons(form, pack)
    if at is None or errors or wrong:
        return Filled(None, errors | wrong)
    return Filled(ClosedEarly(at, reasons, form.get("stage") or None), {})


def _closing(form: Mapping[str, str], pack: Consultation) -> tuple[datetime | None, dict[str, str]]:
    """The end of the day that was typed, or the time on it where one was typed too."""
    day, typed = day_of(form.get("day", "")), form.get("time", "").strip()
    if day is None:
        return None, {"day": "Write the last day for answers as a date, such as 31/5/2030"}
    at = time_of(typed) if typed else _MIDNIGHT
    if at is None:
        return None, {"time": "Write the time on the 24-hour clock, such as 17:00, or leave it empty"}
    until = day if typed else end_of(day)
    made = None if until is None else instant_of(until, at, pack.timetable.zone)
    if isinstance(made, str):
        return None, {"time" if typed else "day": made}
    return (None, {"day": "Write an earlier day"}) if made is None else (made, {})


def _reasons(form: Mapping[str, str], pack: Consultation) -> tuple[Mapping[str, str], dict[str, str]]:
    """The reason in every language that it was given in. It ends as a sentence does: more may follow it."""
    given: dict[str, str] = {}
    errors: dict[str, str] = {}
    needed = running.reason_needed_in(pack)
    for language in pack.languages:
        text, name = " ".join(form.get(f"reason-{language}", "").split()), commands.name_of(language)
        if len(text) > LONGEST_REASON:
            errors[f"reason-{language}"] = f"Use {LONGEST_REASON} characters or fewer for the reason in {name}"
        elif "{" in text or "}" in text:
            errors[f"reason-{language}"] = f"Leave braces out of the reason in {name}"
        elif text:
            given[language] = text if text[-1] in ".!?؟" else f"{text}."
        elif language in needed:
            errors[f"reason-{language}"] = f"Write the reason in {name}: people are told it"
    return given, errors
