"""What looks as if nobody had meant it: how many conversations, which, and what an officer makes of it.

An officer clears a sign that means nothing here, or excludes a conversation from exports, with a reason. Neither
changes an answer: whoever sent it sees it as before, and it can be taken in again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.base import RefusedError
from bot.console.rights import Right
from bot.console.section import Page, Visit
from flows.integrity import COPIES, Sign
from storage.integrity import PAGE

INTEGRITY: Final = "/console/{slug}/integrity"
LONGEST_REASON: Final = 500

_NAMES: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        Sign.HIDDEN_FIELD: "Hidden field filled in",
        Sign.TOO_FAST: "Faster than a person can be",
        Sign.BURST: "Part of a burst from one network",
        Sign.SAME_WORDS: "Same long answer as many others",
    }
)
_MEANINGS: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        Sign.HIDDEN_FIELD: "The first page has a field that no person sees. A program filled it in. So may a browser.",
        Sign.TOO_FAST: "It was begun in less than a second, or each answer took less than a second.",
        Sign.BURST: "Very many began from one network within minutes. That may be a program, or a whole school.",
        Sign.SAME_WORDS: f"At least {COPIES} people gave the very same long answer. It may be a campaign.",
    }
)
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cleared": "The sign is cleared. It is on record.",
        "excluded": "Exports leave that out from now on. It is on record, and every manifest says so with your reason.",
        "restored": "Exports take that in again. It is on record.",
    }
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form is about: one conversation, or all with a sign."""

    sign: Sign
    reference: str | None

    def back(self, slug: str) -> str:
        place = f"/console/{slug}/integrity/{self.sign.value}"
        return place if self.reference is None else f"{place}/{self.reference}"


class IntegrityReport:
    """`/console/{slug}/integrity`."""

    def pages(self) -> Sequence[Page]:
        of_sign, of_one = f"{INTEGRITY}/{{sign}}", f"{INTEGRITY}/{{sign}}/{{reference}}"
        return (
            Page("GET", INTEGRITY, Right.ANSWERS, self.overview),
            Page("POST", INTEGRITY, Right.EXPORT, self.restore),
            Page("GET", of_sign, Right.ANSWERS, self.listing),
            Page("POST", of_sign, Right.EXPORT, self.decide),
            Page("GET", of_one, Right.ANSWERS, self.one),
            Page("POST", of_one, Right.EXPORT, self.decide),
        )

    async def overview(self, visit: Visit) -> web.StreamResponse:
        """How many bear each sign, and who is excluded."""
        integrity, slug = visit.service.database.integrity, visit.asked.slug
        counts = await integrity.counts(slug)
        values = {
            "counts": [(one, _NAMES[one.sign], _MEANINGS[one.sign]) for one in counts],
            "participants": await integrity.participants(slug),
            "excluded": await integrity.excluded(slug),
            "done": _DONE.get(visit.request.query.get("done", ""), ""),
            "gone": False,
        }
        return visit.page("integrity.html", values)

    async def restore(self, visit: Visit) -> web.StreamResponse:
        """Takes a conversation in again."""
        slug, reference = visit.asked.slug, visit.form.get("reference", "")
        deed = visit.deed("answers.restored", reference)
        if not await visit.service.database.integrity.restore(slug, reference, deed):
            raise RefusedError(404, "That conversation is not excluded any more. Go back to the page and look again.")
        return visit.see(f"/console/{slug}/integrity?done=restored")

    async def listing(self, visit: Visit) -> web.StreamResponse:
        """The conversations with a sign."""
        return await _list(visit, _asked(visit))

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One conversation with every sign that it bears."""
        return await _list(visit, _asked(visit))

    async def decide(self, visit: Visit) -> web.StreamResponse:
        """Clears a sign or excludes conversations; `what` says which."""
        asked, integrity, slug = _asked(visit), visit.service.database.integrity, visit.asked.slug
        match visit.form.get("what", ""):
            case "clear":
                deed = visit.deed("flag.cleared")
                done, count = "cleared", await integrity.clear(slug, asked.sign, deed, reference=asked.reference)
            case "exclude":
                why = visit.form.get("why", "").strip()
                if not why or len(why) > LONGEST_REASON:
                    return await _list(visit, asked, why=why, error=_wrong(why))
                deed = visit.deed("answers.excluded", why=why)
                count = await integrity.exclude(slug, why, deed, sign=asked.sign, reference=asked.reference)
                done = "excluded"
            case _:
                return await _list(visit, asked, nothing=True)
        return visit.see(f"{asked.back(slug)}?{urlencode({'done': done if count else 'none'})}")


def _wrong(why: str) -> str:
    return f"Give a reason of at most {LONGEST_REASON} characters" if why else "Give a reason"


def _asked(visit: Visit) -> _Asked:
    known = {sign.value: sign for sign in Sign}
    sign = known.get(visit.request.match_info["sign"])
    if sign is None:
        raise RefusedError(404, "There is no such sign. Go back to the page and choose one of those that there are.")
    return _Asked(sign, visit.request.match_info.get("reference"))


async def _list(
    visit: Visit, asked: _Asked, *, why: str = "", error: str = "", nothing: bool = False
) -> web.StreamResponse:
    integrity, slug = visit.service.database.integrity, visit.asked.slug
    after, next_page = visit.request.query.get("after", ""), ""
    if asked.reference is None:
        found = await integrity.listed(slug, asked.sign, after=after, limit=PAGE + 1)
        if len(found) > PAGE:
            found = found[:PAGE]
            next_page = f"{asked.back(slug)}?{urlencode({'after': found[-1].reference})}"
    else:
        found = await integrity.of(slug, asked.reference)
        if not found:
            raise RefusedError(404, "There is no such conversation with a sign. Go back to the list and look again.")
    [count] = [one for one in await integrity.counts(slug) if one.sign is asked.sign]
    done = visit.request.query.get("done", "")
    values = {
        "asked": asked,
        "name": _NAMES[asked.sign],
        "meaning": _MEANINGS[asked.sign],
        "count": count,
        "rows": [(one, _NAMES[one.sign]) for one in found],
        "open": any(one.sign is asked.sign and one.cleared_at is None for one in found),
        "excluded": next((one.excluded for one in found if one.excluded is not None), None),
        "first": asked.back(slug) if after else "",
        "next": next_page,
        "why": why,
        "errors": {"why": error} if error else {},
        "done": _DONE.get(done, ""),
        "nothing": nothing or done == "none",
        "here": asked.back(slug),
    }
    return visit.page("integrity-sign.html", values, status=400 if error or nothing else 200)
