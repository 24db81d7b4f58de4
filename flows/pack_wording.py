"""One wording file, `<language>.<band>.toml`, as it was written: of a pack, or of Sayso itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flows.definition import AgeBand, Kind, KindWords, Label
from flows.effects import Notice
from flows.pack_lines import Path
from flows.pack_table import Faults, Place, Table, parse
from flows.placeholders import unknown

_NAME: Final = re.compile(r"(?:.*/)?(?P<language>[a-z]{2,3})\.(?P<band>[0-9a-z-]+)\.toml")
_BRACES: Final = re.compile(r"\{[^{}]*\}")
_LINES: Final = ("text", "sms", "why", "again", "again_differently", "grown_up", "name", "low", "high")
_OPTION_TABLES: Final = ("choices", "pictures", "synonyms")
_HOW: Final = ("typed", "tapped", "form")
OWN_KINDS: Final = (Kind.WHO, Kind.HELPED_BY, Kind.YES_NO)
"""The kinds of question that Sayso has words for itself, each in a table of its own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One text in its place, for those that look at how it is written."""

    place: Place
    key: str
    text: str
    notice: Notice | None = None
    """The notice that it is; None for the words of a question, a kind or a label."""
    question: str | None = None
    """The code of the question that it belongs to."""


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """The words of one question as one file has them: anything may be missing."""

    place: Place
    lines: Mapping[str, str] = field(default_factory=dict[str, str])
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    pictures: Mapping[str, str] = field(default_factory=dict[str, str])
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class WordingFile:
    """What one file says."""

    file: str
    language: str
    band: AgeBand
    say: Mapping[str, str]
    short: Mapping[str, str]
    labels: Mapping[str, str]
    kinds: Mapping[Kind, KindWords]
    """For every kind, though most have no lines."""
    questions: Mapping[str, QuestionTable]
    """By question code, in a pack's file."""
    own: Mapping[Kind, QuestionTable]
    """By kind, in a file of Sayso's own."""
    reviewed_by: str | None
    agreed: tuple[str, ...]
    """Keys of texts that were agreed to although they are longer than their band's limits."""
    pieces: tuple[Piece, ...] = field(repr=False)
    lines: Mapping[Path, int] = field(repr=False)


def read_wording(file: str, text: str, faults: Faults, *, ours: bool) -> WordingFile | None:
    """What a file says; None where its name or its syntax leave nothing to read. `ours`: it belongs to Sayso itself."""
    named = _NAME.fullmatch(file)
    bands = {band.value: band for band in AgeBand}
    if named is None or named["band"] not in bands:
        mend = f"Call it after a language and an age band, such as en.8-11.toml; the bands are {', '.join(bands)}"
        faults.add(place_of(file).fault(None, "file-name", "The file's name says neither language nor age band", mend))
        return None
    top = parse(file, text, faults)
    if top is None:
        return None
    pieces: list[Piece] = []
    read = WordingFile(
        file=file,
        language=named["language"],
        band=bands[named["band"]],
        say=dict(_notices(top.table("say"), pieces)),
        short=dict(_notices(top.table("sms"), pieces)),
        labels=dict(_labels(top.table("labels"), pieces)),
        kinds=dict(_kinds(top.table("kinds"), pieces)),
        questions={} if ours else dict(_questions(top.table("questions"), pieces)),
        own=dict(_own_questions(top, pieces)) if ours else {},
        reviewed_by=top.text("reviewed_by"),
        agreed=top.texts("agreed") or (),
        pieces=tuple(pieces),
        lines=top.place.lines,
    )
    top.done()
    for piece in pieces:
        _check_braces(piece, faults)
    return read


def place_of(file: str) -> Place:
    """A file as a whole."""
    return Place(file)


def _notices(table: Table, pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    for notice in Notice:
        if (text := table.text(notice.value)) is not None:
            pieces.append(Piece(table.place, notice.value, text, notice=notice))
            yield notice.value, text
    table.done()


def _labels(table: Table, pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    for label in Label:
        if (text := table.text(label.value)) is not None:
            pieces.append(Piece(table.place, label.value, text))
            yield label.value, text
    table.done()


def _kinds(table: Table, pieces: list[Piece]) -> Iterator[tuple[Kind, KindWords]]:
    for kind in Kind:
        inside = table.table(kind.value)
        lines = {how: inside.text(how) for how in _HOW}
        inside.done()
        pieces += [Piece(inside.place, how, text) for how, text in lines.items() if text is not None]
        yield kind, KindWords(**lines)
    table.done()


def _questions(table: Table, pieces: list[Piece]) -> Iterator[tuple[str, QuestionTable]]:
    for code in table.data:
        yield code, _question(table.table(code), code, pieces)


def _own_questions(top: Table, pieces: list[Piece]) -> Iterator[tuple[Kind, QuestionTable]]:
    for kind in OWN_KINDS:
        if top.has(kind.value):
            yield kind, _question(top.table(kind.value), kind.value, pieces)


def _question(table: Table, code: str, pieces: list[Piece]) -> QuestionTable:
    lines = {line: text for line in _LINES if (text := table.text(line)) is not None}
    pieces += [Piece(table.place, line, text, question=code) for line, text in lines.items()]
    options = {name: dict(_options(table.table(name), code, pieces)) for name in _OPTION_TABLES}
    table.done()
    return QuestionTable(
        place=table.place,
        lines=lines,
        choices={option: texts[0] for option, texts in options["choices"].items()},
        pictures={option: texts[0] for option, texts in options["pictures"].items()},
        synonyms=options["synonyms"],
    )


def _options(table: Table, code: str, pieces: list[Piece]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One table of an option's words: only synonyms may be several."""
    several = table.place.path[-1] == "synonyms"
    for option in table.data:
        texts = table.texts(option) if several else (table.text(option),)
        said = tuple(text for text in texts or () if text is not None)
        if said:
            pieces += [Piece(table.place, option, text, question=code) for text in said]
            yield option, said


def _check_braces(piece: Piece, faults: Faults) -> None:
    option = piece.place.path[-1:] != () and piece.place.path[-1] in _OPTION_TABLES
    names = _BRACES.findall(piece.text) if option else [f"{{{name}}}" for name in unknown(piece.text, piece.notice)]
    for name in names:
        problem = f"Nothing is ever filled in for {name} here"
        faults.add(piece.place.fault(piece.key, "placeholder", problem, "Write the words themselves, or another name"))
    if set(_BRACES.sub("", piece.text)) & set("{}"):
        problem = "A brace stands alone"
        faults.add(
            piece.place.fault(piece.key, "placeholder", problem, "Braces come in pairs around a name: {closing}")
        )
