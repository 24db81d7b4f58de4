"""The desk: one answer after another is put under themes; and the way in for what a machine suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.books import book_of
from bot.channels.base import RefusedError
from bot.console import suggested
from bot.console.books import question_of
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import band_in_words, code_in_words, label, question_name
from bot.console.suggested import Fault
from flows.commands import name_of
from flows.definition import Question
from flows.values import Text
from storage.codebook import ACTIVE, MERGED, Theme
from storage.coding import UNREVIEWED, Choice, Sheet
from storage.coding_filters import coded_by_nobody, not_coded_by, suggested_for, to_code_again
from storage.errors import ConflictError
from storage.reading import Also, ReadAnswer, Wanted

LONGEST_NOTE: Final = 2000
_BASE: Final = "/console/{slug}/coding/{question}"
_SUGGESTED: Final = "suggested"
_NOBODY: Final = "nobody"
_AGAIN: Final = "again"
VIEWS: Final = (
    ("", "Not yet coded by me"),
    (_NOBODY, "Not yet coded by anybody"),
    (_AGAIN, "A random tenth, to be coded a second time"),
    (_SUGGESTED, "With a suggestion to decide on"),
)
_UNREADABLE: Final = 422
_GONE: Final = "This answer was changed or erased while you had it open."
_NOTHING_SAVED: Final = "Nothing was saved. Here is how it stands now."


class Desk:
    """The pages under `/console/{slug}/coding`."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", _BASE, Right.CODE, self.show),
            Page("POST", _BASE, Right.CODE, self.save),
            Page("GET", f"{_BASE}/suggestions", Right.CODE, self.ask),
            Page("POST", f"{_BASE}/suggestions", Right.CODE, self.take),
        )

    # --- the desk ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The answer that is named, else the next one behind `after` that this officer has not coded."""
        question, query = question_of(visit), visit.request.query
        reference = query.get("reference", "")
        if reference:
            answer = await self._named(visit, question, reference)
            if answer is None:
                raise RefusedError(404, "There is no such answer to this question. It may have been erased.")
        else:
            answer = await self._next(visit, question, query.get("after", ""), only=_only(visit))
        return await self._desk(visit, question, answer, {})

    async def _next(self, visit: Visit, question: Question, after: str, *, only: str) -> ReadAnswer | None:
        wanted = Wanted(question.code, also=_view(only, visit.officer.email))
        while True:
            page = await visit.service.database.reading.page(visit.asked.slug, wanted, after=after)
            if page.answers:
                return page.answers[0]
            if not page.further:
                return None
            after = page.further

    async def _named(self, visit: Visit, question: Question, reference: str) -> ReadAnswer | None:
        """The answer of this participant that stands."""
        spoken = await visit.service.database.reading.conversation(visit.asked.slug, reference.replace("\0", ""))
        given = [] if spoken is None else [a for a in spoken.answers if a.question == question.code and a.counts]
        return max(given, key=lambda answer: answer.revision, default=None)

    async def _desk(
        self,
        visit: Visit,
        question: Question,
        answer: ReadAnswer | None,
        errors: Mapping[str, str],
        *,
        status: int = 200,
    ) -> web.Response:
        coding, pack = visit.service.database.coding, visit.asked
        given = visit.form or visit.request.query
        only = _only(visit)
        values: dict[str, object] = {
            "errors": errors,
            "question": question,
            "name": question_name(pack, question),
            "answer": answer,
            "mine": await coding.coded_by(pack.slug, question.code, visit.officer.email),
            "only": only,
            "views": VIEWS,
            "after": given.get("after", ""),
            "saved": visit.request.query.get("saved", ""),
        }
        if answer is not None:
            sheet = await coding.sheet(answer, visit.officer.email)
            themes = await coding.codebook(book_of(pack, question))
            values |= await self._answer(visit, answer)
            values |= self._sheet(visit, sheet, themes)
        return visit.page("coding.html", values, status=status)

    async def _answer(self, visit: Visit, answer: ReadAnswer) -> Mapping[str, object]:
        version = await visit.service.versions.of(visit.asked.slug, answer.version)
        who = [code_in_words(answer.role), band_in_words(answer.band), name_of(answer.heard or answer.language)]
        return {
            "text": label(version, answer.question, answer.band, answer.value),
            "own_words": isinstance(answer.value, Text),
            "who": " · ".join(part for part in who if part),
        }

    def _sheet(self, visit: Visit, sheet: Sheet, themes: Sequence[Theme]) -> Mapping[str, object]:
        """What stands in the form: as it was sent, else as it was coded before."""
        offered = _offered(themes, sheet)
        sent = visit.form
        names = {theme.code: theme.name for theme in themes}
        return {
            "themes": [(theme.code, theme.name, theme.about) for theme in offered],
            "chosen": sent.getall("theme", []) if sent else sheet.themes,
            "rich": ["yes"] if (sent.get("rich") if sent else sheet.evidence_rich) else [],
            "note": sent.get("note", "") if sent else sheet.note,
            "suggestions": [
                (one.theme, names[one.stands_for], one.score, sent.get(f"suggested-{one.theme}", ""))
                for one in sheet.suggestions
                if one.state == UNREVIEWED and one.stands_for in names
            ],
            "coded": sheet.coded,
            "before_change": sheet.before_change,
            "saved_at": "" if sheet.saved_at is None else sheet.saved_at.isoformat(),
        }

    async def save(self, visit: Visit) -> web.StreamResponse:
        """Saves, and goes on to the next."""
        question = question_of(visit)
        reference, revision = visit.form.get("reference", ""), visit.form.get("revision", "")
        answer = await self._named(visit, question, reference)
        if answer is None:
            raise RefusedError(404, "There is no such answer to this question. It may have been erased.")
        if revision != str(answer.revision):
            return await self._again(visit, question, answer, _GONE)
        coding = visit.service.database.coding
        themes = await coding.codebook(book_of(visit.asked, question))
        sheet = await coding.sheet(answer, visit.officer.email)
        choice = _choice(visit, sheet, themes)
        if len(choice.note) > LONGEST_NOTE:
            wrong = {"note": f"The note must have {LONGEST_NOTE} characters or fewer"}
            return await self._desk(visit, question, answer, wrong, status=_UNREADABLE)
        try:
            await coding.save(
                visit.asked.slug, answer, choice, visit.deed("answer.coded", f"{reference}/{question.code}")
            )
        except ConflictError as conflict:
            return await self._again(visit, question, answer, str(conflict))
        on = {"after": reference, "saved": reference} | ({"only": _only(visit)} if _only(visit) else {})
        return visit.see(f"{_at(visit, question)}?{urlencode(on)}")

    async def _again(self, visit: Visit, question: Question, answer: ReadAnswer, why: str) -> web.Response:
        """The same answer as it stands now, where somebody was faster."""
        stands = await self._named(visit, question, answer.reference)
        if stands is None:
            raise RefusedError(404, "There is no such answer to this question. It may have been erased.")
        return await self._desk(visit, question, stands, {"theme": f"{why} {_NOTHING_SAVED}"}, status=409)

    # --- what a machine suggests ---

    async def ask(self, visit: Visit) -> web.StreamResponse:
        return await self._asked(visit, question_of(visit), ())

    async def _asked(
        self, visit: Visit, question: Question, faults: Sequence[Fault], *, status: int = 200, error: str = ""
    ) -> web.Response:
        themes = await visit.service.database.coding.codebook(book_of(visit.asked, question))
        values = {
            "errors": {"file": error} if error else {},
            "question": question,
            "name": question_name(visit.asked, question),
            "themes": [(theme.code, theme.name) for theme in themes if theme.state == ACTIVE],
            "faults": faults[: suggested.MOST_FAULTS],
            "more": max(0, len(faults) - suggested.MOST_FAULTS),
            "taken": visit.request.query.get("taken", ""),
        }
        return visit.page("suggestions.html", values, status=status)

    async def take(self, visit: Visit) -> web.StreamResponse:
        """Takes in a whole file, or nothing of it."""
        question = question_of(visit)
        sent = (await visit.request.post()).get("file")
        if not isinstance(sent, web.FileField):
            return await self._asked(visit, question, (), status=_UNREADABLE, error="Choose a file")
        coding, book = visit.service.database.coding, book_of(visit.asked, question)
        offered = {theme.code for theme in await coding.codebook(book) if theme.state == ACTIVE}
        found, faults = suggested.read(sent.file.read(), offered, question.code)
        known = await coding.answered(book, {one.reference for one in found})
        unknown = "Nobody with this reference has answered this question, or they have erased it."
        faults = sorted(
            [*faults, *(Fault(one.line, unknown) for one in found if one.reference not in known)],
            key=lambda fault: fault.line,
        )
        if faults:
            many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
            error = f"The file has {many}. Nothing of it was taken in"
            return await self._asked(visit, question, faults, status=_UNREADABLE, error=error)
        try:
            given = [(one.reference, one.theme, one.score) for one in found]
            await coding.suggest(book, given, visit.deed("suggestions.imported", question.code))
        except ConflictError:
            error = "Somebody erased their answer just now. Nothing was taken in: send the file again"
            return await self._asked(visit, question, (), status=409, error=error)
        return visit.see(f"{_at(visit, question)}/suggestions?taken={len(found)}")


