"""The form for answers that somebody gave on paper, by telephone or face to face: its fields, and what was typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from multidict import MultiDict

from bot.console.moments import day_of, instant_of, time_of
from flows import commands, cutoff, staging, wording
from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.entered import Fault, Refused, Sheet, as_fields, questions_for
from flows.messages import ENTERED, ON_A_SHEET, Channel
from flows.state import State

WAYS: Final[Mapping[Channel, str]] = {
    Channel.PAPER: "On paper",
    Channel.TELEPHONE: "By telephone",
    Channel.FACE_TO_FACE: "Face to face",
}
LONGEST: Final = 20_000
"""Characters in one answer."""
_MIDNIGHT: Final = time(0)
_FAULTS: Final[Mapping[Refused, str]] = {
    Refused.NOT_OPEN_YET: "It was not open then. Look at the day again",
    Refused.TOO_LATE: "It had closed then, and this consultation takes nothing after that",
    Refused.NOT_UNDERSTOOD: "This cannot be an answer to this question. Look at the sheet again",
    Refused.NOT_ASKED: "Nobody with these other answers is asked this. Leave it empty, or look at them again",
    Refused.NOTHING_GIVEN: "Type in at least one answer",
    Refused.CANNOT_BE_TAKEN_AWAY: "An answer can be corrected here, and not taken away. Erase the entry instead",
    Refused.BEHIND_ONE_IN_TIME: "The answer that is there came in time, and this would not",
}
_SHAPES: Final = {
    Kind.TEXT: "text",
    Kind.NUMBER: "number",
    Kind.SCALE: "one",
    Kind.WHO: "one",
    Kind.HELPED_BY: "one",
    Kind.ONE: "one",
    Kind.YES_NO: "one",
    Kind.MANY: "many",
    Kind.RANK: "rank",
    Kind.NOTE: "note",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """For whom, how and in which language a sheet was filled in: what the form is made for."""

    who: WhoOption
    way: Channel
    language: str
    stage: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form."""

    name: str
    """Of its field; the other places of a ranking have a number behind it."""
    shape: str
    text: str
    language: str
    hint: str
    options: Sequence[tuple[str, str]]
    places: Sequence[str]
    """Names of the fields of a ranking, first place first."""
    apart: bool
    """An equality question: what was entered is not shown again."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a form held: a sheet, or what is wrong with it by field."""

    sheet: Sheet | None = field(repr=False)
    errors: Mapping[str, str]


def choices(pack: Consultation) -> list[tuple[str, str]]:
    """Everybody that somebody can be, by code, in words."""
    return [(who.code, f"{who.role.replace('-', ' ').capitalize()}, {_age(who.band)}") for who in pack.who_options]


def _age(band: AgeBand) -> str:
    return "adult" if band is AgeBand.ADULT else f"{band.value.replace('-', ' to ')} years"


def stages_of(pack: Consultation) -> list[tuple[str, str]]:
    """The stages that were approved: others have no answers."""
    return [(stage.code, stage.name) for stage in pack.timetable.stages if stage.approved]


def choice_of(form: Mapping[str, str], pack: Consultation) -> tuple[Choice | None, Mapping[str, str]]:
    """What the form is to be made for; or what is wrong with that."""
    who = next((each for each in pack.who_options if each.code == form.get("who")), None)
    way = next((each for each in ENTERED if each.value == form.get("how")), None)
    language = form.get("language") or pack.default_language
    stage = form.get("stage") or None
    errors: dict[str, str] = {}
    if who is None:
        errors["who"] = "Choose who gave the answers"
    if way is None:
        errors["how"] = "Choose how the answers were given"
    if language not in pack.languages:
        errors["language"] = "Choose one of the languages"
    if pack.timetable.stages and all(code != stage for code, _ in stages_of(pack)):
        errors["stage"] = "Choose the stage that the answers belong to"
    if who is None or way is None or errors:
        return None, errors
    return Choice(who, way, language, stage if pack.timetable.stages else None), errors


def questions(pack: Consultation, chosen: Choice) -> list[Asked]:
    """Every question that somebody of that role and band may be asked, in their band's words."""
    inside = staging.seen(pack, chosen.stage)
    return [_asked(inside, chosen, shape) for shape in questions_for(inside, chosen.who, chosen.stage)]


def _asked(pack: Consultation, chosen: Choice, shape: Question) -> Asked:
    band, state = chosen.who.band, State(language=chosen.language, role=chosen.who.role, band=chosen.who.band)
    words = pack.words_for(chosen.language, band).questions[shape.code]
    name, kind = _field(shape.code), _SHAPES[shape.kind]
    options = [(code, words.choices.get(code, code)) for code in shape.choices]
    if shape.kind is Kind.SCALE and shape.minimum is not None and shape.maximum is not None:
        ends = {shape.minimum: words.low, shape.maximum: words.high}
        points = range(shape.minimum, shape.maximum + 1)
        options = [(str(point), f"{point} {ends.get(point) or ''}".strip()) for point in points]
    places = shape.at_most or len(shape.choices) if shape.kind is Kind.RANK else 0
    return Asked(
        name=name,
        shape=kind,
        text=wording.question_text(pack, shape.code, chosen.language, band, ON_A_SHEET, state),
        language=wording.language_asked_in(pack, shape.code, chosen.language, band),
        hint=_hint(pack, chosen, shape),
        options=options,
        places=[name, *(f"{name}.{place}" for place in range(2, places + 1))] if places else (),
        apart=shape.equality,
    )


