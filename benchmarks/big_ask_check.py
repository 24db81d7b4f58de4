"""The Big Ask's account: what was exported, against what everybody said, line by line and in little memory.

Whose a line is follows from the number at the end of their own words; what it has to say follows from that number. So
nothing is kept of anybody but eight bytes: under which reference they were found.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from benchmarks.big_ask_people import Crowd, Person
from benchmarks.big_ask_provider import HandedOver
from benchmarks.big_ask_words import MARK
from benchmarks.stage import SLUG
from bot.export import ABOUT
from flows.messages import Channel

MOST_LISTED: Final = 20
_OPEN: Final = ("started_at", "completed_at")
"""Columns that say when; they have to say something."""
_OUT: Final[Mapping[Channel, frozenset[str]]] = {
    Channel.WEB: frozenset({"delivered"}),
    Channel.SMS: frozenset({"queued", "sent"}),
    Channel.TELEGRAM: frozenset({"queued", "sent"}),
}
"""How a reply may stand when the service was stopped; what waits for the provider's pace is still queued."""

Row = Mapping[str, Any]


@dataclass(slots=True)
class Account:
    """What was compared, and every difference that was found."""

    crowd: Crowd
    rows: int = 0
    """Of the answers."""
    messages: Counter[str] = field(default_factory=Counter[str])
    """Of the transcript, by direction."""
    replies: Counter[tuple[Channel, str]] = field(default_factory=Counter[tuple[Channel, str]])
    """By channel and status."""
    sent: dict[Channel, HandedOver] = field(default_factory=lambda: {channel: HandedOver() for channel in Channel})
    """What the transcript has as sent."""
    differences: int = 0
    listed: list[str] = field(default_factory=list[str])
    """The first of them."""

    def differs(self, whose: str, what: str) -> None:
        self.differences += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(f"{whose}: {what}")


class _Seen:
    """Under which reference each person was found, as one number each: 0 for who was not found yet."""

    def __init__(self, size: int) -> None:
        self._references = array("q", bytes(8 * size))

    def note(self, number: int, reference: str) -> bool:
        """False where this person was found before."""
        before, self._references[number] = self._references[number], hash(reference)
        return before == 0

    def is_under(self, number: int, reference: str) -> bool:
        return self._references[number] == hash(reference)

    def missing(self) -> Iterator[int]:
        return (number for number, reference in enumerate(self._references) if reference == 0)


def settle(crowd: Crowd, answers: Path, transcripts: Path, handed_over: Mapping[Channel, HandedOver]) -> Account:
    """Compares both exports (JSONL, in codes) with what everybody said, and with what the providers were handed."""
    account = Account(crowd)
    found = _Seen(crowd.size)
    for row in _lines(answers, "rows"):
        _settle_answers(account, found, row)
    _settle_the_missing(account, found, "no row among the answers")
    heard = _Seen(crowd.size)
    for reference, rows in groupby(_lines(transcripts, "messages"), itemgetter("reference")):
        _settle_transcript(account, found, heard, str(reference), list(rows))
    _settle_the_missing(account, heard, "nothing in the transcript")
    _settle_manifest(account, answers, account.rows)
    _settle_manifest(account, transcripts, account.messages.total())
    for channel, given in handed_over.items():
        kept = account.sent[channel]
        if kept != given:
            account.differs(channel.value, f"{kept.count} replies are marked as sent, {given.count} were handed over")
    return account


def _lines(path: Path, unit: str) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in tqdm(file, unit=f" {unit}", disable=None, leave=False):
            yield json.loads(line)


def _owner(account: Account, reference: str, texts: Iterable[object]) -> Person | None:
    """Whose words these are. Nobody's, or those of several people, is a difference."""
    marks = (MARK.search(text) for text in texts if isinstance(text, str))
    numbers = {int(mark[1]) for mark in marks if mark is not None}
    match sorted(numbers):
        case [number] if number < account.crowd.size:
            return account.crowd.person(number)
        case []:
            account.differs(reference, "nobody's words")
        case others:
            account.differs(reference, f"the words of {', '.join(map(str, others))}")
    return None


