"""PO files, as translators' tools read and write them (GNU gettext manual, "The Format of PO Files")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib

from bot.errors import TranslationError
from flows.definition import AgeBand
from flows.errors import Fault
from flows.translated import Memory, Offered, Remembered
from flows.translation import Unit

LARGEST: Final = 8 * 1024 * 1024
"""Bytes. All words of a pack in one language are some tens of kilobytes."""
_NO_WRAP: Final = 0
_FUZZY: Final = "fuzzy"
_PACK: Final = "X-Sayso-Pack"
_REVIEWED: Final = "Reviewed-By"
_LINE: Final = re.compile(r"\(line (\d+)\)")
_STRING: Final = re.compile(
    r'(?:#[~|] ?)*\s*(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+|(?="))(?P<rest>.*)'
)
"""A line with a text on it: behind a keyword, or going on with the one before."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
# A header is one line a value: what would end it is written as its number.
_BREAKING: Final = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WRITTEN: Final = re.compile(r"\\u([0-9a-f]{4})")

_ABOUT: Final = """\
{name} in {language}, for translators. Each text names its place: age band, table, key.
Write what people of that age would say, not word for word. Names in braces stay as they are.
An empty translation is none: people get the nearest words there are.
Whoever has reviewed the words of every age goes into the header as Reviewed-By, of one age as Reviewed-By-8-11.
Back into Sayso: sayso words import {where} FILE.po"""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A translator's file."""

    pack: str | None
    """The slug of the pack, `sayso` for Sayso's own words; None where the file does not say."""
    language: str | None
    reviewers: Mapping[AgeBand, str | None]
    """Who has reviewed the words of a band; None for nobody. Of every band in the file."""
    offered: tuple[Offered, ...]


def written(
    pack: str, language: str, units: Iterable[Unit], memory: Memory, reviewers: Mapping[AgeBand, str | None]
) -> str:
    """A PO file with these texts. The same words make the same file: it holds no date."""
    book = _book(pack, language, reviewers)
    where = "--system" if pack == "sayso" else pack
    book.header = _ABOUT.format(name="Sayso's own words" if pack == "sayso" else pack, language=language, where=where)
    for unit in units:
        fuzzy, previous = memory[unit.place].outdated(unit) if unit.place in memory else (False, None)
        entry = polib.POEntry(
            msgctxt=unit.place,
            msgid=unit.source,
            msgstr=unit.translation,
            comment="\n".join(unit.notes),
            occurrences=[(unit.file, str(unit.line) if unit.line else "")],
            flags=[_FUZZY] if fuzzy else [],
            previous_msgid=previous,
        )
        book.append(entry)
    return str(book)


def remembered(pack: str, language: str, memory: Memory) -> str:
    """What a pack keeps beside its words: each translation with the source that it was made from, as a PO file."""
    book = _book(pack, language, {})
    book.header = (
        "What each translation was made from. Sayso keeps this file, and marks what has to be looked at again."
    )
    for place, kept in memory.items():
        flags = [_FUZZY] if kept.fuzzy else []
        entry = polib.POEntry(
            msgctxt=place, msgid=kept.source, msgstr=kept.translation, flags=flags, previous_msgid=kept.previous
        )
        book.append(entry)
    return str(book)


def recalled(path: Path, shown: str) -> Memory:
    """What was kept so; nothing where there is no such file.

    Raises:
        TranslationError: it is there, and cannot be read.
    """
    if not path.is_file():
        return {}
    return {
        each.place: Remembered(each.source, each.translation, each.fuzzy, each.previous)
        for each in read(path, shown).offered
    }


def read(path: Path, shown: str) -> Catalogue:
    """A translator's file; `shown` is what it is called in a fault.

    Raises:
        TranslationError: it is no PO file that could be taken in. With every fault that was seen.
        OSError: there is no such file, or it cannot be opened.
    """
    if path.stat().st_size > LARGEST:
        raise _unreadable(shown, 0, f"This file is larger than {LARGEST // 1024 // 1024} MB")
    book = _parsed(path, shown)
    if not book.metadata:
        raise _unreadable(shown, 0, "This is not a PO file: it has no header")
    entries = [entry for entry in book if not entry.obsolete]
    faults = tuple(fault for entry in entries for fault in _faults(entry, shown))
    if faults:
        raise TranslationError(faults)
    offered = tuple(_offered(entry) for entry in entries)
    named = {each.place.partition("/")[0] for each in offered}
    return Catalogue(
        pack=book.metadata.get(_PACK) or None,
        language=book.metadata.get("Language") or None,
        reviewers={band: _reviewer(book.metadata, band) for band in AgeBand if band.value in named},
        offered=offered,
    )


# --- how it is written ---


def _book(pack: str, language: str, reviewers: Mapping[AgeBand, str | None]) -> polib.POFile:
    book = polib.POFile(wrapwidth=_NO_WRAP)
    book.metadata = {
        "Project-Id-Version": pack,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        _PACK: pack,
        **_reviewed(reviewers),
    }
    return book


def _reviewed(reviewers: Mapping[AgeBand, str | None]) -> dict[str, str]:
    names = {band: _BREAKING.sub(lambda found: f"\\u{ord(found[0]):04x}", who or "") for band, who in reviewers.items()}
    if len(set(names.values())) <= 1:
        return {_REVIEWED: next(iter(names.values()), "")} if names else {}
    return {f"{_REVIEWED}-{band.value}": name for band, name in names.items()}


def _reviewer(metadata: Mapping[str, str], band: AgeBand) -> str | None:
    name = metadata.get(f"{_REVIEWED}-{band.value}", metadata.get(_REVIEWED, ""))
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), name).strip() or None


# --- how it is read ---


def _parsed(path: Path, shown: str) -> polib.POFile:
    try:
        book = polib.pofile(str(path), wrapwidth=_NO_WRAP)
        text = path.read_text(book.encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(shown, 0, "This is not a PO file: its letters cannot be read") from error
    except OSError as error:
        # What the library itself says of a line that it does not understand.
        line = _LINE.search(str(error))
        if line is None:
            raise
        raise _unreadable(shown, int(line[1]), "This is not a PO file") from error
    faults = tuple(
        Fault(shown, "", "The text on this line does not end", 'Close it with a quotation mark: "', number, "po-file")
        for number, line in enumerate(text.split("\n"), 1)
        if (found := _STRING.fullmatch(line.strip())) and not _QUOTED.fullmatch(found["rest"])
    )
    if faults:
        raise TranslationError(faults)
    return book


def _faults(entry: polib.POEntry, shown: str) -> Iterator[Fault]:
    if not entry.msgctxt:
        problem, mend = "This text does not say where it belongs", "Keep its line msgctxt as it was exported"
        yield Fault(shown, "", problem, mend, line=entry.linenum or 0, rule="po-place")
    if entry.msgid_plural or entry.msgstr_plural:
        problem, mend = "Sayso has no plural forms", "Translate the text into one msgstr"
        yield Fault(shown, entry.msgctxt or "", problem, mend, line=entry.linenum or 0, rule="po-plural")


def _offered(entry: polib.POEntry) -> Offered:
    return Offered(
        place=entry.msgctxt or "",
        source=entry.msgid,
        translation=entry.msgstr,
        fuzzy=entry.fuzzy,
        previous=entry.previous_msgid,
        line=entry.linenum or 0,
    )


def _unreadable(shown: str, line: int, problem: str) -> TranslationError:
    mend = "Give the file that sayso words export wrote, with its translations"
    return TranslationError((Fault(shown, "", problem, mend, line=line, rule="po-file"),))