def _hint(pack: Consultation, chosen: Choice, shape: Question) -> str:
    """What an officer has to know: under which conditions it is asked, and how much may be chosen."""
    hints = []
    words = pack.words_for(chosen.language, chosen.who.band).questions
    for code, wanted in shape.show_if.items():
        if pack.question(code).kind is Kind.WHO:
            continue
        labels = [words[code].choices.get(option, option) for option in wanted]
        hints.append(f"Only where {words[code].name or code} is: {' or '.join(labels)}.")
    if shape.kind is Kind.MANY and shape.at_most is not None:
        hints.append(f"{shape.at_most} at most.")
    if shape.equality:
        hints.append("Kept apart from the other answers.")
    return " ".join(hints)


def _field(code: str) -> str:
    return f"q-{code}"


def sheet_of(form: MultiDict[str], pack: Consultation, chosen: Choice, now: datetime) -> Read:
    """What was typed in, with the time when it was given; or what is wrong with that."""
    at, errors = _given_at(form, pack, chosen, now)
    given: dict[str, tuple[str, ...]] = {}
    for asked in questions(pack, chosen):
        fields = [form.get(name, "") for name in asked.places] if asked.places else form.getall(asked.name, [])
        typed = tuple(each.replace("\r\n", "\n").strip() for each in fields)
        if sum(map(len, typed)) > LONGEST:
            errors[asked.name] = f"Use {LONGEST} characters or fewer"
        if any(typed):
            given[asked.name.removeprefix("q-")] = tuple(each for each in typed if each)
    if at is None or errors:
        return Read(None, errors)
    return Read(Sheet(chosen.who, chosen.language, at, given, chosen.stage), {})


def _given_at(
    form: Mapping[str, str], pack: Consultation, chosen: Choice, now: datetime
) -> tuple[datetime | None, dict[str, str]]:
    """When it was given. Where only the day is known its beginning counts: nobody is late by our not knowing."""
    day, typed = day_of(form.get("day", "")), form.get("time", "").strip()
    if day is None:
        return None, {"day": "Write the day on which it was given as a date, such as 30/5/2030"}
    at = time_of(typed) if typed else _MIDNIGHT
    if at is None:
        return None, {"time": "Write the time on the 24-hour clock, such as 17:00, or leave it empty"}
    zone = pack.timetable.zone
    made = instant_of(day, at, zone)
    if isinstance(made, str):
        return None, {"time" if typed else "day": made}
    if made > now:
        return None, {"day": "Write a day that has come already, and a time too if it was today"}
    opens = staging.timetable_of(pack.timetable, chosen.stage).opens_at
    if not typed and made < opens and opens.astimezone(zone).date() == day and opens <= now:
        made = opens
    return made, {}


def errors_of(faults: Sequence[Fault]) -> dict[str, str]:
    """What is wrong with a sheet, by field."""
    found: dict[str, str] = {}
    for fault in faults:
        if fault.question is not None:
            name = _field(fault.question)
        else:
            name = "answers" if fault.refused is Refused.NOTHING_GIVEN else "day"
        found.setdefault(name, _FAULTS[fault.refused])
    return found


def typed_before(pack: Consultation, chosen: Choice, state: State) -> MultiDict[str]:
    """The fields as they would be typed again, but for what is kept apart."""
    form: MultiDict[str] = MultiDict()
    for asked in questions(pack, chosen):
        given = state.given.get(asked.name.removeprefix("q-"))
        if given is None or asked.apart:
            continue
        fields = as_fields(given.value)
        names = asked.places or [asked.name] * len(fields)
        form.extend(zip(names, fields, strict=False))
    return form


def covering(fields: MultiDict[str], cover: Callable[[str], str]) -> MultiDict[str]:
    """The same fields without words that were taken out of these answers."""
    return MultiDict((name, cover(text)) for name, text in fields.items())


def uncovering(form: MultiDict[str], before: MultiDict[str], cover: Callable[[str], str]) -> MultiDict[str]:
    """A form in which what was left as it was shown is what was answered: no mark becomes anybody's words."""
    # A browser sends the ends of lines as two characters.
    shown = {(name, "\n".join(cover(text).splitlines())): text for name, text in before.items()}
    return MultiDict((name, shown.get((name, "\n".join(text.splitlines())), text)) for name, text in form.items())


def language_names(pack: Consultation) -> list[tuple[str, str]]:
    """The pack's languages, by code, each in itself."""
    return [(code, commands.name_of(code)) for code in pack.languages]


def closed_in_words(pack: Consultation, chosen: Choice) -> str:
    """Until when answers of theirs were in time."""
    timetable = staging.timetable_of(pack.timetable, chosen.stage)
    return cutoff.closing_in_words(cutoff.closes_at(timetable, chosen.who.role), timetable.zone, "en")
