"""The read-list: everything in somebody's own words, until a person has read it. Rules only order it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.console.moments import moment_in_words, waited_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import band_in_words, code_in_words, question_name
from flows.commands import name_of
from storage.to_read import Unread

READ: Final = "/console/{slug}/read"
SOON: Final = timedelta(days=1)
"""Whatever has waited longer is marked: somebody has to look every day (rule R3.5)."""
_SEPARATE: Final = ":"
_TIERS: Final = {0: ("Urgent", "red"), 1: ("Concern", "yellow")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on the page."""

    key: str
    unread: Unread
    question: str
    about: str
    tag: tuple[str, str] | None
    long: bool


class ReadingList:
    """The page of one consultation, and the form that says that what is on it was read."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", READ, Right.ANSWERS, self.show),
            Page("POST", READ, Right.ANSWERS, self.read),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        slug, read_list = visit.asked.slug, visit.service.database.read_list
        waiting = (await read_list.waiting()).get(slug)
        values = {
            "messages": [_shown(visit, one) for one in await read_list.next(slug)],
            "waiting": 0 if waiting is None else waiting.messages,
            "oldest": "" if waiting is None else waited_in_words(waiting.oldest, visit.now),
            "long": waiting is not None and visit.now - waiting.oldest > SOON,
            "done": visit.request.query.get("done", ""),
        }
        return visit.page("read.html", values)

    async def read(self, visit: Visit) -> web.StreamResponse:
        """Only what was on the page that was sent: what has come meanwhile is still to be read."""
        keys = [_key(each) for each in visit.form.getall("message", [])]
        messages = [key for key in keys if key is not None]
        deed = visit.deed("answers.read", str(len(messages)))
        done = await visit.service.database.read_list.read(visit.asked.slug, messages, deed)
        return visit.see(f"{READ.replace('{slug}', visit.asked.slug)}?done={done}")


def _key(sent: str) -> tuple[str, int] | None:
    reference, _, seq = sent.partition(_SEPARATE)
    return (reference, int(seq)) if seq.isascii() and seq.isdecimal() and len(seq) < 10 else None  # noqa: PLR2004 - no transcript is that long


def _shown(visit: Visit, one: Unread) -> Shown:
    pack = visit.asked
    questions = {question.code: question_name(pack, question) for question in pack.questions}
    at = moment_in_words(one.said_at, pack.timetable.zone)
    about = [code_in_words(one.role), band_in_words(one.band), name_of(one.language) if one.language else "", at]
    return Shown(
        key=f"{one.reference}{_SEPARATE}{one.message_seq}",
        unread=one,
        question=questions.get(one.question or "", "To no question"),
        about=" · ".join(part for part in about if part),
        tag=_TIERS.get(one.rank),
        long=visit.now - one.said_at > SOON,
    )
