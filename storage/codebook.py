"""The codebook of each question: its themes as they stand, and every change that made them so.

It starts with the themes of the pack. Those are written down with the first change, so that looking writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never

from storage.audit import Deed
from storage.codec import decode_json, encode_json
from storage.errors import ConflictError
from storage.instants import instant, micros
from storage.rows import fetch_with, insert, plain, whole
from storage.sessions import Row, Session
from storage.tables_coding import ThemeChangeRow, ThemeRow

ACTIVE: Final = "active"
RETIRED: Final = "retired"
MERGED: Final = "merged"

_THEME = whole(ThemeRow)
_CHANGE = whole(ThemeChangeRow)
_CHANGES = (name for name in _THEME.columns if name not in {"slug", "question", "code"})
_REPLACE = f"ON CONFLICT (slug, question, code) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in _CHANGES)}"
_ALL = f"SELECT {_THEME.listed} FROM theme WHERE slug = {{}} AND question = {{}} ORDER BY place, code"
_HISTORY = f"SELECT {_CHANGE.listed} FROM theme_change WHERE slug = {{}} AND question = {{}} ORDER BY number"
_NUMBER = "SELECT coalesce(max(number), 0) FROM theme_change WHERE slug = {} AND question = {}"
_NOTE = f"""
    INSERT INTO theme_change ({_CHANGE.listed}) SELECT {_CHANGE.listed} FROM k WHERE true
    ON CONFLICT (slug, question, number) DO NOTHING RETURNING number
"""
_STALE = "Somebody else changed this codebook meanwhile: look at it again."


@dataclass(frozen=True, slots=True)
class Theme:
    """What answers may be put under."""

    code: str
    name: str
    about: str = ""
    """When it fits, for whoever codes."""
    aim: str | None = None
    """The code of the aim that it serves."""
    origin: str = "pack"
    """`pack` or `officer`."""
    state: str = ACTIVE
    """`active`; `retired`: not offered any more; `merged`: another stands for it."""
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Which codebook is meant, and what it starts with."""

    slug: str
    question: str
    starts: tuple[Theme, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A new theme. Its code is not taken yet."""

    theme: Theme


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Another name, description or aim; the code and all that is under it stay."""

    code: str
    name: str
    about: str
    aim: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """From now on `into` stands for it; what was put under it counts there."""

    code: str
    into: str


@dataclass(frozen=True, slots=True)
class Retired:
    """Not offered any more. What was put under it stays there."""

    code: str


@dataclass(frozen=True, slots=True)
class Restored:
    """Offered again."""

    code: str


Edit = Added | Rewritten | Merged | Retired | Restored


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it stands in the history."""

    number: int
    at: datetime
    """UTC."""
    officer: str
    code: str
    act: str
    """`added`, `rewritten`, `merged`, `retired` or `restored`."""
    facts: Mapping[str, str]


async def read(session: Session, book: Book) -> list[Theme]:
    """Every theme: those written down, then those of the pack that are not yet."""
    rows = await session.fetch(plain(session.dialect, _ALL, book.slug, book.question))
    themes = [_theme(row) for row in rows]
    known = {theme.code for theme in themes}
    return themes + [theme for theme in book.starts if theme.code not in known]


async def history(session: Session, book: Book) -> list[Change]:
    """Every change of a codebook, oldest first."""
    rows = await session.fetch(plain(session.dialect, _HISTORY, book.slug, book.question))
    return [
        Change(number, instant(at), officer, code, act, decode_json(facts))
        for _, _, number, at, officer, code, act, facts in rows
    ]


async def edit(session: Session, book: Book, made: Edit, deed: Deed) -> None:
    """Changes a codebook within the transaction, and notes it in the history.

    Raises:
        ConflictError: somebody was faster: the theme is not there any more, not as it was, or its code is taken.
    """
    args = (book.slug, book.question)
    [(number,)] = await session.fetch(plain(session.dialect, _NUMBER, *args))
    themes = await read(session, book)
    by_code = {theme.code: theme for theme in themes}
    changed, act, facts = _edited(by_code, made)
    row = (*args, number + 1, micros(deed.at), deed.officer, changed[0].code, act, encode_json(facts))
    if not await fetch_with(session, _CHANGE, _NOTE, [row]):
        raise ConflictError(_STALE)
    whole_book = by_code | {theme.code: theme for theme in changed}
    rows = [_row(book, place, theme) for place, theme in enumerate(whole_book.values(), 1)]
    await session.run([insert(session.dialect, _THEME, rows, _REPLACE)])


def _edited(themes: Mapping[str, Theme], made: Edit) -> tuple[list[Theme], str, Mapping[str, str]]:
    """The themes that become others by it, the one it is about first; what it is called; and what there is to know."""
    match made:
        case Added(theme):
            if theme.code in themes:
                raise ConflictError(_STALE)
            return [theme], "added", {"to": theme.name}
        case Rewritten(code, name, about, aim):
            was = _standing(themes, code, ACTIVE, RETIRED)
            facts = {"from": was.name, "to": name, "about": about, "aim": aim or ""}
            return [replace(was, name=name, about=about, aim=aim)], "rewritten", facts
        case Merged(code, into):
            was, target = _standing(themes, code, ACTIVE, RETIRED), _standing(themes, into, ACTIVE)
            if code == into:
                raise ConflictError(_STALE)
            # What was merged into this one goes along, so that nobody ever has to follow a chain.
            along = [theme for theme in themes.values() if theme.merged_into == code]
            gone = [replace(theme, state=MERGED, merged_into=into) for theme in (was, *along)]
            return gone, "merged", {"from": was.name, "to": target.name, "into": into}
        case Retired(code):
            was = _standing(themes, code, ACTIVE)
            return [replace(was, state=RETIRED)], "retired", {"from": was.name}
        case Restored(code):
            was = _standing(themes, code, RETIRED)
            return [replace(was, state=ACTIVE)], "restored", {"to": was.name}
        case never:
            assert_never(never)


def _standing(themes: Mapping[str, Theme], code: str, *states: str) -> Theme:
    theme = themes.get(code)
    if theme is None or theme.state not in states:
        raise ConflictError(_STALE)
    return theme


def _theme(row: Row) -> Theme:
    _, _, code, _, label, about, aim, origin, state, merged_into = row
    return Theme(code, label, about, aim, origin, state, merged_into)


def _row(book: Book, place: int, theme: Theme) -> Row:
    return (
        book.slug,
        book.question,
        theme.code,
        place,
        theme.name,
        theme.about,
        theme.aim,
        theme.origin,
        theme.state,
        theme.merged_into,
    )
