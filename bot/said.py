"""What came of a consultation, as an editor writes it down: for each theme or aim what was said, decided, and why.

Words are written for adults first, and again for each age band that needs its own. Which ones somebody reads follows
the rules of wordings: their band, then the younger ones, in their language and then in the pack's; then older ones.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from flows.definition import AgeBand, Consultation

OWN: Final = "own-"
"""What a subject that is neither a theme nor an aim of the pack is called, before its number."""


class Outcome(StrEnum):
    """What was decided, in a word."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Told:
    """The words about one subject, in one language for one band."""

    heading: str = ""
    said: str = ""
    decided: str = ""
    why: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(asdict(self).values())

    @property
    def is_whole(self) -> bool:
        return all(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words that somebody reads, and what they are really in."""

    told: Told
    language: str
    band: AgeBand


@dataclass(frozen=True, slots=True)
class Subject:
    """One theme or aim that is answered."""

    code: str
    outcome: Outcome | None = None
    words: Mapping[tuple[str, AgeBand], Told] = field(default_factory=dict[tuple[str, AgeBand], Told])

    def spoken(self, language: str, band: AgeBand, default_language: str) -> Spoken | None:
        """What somebody of this band reads in this language; None where nothing is written at all."""
        bands = tuple(AgeBand)
        older = bands[bands.index(band) + 1 :]
        for reach, tongue in itertools.product(((band, *band.younger), older), (language, default_language)):
            for each in reach:
                told = self.words.get((tongue, each))
                if told is not None and not told.is_empty:
                    return Spoken(told, tongue, each)
        return None

    def written(self, language: str, band: AgeBand, told: Told) -> Subject:
        """With these words for that language and band; without any there where they are empty."""
        words = {**self.words, (language, band): told}
        return replace(self, words={place: each for place, each in words.items() if not each.is_empty})


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is said about one consultation."""

    decided_by: str = ""
    """The body that decided."""
    decided_on: date | None = None
    subjects: tuple[Subject, ...] = ()

    def subject(self, code: str) -> Subject:
        """The subject of that code, empty where nothing was written about it."""
        return next((each for each in self.subjects if each.code == code), Subject(code))

    def having(self, subject: Subject) -> Answer:
        """With this subject: in its place, or as the last."""
        codes = [each.code for each in self.subjects]
        if subject.code in codes:
            return replace(self, subjects=tuple(subject if s.code == subject.code else s for s in self.subjects))
        return replace(self, subjects=(*self.subjects, subject))

    def without(self, code: str) -> Answer:
        return replace(self, subjects=tuple(each for each in self.subjects if each.code != code))


def next_own(answer: Answer) -> str:
    """A code for one more subject of the editor's own."""
    taken = {each.code for each in answer.subjects}
    return next(f"{OWN}{number}" for number in itertools.count(1) if f"{OWN}{number}" not in taken)


def known_subjects(pack: Consultation) -> Mapping[str, str]:
    """The names of the themes and aims of a pack, by the code that they have here."""
    aims = {f"aim-{aim.code}": aim.name for aim in pack.aims}
    return aims | {f"theme-{theme.code}": theme.name for theme in pack.themes}


def lacking(answer: Answer, pack: Consultation) -> Iterator[tuple[str, str]]:
    """What keeps it from being published: where, and what is to be done there."""
    if not answer.decided_by or answer.decided_on is None:
        yield "", "Say who decided, and on which day"
    if not answer.subjects:
        yield "", "Write about at least one theme or aim"
    for subject in answer.subjects:
        if subject.outcome is None:
            yield subject.code, "Say whether you will do it"
        if not subject.words.get((pack.default_language, AgeBand.ADULT), Told()).is_whole:
            yield subject.code, "Write all four texts for adults, in the first language of the consultation"
        for (_, band), told in subject.words.items():
            if band is not AgeBand.ADULT and not told.is_whole:
                yield subject.code, f"Write all four texts for the band {band.value}, or none"


# --- as it is kept ---


def encode(answer: Answer) -> str:
    """As JSON."""
    subjects = [
        {
            "code": each.code,
            "outcome": each.outcome,
            "words": [
                {"language": language, "band": band, **asdict(told)} for (language, band), told in each.words.items()
            ],
        }
        for each in answer.subjects
    ]
    day = None if answer.decided_on is None else answer.decided_on.isoformat()
    return json.dumps({"decided_by": answer.decided_by, "decided_on": day, "subjects": subjects}, ensure_ascii=False)


def decode(content: str) -> Answer:
    """What `encode` wrote."""
    held = json.loads(content)
    day = held["decided_on"]
    return Answer(
        held["decided_by"],
        None if day is None else date.fromisoformat(day),
        tuple(_subject(each) for each in held["subjects"]),
    )


def _subject(held: Mapping[str, Any]) -> Subject:
    words = {
        (one["language"], AgeBand(one["band"])): Told(one["heading"], one["said"], one["decided"], one["why"])
        for one in held["words"]
    }
    return Subject(held["code"], None if held["outcome"] is None else Outcome(held["outcome"]), words)
