"""A pack's words, or Sayso's own, as texts to be translated; and translations taken back into wording files.

What is translated is the text that people get in the pack's own language: for each band the nearest there is. A text is
known by its place, `8-11/questions/issue/text`. Files of translators' tools are `bot.translations`' affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flows.definition import AgeBand, Consultation, Kind
from flows.effects import Notice
from flows.errors import Fault
from flows.pack import OURS, draft, wording_in
from flows.pack_table import Faults
from flows.pack_wording import OWN_KINDS, WordingFile, read_wording
from flows.pack_words import ENGLISH, Files, nearest_bands
from flows.placeholders import names_in
from flows.toml_edit import Value
from flows.translation_notes import Path, is_short_form, notes

WORDING: Final = "wording/"
_LINE_BREAK: Final = "\n"
_ESCAPED: Final = re.compile(r"\\([\\n])")


@dataclass(frozen=True, slots=True)
class Book:
    """What is translated, and what it falls back on."""

    texts: Mapping[str, str] = field(repr=False)
    """The files that are translated: a pack's by their paths, or Sayso's own by their names."""
    system: Mapping[str, str] = field(repr=False)
    """Sayso's own wording files by name."""
    files: Files = field(repr=False)
    consultation: Consultation | None
    """None for Sayso's own words."""
    errors: tuple[Fault, ...]
    """What is wrong with it."""

    @property
    def name(self) -> str:
        return "sayso" if self.consultation is None else self.consultation.slug

    @property
    def language(self) -> str:
        """The one that is translated from."""
        return self.files.default_language

    @property
    def translated(self) -> Mapping[tuple[str, AgeBand], WordingFile]:
        return self.files.ours if self.consultation is None else self.files.pack

    def file(self, language: str, band: AgeBand) -> str:
        """The name of a wording file among `texts`."""
        return f"{'' if self.consultation is None else WORDING}{language}.{band.value}.toml"

    def unreadable(self, language: str) -> tuple[Fault, ...]:
        """The wording files of the language, or of the one translated from, that are no TOML."""
        read = (self.file(spoken, band) for spoken in (language, self.language) for band in AgeBand)
        names = frozenset(f"{OURS if self.consultation is None else ''}{name}" for name in read)
        return tuple(fault for fault in self.errors if fault.rule == "toml" and fault.file in names)

    def kind(self, code: str) -> Kind | None:
        questions = () if self.consultation is None else self.consultation.questions
        return next((question.kind for question in questions if question.code == code), None)

    def rewritten(self, files: Mapping[str, str]) -> Book | None:
        """The same with some files as they are given; None where nothing could be made of it any more."""
        texts = {**self.texts, **files}
        return of_ours(texts) if self.consultation is None else of_pack(texts, self.system)


def of_pack(texts: Mapping[str, str], system: Mapping[str, str]) -> Book | None:
    """A pack's words; None where its structure cannot be read. For the arguments see `flows.pack.read`."""
    made = draft(texts, system)
    if made.consultation is None:
        return None
    shelf = Files.of(made.wording, _ours(system, Faults()), made.consultation.default_language)
    return Book(texts, system, shelf, made.consultation, made.errors)


def of_ours(system: Mapping[str, str]) -> Book:
    """Sayso's own words."""
    faults = Faults()
    shelf = Files.of((), _ours(system, faults), ENGLISH)
    return Book(system, system, shelf, None, tuple(fault for fault in faults.sorted if not fault.warning))


def _ours(system: Mapping[str, str], faults: Faults) -> tuple[WordingFile, ...]:
    read = (read_wording(path, text, faults, ours=True) for path, text in sorted(wording_in(system).items()))
    return tuple(file for file in read if file is not None)


# --- what is to be translated ---


@dataclass(frozen=True, slots=True)
class Unit:
    """One text to be translated."""

    band: AgeBand
    path: Path
    source: str
    """What is translated; a stand-in where only the translation has such a text. Lists have a line for each text."""
    file: str
    line: int
    """Where the source stands."""
    translation: str
    """As the wording file has it; empty where it has none."""
    notes: tuple[str, ...]
    only_translated: bool = False
    """There is no source: only the translation has words here."""

    @property
    def place(self) -> str:
        return "/".join((self.band.value, *self.path))

    @property
    def names(self) -> frozenset[str]:
        """What stands in braces in the source."""
        return frozenset(names_in(self.source))


def units(
    book: Book, language: str, bands: Iterable[AgeBand] = tuple(AgeBand), *, everything: bool = False
) -> tuple[Unit, ...]:
    """The texts to be translated into a language: those that each band has of its own, or has in the translation.

    With `everything` also those that a band takes from a younger one, and a shorter form for text messages of each:
    a language may need what English does not.
    """
    return tuple(unit for band in bands for unit in _units(book, language, band, everything=everything))


