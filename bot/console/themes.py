"""Themes: the codebook of each question, how far it is coded, how two coders agree, and the aims behind the themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.books import book_of
from bot.channels.base import RefusedError
from bot.console.books import codable, new_code, question_of, theme_of
from bot.console.kept import Counted, Kept
from bot.console.moments import moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import question_name
from flows.agreement import agreement, in_words
from flows.definition import Question
from storage.codebook import ACTIVE, MERGED, RETIRED, Added, Change, Edit, Merged, Restored, Retired, Rewritten, Theme
from storage.coding import Progress
from storage.errors import ConflictError

Pairs = list[tuple[frozenset[str], frozenset[str]]]
"""What two coders put each answer under that both went through."""
_BASE: Final = "/console/{slug}/themes"
_UNREADABLE: Final = 422
_STALE: Final = "Somebody else changed this codebook while you had the page open. Look at it again, then decide."
_DONE: Final[Mapping[str, str]] = {
    "added": "The theme is there now.",
    "rewritten": "The theme is changed. Answers under it stay there.",
    "merged": "The themes are one now. Answers under the old one count under the other.",
    "retired": "The theme is not offered any more. Answers under it stay there.",
    "restored": "The theme is offered again.",
}


@dataclass(frozen=True, slots=True)
class Traced:
    """A theme of one question that serves an aim, and how many answers are under it."""

    question: Question
    question_name: str
    theme: Theme
    answers: int


class Themes:
    """The pages of codebooks and of aims."""

    def __init__(self) -> None:
        self._progress = Kept[Progress]()
        self._pairs = Kept[Pairs]()

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", _BASE, Right.CODE, self.show),
            Page("POST", f"{_BASE}/{{question}}", Right.CODE, self.add),
            Page("GET", f"{_BASE}/{{question}}/{{theme}}", Right.CODE, self.theme),
            Page("POST", f"{_BASE}/{{question}}/{{theme}}", Right.CODE, self.change),
            Page("GET", "/console/{slug}/aims", Right.ANSWERS, self.aims),
        )

    # --- the codebook ---

    async def show(self, visit: Visit) -> web.StreamResponse:
        questions = codable(visit.asked)
        if not questions:
            return visit.page("themes.html", {"question": None})
        asked = visit.request.query.get("question")
        question = next((each for each in questions if each.code == asked), questions[0])
        return await self._show(visit, question, {})

    async def _show(
        self, visit: Visit, question: Question, errors: Mapping[str, str], *, status: int = 200
    ) -> web.Response:
        coding, pack = visit.service.database.coding, visit.asked
        book = book_of(pack, question)
        themes, counted = await coding.codebook(book), await self._counted(visit, question)
        progress = counted.value
        values = {
            "errors": errors,
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "question": question,
            "questions": [(each.code, question_name(pack, each)) for each in codable(pack)],
            "name": question_name(pack, question),
            "themes": [theme for theme in themes if theme.state != MERGED],
            "aims": {aim.code: aim.name for aim in pack.aims},
            "aim_options": _aim_options(visit),
            "progress": progress,
            "as_of": moment_in_words(counted.at, pack.timetable.zone) if counted.is_kept else "",
            "mine": progress.coders.get(visit.officer.email, 0),
            "agreed": await self._agreed(visit, question, themes, progress),
            "changes": [_told(visit, change) for change in reversed(await coding.history(book))],
            "values": visit.form,
        }
        return visit.page("themes.html", values, status=status)

    async def _counted(self, visit: Visit, question: Question) -> Counted[Progress]:
        slug, coding = visit.asked.slug, visit.service.database.coding
        key = (slug, question.code)
        return await self._progress.counted(key, visit.now, lambda: coding.progress(slug, question.code))

    async def _agreed(
        self, visit: Visit, question: Question, themes: Sequence[Theme], progress: Progress
    ) -> Mapping[str, object] | None:
        """How far two coders agree: those who were asked for, else the two who have coded most."""
        most = sorted(progress.coders, key=lambda coder: (-progress.coders[coder], coder))
        chosen = [visit.request.query.get(name, "") for name in ("first", "second")]
        if len(most) < 2:  # noqa: PLR2004 - it takes two to agree
            return None
        first, second = chosen if set(chosen) <= set(most) and chosen[0] != chosen[1] else most[:2]
        slug, coding = visit.asked.slug, visit.service.database.coding
        pairs = (
            await self._pairs.counted(
                (slug, question.code, first, second),
                visit.now,
                lambda: coding.pairs(slug, question.code, (first, second)),
            )
        ).value
        standing = [theme for theme in themes if theme.state != MERGED]
        found = agreement(pairs, [theme.code for theme in standing])
        return {
            "coders": [(coder, coder) for coder in sorted(most)],
            "first": first,
            "second": second,
            "answers": found.answers,
            "overall": _kappa(found.overall),
            "overall_words": in_words(found.overall),
            "rows": [(one.name, _kappa(found.themes[one.code]), in_words(found.themes[one.code])) for one in standing],
        }

    async def add(self, visit: Visit) -> web.StreamResponse:
        question = question_of(visit)
        themes = await visit.service.database.coding.codebook(book_of(visit.asked, question))
        (name, about, aim), errors = theme_of(visit, themes)
        if errors:
            return await self._show(visit, question, errors, status=_UNREADABLE)
        code = new_code(name, {theme.code for theme in themes})
        if not await self._edit(visit, question, Added(Theme(code, name, about, aim, "officer")), code, "added"):
            return await self._show(visit, question, {"name": _STALE}, status=409)
        return _done(visit, question, "added")

    async def _edit(self, visit: Visit, question: Question, made: Edit, code: str, act: str) -> bool:
        """False where somebody else was faster."""
        deed = visit.deed(f"theme.{act}", f"{question.code}/{code}")
        try:
            await visit.service.database.coding.edit(book_of(visit.asked, question), made, deed)
        except ConflictError:
            return False
        return True

    # --- one theme ---

    async def theme(self, visit: Visit) -> web.StreamResponse:
        return await self._theme(visit, {})

    async def _theme(
        self, visit: Visit, errors: Mapping[str, str], *, status: int = 200, merging: Theme | None = None
    ) -> web.Response:
        question = question_of(visit)
        themes, theme = await self._found(visit, question)
        values = {
            "errors": errors,
            "question": question,
            "name": question_name(visit.asked, question),
            "theme": theme,
            "values": visit.form or {"name": theme.name, "about": theme.about, "aim": theme.aim or ""},
            "aim_options": _aim_options(visit),
            "others": [(one.code, one.name) for one in themes if one.state == ACTIVE and one.code != theme.code],
            "merging": merging,
        }
        return visit.page("theme.html", values, status=status)

    async def _found(self, visit: Visit, question: Question) -> tuple[Sequence[Theme], Theme]:
        themes = await visit.service.database.coding.codebook(book_of(visit.asked, question))
        code = visit.request.match_info["theme"]
        theme = next((one for one in themes if one.code == code and one.state in {ACTIVE, RETIRED}), None)
        if theme is None:
            raise RefusedError(404, "This question has no such theme. It may have been merged into another.")
        return themes, theme

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Rewrites, merges, retires or restores, whichever button was pressed."""
        question = question_of(visit)
        themes, theme = await self._found(visit, question)
        made: Edit
        match visit.form.get("act"):
            case "retire":
                made, act = Retired(theme.code), "retired"
            case "restore":
                made, act = Restored(theme.code), "restored"
            case "merge":
                into = next((one for one in themes if one.code == visit.form.get("into") and one != theme), None)
                if into is None or into.state != ACTIVE:
                    return await self._theme(visit, {"into": "Choose the theme that stays"}, status=_UNREADABLE)
                if visit.form.get("sure") != "yes":
                    return await self._theme(visit, {}, merging=into)
                made, act = Merged(theme.code, into.code), "merged"
            case _:
                (name, about, aim), errors = theme_of(visit, themes, but=theme.code)
                if errors:
                    return await self._theme(visit, errors, status=_UNREADABLE)
                made, act = Rewritten(theme.code, name, about, aim), "rewritten"
        if not await self._edit(visit, question, made, theme.code, act):
            return await self._theme(visit, {"name": _STALE}, status=409)
        return _done(visit, question, act)

    # --- aims ---

    async def aims(self, visit: Visit) -> web.StreamResponse:
        """From each aim to its themes, and from those to the answers behind them."""
        coding, pack = visit.service.database.coding, visit.asked
        traced: list[Traced] = []
        for question in codable(pack):
            themes = await coding.codebook(book_of(pack, question))
            progress = (await self._counted(visit, question)).value
            traced += [
                Traced(question, question_name(pack, question), theme, progress.themes.get(theme.code, 0))
                for theme in themes
                if theme.state != MERGED
            ]
        values = {
            "aims": [(aim.name, [one for one in traced if one.theme.aim == aim.code]) for aim in pack.aims],
            "aimless": [one for one in traced if one.theme.aim not in {aim.code for aim in pack.aims}],
        }
        return visit.page("aims.html", values)


def _aim_options(visit: Visit) -> Sequence[tuple[str, str]]:
    return [("", "No aim"), *((aim.code, aim.name) for aim in visit.asked.aims)]


def _kappa(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _done(visit: Visit, question: Question, act: str) -> web.Response:
    return visit.see(f"{_BASE.format(slug=visit.asked.slug)}?question={question.code}&done={act}")


def _told(visit: Visit, change: Change) -> str:
    """A line of a codebook's history."""
    facts, at = change.facts, moment_in_words(change.at, visit.asked.timetable.zone)
    match change.act:
        case "added":
            what = f"Added “{facts['to']}”"
        case "rewritten" if facts["from"] != facts["to"]:
            what = f"Renamed “{facts['from']}” to “{facts['to']}”"
        case "rewritten":
            what = f"Changed the description or aim of “{facts['to']}”"
        case "merged":
            what = f"Merged “{facts['from']}” into “{facts['to']}”"
        case "retired":
            what = f"Retired “{facts['from']}”"
        case _:
            what = f"Offered “{facts['to']}” again"
    return f"{what}. {change.officer}, {at}."
