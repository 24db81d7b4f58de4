"""We asked, you said, we did: written by an editor, looked at as each reader would, and published and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from aiohttp import web

from bot import said_messages
from bot.channels.base import RefusedError
from bot.console.marking import is_unmarked, mark_answered
from bot.console.response_due import response_due
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.preview import CHANNEL_NAMES, age_in_words, bands_of
from bot.said import OWN, Answer, Outcome, Subject, Told, decode, encode, known_subjects, lacking, next_own
from bot.said_messages import Cost
from bot.said_pages import said_values, wanted
from flows import cutoff
from flows.commands import name_of
from flows.consents import Consent
from flows.definition import AgeBand, Consultation
from flows.messages import CONVERSING, Channel
from flows.suppression import FEWEST
from storage.errors import ConflictError

ANSWERED: Final = "/console/{slug}/answered"
SUBJECT: Final = ANSWERED + "/subject/{subject}"
_UNREADABLE: Final = 422
_LONGEST: Final = 2000
_FIELDS: Final = ("heading", "said", "decided", "why")
_OUTCOMES: Final = (
    (Outcome.YES.value, "Yes", "You will do it."),
    (Outcome.PARTLY.value, "Partly", "You will do some of it."),
    (Outcome.NO.value, "No", "You will not do it. Say why, plainly."),
)
_DONE: Final = {
    "saved": "The draft is saved. Nobody but officers can see it.",
    "removed": "That subject is taken out of the draft.",
    "published": "It is published. Whoever agreed is sent it by day, a few at a time.",
    "shown": "It is published. Nothing is sent.",
    "invited": "The invitations go out by day, a few at a time.",
}
_CHANGED: Final = "Somebody else has changed this since you opened it. Look at it again, then make your change"


@dataclass(frozen=True, slots=True)
class Row:
    """One subject in the list."""

    code: str
    name: str
    outcome: str
    written: str
    """For whom there are words, in words."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """What goes out on one channel. Small numbers are not told, nor what would give them away."""

    channel: str
    people: str
    segments: str


class AnsweringBack:
    """The parts of `/console/{slug}/answered`."""

    def pages(self) -> Sequence[Page]:
        run = Right.RUN
        return (
            Page("GET", ANSWERED, run, self.show),
            Page("POST", ANSWERED, run, self.add),
            Page("GET", ANSWERED + "/decision", run, self.decision),
            Page("POST", ANSWERED + "/decision", run, self.decide),
            Page("GET", SUBJECT, run, self.subject),
            Page("POST", SUBJECT, run, self.write),
            Page("GET", SUBJECT + "/remove", run, self.ask_to_remove),
            Page("POST", SUBJECT + "/remove", run, self.remove),
            Page("GET", ANSWERED + "/preview", run, self.preview),
            Page("GET", ANSWERED + "/publish", run, self.ask_to_publish),
            Page("POST", ANSWERED + "/publish", run, self.publish),
            Page("GET", ANSWERED + "/invite", run, self.ask_to_invite),
            Page("POST", ANSWERED + "/invite", run, self.invite),
        )

    # --- the draft ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        answer, revision = await _draft(visit)
        feedback, pack = visit.service.database.feedback, visit.asked
        names = known_subjects(pack)
        codes = [*names, *(each.code for each in answer.subjects if each.code not in names)]
        publications = await feedback.publications(pack.slug)
        values = {
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "unmarked": is_unmarked(visit, publications),
            "response_due": "" if pack.slug in await feedback.published_slugs() else response_due(pack, visit.now),
            "answer": answer,
            "day": _day(answer),
            "rows": [_row(pack, answer.subject(code), names) for code in codes],
            "lacking": list(lacking(answer, pack)) if answer != Answer() else [],
            "revision": revision,
            "publications": [(each, _told_few(each.sent)) for each in publications],
            "history": await feedback.history(pack.slug),
            "zone": pack.timetable.zone,
        }
        return visit.page("answered.html", values)

    async def add(self, visit: Visit) -> web.StreamResponse:
        """To the form for one more subject: it is kept once something is written there."""
        answer, _ = await _draft(visit)
        return visit.see(_address(visit, f"/subject/{next_own(answer)}"))

    async def decision(self, visit: Visit) -> web.StreamResponse:
        answer, revision = await _draft(visit)
        day = answer.decided_on
        typed = {
            "decided_by": answer.decided_by,
            **({"day": str(day.day), "month": str(day.month), "year": str(day.year)} if day else {}),
        }
        return visit.page("answered-decision.html", {"typed": typed, "after": revision, "errors": {}})

    async def decide(self, visit: Visit) -> web.StreamResponse:
        typed = {name: visit.form.get(name, "").strip() for name in ("decided_by", "day", "month", "year")}
        errors = {} if 0 < len(typed["decided_by"]) <= _LONGEST else {"decided_by": "Write who decided"}
        day = _date(typed)
        if day is None:
            errors["day"] = "Write a real day, such as 27 3 2030"
        if not errors:
            answer, _ = await _draft(visit)
            changed = replace(answer, decided_by=typed["decided_by"], decided_on=day)
            errors = await _saved(visit, changed, "decision")
        if errors:
            values = {"typed": typed, "after": visit.form.get("after", "0"), "errors": errors}
            return visit.page("answered-decision.html", values, status=_UNREADABLE)
        return visit.see(_address(visit, "?done=saved"))

    async def subject(self, visit: Visit) -> web.StreamResponse:
        answer, revision = await _draft(visit)
        subject = _named(visit, answer)
        language, band = wanted(visit.asked, *_asked(visit))
        told = subject.words.get((language, band), Told())
        if not subject.words and (language, band) == _first(visit.asked):
            told = Told(heading=known_subjects(visit.asked).get(subject.code, ""))
        return _form(visit, subject, language, band, told, str(revision), {})

    async def write(self, visit: Visit) -> web.StreamResponse:
        answer, _ = await _draft(visit)
        subject = _named(visit, answer)
        language, band = wanted(visit.asked, *_asked(visit))
        told = Told(**{name: visit.form.get(name, "").strip() for name in _FIELDS})
        outcome = {each.value: each for each in Outcome}.get(visit.form.get("outcome", ""), subject.outcome)
        errors = {
            name: f"Use {_LONGEST} characters or fewer" for name in _FIELDS if len(getattr(told, name)) > _LONGEST
        }
        subject = replace(subject, outcome=outcome)
        if told.is_empty and not subject.words:
            errors["heading"] = "Write a heading"
        if not errors:
            errors = await _saved(visit, answer.having(subject.written(language, band, told)), subject.code)
        if errors:
            return _form(visit, subject, language, band, told, visit.form.get("after", "0"), errors)
        return visit.see(_address(visit, "?done=saved"))

    async def ask_to_remove(self, visit: Visit) -> web.StreamResponse:
        answer, revision = await _draft(visit)
        subject = _named(visit, answer)
        return _removing(visit, subject, str(revision), {})

    async def remove(self, visit: Visit) -> web.StreamResponse:
        answer, _ = await _draft(visit)
        subject = _named(visit, answer)
        errors = await _saved(visit, answer.without(subject.code), subject.code)
        if errors:
            return _removing(visit, subject, visit.form.get("after", "0"), errors)
        return visit.see(_address(visit, "?done=removed"))

    # --- as it is read ---

    async def preview(self, visit: Visit) -> web.StreamResponse:
        answer, _ = await _draft(visit)
        pack, settings = visit.asked, visit.service.settings
        language, band = wanted(pack, *_asked(visit))
        values = said_values(pack, answer, language, band, _address(visit, "/preview"))
        messages = [
            (
                CHANNEL_NAMES[channel],
                channel.value,
                said_messages.feedback(pack, answer, settings.public_url, language, band, channel),
            )
            for channel in CONVERSING
        ]
        around = {
            "title": values["title"],
            "language": language,
            "age": age_in_words(band),
            "tongue_of": name_of(language),
        }
        return visit.page("answered-preview.html", {**values, **around, "messages": messages})

    # --- out it goes ---

    async def ask_to_publish(self, visit: Visit) -> web.StreamResponse:
        return await self._publishing(visit, {})

    async def publish(self, visit: Visit) -> web.StreamResponse:
        answer, revision = await _draft(visit)
        how = visit.form.get("how", "")
        errors = {} if how in {"send", "show"} else {"how": "Say whether it is sent as well"}
        if visit.form.get("sure") != "yes":
            errors["sure"] = "Tick this if it may go out"
        if visit.form.get("after", "") != str(revision):
            errors["sure"] = _CHANGED
        if errors or any(lacking(answer, visit.asked)):
            return await self._publishing(visit, errors, how=how)
        deed = visit.deed("answer.published", f"revision {revision}")
        await visit.service.database.feedback.publish(visit.asked.slug, revision, sends=how == "send", deed=deed)
        await mark_answered(visit)
        return visit.see(_address(visit, f"?done={'published' if how == 'send' else 'shown'}"))

    async def _publishing(self, visit: Visit, errors: Mapping[str, str], how: str = "") -> web.Response:
        answer, revision = await _draft(visit)
        pack, feedback = visit.asked, visit.service.database.feedback
        reach = await feedback.reach(pack.slug, Consent.FEEDBACK)
        costs = said_messages.costs(pack, answer, visit.service.settings.public_url, reach)
        before = [each for each in await feedback.publications(pack.slug) if each.consent is Consent.FEEDBACK]
        values = {
            "errors": errors,
            "revision": revision,
            "how": how or ("show" if any(each.sends for each in before) else "send"),
            "again": any(each.sends for each in before),
            "lacking": list(lacking(answer, pack)),
            "costs": [_cost_row(cost) for cost in costs],
            "asks": any(question.consent is Consent.FEEDBACK for question in pack.questions),
        }
        return visit.page("answered-publish.html", values, status=_UNREADABLE if errors else 200)

    async def ask_to_invite(self, visit: Visit) -> web.StreamResponse:
        return await self._inviting(visit, {})

    async def invite(self, visit: Visit) -> web.StreamResponse:
        coming = {pack.slug: pack for pack in _open(visit)}
        chosen = visit.form.get("next", "")
        errors = {} if chosen in coming else {"next": "Choose what to invite them to"}
        if visit.form.get("sure") != "yes":
            errors["sure"] = "Tick this if the invitations may go out"
        if errors:
            return await self._inviting(visit, errors, chosen=chosen)
        deed = visit.deed("round.invited", chosen)
        await visit.service.database.feedback.invite(visit.asked.slug, chosen, deed=deed)
        return visit.see(_address(visit, "?done=invited"))

    async def _inviting(self, visit: Visit, errors: Mapping[str, str], chosen: str = "") -> web.Response:
        pack, coming = visit.asked, _open(visit)
        reach = await visit.service.database.feedback.reach(pack.slug, Consent.NEXT_ROUND)
        url = visit.service.settings.public_url
        values = {
            "errors": errors,
            "chosen": chosen,
            "coming": [(each.slug, replace(visit, consultation=each).title) for each in coming],
            "costs": [_cost_row(cost) for cost in said_messages.costs(coming[0], None, url, reach)] if coming else [],
            "asks": any(question.consent is Consent.NEXT_ROUND for question in pack.questions),
        }
        return visit.page("answered-invite.html", values, status=_UNREADABLE if errors else 200)


async def _draft(visit: Visit) -> tuple[Answer, int]:
    """What is written so far, and the number of its revision."""
    latest = await visit.service.database.feedback.latest(visit.asked.slug)
    return (Answer(), 0) if latest is None else (decode(latest.content), latest.revision)


async def _saved(visit: Visit, answer: Answer, subject: str) -> dict[str, str]:
    """Saves a draft made of the revision that the form names; gives what keeps it from that."""
    after = visit.form.get("after", "")
    try:
        number = int(after) if after.isascii() and after.isdecimal() else -1
        deed = visit.deed("answer.saved", subject)
        await visit.service.database.feedback.save(visit.asked.slug, encode(answer), after=number, deed=deed)
    except ConflictError:
        return {"after": _CHANGED}
    return {}


def _named(visit: Visit, answer: Answer) -> Subject:
    """The subject that the path names.

    Raises:
        RefusedError: 404 where the consultation has no such theme or aim.
    """
    code = visit.request.match_info["subject"]
    own = code.startswith(OWN) and code.removeprefix(OWN).isdecimal() and len(code) < len(OWN) + 4
    if not own and code not in known_subjects(visit.asked) and all(code != each.code for each in answer.subjects):
        raise RefusedError(404, "There is no such subject. Please go back and choose one from the list.")
    return answer.subject(code)


def _form(
    visit: Visit, subject: Subject, language: str, band: AgeBand, told: Told, after: str, errors: Mapping[str, str]
) -> web.Response:
    pack = visit.asked
    first = _first(pack)
    choices = [
        (
            f"?lang={each}&age={one.value}",
            f"{name_of(each)}, {age_in_words(one)}",
            (each, one) == (language, band),
            (each, one) in subject.words,
        )
        for each in pack.languages
        for one in reversed(bands_of(pack))
    ]
    read = subject.spoken(language, band, pack.default_language)
    values = {
        "errors": errors,
        "subject": subject,
        "name": known_subjects(pack).get(subject.code, "Another subject"),
        "told": told,
        "after": after,
        "wording_language": language,
        "band": band.value,
        "whom": f"{name_of(language)}, {age_in_words(band)}",
        "is_first": (language, band) == first,
        "outcomes": _OUTCOMES,
        "choices": choices,
        "instead": None if read is None or (read.language, read.band) == (language, band) else read,
        "instead_of": "" if read is None else f"{name_of(read.language)}, {age_in_words(read.band)}",
        "exists": bool(subject.words),
    }
    return visit.page("answered-subject.html", values, status=_UNREADABLE if errors else 200)


def _removing(visit: Visit, subject: Subject, after: str, errors: Mapping[str, str]) -> web.Response:
    name = known_subjects(visit.asked).get(subject.code, "Another subject")
    values = {"subject": subject, "name": name, "after": after, "errors": errors}
    return visit.page("answered-remove.html", values, status=_UNREADABLE if errors else 200)


def _first(pack: Consultation) -> tuple[str, AgeBand]:
    """The words that everything needs."""
    return pack.default_language, AgeBand.ADULT if AgeBand.ADULT in bands_of(pack) else bands_of(pack)[-1]


def _asked(visit: Visit) -> tuple[str, str]:
    query = visit.request.query
    return query.get("lang", ""), query.get("age", "")


def _row(pack: Consultation, subject: Subject, names: Mapping[str, str]) -> Row:
    first = subject.words.get(_first(pack), Told()).heading
    written = [f"{name_of(language)}, {age_in_words(band)}" for language, band in subject.words]
    outcome = subject.outcome.value.capitalize() if subject.outcome else ""
    return Row(subject.code, names.get(subject.code, first or "Another subject"), outcome, "; ".join(written))


def _open(visit: Visit) -> Sequence[Consultation]:
    """What people can be invited to now, of what this officer may run."""
    return [
        pack
        for pack in visit.service.library.all()
        if pack.slug != visit.asked.slug
        and cutoff.takes_answers(pack.timetable, visit.now)
        and visit.officer.may(Right.RUN, pack.slug)
    ]


def _cost_row(cost: Cost) -> CostRow:
    few = 0 < cost.people < FEWEST
    paid = cost.channel is Channel.SMS
    most = f"fewer than {FEWEST * cost.most}" if few else f"{cost.segments:,}"
    return CostRow(CHANNEL_NAMES[cost.channel], _told_few(cost.people), most if paid else "none")


def _told_few(people: int) -> str:
    return f"fewer than {FEWEST}" if 0 < people < FEWEST else f"{people:,}"


def _day(answer: Answer) -> str:
    return "" if answer.decided_on is None else cutoff.day_in_words(answer.decided_on, "en")


def _date(typed: Mapping[str, str]) -> date | None:
    try:
        return date(*(int(typed[name]) for name in ("year", "month", "day")))
    except ValueError:
        return None


def _address(visit: Visit, more: str = "") -> str:
    return ANSWERED.replace("{slug}", visit.asked.slug) + more