def _only(visit: Visit) -> str:
    """Which answers are to be coded, one of `VIEWS`."""
    asked = (visit.form or visit.request.query).get("only", "")
    return asked if asked in dict(VIEWS) else ""


def _view(only: str, coder: str) -> tuple[Also, ...]:
    match only:
        case "suggested":
            return (suggested_for(),)
        case "nobody":
            return (coded_by_nobody(),)
        case "again":
            return (to_code_again(), not_coded_by(coder))
        case _:
            return (not_coded_by(coder),)


def _at(visit: Visit, question: Question) -> str:
    return _BASE.format(slug=visit.asked.slug, question=question.code)


def _offered(themes: Sequence[Theme], sheet: Sheet) -> Sequence[Theme]:
    """What can be chosen: a theme that is retired only where it was chosen before."""
    return [one for one in themes if one.state == ACTIVE or (one.state != MERGED and one.code in sheet.themes)]


def _choice(visit: Visit, sheet: Sheet, themes: Sequence[Theme]) -> Choice:
    """What was chosen, of what there is to choose."""
    offered = {theme.code for theme in _offered(themes, sheet)}
    waiting = {
        one.theme: visit.form.get(f"suggested-{one.theme}") for one in sheet.suggestions if one.state == UNREVIEWED
    }
    return Choice(
        themes=frozenset(visit.form.getall("theme", [])) & offered,
        evidence_rich=visit.form.get("rich") == "yes",
        note=visit.form.get("note", "").strip(),
        accepted=frozenset(theme for theme, answer in waiting.items() if answer == "accept"),
        rejected=frozenset(theme for theme, answer in waiting.items() if answer == "reject"),
        instead_of=_moment(visit.form.get("saved_at", "")),
    )


def _moment(written: str) -> datetime | None:
    """The moment that the form was made with; None where there was none, or somebody changed it by hand."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None
