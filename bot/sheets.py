"""What stands in the rows of an export: the columns of the contract, in its order, and nothing that names a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flows.answers import in_words
from flows.definition import AgeBand, Consultation, Kind, Question
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import ParticipantAnswers, TranscriptEntry

ABOUT = (
    "reference",
    "consultation",
    "version",
    "role",
    "age_band",
    "helped_by",
    "channel",
    "language",
    "status",
    "started_at",
    "completed_at",
    "late",
)
"""Columns of `answers` before the questions' own."""
SAID = ("reference", "at", "direction", "channel", "question", "language", "status", "text")
"""Columns of `transcripts`."""

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Labels:
    """How choices are written: in the words of a language, or as codes."""

    language: str | None = None
    """None: the pack's own language."""
    codes: bool = False


class AnswerSheet:
    """Turns participants into rows of `answers`."""

    def __init__(
        self,
        consultation: Consultation,
        labels: Labels,
        older: Sequence[Consultation] = (),
        *,
        equality: bool = False,
    ) -> None:
        """`equality` gives equality questions a column too."""
        self._pack = consultation
        self._labels = labels
        self._versions = {pack.version: pack for pack in (*older, consultation)}
        self._apart = frozenset[str]() if equality else kept_apart((consultation, *older))
        self.questions = tuple(
            question for question in answered_questions((consultation, *older)) if question.code not in self._apart
        )
        self._by_code = {question.code: question for question in self.questions}
        # Few answers but those in own words are anybody's alone, and to find an option's label takes long.
        self._chosen = lru_cache(_REMEMBERED)(self._newly_chosen)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every heading, in order: a question of several choices is followed by one column for each of them."""
        return (*ABOUT, *(name for question in self.questions for name in _names(question)))

    def row(self, person: ParticipantAnswers) -> dict[str, object]:
        """One participant."""
        zone = self._pack.timetable.zone
        row: dict[str, object] = {
            "reference": person.reference,
            "consultation": self._pack.slug,
            "version": person.version,
            "role": person.role or "",
            "age_band": str(person.band or ""),
            "helped_by": person.helped_by or "",
            "channel": str(person.channel),
            "language": person.language,
            "status": person.status,
            "started_at": person.started_at.astimezone(zone).isoformat(),
            "completed_at": person.completed_at.astimezone(zone).isoformat() if person.completed_at else "",
            "late": " ".join(
                [code for code, answer in person.answers.items() if answer.late and code not in self._apart]
            ),
        }
        for code in self._by_code:
            answer = person.answers.get(code)
            if answer is None:
                row[code] = ""
            elif isinstance(answer.value, Text):
                row[code] = answer.value.text
            else:
                row |= self._chosen(person.version, code, answer.band, answer.value)
        return row

    def _newly_chosen(self, version: str, code: str, band: AgeBand | None, value: Value) -> Mapping[str, object]:
        """The cells of an answer that is not in own words: its own, and one for each option of several."""
        pack = self._versions.get(version, self._pack)
        cells: dict[str, object] = {code: self._written(pack, code, band, value)}
        options = self._by_code[code].choices
        match value:
            case Choices(codes):
                cells |= {f"{code}/{option}": int(option in codes) for option in options}
            case Ranking(codes):
                cells |= {f"{code}/{option}": place for place, option in enumerate(codes, start=1)}
            case Text() | Choice() | Number():
                pass
        return cells

    def _written(self, pack: Consultation, code: str, band: AgeBand | None, value: Value) -> object:
        match value:
            case Text(text):
                return text
            case Number(number):
                return int(number) if number == number.to_integral_value() else float(number)
            case Choice() | Choices() | Ranking():
                return _codes(value) if self._labels.codes else self._in_words(pack, code, band, value)

    def _in_words(self, pack: Consultation, code: str, band: AgeBand | None, value: Value) -> object:
        question = pack.question(code).for_band(band)
        language = self._labels.language or self._pack.default_language
        words = pack.words_for(language, voice(pack, question, band)).questions[code]
        single = [in_words(Choice(option), question, words) for option in _options(value)]
        return single[0] if isinstance(value, Choice) else single


def voice(pack: Consultation, question: Question, band: AgeBand | None) -> AgeBand | None:
    """Whose words label an option: the oldest band's, so that it has one label; a band's own where it has a variant."""
    oldest = max((band for role in pack.roles for band in role.bands), key=tuple(AgeBand).index)
    return band if pack.question(question.code) is not question else oldest


def _options(value: Value) -> tuple[str, ...]:
    match value:
        case Choice(code):
            return (code,)
        case Choices(codes) | Ranking(codes):
            return codes
        case Text() | Number():
            return ()


def _codes(value: Value) -> object:
    codes = list(_options(value))
    return codes[0] if isinstance(value, Choice) else codes


def kept_apart(packs: Iterable[Consultation]) -> frozenset[str]:
    """Codes of the equality questions: of every question that is one in any version."""
    return frozenset(question.code for pack in packs for question in pack.questions if question.equality)


def answered_questions(packs: Sequence[Consultation]) -> Iterator[Question]:
    """The questions that have a column: the current version's in its order, then those that only older ones have."""
    seen: set[str] = set()
    for pack in packs:
        for question in pack.questions:
            if question.code in seen or question.kind in (Kind.NOTE, Kind.HELPED_BY):
                continue
            seen.add(question.code)
            yield question


def _names(question: Question) -> Iterator[str]:
    yield question.code
    if question.kind in (Kind.MANY, Kind.RANK):
        yield from (f"{question.code}/{option}" for option in question.choices)


def transcript_row(entry: TranscriptEntry, consultation: Consultation) -> dict[str, object]:
    """One message."""
    return {
        "reference": entry.reference,
        "at": entry.at.astimezone(consultation.timetable.zone).isoformat(),
        "direction": entry.direction,
        "channel": str(entry.channel),
        "question": entry.question or "",
        "language": entry.language or "",
        "status": str(entry.status),
        "text": entry.text,
    }
