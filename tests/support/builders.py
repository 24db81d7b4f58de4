"""Examples to build tests from: each is whole and plain, and a test changes only what it is about.

    a_consultation(a_question("swings", "one", "more same fewer"), a_question("why"))

gives a consultation of two roles (a child of 8-11 and a parent or carer), in English, open in May 2030. The question
`who` stands in front by itself. Every wording says what it is: `swings?` asks `swings`, its options are `More`, `Same`,
`Fewer`, and the notice THANKS reads `thanks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.closings import Extension
from flows.definition import (
    AgeBand,
    Consultation,
    Kind,
    Label,
    LatePolicy,
    Question,
    QuestionWords,
    Role,
    Timetable,
    Words,
)
from flows.effects import Notice
from flows.help_lines import HelpLine, HelpLines
from flows.state import Phase, State

LONDON = ZoneInfo("Europe/London")
OPENS = datetime(2030, 5, 1, 8, tzinfo=UTC)
CLOSES = datetime(2030, 5, 31, 23, tzinfo=UTC)
"""Told to people as 11:59pm on Friday 31 May 2030."""
DURING = datetime(2030, 5, 15, 11, tzinfo=UTC)
AFTER = CLOSES + timedelta(hours=1)

CHILD = Role("child", (AgeBand.EIGHT_TO_ELEVEN,))
PARENT = Role("parent-carer", (AgeBand.ADULT,))
ROLES = (CHILD, PARENT)

_OWN_CHOICES: Mapping[Kind, str] = {Kind.YES_NO: "yes no not-sure", Kind.HELPED_BY: "child together grown-up"}


def a_role(code: str = "child", *bands: str) -> Role:
    """A role by its code and bands, such as `a_role("child", "4-7", "8-11")`; 8-11 where none is named."""
    return Role(code, tuple(AgeBand(band) for band in bands) or (AgeBand.EIGHT_TO_ELEVEN,))


def a_question(  # noqa: PLR0913 (a question has that many sides, and each is named at the call)
    code: str = "ideas",
    kind: str = "text",
    choices: str | Iterable[str] = (),
    *,
    optional: bool = False,
    show_if: Mapping[str, str | Iterable[str]] | None = None,
    roles: Iterable[str] | None = None,
    bands: Iterable[str] | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    at_most: int | None = None,
    alone: Iterable[str] = (),
    equality: bool = False,
    variants: Mapping[str, Question] | None = None,
) -> Question:
    """A question. `choices` and the values of `show_if` may be written with spaces between the codes."""
    sort = Kind(kind)
    return Question(
        code=code,
        kind=sort,
        choices=_codes(choices) or _codes(_OWN_CHOICES.get(sort, "")),
        optional=optional,
        show_if={other: _codes(options) for other, options in (show_if or {}).items()},
        roles=None if roles is None else frozenset(roles),
        bands=None if bands is None else frozenset(AgeBand(band) for band in bands),
        minimum=minimum,
        maximum=maximum,
        at_most=at_most,
        alone=frozenset(alone),
        equality=equality,
        variants={AgeBand(band): variant for band, variant in (variants or {}).items()},
    )


def _codes(written: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(written.split()) if isinstance(written, str) else tuple(written)


def a_timetable(
    *,
    opens_at: datetime = OPENS,
    closes_at: datetime = CLOSES,
    role_closes_at: Mapping[str, datetime] | None = None,
    extensions: tuple[Extension, ...] = (),
    late_policy: LatePolicy = LatePolicy.TAG_LATE,
    grace: timedelta = timedelta(0),
    reminder_before: timedelta | None = timedelta(days=2),
    zone: ZoneInfo = LONDON,
) -> Timetable:
    """Open in May 2030. Instants are UTC; local time is that of `zone`."""
    return Timetable(
        zone=zone,
        opens_at=opens_at,
        closes_at=closes_at,
        role_closes_at=role_closes_at or {},
        extensions=extensions,
        late_policy=late_policy,
        grace=grace,
        reminder_before=reminder_before,
    )


def question_words(question: Question) -> QuestionWords:
    """Words that say what they are: `swings?`, and each option's code with a capital and without hyphens."""
    shapes = (question, *question.variants.values())
    labels = {code: code.replace("-", " ").capitalize() for shape in shapes for code in shape.choices}
    return QuestionWords(text=f"{question.code}?", choices=labels)


def some_words(
    *questions: Question,
    language: str = "en",
    band: str = "8-11",
    say: Mapping[str, str] | None = None,
    words: Mapping[str, QuestionWords] | None = None,
) -> Words:
    """Everything that can be said; `say` and `words` replace what is named in them."""
    return Words(
        language=language,
        band=AgeBand(band),
        say={**{notice.value: notice.value for notice in Notice}, **(say or {})},
        questions={**{question.code: question_words(question) for question in questions}, **(words or {})},
        labels={label.value: label.value.replace("_", " ").capitalize() for label in Label},
    )


HELP_LINES = HelpLines(
    (HelpLine("childline", frozenset(band.value for band in AgeBand), {"en": "call Childline on 0800 1111"}),),
    date(2026, 11, 25),
)


def a_consultation(
    *questions: Question,
    slug: str = "harbour-play",
    roles: tuple[Role, ...] = ROLES,
    languages: tuple[str, ...] = ("en",),
    timetable: Timetable | None = None,
    say: Mapping[str, str] | None = None,
    words: Mapping[str, QuestionWords] | None = None,
    min_age: Mapping[str, int] | None = None,
) -> Consultation:
    """A consultation of these questions (of one free text, `ideas`, where there are none).

    The question `who` is put in front unless one of them is of that kind. `say` and `words` hold for every language and
    band. For anything else use `dataclasses.replace`.
    """
    asked = questions or (a_question(),)
    bare = Consultation(
        slug=slug,
        version="1" * 64,
        authority="Harbour Council",
        timetable=timetable or a_timetable(),
        questions=asked,
        roles=roles,
        words={},
        languages=languages,
        default_language=languages[0],
        sms_keyword="PLAY",
        reference_prefix="HBR",
        feedback_due=date(2030, 9, 30),
        contact="play@harbour.example",
        min_age=min_age or {},
        help_lines=HELP_LINES,
    )
    if all(question.kind is not Kind.WHO for question in asked):
        asked = (a_question("who", "who", (option.code for option in bare.who_options)), *asked)
    said = {
        (language, band): some_words(*asked, language=language, band=band.value, say=say, words=words)
        for language in languages
        for band in AgeBand
    }
    return replace(bare, questions=asked, words=said)


def a_state(phase: Phase = Phase.NEW, *, current: str | None = None, role: str | None = None) -> State:
    """A conversation at a phase. With a role named, its band is that role's first of `ROLES`, and it has started."""
    band = next((each.bands[0] for each in ROLES if each.code == role), None)
    started = DURING - timedelta(minutes=5) if phase is not Phase.NEW else None
    return State(phase=phase, current=current, role=role, band=band, asked_band=band, started_at=started)
