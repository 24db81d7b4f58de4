"""Redaction: taking parts out of what is read of an answer, seeing what was there, and undoing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot.channels.base import RefusedError
from bot.console.choosing_parts import Chosen, chosen, reason_fault, suggested, value_of, words_of
from bot.console.moments import moment_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import question_name
from flows.redaction import Kind, pieces, without
from storage.errors import ConflictError
from storage.redactions import Whole

ANSWER: Final = "/console/{slug}/people/{reference}/answers/{question}/{revision}"
_UNREADABLE: Final = 422
_LONGEST_NUMBER: Final = 9
_KINDS: Final = [(kind.name.lower(), kind.value[:1].upper() + kind.value[1:]) for kind in Kind]
_DONE: Final = {
    "removed": "The words are removed from everything that officers read and export.",
    "undone": "The words are shown again.",
}


class Redacting:
    """The pages about parts of an answer that are not to be read."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", ANSWER, Right.CODE, self.ask),
            Page("POST", ANSWER, Right.CODE, self.choose),
            Page("POST", f"{ANSWER}/remove", Right.CODE, self.remove),
            Page("GET", f"{ANSWER}/original", Right.ORIGINALS, self.history),
            Page("POST", f"{ANSWER}/original", Right.ORIGINALS, self.original),
            Page("POST", f"{ANSWER}/undo", Right.ORIGINALS, self.undo),
        )

    async def ask(self, visit: Visit) -> web.StreamResponse:
        return _form(visit, await _answer(visit), Chosen(), {})

    async def choose(self, visit: Visit) -> web.StreamResponse:
        """What it would look like; nothing is written yet."""
        answer = await _answer(visit)
        wanted = chosen(answer, visit.form)
        if wanted.errors or "change" in visit.form:
            errors = {} if "change" in visit.form else wanted.errors
            return _form(visit, answer, wanted, errors, status=_UNREADABLE if errors else 200)
        values = {
            **_facts(visit, answer),
            "spans": [value_of(span) for span in wanted.spans],
            "kinds": sorted({span.kind.value for span in wanted.spans}),
            "reason": wanted.reason,
            "shown": without(answer.text, [*answer.spans, *wanted.spans]),
        }
        return visit.page("redaction-preview.html", values)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        answer = await _answer(visit)
        wanted = chosen(answer, visit.form)
        if wanted.errors:
            return _form(visit, answer, wanted, wanted.errors, status=_UNREADABLE)
        deed = visit.deed("answer.redacted", _subject(visit), why=wanted.reason)
        try:
            await visit.service.database.redactions.remove(visit.asked.slug, answer, wanted.spans, deed)
        except ConflictError as error:
            raise RefusedError(409, str(error)) from error
        return visit.see(f"{_address(visit)}?done=removed")

    # --- what was there before ---

    async def history(self, visit: Visit) -> web.StreamResponse:
        return _history(visit, await _answer(visit), {})

    async def original(self, visit: Visit) -> web.StreamResponse:
        """The answer as it was given. The record has it first, so that nobody sees it off the record."""
        answer = await _answer(visit)
        reason = visit.form.get("reason", "").strip()
        fault = reason_fault(reason)
        if fault:
            return _history(visit, answer, {"reason": fault}, status=_UNREADABLE)
        await visit.record("original.viewed", _subject(visit), why=reason)
        return _history(visit, answer, {}, original=answer.text)

    async def undo(self, visit: Visit) -> web.StreamResponse:
        answer = await _answer(visit)
        reason = visit.form.get("why", "").strip()
        number = _number(visit.form.get("number", ""))
        fault = reason_fault(reason)
        if fault:
            return _history(visit, answer, {f"why-{number}": fault}, status=_UNREADABLE)
        deed = visit.deed("redaction.undone", _subject(visit), why=reason)
        try:
            await visit.service.database.redactions.undo(answer, number, deed)
        except ConflictError as error:
            raise RefusedError(409, str(error)) from error
        return visit.see(f"{_address(visit)}/original?done=undone")


async def _answer(visit: Visit) -> Whole:
    place = visit.request.match_info
    question = next((each for each in visit.asked.questions if each.code == place["question"]), None)
    found = None
    # What is kept apart is read nowhere here (rule R1.4).
    if question is None or not question.equality:
        revision = _number(place["revision"])
        found = await visit.service.database.redactions.find(
            visit.asked.slug, place["reference"], place["question"], revision
        )
    if found is None:
        raise RefusedError(404, "There is no such answer in somebody's own words. It may have been erased.")
    return found


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER else 0


def _subject(visit: Visit) -> str:
    place = visit.request.match_info
    return f"{place['reference']} {place['question']} {_number(place['revision'])}"


def _address(visit: Visit) -> str:
    holes = {"slug": visit.asked.slug, **visit.request.match_info}
    return ANSWER.format_map(holes)


def _facts(visit: Visit, answer: Whole) -> Mapping[str, object]:
    pack = visit.asked
    question = next((each for each in pack.questions if each.code == answer.question), None)
    return {
        "answer": answer,
        "address": _address(visit),
        "reference": visit.request.match_info["reference"],
        "question": answer.question if question is None else question_name(pack, question),
    }


def _form(visit: Visit, answer: Whole, wanted: Chosen, errors: Mapping[str, str], *, status: int = 200) -> web.Response:
    values = {
        **_facts(visit, answer),
        "pieces": list(pieces(answer.text, answer.spans)),
        "words": list(words_of(answer)),
        "suggested": list(suggested(answer)),
        "all_kinds": _KINDS,
        "wanted": wanted,
        "errors": errors,
        "done": _DONE.get(visit.request.query.get("done", ""), ""),
        "history": _told(visit, answer),
    }
    return visit.page("redaction.html", values, status=status)


def _history(
    visit: Visit, answer: Whole, errors: Mapping[str, str], *, original: str | None = None, status: int = 200
) -> web.Response:
    values = {
        **_facts(visit, answer),
        "pieces": list(pieces(answer.text, answer.spans)),
        "history": _told(visit, answer),
        "original": original,
        "errors": errors,
        "typed": {"reason": visit.form.get("reason", ""), "why": visit.form.get("why", "")},
        "done": _DONE.get(visit.request.query.get("done", ""), ""),
    }
    return visit.page("redaction-original.html", values, status=status)


def _told(visit: Visit, answer: Whole) -> list[Mapping[str, object]]:
    zone = visit.asked.timetable.zone
    return [
        {
            "number": one.number,
            "kinds": ", ".join(sorted({span.kind.value for span in one.spans})),
            "at": moment_in_words(one.at, zone),
            "officer": one.officer,
            "reason": one.reason,
            "undone": "" if one.undone_at is None else f"{moment_in_words(one.undone_at, zone)} by {one.undone_by}",
            "undone_why": one.undone_why or "",
        }
        for one in answer.history
    ]
