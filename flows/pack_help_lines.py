"""Reading the list of help lines, and telling when it has to be checked again.

reviewed = 2026-11-25               the day on which somebody made sure that every number is right
due_after_months = 12

[[lines]]
code = "childline"
bands = ["4-7", "8-11", "12-15", "16-25"]
nations = ["wales"]                 left out: every nation
said.en = "call Childline on 0800 1111"
said.cy = "ffonio Childline ar 0800 1111"
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from flows.definition import AgeBand, Nation
from flows.errors import Fault
from flows.help_lines import HelpLine, HelpLines
from flows.pack_table import Faults, Place, Table, parse

HELP_LINES: Final = "help-lines.toml"
"""The file's name; it stands in `bot/`, beside the folder of Sayso's own wording."""
_FEWEST_MONTHS: Final = 1
_MOST_MONTHS: Final = 24


def read_help_lines(file: str, text: str, faults: Faults) -> HelpLines:
    """The list that a file holds; an empty one where there is nothing to read. Every fault is noted."""
    top = parse(file, text, faults)
    if top is None:
        return HelpLines()
    reviewed = top.day("reviewed")
    if not top.has("reviewed"):
        mend = "Check every number, and write reviewed = the day"
        top.fault("reviewed", "missing-key", "Nobody says when these numbers were last checked", mend)
    lines = tuple(line for table in top.tables("lines") for line in _line(table))
    months = top.whole("due_after_months", _FEWEST_MONTHS, _MOST_MONTHS)
    top.done()
    for band in AgeBand:
        if not any(band.value in line.bands and "en" in line.said for line in lines):
            mend = "Add a line for them"
            top.fault("lines", "help-lines", f"There is no help line in English for {band.value}", mend)
    return HelpLines(lines, reviewed) if months is None else HelpLines(lines, reviewed, months)


def _line(table: Table) -> Iterator[HelpLine]:
    code = table.code("code", needed='code = "childline"')
    bands = _known(table, "bands", [band.value for band in AgeBand])
    nations = _known(table, "nations", [nation.value for nation in Nation])
    inside = table.table("said")
    said = {language: text for language in inside.data if (text := inside.text(language)) is not None}
    inside.done()
    table.done()
    if not bands or not said:
        table.fault(None, "missing-key", "A line without ages or words is never said", "Add bands, and said.en")
    elif code:
        yield HelpLine(code, bands, said, nations)


def _known(table: Table, key: str, known: list[str]) -> frozenset[str]:
    values = table.texts(key) or ()
    for value in values:
        if value not in known:
            table.fault(key, "wrong-value", f"There is no {value!r} here", f"Use one of: {', '.join(known)}")
    return frozenset(values) & frozenset(known)


def stale(lines: HelpLines, today: date) -> Iterator[Fault]:
    """An error once the list is due: nothing is published with numbers that nobody has looked at for so long."""
    if not lines.is_stale(today):
        return
    since = "never" if lines.reviewed is None else f"last on {lines.reviewed.isoformat()}"
    problem = (
        f"The help lines were {since} checked" if lines.reviewed is None else f"The help lines were checked {since}"
    )
    mend = "Call each number or look it up, mend the list, and write today's day behind reviewed"
    yield Place(HELP_LINES).fault("reviewed", "help-lines-stale", problem, mend)