def _units(book: Book, language: str, band: AgeBand, *, everything: bool) -> Iterator[Unit]:
    target = book.translated.get((language, band))
    said = {} if target is None else texts_of(target)
    for path in _paths(book, band, said, everything=everything):
        found = _source(book, band, path)
        if found is None and path not in said:
            continue
        source, file, line = found or (f"[no words in {book.language}]", _file_of(target), 0)
        translation = said[path][0] if path in said else ""
        yield Unit(band, path, source, file, line, translation, notes(path, band, source), found is None)


def _file_of(file: WordingFile | None) -> str:
    return "" if file is None else file.file


def _paths(book: Book, band: AgeBand, said: Mapping[Path, object], *, everything: bool) -> Iterable[Path]:
    """The places of a band's texts, those of its own file first and in its order."""
    own = book.translated.get((book.language, band))
    paths = dict.fromkeys(() if own is None else texts_of(own))
    if everything:
        for step in (band, *band.younger):
            file = book.translated.get((book.language, step))
            paths |= dict.fromkeys(() if file is None else texts_of(file))
        paths |= dict.fromkeys(short for path in tuple(paths) if (short := _short_form(path)) is not None)
    return dict.fromkeys((*paths, *said))


def _short_form(path: Path) -> Path | None:
    """Where the shorter form of a text stands, for text messages."""
    if path[0] == "say" and path[1] != Notice.TITLE.value:
        return ("sms", *path[1:])
    return (*path[:-1], "sms") if path[-1] == "text" and path[-2] not in {"choices", "pictures", "synonyms"} else None


def _long_form(path: Path) -> Path | None:
    if not is_short_form(path):
        return None
    return ("say", *path[1:]) if path[0] == "sms" else (*path[:-1], "text")


def _source(book: Book, band: AgeBand, path: Path) -> tuple[str, str, int] | None:
    """The text that stands at a place in the pack's own language, with its file and line: the nearest there is."""
    for file, at in _layers(book, band, path):
        said = texts_of(file)
        for form in (at, _long_form(at)):
            if form is not None and form in said:
                text, line = said[form]
                return text, file.file, line
    return None


def _layers(book: Book, band: AgeBand, path: Path) -> Iterator[tuple[WordingFile, Path]]:
    """The files to look into, nearest first, and where in them: as `flows.pack_words` lays them over each other."""
    files = book.files
    if path[0] != "questions":
        yield from ((file, path) for file in files.layers(book.language, band))
        return
    kind = book.kind(path[1])
    for spoken in files.languages(book.language):
        asking = (file for file in files.of_pack(spoken, nearest_bands(band)) if path[1] in file.questions)
        for file in asking:
            yield file, path
            if kind not in OWN_KINDS:
                return
            break
        for step in (band, *band.younger) if kind in OWN_KINDS else ():
            ours = files.ours.get((spoken, step))
            if ours is not None and kind is not None:
                yield ours, (kind.value, *path[2:])


def texts_of(file: WordingFile) -> Mapping[Path, tuple[str, int]]:
    """Every text of a file in the order of its lines, each with its line; lists have a line for each text."""
    found: dict[Path, tuple[list[str], int]] = {}
    for piece in file.pieces:
        path = (*(str(part) for part in piece.place.path), piece.key)
        found.setdefault(path, ([], piece.place.line(piece.key)))[0].append(piece.text)
    in_order = sorted(found.items(), key=lambda item: item[1][1])
    return {path: (joined(texts) if _is_list(path) else texts[0], line) for path, (texts, line) in in_order}


def _is_list(path: Path) -> bool:
    return path[-2:-1] == ("synonyms",)


def joined(texts: Sequence[str]) -> str:
    r"""A list of texts as one, a line for each; a line break inside one is written `\n`."""
    return _LINE_BREAK.join(text.replace("\\", "\\\\").replace(_LINE_BREAK, "\\n") for text in texts)


def parted(text: str) -> tuple[str, ...]:
    """The list of texts that was joined, each once; empty lines are left out."""
    lines = (_ESCAPED.sub(lambda found: _LINE_BREAK if found[1] == "n" else "\\", line) for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


def as_read_back(path: Path, text: str) -> str:
    """A translation as it will be exported again: a list without empty lines."""
    return joined(parted(text)) if _is_list(path) else text


def value_at(path: Path, text: str) -> Value:
    """What a wording file has at a place, from its text as a translator sees it."""
    return parted(text) if _is_list(path) else text
