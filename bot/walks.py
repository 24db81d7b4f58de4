"""Walks: whole conversations written down, played as tests and read as documentation.

    @ 2018-03-05 16:05 sms          the clock (local time of the pack) and, once, the channel
    > plan                          what the person says, taps or fills in (a line as long as a full segment goes on
                                    in the next `>`, as the parts of one long text do)
    < Hello! ...                    what Sayso says; `...` stands for anything
    = issue play                    what must be stored in the end: an answer in codes, or one of the facts
    # a remark

Facts are `role`, `band`, `helped_by`, `status`, `late` (codes, or `no`) and `segments` (at most so many, by SMS).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rehearsal import Rehearsal, in_codes
from flows import cutoff
from flows.definition import Consultation
from flows.messages import CONVERSING, Channel, Shows
from flows.segments import is_full_segment


class WalkError(Exception):
    """A line of a walk that cannot be read, or did not come true. The message names it and what happened instead."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a walk that says something."""

    number: int
    mark: str
    text: str


def lines(written: str) -> Iterator[Line]:
    """The lines of a walk, without remarks and blank ones.

    Raises:
        WalkError: a line begins with none of the marks.
    """
    for number, raw in enumerate(written.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line[0] not in "@><=":
            raise WalkError(f"line {number}: begin it with @, >, <, = or #.")
        yield Line(number, line[0], line[1:].strip())


def channel_of(written: str) -> Channel:
    """The channel that a walk was written for; SMS where it names none."""
    for line in lines(written):
        if line.mark == "@" and line.text.split()[-1] in CONVERSING:
            return Channel(line.text.split()[-1])
    return Channel.SMS


def play(
    consultation: Consultation, written: str, channel: Channel, shows: Shows, elsewhere: Shows | None = None
) -> Rehearsal:
    """Plays a walk from its first line to its last. What Sayso says is compared only on the walk's own channel.

    `elsewhere` is what the web page shows: who is too young for the channel carries on there.

    Raises:
        WalkError: naming the first line that did not come true.
    """
    own = channel is channel_of(written)
    rehearsal: Rehearsal | None = None
    for line in _as_it_arrives(written, channel):
        if line.mark == "@" and rehearsal is None:
            rehearsal = Rehearsal(consultation, channel, shows, _instant(consultation, line), elsewhere)
        elif rehearsal is None:
            raise WalkError(f"line {line.number}: set the clock first, such as `@ 2018-03-05 16:05 sms`.")
        elif line.mark == "@":
            rehearsal.at(_instant(consultation, line))
        elif line.mark == ">":
            rehearsal.hear(line.text)
        elif line.mark == "<" and own:
            rehearsal.settle()
            _must_have_said(rehearsal, line)
        elif line.mark == "=":
            rehearsal.settle()
            _must_hold(rehearsal, line)
    if rehearsal is None:
        raise WalkError("line 1: the walk is empty; set the clock, such as `@ 2018-03-05 16:05 sms`.")
    return rehearsal


def _as_it_arrives(written: str, channel: Channel) -> Iterator[Line]:
    """The lines of a walk; where no text is cut into segments, the parts of a long one arrive as one."""
    waiting: Line | None = None
    for line in lines(written):
        if waiting is not None:
            if line.mark == ">":
                line = Line(line.number, ">", waiting.text + line.text)  # noqa: PLW2901 - the two lines are one
            else:
                yield waiting
        waiting = line if line.mark == ">" and channel is not Channel.SMS and is_full_segment(line.text) else None
        if waiting is None:
            yield line
    if waiting is not None:
        yield waiting


def _instant(consultation: Consultation, line: Line) -> datetime:
    found = re.match(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?)( \w+)?$", line.text)
    if found is None:
        raise WalkError(f"line {line.number}: write the time as 2018-03-05 16:05.")
    return cutoff.instant(datetime.fromisoformat(found[1]), consultation.timetable.zone)


def _must_have_said(rehearsal: Rehearsal, line: Line) -> None:
    said = _one_line("\n".join(bubble.text for bubble in rehearsal.bubbles))
    pattern = ".*".join(re.escape(_one_line(part)) for part in line.text.split("..."))
    if re.search(pattern, said) is None:
        raise WalkError(f"line {line.number}: expected «{line.text}», but Sayso said «{said}».")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _must_hold(rehearsal: Rehearsal, line: Line) -> None:
    name, _, expected = line.text.partition(" ")
    expected = expected.strip()
    if name == "segments":
        if rehearsal.channel is Channel.SMS and rehearsal.segments > int(expected):
            raise WalkError(f"line {line.number}: the conversation cost {rehearsal.segments} segments.")
        return
    found = _fact(rehearsal, name)
    if found != expected:
        raise WalkError(f"line {line.number}: expected {name} «{expected}», but it is «{found}».")


def _fact(rehearsal: Rehearsal, name: str) -> str:
    state = rehearsal.state
    match name:
        case "role":
            return state.role or ""
        case "band":
            return state.band.value if state.band else ""
        case "helped_by":
            return state.helped_by or ""
        case "status":
            return "complete" if state.completed_at else "stopped" if state.stopped else "partial"
        case "late":
            return " ".join(code for code, keep in rehearsal.kept.items() if keep.late) or "no"
        case _:
            return in_codes(rehearsal.kept[name]) if name in rehearsal.kept else ""
