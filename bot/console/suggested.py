"""Files of themes that a machine suggested: read whole, with everything that is wrong with them, line by line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("reference", "theme", "score", "question")
NEEDED: Final = COLUMNS[:2]
_NAMES: Final = "reference, theme and, if you have them, score and question"
MOST_FAULTS: Final = 200
"""That are shown at once."""
_REFERENCE: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_SCORE: Final = re.compile(r"0(\.[0-9]{1,17})?|1(\.0{1,17})?")


@dataclass(frozen=True, slots=True)
class Suggested:
    """One line of such a file that has the right form."""

    line: int
    reference: str
    theme: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line. Nothing of what stands in it is repeated."""

    line: int
    sentence: str


def read(file: bytes, themes: Container[str], question: str = "") -> tuple[Sequence[Suggested], Sequence[Fault]]:
    """What a file suggests, and every fault in it.

    It is CSV with a heading, or JSONL: one object a line. `themes` are the codes that may be suggested, `question` the
    one whose answers they are for: a file that names another was meant for another page.
    """
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), (Fault(1, "This file is not in UTF-8. Save it as “CSV UTF-8”, or as JSON lines in UTF-8."),)
    found: list[Suggested] = []
    faults: list[Fault] = []
    lines = _of_json(text, faults) if text.lstrip().startswith("{") else _of_csv(text, faults)
    for line, given in lines:
        _take(line, given, themes, question, found, faults)
    if not found and not faults:
        faults.append(Fault(1, "The file has no lines below its heading."))
    return found, faults + _twice(found)


def _of_csv(text: str, faults: list[Fault]) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if any(name not in head for name in NEEDED) or not set(head) <= set(COLUMNS) or len(set(head)) < len(head):
            faults.append(Fault(1, f"The first line must name the columns: {_NAMES}."))
            return
        for cells in reader:
            if len(cells) != len(head) and any(cell.strip() for cell in cells):
                faults.append(Fault(reader.line_num, f"This line has {len(cells)} columns and not {len(head)}."))
            elif any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(head, (cell.strip() for cell in cells), strict=True))
    except csv.Error:
        faults.append(Fault(reader.line_num, "This line is not CSV: look at its quotation marks."))


def _of_json(text: str, faults: list[Fault]) -> Iterator[tuple[int, Mapping[str, str]]]:
    # Only at line feeds: other separators may stand inside a string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given: object = json.loads(line)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            faults.append(Fault(number, "This line is not a JSON object."))
            continue
        names = {str(name) for name in given}
        if not set(NEEDED) <= names <= set(COLUMNS):
            faults.append(Fault(number, f"The object must have these names: {_NAMES}."))
            continue
        yield number, {name: _cell(value) for name, value in given.items()}


def _cell(value: object) -> str:
    """A value of JSON as the same would stand in a table; what has no such form fits nothing."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool() | list() | dict():
            return "\0"
        case float():
            return f"{value:.17f}"
        case _:
            return str(value)


def _take(
    line: int,
    given: Mapping[str, str],
    themes: Container[str],
    question: str,
    found: list[Suggested],
    faults: list[Fault],
) -> None:
    reference, theme, score = given["reference"], given["theme"], given.get("score", "")
    wrong: list[Fault] = []
    if not _REFERENCE.fullmatch(reference):
        wrong.append(Fault(line, "The reference is missing, or not written as references are."))
    if given.get("question", question) not in {question, ""}:
        wrong.append(Fault(line, "This line is for another question."))
    elif theme not in themes:
        wrong.append(Fault(line, "The codebook offers no theme with this code."))
    if score and not _SCORE.fullmatch(score):
        wrong.append(Fault(line, "The score must be a number from 0 to 1, such as 0.85."))
    faults += wrong
    if not wrong:
        found.append(Suggested(line, reference, theme, float(score) if score else None))


def _twice(found: Sequence[Suggested]) -> list[Fault]:
    first: dict[tuple[str, str], int] = {}
    faults: list[Fault] = []
    for one in found:
        before = first.setdefault((one.reference, one.theme), one.line)
        if before != one.line:
            faults.append(Fault(one.line, f"The same reference and theme are on line {before} already."))
    return faults
