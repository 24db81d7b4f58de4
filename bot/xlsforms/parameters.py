"""The `parameters` of a range: where it starts and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.xlsforms.sheets import Findings, Row

_PAIR: Final = re.compile(r"([A-Za-z][\w-]*)\s*=\s*([^\s;,]+)")
_LONGEST_SCALE: Final = 11
_WHOLE: Final = re.compile(r"-?\d{1,9}(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class Range:
    """A range's ends, inclusive."""

    start: int
    end: int

    @property
    def is_scale(self) -> bool:
        """Whether it is short enough to be shown as points to choose from."""
        return self.end - self.start < _LONGEST_SCALE


def read_range(row: Row, findings: Findings) -> Range:
    """The range that a row asks for, from 1 to 10 where it does not say (xlsform.org, Range)."""
    written = row.take("parameters") or ""
    said = {name.lower(): value for name, value in _PAIR.findall(written)}
    numbers: dict[str, int] = {}
    for name, default in (("start", "1"), ("end", "10"), ("step", "1")):
        value = said.pop(name, default)
        if _WHOLE.fullmatch(value) is None:
            findings.refuse(row.place, f"its {name}={value} is no whole number, and a conversation counts in those.")
        numbers[name] = int(value.partition(".")[0]) if _WHOLE.fullmatch(value) else 1
    if numbers["step"] != 1:
        findings.refuse(row.place, f"its range has steps of {numbers['step']}. Write step=1, or choices.")
    for name, value in said.items():
        findings.note(row.place, f"the parameter {name}={value} is not used.")
    return Range(numbers["start"], numbers["end"])
