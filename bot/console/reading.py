"""Reading: answers by question, with filters, and one participant's whole conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from bot.books import book_of
from bot.channels.base import RefusedError
from bot.console.moments import day_of, moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import band_in_words, code_in_words, label, question_name, readable
from flows.commands import name_of
from flows.definition import AgeBand, Consultation, Question
from flows.messages import Channel
from flows.values import Text
from storage.codebook import MERGED, Theme
from storage.coding_filters import under
from storage.reading import Page as Found
from storage.reading import ReadAnswer, Spoken, Wanted
from storage.tags import tagged

STATUSES: Final = (("complete", "Finished"), ("partial", "Under way"), ("stopped", "Stopped"))
FIELDS: Final = ("role", "band", "channel", "language", "status", "theme", "tag", "late", "since", "until")
"""What stands in the address of a list. The words that are looked for never do: they may be somebody's name."""
LONGEST_WORDS: Final = 200
_UNFIT: Final = "Use 30 letters or fewer, and no long number"


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as it stands on the page."""

    answer: ReadAnswer
    text: str
    language: str
    own_words: bool
    at: str
    who: str
    tongue: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer asked for, and what of it could not be understood."""

    question: Question
    chosen: Mapping[str, Sequence[str]]
    words: str
    wanted: Wanted
    errors: Mapping[str, str]

    def query(self, **more: str) -> str:
        """The address of this list, or of a further part of it; without the words that are looked for."""
        pairs = [("question", self.question.code)]
        pairs += [(name, value) for name in FIELDS for value in self.chosen[name]]
        return "?" + urlencode([*pairs, *more.items()])


class Reading:
    """The pages of answers and of conversations."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", "/console/{slug}/answers", Right.ANSWERS, self.show),
            Page("POST", "/console/{slug}/answers", Right.ANSWERS, self.search),
            Page("GET", "/console/{slug}/people/{reference}", Right.ANSWERS, self.person),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._list(visit, visit.request.query)

    async def search(self, visit: Visit) -> web.StreamResponse:
        """The same list, where words are looked for: what was typed travels in the form and in no address."""
        return await self._list(visit, visit.form)

    async def _list(self, visit: Visit, given: MultiMapping[str]) -> web.StreamResponse:
        asked = asked_for(visit.asked, given)
        book = await visit.service.database.coding.codebook(book_of(visit.asked, asked.question))
        themes = [theme for theme in book if theme.state != MERGED]
        tags = await visit.service.database.tags.known(visit.asked.slug)
        asked = _with_tags(_with_themes(asked, themes), tags)
        after = given.get("after", "")
        found = Found((), 0, "")
        if not asked.errors:
            found = await visit.service.database.reading.page(
                visit.asked.slug, asked.wanted, after=after, fits=fitting(asked.words)
            )
        values = {
            "asked": asked,
            "errors": asked.errors,
            "questions": [(one.code, question_name(visit.asked, one)) for one in readable(visit.asked)],
            "choices": {
                **choices_of(visit.asked),
                "theme": [(theme.code, theme.name) for theme in themes],
                "tag": [(tag, tag) for tag in tags],
            },
            "answers": [await self._shown(visit, answer) for answer in found.answers],
            "found": found,
            "after": after,
        }
        return visit.page("answers.html", values, status=400 if asked.errors else 200)

    async def _shown(self, visit: Visit, answer: ReadAnswer) -> Shown:
        pack = await visit.service.versions.of(visit.asked.slug, answer.version)
        who = [code_in_words(answer.role), band_in_words(answer.band)]
        return Shown(
            answer=answer,
            text=label(pack, answer.question, answer.band, answer.value),
            language=answer.heard or answer.language,
            own_words=isinstance(answer.value, Text),
            at=moment_in_words(answer.counts_at, visit.asked.timetable.zone),
            who=", ".join(part for part in who if part),
            tongue=name_of(answer.heard or answer.language),
        )

    async def person(self, visit: Visit) -> web.StreamResponse:
        """One participant's whole conversation. That it was looked at is on record."""
        reference = visit.request.match_info["reference"]
        spoken = await visit.service.database.reading.conversation(visit.asked.slug, reference)
        if spoken is None:
            raise RefusedError(404, "There is no such reference in this consultation. It may have been erased.")
        await visit.record("conversation.viewed", reference)
        zone = visit.asked.timetable.zone
        given = [await self._shown(visit, answer) for answer in _readable(visit.asked, spoken)]
        values = {
            "spoken": spoken,
            "facts": facts_of(visit.asked, spoken),
            "messages": [(said, moment_in_words(said.at, zone)) for said in spoken.messages],
            "given": given,
            "tags": await visit.service.database.tags.of(visit.asked.slug, reference),
            "errors": {"tag": _UNFIT} if visit.request.query.get("tag") == "unfit" else {},
            "names": {question.code: question_name(visit.asked, question) for question in visit.asked.questions},
        }
        return visit.page("person.html", values)