def _settle_the_missing(account: Account, seen: _Seen, what: str) -> None:
    for number in seen.missing():
        account.differs(f"person {number}", what)


def _settle_manifest(account: Account, path: Path, read: int) -> None:
    manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text(encoding="utf-8"))
    if (manifest["received"], manifest["rows"], manifest["left_out"]) != (read, read, {}):
        account.differs(path.name, f"{read} lines, and the manifest has {manifest['rows']} of {manifest['received']}")


# --- answers ---


def _settle_answers(account: Account, found: _Seen, row: Row) -> None:
    account.rows += 1
    reference = str(row.get("reference"))
    questions = [name for name in row if name not in ABOUT]
    person = _owner(account, reference, (row[name] for name in questions))
    if person is None:
        return
    if not found.note(person.number, reference):
        account.differs(reference, f"person {person.number} has more than one row")
    expected = _expected_row(account.crowd, person) | dict.fromkeys(questions, "") | person.answers
    wrong = [name for name, value in expected.items() if row.get(name) != value]
    wrong += [name for name in _OPEN if not row.get(name)]
    if wrong:
        account.differs(reference, f"person {person.number}, unlike what was sent: {', '.join(wrong)}")


def _expected_row(crowd: Crowd, person: Person) -> dict[str, object]:
    script = person.script
    return {
        "consultation": SLUG,
        "version": crowd.version,
        "role": script.role,
        "age_band": script.band,
        "helped_by": script.helped_by,
        "channel": script.channel.value,
        "language": "en",
        "status": "complete",
        "late": "",
    }


# --- transcripts ---


def _settle_transcript(account: Account, found: _Seen, heard: _Seen, reference: str, rows: Sequence[Row]) -> None:
    account.messages.update(row["direction"] for row in rows)
    person = _owner(account, reference, (row["text"] for row in rows if row["direction"] == "in"))
    if person is None:
        return
    if not heard.note(person.number, reference):
        account.differs(reference, f"person {person.number} is in the transcript more than once")
    if not found.is_under(person.number, reference):
        account.differs(reference, f"person {person.number} has another reference among the answers")
    channel = person.script.channel
    said = [(row["direction"], row["text"]) for row in rows]
    expected = list(_expected_messages(person))
    if said != expected:
        account.differs(reference, f"person {person.number}, transcript: {_first_unlike(said, expected)}")
    asked = [row["question"] for row in rows if row["direction"] == "in"]
    if asked != [turn.question for turn in person.script.turns]:
        account.differs(reference, f"person {person.number}: messages under other questions than they were sent to")
    if any(not _is_as_it_should_be(row, channel) for row in rows):
        account.differs(reference, f"person {person.number}: a channel, language or status is not as it should be")
    _count_replies(account, person, rows)


def _expected_messages(person: Person) -> Iterator[tuple[str, str]]:
    script = person.script
    yield from (("out", text) for text in script.before)
    for said, turn in zip(person.said, script.turns, strict=True):
        yield "in", said
        yield from (("out", text) for text in turn.replies)


def _first_unlike(said: Sequence[tuple[str, str]], expected: Sequence[tuple[str, str]]) -> str:
    place = next(
        (place for place, (ours, theirs) in enumerate(zip(said, expected, strict=False)) if ours != theirs),
        min(len(said), len(expected)),
    )
    return f"{len(said)} messages for {len(expected)}, the first unlike one at place {place + 1}"


def _is_as_it_should_be(row: Row, channel: Channel) -> bool:
    statuses = _OUT[channel] if row["direction"] == "out" else {"received"}
    return row["channel"] == channel.value and row["language"] == "en" and row["status"] in statuses


def _count_replies(account: Account, person: Person, rows: Sequence[Row]) -> None:
    channel = person.script.channel
    address = person.phone if channel is Channel.SMS else str(person.chat)
    for row in rows:
        if row["direction"] == "out":
            account.replies[channel, row["status"]] += 1
            if row["status"] == "sent":
                account.sent[channel].add(address, row["text"])
