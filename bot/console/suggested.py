"""Files of themes that a machine suggested: read whole, with everything that is wrong with them, line by line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("reference", "theme", "score")
NEEDED: Final = COLUMNS[:2]
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


def read(file: bytes, themes: Container[str]) -> tuple[Sequence[Suggested], Sequence[Fault]]:
    """What a CSV file suggests, and every fault in it. `themes` are the codes that may be suggested."""
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), (Fault(1, "This is not a CSV file in UTF-8. Save it as “CSV UTF-8”."),)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Suggested] = []
    faults: list[Fault] = []
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if wrong := _head_fault(head):
            return (), (Fault(1, wrong),)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _take(reader.line_num, head, cells, themes, found, faults)
    except csv.Error:
        faults.append(Fault(reader.line_num, "This line is not CSV: look at its quotation marks."))
    if not found and not faults:
        faults.append(Fault(1, "The file has no lines below its heading."))
    return found, faults + _twice(found)


def _head_fault(head: Sequence[str]) -> str:
    if any(name not in head for name in NEEDED) or not set(head) <= set(COLUMNS) or len(set(head)) < len(head):
        return "The first line must name the columns: reference, theme and, if you have them, score."
    return ""


def _take(
    line: int,
    head: Sequence[str],
    cells: Sequence[str],
    themes: Container[str],
    found: list[Suggested],
    faults: list[Fault],
) -> None:
    if len(cells) != len(head):
        faults.append(Fault(line, f"This line has {len(cells)} columns and not {len(head)}."))
        return
    given = dict(zip(head, (cell.strip() for cell in cells), strict=True))
    reference, theme, score = given["reference"], given["theme"], given.get("score", "")
    wrong: list[Fault] = []
    if not _REFERENCE.fullmatch(reference):
        wrong.append(Fault(line, "The reference is missing, or not written as references are."))
    if theme not in themes:
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
