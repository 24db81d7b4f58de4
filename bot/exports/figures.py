"""The figures of a report: counted once over everybody, and shown only as `flows.suppression` lets them be shown."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final

from bot.exports.options import kinds_of
from bot.exports.quotable import quotable
from flows.definition import AgeBand, Consultation, Kind, Question
from flows.state import Phase
from flows.suppression import Published, publish
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import ParticipantAnswers

WHO: Final = "/who"
CHANNEL: Final = "/channel"
LANGUAGE: Final = "/language"
STATUS: Final = "/status"
SPOKE: Final = "/spoke"
"""Names of tables that no question can have: codes hold no slash. `SPOKE` counts who used own words, by question."""
CODED: Final = "/coded"
"""Counts by question whose answers somebody has put under themes, or found that none fits."""
THEMES: Final = "/themes/"
"""Before a question's code: how many people's answers are about a theme."""
UNKNOWN: Final = ""
"""The cell of who did not say, or was not asked."""

_TURNED_AWAY: Final = frozenset((Phase.TOO_YOUNG, Phase.ASKING_A_PARENT))
"""Where they have answered nothing, they were not asked anything either."""
QUOTED: Final = 4
"""Quotations of one question."""
_KEPT: Final = 40
"""Of which so many are kept while counting: some are by people of whom there are too few to say who they are."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What officers found in the answers, where they looked."""

    themes: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict[tuple[str, str], frozenset[str]])
    """Reference and question of each answer that somebody has been through, to the themes it was put under."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Question to theme to what it is called, in the order of the codebook."""
    rich: frozenset[tuple[str, str]] = frozenset()
    """Reference and question of answers that somebody marked as rich in evidence: quoted before others."""


@dataclass(frozen=True, slots=True, order=True)
class Quotation:
    """Something that may be quoted. Sorted, those come first that are quoted first."""

    rank: tuple[bool, bytes]
    text: str = field(repr=False)
    language: str
    who: str


@dataclass(slots=True)
class Tally:
    """Everybody, counted."""

    packs: Sequence[Consultation]
    questions: Sequence[Question]
    known: Mapping[str, Mapping[str, str]]
    """Question to option to label."""
    coding: Coding = field(default_factory=Coding)
    people: int = 0
    refused: int = 0
    """Who came when it was not open: they were not asked anything."""
    tables: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    within: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    quotations: dict[str, list[Quotation]] = field(default_factory=dict[str, list[Quotation]])
    _who: dict[tuple[str, AgeBand], str] = field(default_factory=dict[tuple[str, AgeBand], str])

    def __post_init__(self) -> None:
        pack = self.packs[0]
        self.tables = {name: Counter() for name in (CHANNEL, LANGUAGE, STATUS)}
        self.tables[WHO] = Counter({option.code: 0 for option in pack.who_options} | {UNKNOWN: 0})
        self.within[SPOKE] = Counter()
        self.within[CODED] = Counter()
        for question in self.questions:
            cells = dict.fromkeys(self.known[question.code], 0)
            if divides(self.packs, question):
                self.tables[question.code] = Counter(_points(question) | cells | {UNKNOWN: 0})
            elif cells:
                self.within[question.code] = Counter(cells)
            if names := self.coding.names.get(question.code):
                self.within[f"{THEMES}{question.code}"] = Counter(dict.fromkeys(names, 0))
        self._who = {(option.role, option.band): option.code for option in pack.who_options}

    def add(self, everybody: Iterable[ParticipantAnswers]) -> None:
        """Counts some people."""
        for person in everybody:
            if person.phase is Phase.REFUSED or (person.phase in _TURNED_AWAY and not person.answers):
                self.refused += 1
                continue
            self.people += 1
            self.tables[CHANNEL][person.channel.value] += 1
            self.tables[LANGUAGE][person.language] += 1
            self.tables[STATUS][person.status] += 1
            who = self._who.get((person.role or "", person.band), UNKNOWN) if person.band else UNKNOWN
            self.tables[WHO][who] += 1
            self._answered(person, who)

    def _answered(self, person: ParticipantAnswers, who: str) -> None:
        for question in self.questions:
            code = question.code
            answer = person.answers.get(code)
            value = None if answer is None else answer.value
            if code in self.tables:
                self.tables[code][_cell(value)] += 1
            elif code in self.within:
                self.within[code].update(_chosen(value))
            themes = self.coding.themes.get((person.reference, code))
            if answer is not None and themes is not None:
                self.within[CODED][code] += 1
                self.within[f"{THEMES}{code}"].update(themes)
            if isinstance(value, Text):
                self.within[SPOKE][code] += 1
                # What only some are asked may well be about who they are, such as whom they work for.
                if question.roles is None:
                    self._may_quote(code, person, who, value.text)

    def _may_quote(self, code: str, person: ParticipantAnswers, who: str, text: str) -> None:
        if not quotable(text):
            return
        # Nobody's choice, and always the same: by a hash that says nothing of the answer.
        drawn = hashlib.sha256(f"{code}\0{person.reference}".encode()).digest()
        kept = self.quotations.setdefault(code, [])
        kept.append(
            Quotation(((person.reference, code) not in self.coding.rich, drawn), text.strip(), person.language, who)
        )
        if len(kept) > 2 * _KEPT:
            kept[:] = nsmallest(_KEPT, kept)

    def shown(self) -> Published:
        """What may be shown. Everything that a report shows is out of this one.

        Made a second time, with a few people more, it is another picture of nearly the same people, which no rounding
        protects together with the first: a report says so for as long as people may still answer.
        """
        return publish(self.tables, within=self.within, fewest=self.packs[0].targets.fewest)

    def quoted(self, code: str, shown: Published) -> list[Quotation]:
        """What is quoted from the answers to a question: only from groups and languages that are shown."""
        # Several people may say the same: once is enough.
        found: dict[str, Quotation] = {}
        for one in sorted(self.quotations.get(code, ())):
            if shown.tables[LANGUAGE].get(one.language) and shown.tables[WHO].get(one.who):
                found.setdefault(one.text.lower(), one)
        return list(found.values())[:QUOTED]


def divides(packs: Sequence[Consultation], question: Question) -> bool:
    """Whether each person is in one cell of the question's table, in every version and for every age."""
    kinds = kinds_of(packs, question.code)
    return kinds <= {Kind.ONE, Kind.YES_NO} or kinds == {Kind.SCALE}


def _points(question: Question) -> dict[str, int]:
    if question.kind is not Kind.SCALE or question.minimum is None or question.maximum is None:
        return {}
    return {str(point): 0 for point in range(question.minimum, question.maximum + 1)}


def _cell(value: Value | None) -> str:
    match value:
        case Choice(code):
            return code
        case Number(number):
            return str(int(number))
        case Text() | Choices() | Ranking() | None:
            return UNKNOWN


def _chosen(value: Value | None) -> Sequence[str]:
    match value:
        case Choice(code):
            return (code,)
        case Choices(codes):
            return codes
        case Ranking(codes):
            # What somebody puts first.
            return codes[:1]
        case Text() | Number() | None:
            return ()
