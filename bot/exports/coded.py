"""What officers found in the answers, for a report."""

from __future__ import annotations

from bot.books import book_of
from bot.exports.figures import Coding
from bot.exports.source import Source
from bot.sheets import answered_questions
from storage.codebook import MERGED
from storage.database import Database


async def coded(database: Database, source: Source) -> Coding:
    """Every answer that somebody has been through, with its themes. Questions that are left out have none."""
    names: dict[str, dict[str, str]] = {}
    for question in answered_questions(source.packs):
        if question.code not in source.left_out:
            themes = await database.coding.codebook(book_of(source.wish.consultation, question))
            names[question.code] = {theme.code: theme.name for theme in themes if theme.state != MERGED}
    found: dict[tuple[str, str], set[str]] = {}
    rich: set[tuple[str, str]] = set()
    async for code in database.coding.codes(source.slug):
        key = (code.reference, code.question)
        if code.question in names:
            found.setdefault(key, set()).update([code.theme] if code.theme in names[code.question] else [])
            rich.update([key] if code.evidence_rich else [])
    return Coding({key: frozenset(themes) for key, themes in found.items()}, names, frozenset(rich))
