"""Answers for SPSS: a `.sps` file of syntax, and the CSV file with the data that it reads.

How wide a text is, is known only when all are written: the data comes first, then the syntax. An option is a number
with its label. `NO_ANSWER` is a missing value that the syntax declares; a number that was not given is system-missing.
A line end or control character in a text is written as its picture, because a record is one line.

There is no `.sav` file: what writes those keeps all answers in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Final, Literal

from bot.errors import ExportError
from bot.exports.options import kinds_of, options, words
from bot.exports.plain import in_one_line
from bot.exports.source import Source
from bot.exports.spss_words import LONGEST_TEXT, LONGEST_VALUE_LABEL, Names, literal
from bot.sheets import ABOUT
from bot.tables import Table, flat, inert
from flows.definition import Consultation, Kind, Question

NO_ANSWER: Final = -9
"""Not answered, or not asked."""
NO_ANSWER_LABEL: Final = "No answer, or not asked"

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_TIMES = ("started_at", "completed_at")

_LABELS_OF_COLUMNS: Mapping[str, str] = {
    "reference": "Reference of the participant",
    "consultation": "Consultation",
    "version": "Version of the questions",
    "role": "In which capacity they answered",
    "age_band": "Age band",
    "helped_by": "Who helped to type",
    "channel": "Channel used last",
    "language": "Language of the conversation",
    "status": "How far they got",
    "started_at": "Started, local time",
    "completed_at": "Completed, local time",
    "late": "Questions whose counted answer came after the cutoff",
}

Shape = Literal["text", "time", "number", "option", "flag", "place"]


@dataclass(slots=True)
class Variable:
    """One column of the data."""

    column: str
    name: str
    label: str
    shape: Shape
    codes: dict[str, int] = field(default_factory=dict[str, int])
    """Of an option: its number. One that no version of the pack has is given the next when it is met."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    width: int = 1
    """Bytes of the longest text so far."""

    def cell(self, value: object) -> str:
        """A value as it stands in the data.

        Raises:
            ExportError: the text is longer than SPSS takes.
        """
        match self.shape:
            case "text":
                return self._text(str(flat(value) if value is not None else ""))
            case "time":
                return _time(str(value)) if value else ""
            case "number":
                return "" if value in (None, "") else str(value)
            case "option":
                return str(self.codes.setdefault(str(value), len(self.codes) + 1) if value else NO_ANSWER)
            case "flag" | "place":
                return str(NO_ANSWER if value in (None, "") else value)

    def _text(self, text: str) -> str:
        # Somebody may open the data in a spreadsheet instead.
        held = str(inert(in_one_line(text)))
        size = len(held.encode())
        if size > LONGEST_TEXT:
            raise ExportError(
                f"Column {self.column}: SPSS holds at most {LONGEST_TEXT:,} bytes of text, and this one has {size:,}. "
                "Export with --format csv or jsonl, which keep it whole."
            )
        self.width = max(self.width, size)
        doubled = held.replace('"', '""')
        return f'"{doubled}"'

    @property
    def format(self) -> str:
        match self.shape:
            case "text":
                return f"A{self.width}"
            case "time":
                return "DATETIME20"
            case "number":
                return "F12.2"
            case "option" | "flag" | "place":
                return "F4.0"

    @property
    def level(self) -> str:
        match self.shape:
            case "time" | "number":
                return "SCALE"
            case "place":
                return "ORDINAL"
            case "text" | "option" | "flag":
                return "NOMINAL"


def _time(iso: str) -> str:
    at = datetime.fromisoformat(iso)
    return f"{at.day:02}-{_MONTHS[at.month - 1]}-{at.year:04} {at:%H:%M:%S}"


def variables(source: Source, questions: Sequence[Question]) -> list[Variable]:
    """Every column, in the order of the contract. Several choices have a column each, and none together."""
    names, language, packs = Names(), source.wish.language, source.packs
    found = [
        Variable(column, names.of(column), _LABELS_OF_COLUMNS[column], "time" if column in _TIMES else "text")
        for column in ABOUT
    ]
    for question in questions:
        pack = next(pack for pack in packs if question in pack.questions)
        known = options(packs, question.code, language)
        found += _of_question(names, pack, question, kinds_of(packs, question.code), known, language)
    return found