def _readable(consultation: Consultation, spoken: Spoken) -> Iterable[ReadAnswer]:
    """Every revision, question by question in the order of the pack; questions that are gone come last."""
    order = {question.code: place for place, question in enumerate(consultation.questions)}
    return sorted(spoken.answers, key=lambda answer: (order.get(answer.question, len(order)), answer.revision))


def choices_of(consultation: Consultation) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What each filter offers, as pairs of value and words."""
    bands = [band for band in AgeBand if any(band in role.bands for role in consultation.roles)]
    return {
        "role": [(role.code, code_in_words(role.code)) for role in consultation.roles],
        "band": [(band.value, band_in_words(band)) for band in bands],
        "channel": [(channel.value, code_in_words(channel.value)) for channel in Channel],
        "language": [(code, name_of(code)) for code in consultation.languages],
        "status": STATUSES,
    }


def asked_for(consultation: Consultation, given: MultiMapping[str]) -> Asked:
    """What a query or a form asks for. Values that a filter does not offer find nothing, and do no harm."""
    questions = readable(consultation)
    question = next((each for each in questions if each.code == given.get("question")), questions[0])
    chosen = {name: tuple(value for value in given.getall(name, []) if value) for name in FIELDS}
    words = given.get("words", "").strip()
    errors = dict(_date_faults(chosen))
    if len(words) > LONGEST_WORDS:
        errors["words"] = f"Look for no more than {LONGEST_WORDS} characters"
    since, until = (_day(chosen[name]) for name in ("since", "until"))
    if since and until and until < since:
        errors["until"] = "The last day must not be before the first"
    wanted = Wanted(
        question.code,
        chosen["role"],
        chosen["band"],
        chosen["channel"],
        chosen["language"],
        chosen["status"],
        late={"yes": True, "no": False}.get("".join(chosen["late"])),
        since=_midnight(consultation, since),
        until=_midnight(consultation, until and until + timedelta(days=1)),
    )
    return Asked(question, chosen, words, wanted, errors)


def _with_themes(asked: Asked, themes: Sequence[Theme]) -> Asked:
    """The same, with the themes that this question has: another question's would be chosen where nobody sees it."""
    known = {theme.code for theme in themes}
    chosen = tuple(code for code in asked.chosen["theme"] if code in known)
    wanted = replace(asked.wanted, also=(under(chosen),)) if chosen else asked.wanted
    return replace(asked, chosen={**asked.chosen, "theme": chosen}, wanted=wanted)


def _with_tags(asked: Asked, known: Sequence[str]) -> Asked:
    chosen = tuple(tag for tag in asked.chosen["tag"] if tag in known)
    wanted = replace(asked.wanted, also=(*asked.wanted.also, tagged(chosen))) if chosen else asked.wanted
    return replace(asked, chosen={**asked.chosen, "tag": chosen}, wanted=wanted)


def _date_faults(chosen: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    for name, which in (("since", "first"), ("until", "last")):
        if chosen[name] and _day(chosen[name]) is None:
            yield name, f"Write the {which} day as year, month and day, such as 2018-03-09"


def _day(given: Sequence[str]) -> date | None:
    found = day_of(given[0]) if given else None
    # A day behind the last one that there is could not be added to.
    return None if found is None else min(found, date.max - timedelta(days=2))


def _midnight(consultation: Consultation, day: date | None) -> datetime | None:
    """When a day begins where the consultation is held, in UTC."""
    if day is None:
        return None
    try:
        return datetime.combine(day, time(), consultation.timetable.zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time(), UTC)


def fitting(words: str) -> Callable[[ReadAnswer], bool] | None:
    """Whether every one of these words is somewhere in an answer in somebody's own words; None where there are none."""
    parts = words.casefold().split()
    if not parts:
        return None

    def fits(answer: ReadAnswer) -> bool:
        if not isinstance(answer.value, Text):
            return False
        said = answer.value.text.casefold()
        return all(part in said for part in parts)

    return fits


def facts_of(consultation: Consultation, spoken: Spoken) -> Sequence[tuple[str, str]]:
    """What is known of a participant, besides what they said."""
    zone = consultation.timetable.zone
    return (
        ("Answers as", code_in_words(spoken.role) or "Not said"),
        ("Age", band_in_words(spoken.band) or "Not said"),
        *((("Helped by", code_in_words(spoken.helped_by)),) if spoken.helped_by else ()),
        ("Channel used last", code_in_words(spoken.channel.value)),
        ("Language", name_of(spoken.language)),
        ("State", dict(STATUSES).get(spoken.status, spoken.status)),
        ("Began", moment_in_words(spoken.started_at, zone)),
        ("Finished", moment_in_words(spoken.completed_at, zone) if spoken.completed_at else "Not yet"),
    )
