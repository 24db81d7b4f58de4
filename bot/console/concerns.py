"""What somebody said that may mean that they are not safe: a list until a person has read it and says what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.console.moments import waited_in_words
from bot.console.rights import Right
from bot.console.section import Page, Visit
from bot.console.spoken import question_name
from flows.concern_rules import Harm
from storage.concerns import Raised

SOON: Final = timedelta(minutes=15)
"""Whatever has waited longer is marked."""
_SEPARATE: Final = ":"
_KINDS: Final[Mapping[Harm, str]] = {
    Harm.PHYSICAL: "being hurt",
    Harm.SEXUAL: "sexual harm",
    Harm.EMOTIONAL: "being put down or frightened",
    Harm.NEGLECT: "not being looked after",
    Harm.DOMESTIC: "violence at home",
    Harm.SELF_HARM: "hurting oneself",
    Harm.SUICIDE: "not wanting to live",
    Harm.EXPLOITATION: "being used by somebody",
    Harm.GANGS: "gangs",
    Harm.BULLYING: "bullying",
    Harm.RUNAWAY: "away from home",
    Harm.FORCED: "being forced",
    Harm.LOW: "unhappy",
    Harm.PAST: "something that is over",
    Harm.UNCLEAR: "unclear",
}
"""What rules may have seen, in words for whoever reads."""


@dataclass(frozen=True, slots=True)
class Told:
    """A concern, and what it is about in words."""

    raised: Raised
    title: str
    question: str
    kinds: str


class ConcernsRaised:
    """The list over all consultations that are the officer's, and the form that says that somebody has read one."""

    def pages(self) -> Sequence[Page]:
        return (
            Page("GET", "/console/concerns", Right.CONCERNS, self.show),
            Page("POST", "/console/concerns", Right.CONCERNS, self.acknowledge),
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await _page(visit)

    async def acknowledge(self, visit: Visit) -> web.StreamResponse:
        slug, _, rest = visit.form.get("concern", "").partition(_SEPARATE)
        reference, _, seq = rest.partition(_SEPARATE)
        outcome = visit.form.get("outcome", "").strip()
        if not visit.officer.may(Right.CONCERNS, slug or None) or not (seq.isascii() and seq.isdecimal()):
            return await _page(visit, gone=True)
        if not outcome:
            return await _page(visit, at=f"{slug}{_SEPARATE}{rest}")
        deed = replace(visit.deed("concern.acknowledged", reference), slug=slug)
        concerns = visit.service.database.concerns
        if not await concerns.acknowledge(slug, reference, int(seq), outcome, deed):
            return await _page(visit, gone=True)
        return visit.see("/console/concerns?done=acknowledged")


async def _page(visit: Visit, *, at: str = "", gone: bool = False) -> web.Response:
    concerns = visit.service.database.concerns
    waiting = [one for one in await concerns.waiting() if visit.officer.may(Right.CONCERNS, one.slug or None)]
    past = [one for one in await concerns.acknowledged() if visit.officer.may(Right.CONCERNS, one.slug or None)]
    listed = [
        (
            f"outcome-{number}",
            f"{one.slug}{_SEPARATE}{one.reference}{_SEPARATE}{one.message_seq}",
            _told(visit, one),
            waited_in_words(one.raised_at, visit.now),
            visit.now - one.raised_at > SOON,
        )
        for number, one in enumerate(waiting, start=1)
    ]
    errors = {name: "Say what was done." for name, key, *_ in listed if key == at}
    values = {
        "waiting": listed,
        "past": [_told(visit, one) for one in past],
        "errors": errors,
        "gone": gone,
        "done": "done" in visit.request.query,
    }
    return visit.page("concerns.html", values, status=400 if errors else 409 if gone else 200)


def _told(visit: Visit, raised: Raised) -> Told:
    pack = visit.service.library.get(raised.slug)
    if pack is None:
        title = raised.slug or "They have not begun a consultation"
        return Told(raised, title, raised.question or "", _kinds(raised))
    asked = next((each for each in pack.questions if each.code == raised.question), None)
    question = "No question was open" if asked is None else question_name(pack, asked)
    return Told(raised, replace(visit, consultation=pack).title, question, _kinds(raised))


def _kinds(raised: Raised) -> str:
    known = [harm for harm in raised.harms if harm != Harm.UNCLEAR] or [Harm.UNCLEAR]
    return ", ".join(_KINDS[Harm(harm)] for harm in known)
