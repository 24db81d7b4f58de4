"""Tags on a conversation: put on and taken off on its own page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot.channels.base import RefusedError
from bot.console.rights import Right
from bot.console.section import Page, Visit
from storage.errors import ConflictError

_LONGEST: Final = 30
_FORM: Final = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_DIGITS: Final = re.compile(r"\d{4}")
"""More than three digits in a row may be somebody's number."""


class Tagging:
    """The form beside a conversation."""

    def pages(self) -> Sequence[Page]:
        return (Page("POST", "/console/{slug}/people/{reference}/tags", Right.CODE, self.change),)

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Puts a tag on, or takes one off, whichever button was pressed; then back to the conversation."""
        slug, reference, tags = visit.asked.slug, visit.request.match_info["reference"], visit.service.database.tags
        gone = visit.form.get("take-off", "")
        tag = _tidied(gone or visit.form.get("tag", ""))
        back = f"/console/{slug}/people/{reference}"
        if not gone and _is_unfit(tag):
            return visit.see(f"{back}?tag=unfit#tags")
        try:
            if gone:
                await tags.take_off(slug, reference, tag, visit.deed("tag.removed", reference))
            else:
                await tags.put(slug, reference, tag, visit.deed("tag.added", reference))
        except ConflictError as conflict:
            raise RefusedError(404, str(conflict)) from conflict
        return visit.see(f"{back}#tags")


def _tidied(typed: str) -> str:
    return " ".join(typed.split()).casefold()


def _is_unfit(tag: str) -> bool:
    return len(tag) > _LONGEST or not _FORM.fullmatch(tag) or bool(_DIGITS.search(tag))