def _of_question(
    names: Names,
    pack: Consultation,
    question: Question,
    kinds: frozenset[Kind],
    known: Mapping[str, str],
    language: str,
) -> Iterator[Variable]:
    asked = words(pack, question, language)
    if len(kinds) > 1:
        # It had another shape once, or has one for some ages: only text holds them all.
        yield Variable(question.code, names.of(question.code), asked, "text")
        return
    match question.kind:
        case Kind.WHO | Kind.ONE | Kind.YES_NO | Kind.HELPED_BY:
            codes = {option: number for number, option in enumerate(known, start=1)}
            yield Variable(question.code, names.of(question.code), asked, "option", codes, known)
        case Kind.MANY | Kind.RANK:
            shape: Shape = "flag" if question.kind is Kind.MANY else "place"
            for option in question.choices:
                column = f"{question.code}/{option}"
                yield Variable(column, names.of(column), f"{known[option]}: {asked}", shape)
        case Kind.NUMBER | Kind.SCALE:
            yield Variable(question.code, names.of(question.code), asked, "number")
        case Kind.TEXT | Kind.NOTE:
            yield Variable(question.code, names.of(question.code), asked, "text")


class SpssTable(Table):
    """The data, as it is being written."""

    def __init__(self, file: IO[str], held: Sequence[Variable]) -> None:
        self._file = file
        self._held = held
        file.write(",".join(variable.name for variable in held) + "\r\n")

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Adds rows.

        Raises:
            ExportError: a text is longer than SPSS takes.
        """
        held = self._held
        self._file.write("".join(",".join([one.cell(row.get(one.column)) for one in held]) + "\r\n" for row in rows))


def syntax(data: str, held: Sequence[Variable], questions: Sequence[Question]) -> str:
    """What reads the file called `data`, once that is whole."""
    return "\n".join(
        (
            "* Encoding: UTF-8.",
            "* Made by Sayso. Run this from the folder that holds the data file.",
            "SET DECIMAL=DOT.",
            "GET DATA",
            "  /TYPE=TXT",
            f"  /FILE={literal(data)}",
            "  /ENCODING='UTF8'",
            "  /ARRANGEMENT=DELIMITED",
            "  /DELCASE=LINE",
            "  /FIRSTCASE=2",
            '  /DELIMITERS=","',
            "  /QUALIFIER='\"'",
            "  /VARIABLES=",
            *(f"    {one.name} {one.format}" for one in held),
            "  .",
            "VARIABLE LABELS",
            *_listed([f"{one.name} {literal(one.label)}" for one in held]),
            *_value_labels(held),
            *_missing(held),
            "VARIABLE LEVEL",
            *_listed([f"{one.name} ({one.level})" for one in held]),
            *_sets(held, questions),
            "EXECUTE.",
            "",
        )
    )


def _listed(entries: Sequence[str]) -> Iterator[str]:
    last = len(entries) - 1
    for place, entry in enumerate(entries):
        before = "  " if place == 0 else "  /"
        yield f"{before}{entry}{' .' if place == last else ''}"


def _value_labels(held: Sequence[Variable]) -> Iterator[str]:
    for one in held:
        labels = [(NO_ANSWER, NO_ANSWER_LABEL)]
        if one.shape == "option":
            labels += [(number, one.labels.get(code, code)) for code, number in one.codes.items()]
        elif one.shape == "flag":
            labels += [(0, "Not chosen"), (1, "Chosen")]
        elif one.shape != "place":
            continue
        yield f"VALUE LABELS {one.name}"
        written = [f"    {number} {literal(label, LONGEST_VALUE_LABEL)}" for number, label in labels]
        yield "\n".join(written) + " ."


def _missing(held: Sequence[Variable]) -> Iterator[str]:
    for one in held:
        if one.shape in ("option", "flag", "place"):
            yield f"MISSING VALUES {one.name} ({NO_ANSWER})."


def _sets(held: Sequence[Variable], questions: Sequence[Question]) -> Iterator[str]:
    """Several choices of one question, as a set of answers of which several may be given."""
    names = Names()
    for question in questions:
        parts = [one for one in held if one.shape == "flag" and one.column.startswith(f"{question.code}/")]
        if len(parts) > 1:
            label = literal(parts[0].label.partition(": ")[2])
            yield f"MRSETS /MDGROUP NAME=${names.of(question.code)}"
            yield f"    LABEL={label}"
            yield "    VARIABLES=" + "\n      ".join(one.name for one in parts)
            yield "    VALUE=1 ."
