"""What the page that watches a consultation says: figures fit to be shown, targets, and the time that is left.

People are divided by group (role and age band together), channel, language, day and how far they got. Roles and age
bands are sums of what is shown of groups, so that the two can never be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.console.spoken import code_in_words
from bot.preview import age_in_words
from flows import cutoff, dates
from flows.definition import AgeBand, Consultation, Kind, Role
from flows.messages import Channel
from flows.suppression import Published, last_moment, percent, publish
from storage.figures import Alike, Arrived, Taken

_REST: Final = "/rest"
"""The cell for whoever is in no other. It is always there; a question's or a role's code holds no slash."""
_FINISHED: Final = "/finished"
_MOST_DAYS: Final = 62
"""For longer, weeks are shown."""
_LANGUAGES: Final = {"en": "English", "cy": "Welsh", "pl": "Polish", "ar": "Arabic", "uk": "Ukrainian"}
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, and one bar of its chart."""

    label: str
    people: int
    """At least so many; 0 where there are too few to show."""
    share: int | None
    """In per cent of what the table shows."""
    wanted: int | None = None
    """The target, in a table of targets."""

    @property
    def missing(self) -> int:
        """At most how many more are wanted."""
        return max(0, (self.wanted or 0) - self.people)


@dataclass(frozen=True, slots=True)
class Part:
    """One table with its chart."""

    code: str
    heading: str
    of: str
    """What its lines are: the heading of its first column."""
    rows: Sequence[Row]
    note: str = ""
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """When it closes for somebody."""

    who: str
    closes: str
    left: str
    until: str
    """Until when that is, as a line of its own."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The page."""

    people: int
    """At least so many; 0 where there are too few to show."""
    finished: int
    fewest: int
    looked_at: str
    """The full hour, in local words."""
    targets: Part | None
    parts: Sequence[Part]
    closings: Sequence[Closing]

    @property
    def closings_in_rows(self) -> Sequence[tuple[str, str, str]]:
        return [(closing.who, closing.closes, closing.left) for closing in self.closings]


def questions_of(consultation: Consultation) -> Sequence[str]:
    """The questions by which to tell how far somebody got: what is asked of who they are is not looked at."""
    unasked = {Kind.NOTE, Kind.HELPED_BY}
    return [each.code for each in consultation.questions if each.kind not in unasked and not each.equality]


def moment(arrived: Sequence[Arrived], fewest: int) -> datetime | None:
    """Of when the figures are that are shown: the end of a full hour (UTC); None while too few people came."""
    by_hour: dict[datetime, int] = {}
    for each in arrived:
        hour = _hour(each.at) + _HOUR
        by_hour[hour] = by_hour.get(hour, 0) + each.people
    return last_moment(sorted(by_hour.items()), fewest)


def overview(consultation: Consultation, taken: Taken | None, now: datetime) -> Overview:
    """The page at this UTC instant."""
    days = _days(consultation, now)
    told = publish(_tables(consultation, taken, days), fewest=consultation.targets.fewest)
    parts = (
        _by_day(told, days),
        Part("role", "By role", "Role", _roles(consultation, told)),
        Part("band", "By age", "Age", _bands(consultation, told)),
        Part(
            "channel", "By channel", "Channel", _rows(told, "channel", {each: code_in_words(each) for each in Channel})
        ),
        Part("language", "By language", "Language", _rows(told, "language", _languages(consultation))),
        _progress(consultation, told),
    )
    return Overview(
        people=told.total,
        finished=told.tables["progress"][_FINISHED],
        fewest=told.fewest,
        looked_at=dates.time_in_words(_hour(now).astimezone(consultation.timetable.zone), "en"),
        targets=_targets(consultation, told),
        parts=parts,
        closings=_closings(consultation, now),
    )


# ------------------------------------------------------------------ true counts, divided


def _tables(consultation: Consultation, taken: Taken | None, days: Mapping[str, date]) -> dict[str, dict[str, int]]:
    groups = {(option.role, option.band): option.code for option in consultation.who_options}
    tables = {
        "group": dict.fromkeys((*groups.values(), _REST), 0),
        "channel": dict.fromkeys((*Channel, _REST), 0),
        "language": dict.fromkeys((*consultation.languages, _REST), 0),
        "progress": dict.fromkeys((_FINISHED, *questions_of(consultation), _REST), 0),
        "day": dict.fromkeys((*days, _REST), 0),
    }
    for each in () if taken is None else taken.alike:
        for table, cell in _cells_of(each, groups):
            tables[table][cell if cell in tables[table] else _REST] += each.people
    zone = consultation.timetable.zone
    names = {day: name for name, first in days.items() for day in _span(first, days)}
    for arrived in () if taken is None else taken.arrived:
        tables["day"][names.get(arrived.at.astimezone(zone).date(), _REST)] += arrived.people
    return tables


def _cells_of(each: Alike, groups: Mapping[tuple[str, AgeBand], str]) -> Iterable[tuple[str, str]]:
    known = each.role is not None and each.band is not None
    yield "group", groups.get((each.role or "", each.band or AgeBand.ADULT), _REST) if known else _REST
    yield "channel", each.channel
    yield "language", each.language
    yield "progress", _FINISHED if each.finished else each.furthest or _REST


