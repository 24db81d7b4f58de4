"""Days and times as people say them, in every language that Sayso has words for.

Own tables, because a locale library would bring either the server's settings or megabytes of data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

_NOON: Final = 12

_DAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS_CY: Final = ("dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn", "dydd Sul")
_MONTHS_CY: Final = (
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
)
# In the accusative with its preposition: "on Monday".
_ON_DAY_PL: Final = (
    "w poniedziałek",
    "we wtorek",
    "w środę",
    "w czwartek",
    "w piątek",
    "w sobotę",
    "w niedzielę",
)
_MONTHS_PL: Final = (
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
)
_DAYS_AR: Final = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_MONTHS_AR: Final = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)


def _day_en(day: date) -> str:
    return f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def _day_cy(day: date) -> str:
    return f"{_DAYS_CY[day.weekday()]} {day.day} {_MONTHS_CY[day.month - 1]} {day.year}"


def _day_pl(day: date) -> str:
    # Without the day of the week: it would need another ending after each preposition, and this form fits them all.
    return f"{day.day} {_MONTHS_PL[day.month - 1]} {day.year} roku"


def _day_ar(day: date) -> str:
    return f"{_DAYS_AR[day.weekday()]} {day.day} {_MONTHS_AR[day.month - 1]} {day.year}"


def _twelve_hours(at: datetime) -> str:
    """The time on a twelve-hour clock without am or pm: "11:59", "5"."""
    hour = at.hour % _NOON or _NOON
    return f"{hour}:{at.minute:02}" if at.minute else str(hour)


def _clock_latin(at: datetime) -> str:
    return f"{_twelve_hours(at)}{'am' if at.hour < _NOON else 'pm'}"


def _time_en(at: datetime) -> str:
    # "12pm" is read both ways; so is "12am", which only a closing time of one minute past midnight comes to.
    clock = "midday" if (at.hour, at.minute) == (_NOON, 0) else _clock_latin(at)
    return f"{clock} on {_day_en(at)}"


def _time_cy(at: datetime) -> str:
    clock = "hanner dydd" if (at.hour, at.minute) == (_NOON, 0) else _clock_latin(at)
    return f"{clock} d{_day_cy(at)}"  # "on" softens the day: dydd becomes ddydd


def _time_pl(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02} {_ON_DAY_PL[at.weekday()]} {_day_pl(at)}"


def _time_ar(at: datetime) -> str:
    part = "صباحًا" if at.hour < _NOON else "ظهرًا" if at.hour == _NOON else "مساءً"
    return f"الساعة {_twelve_hours(at)} {part} يوم {_day_ar(at)}"


_DAY: Final[Mapping[str, Callable[[date], str]]] = MappingProxyType(
    {"en": _day_en, "cy": _day_cy, "pl": _day_pl, "ar": _day_ar}
)
_TIME: Final[Mapping[str, Callable[[datetime], str]]] = MappingProxyType(
    {"en": _time_en, "cy": _time_cy, "pl": _time_pl, "ar": _time_ar}
)


def day_in_words(day: date, language: str) -> str:
    """A day as people say it: "Friday 9 March 2018". English where Sayso has no words for the language.

    The Polish form has no day of the week, so that it fits after any preposition.
    """
    return _DAY.get(language, _day_en)(day)


def time_in_words(local: datetime, language: str) -> str:
    """A local time as people say it: "11:59pm on Friday 9 March 2018". English for a language without words here."""
    return _TIME.get(language, _time_en)(local)
