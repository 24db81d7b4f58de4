"""What a consultation can show for each of the seven participation standards of Wales, and what only people can add.

The standards' names are those of the National Participation Standards for children and young people in Wales. What
stands under them is drawn from the pack and from the figures of the overview, which are fit to be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.console.overview import Overview, Part
from bot.preview import ages_in_words, bands_of
from flows import cutoff
from flows.consents import Consent
from flows.definition import Consultation, Kind


@dataclass(frozen=True, slots=True)
class Answering:
    """What became of the answers so far."""

    published_on: date | None
    """Local; None where nothing is published yet."""
    due: str
    """A reminder where it has closed and nothing is."""
    invited: bool
    """Whether people were invited to another consultation."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One standard on the page."""

    name: str
    asks: str
    evidence: Sequence[str]
    yours: str
    """What no figure shows, and the council writes."""


def standards(pack: Consultation, told: Overview, answering: Answering) -> Sequence[Shown]:
    """The page's seven parts, in the standards' own order."""
    found: dict[str, Sequence[str]] = {
        name: [line for line in evidence(pack, told, answering) if line] for name, _, evidence, _ in _STANDARDS
    }
    return [Shown(name, asks, found[name], yours) for name, asks, _, yours in _STANDARDS]


_NO_DAY: Final = "Nobody was told by when they hear what came of it."
_NOON: Final = 12
_Evidence = Callable[[Consultation, Overview, Answering], Sequence[str]]


def _information(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del told, answering
    bands = bands_of(pack)
    ages = _listed(ages_in_words(pack))
    questions = [each for each in pack.questions if each.kind is not Kind.NOTE]
    words = pack.words_for(pack.default_language, bands[0]).questions
    why = sum(1 for each in questions if words[each.code].why)
    return [
        f"It is worded anew for {_number(len(bands), 'age')} ({ages}), in {_number(len(pack.languages), 'language')}.",
        "Before the first question people are told who asks, what becomes of their words, and whom we must tell.",
        f"{why} of its {_number(len(questions), 'question')} say why they are asked, in the words for the youngest.",
    ]


def _choice(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del pack, answering
    finished = f"At least {told.finished} of them finished." if told.finished else ""
    return [
        "Everybody can skip any question, stop, see what they said, change it and erase it, without asking anybody.",
        f"At least {told.people} people started. {finished}".strip() if told.people else "",
    ]


def _discrimination(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del answering
    asked = [each for each in pack.questions if each.equality]
    equality = f"{_number(len(asked), 'question')} about equality, each of which can be declined, and kept apart."
    tables = {part.code: part for part in told.parts}
    return [
        *(_counted(tables[code]) for code in ("channel", "language", "band", "role")),
        equality if asked else "Nobody is asked about equality here: figures do not show who was left out.",
    ]


def _respect(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del told, answering
    table = pack.timetable
    return [
        "Every answer in somebody’s own words waits until a person has read it.",
        f"Nobody is written to first between {_hour(table.quiet_from)} and {_hour(table.quiet_until)}.",
        "What may mean that somebody is not safe goes to the safeguarding lead at once.",
    ]


def _something(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del told, answering
    asked = {each.consent for each in pack.questions}
    return [
        "People are asked whether they want to hear what came of it, and those who say yes are told."
        if Consent.FEEDBACK in asked
        else "Nobody is asked whether they want to hear what came of it: a page is all that people can look at.",
    ]


def _feedback(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del told
    promised, published = pack.feedback_due, answering.published_on
    told_when = f"People were promised an answer by {cutoff.day_in_words(promised, 'en')}." if promised else _NO_DAY
    if published is not None:
        return [told_when, f"An answer is published since {cutoff.day_in_words(published, 'en')}."]
    # The reminder names the day that was promised, where there was one.
    return [answering.due] if answering.due and promised else [told_when, answering.due]


def _better(pack: Consultation, told: Overview, answering: Answering) -> Sequence[str]:
    del told
    aims = f"Answers are sorted under {_number(len(pack.aims), 'aim')}, each with the voices behind it."
    return [
        aims if pack.aims else "",
        "People who agreed to it were invited to another consultation." if answering.invited else "",
    ]


_STANDARDS: Final[Sequence[tuple[str, str, _Evidence, str]]] = (
    (
        "Information",
        "People understand what they are asked, and what for.",
        _information,
        "Who explained it in person, where and how. Whether young people tried the words out first.",
    ),
    (
        "It’s your choice",
        "People decide themselves whether to take part, and can stop.",
        _choice,
        "How they were told of it, and how you saw to it that nobody was made to answer.",
    ),
    (
        "No discrimination",
        "Everybody has the chance to take part.",
        _discrimination,
        "Whom you did not reach, why, and what you did about it.",
    ),
    (
        "Respect",
        "What people say is listened to, and taken seriously.",
        _respect,
        "Who read the answers, and who put them before those who decide.",
    ),
    (
        "You get something out of it",
        "Taking part is worth people’s while.",
        _something,
        "What people learnt or were given, and how they were thanked.",
    ),
    (
        "Feedback",
        "People hear what came of it, in a time that was agreed.",
        _feedback,
        "How those heard of it who cannot be written to.",
    ),
    (
        "Working better for you",
        "Those who ask learn from it, and do it better next time.",
        _better,
        "What people said of taking part, and what you will do in another way.",
    ),
)


def _counted(part: Part) -> str:
    """Such as "By channel, at least: Web chat, 40; Text message, 15. Too few to show: Telegram."."""
    shown = [f"{row.label}, {row.people}" for row in part.rows if row.people]
    hidden = [row.label for row in part.rows if not row.people]
    few = f"Too few to show: {', '.join(hidden)}." if hidden else ""
    return f"{part.heading}, at least: {'; '.join(shown)}. {few}".strip() if shown else f"{part.heading}. {few}"


def _hour(hour: int) -> str:
    """Such as "8pm"."""
    return f"{hour % _NOON or _NOON}{'am' if hour % (2 * _NOON) < _NOON else 'pm'}"


def _number(count: int, of: str) -> str:
    return f"{count} {of}{'' if count == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