def _days(consultation: Consultation, now: datetime) -> Mapping[str, date]:
    """The first day of each stretch that a line is for, by its name: from the opening to now, or to the close."""
    timetable = consultation.timetable
    first = timetable.opens_at.astimezone(timetable.zone).date()
    last = min(_hour(now), cutoff.last_close(timetable)).astimezone(timetable.zone).date()
    step = 1 if (last - first).days < _MOST_DAYS else 7
    return {day.isoformat(): day for day in (first + _DAY * n for n in range(0, (last - first).days + 1, step))}


def _span(first: date, days: Mapping[str, date]) -> Iterable[date]:
    return (first + _DAY * n for n in range(_step(days)))


def _step(days: Mapping[str, date]) -> int:
    firsts = list(days.values())
    return (firsts[1] - firsts[0]).days if len(firsts) > 1 else 1


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


# ------------------------------------------------------------------ shown counts, in words


def _of_sums(sums: Mapping[str, int], rest: int) -> Sequence[Row]:
    """Lines of shown counts; that for whoever is in no other only where it has somebody to show."""
    shown = {**sums, "Not known": rest} if rest else dict(sums)
    whole = sum(shown.values())
    return [Row(label, people, percent(people, whole)) for label, people in shown.items()]


def _rows(told: Published, table: str, labels: Mapping[str, str]) -> Sequence[Row]:
    cells = told.tables[table]
    return _of_sums({label: cells[cell] for cell, label in labels.items()}, cells[_REST])


def _roles(consultation: Consultation, told: Published) -> Sequence[Row]:
    sums = {_role(role): _of_role(consultation, told, role.code) for role in consultation.roles}
    return _of_sums(sums, told.tables["group"][_REST])


def _bands(consultation: Consultation, told: Published) -> Sequence[Row]:
    asked = [band for band in AgeBand if any(band in role.bands for role in consultation.roles)]
    sums = {_age(band): _of_band(consultation, told, band.value) for band in asked}
    return _of_sums(sums, told.tables["group"][_REST])


def _of_role(consultation: Consultation, told: Published, code: str) -> int:
    return told.together("group", [each.code for each in consultation.who_options if each.role == code])


def _of_band(consultation: Consultation, told: Published, band: str) -> int:
    return told.together("group", [each.code for each in consultation.who_options if each.band.value == band])


def _progress(consultation: Consultation, told: Published) -> Part:
    words = consultation.words_for("en", AgeBand.ADULT).questions
    labels = {_FINISHED: "Finished", **{code: words[code].name or code for code in questions_of(consultation)}}
    note = (
        "Everybody who started is in one line: whoever has finished, and everybody else by the last question that they "
        "answered. Some of these may still be answering."
    )
    rows = _rows(told, "progress", labels)
    return Part("progress", "How far people got", "Finished, or last question answered", rows, note)


def _by_day(told: Published, days: Mapping[str, date]) -> Part:
    weeks = _step(days) > 1
    labels = {name: f"{first.day} {first:%B %Y}" for name, first in days.items()}
    note = f"By the {'week' if weeks else 'day'} in which their first answer reached us."
    rows = _rows(told, "day", labels)
    return Part("day", "By week" if weeks else "By day", "Week from" if weeks else "Day", rows, note, over_time=True)


def _targets(consultation: Consultation, told: Published) -> Part | None:
    wanted = consultation.targets
    names = {role.code: _role(role) for role in consultation.roles}
    found = [(names[code], _of_role(consultation, told, code), number) for code, number in wanted.roles.items()]
    found += [
        (_age(AgeBand(band)), _of_band(consultation, told, band), number) for band, number in wanted.bands.items()
    ]
    rows = [Row(label, people, percent(people, number), number) for label, people, number in found]
    note = "The upright line across each bar is the target."
    return Part("targets", "How far each group is from its target", "Group", rows, note) if rows else None


def _role(role: Role) -> str:
    return role.code.replace("-", " ").capitalize()


def _age(band: AgeBand) -> str:
    return age_in_words(band).capitalize() if band is not AgeBand.ADULT else "Adults"


def _languages(consultation: Consultation) -> Mapping[str, str]:
    return {code: _LANGUAGES.get(code, code) for code in consultation.languages}


# ------------------------------------------------------------------ the time that is left


def _closings(consultation: Consultation, now: datetime) -> Sequence[Closing]:
    timetable = consultation.timetable
    if timetable.stages:
        return [_closing(consultation, stage.name, stage.opens_at, stage.closes_at, now) for stage in timetable.stages]
    by_role = {role: cutoff.closes_at(timetable, role.code) for role in consultation.roles}
    if len(set(by_role.values())) == 1:
        return [_closing(consultation, "Everybody", timetable.opens_at, next(iter(by_role.values())), now)]
    return [_closing(consultation, _role(role), timetable.opens_at, closes, now) for role, closes in by_role.items()]


def _closing(consultation: Consultation, who: str, opens: datetime, closes: datetime, now: datetime) -> Closing:
    told = cutoff.closing_in_words(closes, consultation.timetable.zone, "en")
    if now >= closes:
        return Closing(who, told, "Closed", f"It closed at {told}")
    if now < opens:
        return Closing(who, told, "Not open yet", f"It closes at {told}")
    return Closing(who, told, time_left(closes - now), f"to {told}")


def time_left(left: timedelta) -> str:
    """Such as "6 days and 3 hours": never more than there is."""
    hours = left // _HOUR
    if hours < 1:
        return "Less than an hour"
    days, rest = divmod(hours, 24)
    return " and ".join(
        f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in ((days, "day"), (rest, "hour")) if number
    )
