"""What officers take away: every answer and every word, with a manifest that says that nothing is missing.

The columns are those of the contract. No telephone number, Telegram id or name is in any of them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.tables import CsvTable, JsonlTable, Table, WholeFile, XlsxTable, sha256_of
from flows.answers import in_words
from flows.definition import AgeBand, Consultation, Kind, Question
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import CountedAnswer, ParticipantAnswers, TranscriptEntry


class What(StrEnum):
    """What is exported."""

    ANSWERS = "answers"
    """One row for each participant."""
    TRANSCRIPTS = "transcripts"
    """One row for each message."""


class Format(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


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


@dataclass(frozen=True, slots=True)
class Filters:
    """Which participants are exported; an empty tuple takes all."""

    role: tuple[str, ...] = ()
    band: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    """Equality questions: a message about one is left out of transcripts, unless they were asked for as well."""

    def leaves_out(self, row: Mapping[str, object]) -> str | None:
        """The filter that this row does not pass, as the manifest names it; None where it passes them all."""
        if self.apart and row.get("question") in self.apart:
            return "about an equality question"
        for name, wanted in (
            ("role", self.role),
            ("age_band", self.band),
            ("channel", self.channel),
            ("language", self.language),
            ("status", self.status),
        ):
            if wanted and name in row and row[name] not in wanted:
                return f"filtered by {name}"
        return None


@dataclass(frozen=True, slots=True)
class Labels:
    """How choices are written: in the words of a language, or as codes."""

    language: str | None = None
    """None: the pack's own language."""
    codes: bool = False


@dataclass(slots=True)
class Manifest:
    """What an export holds and what it does not. `received` is always `rows` and everything left out together."""

    consultation: str
    what: str
    format: str
    exported_at: str
    filters: Mapping[str, Sequence[str]]
    labels: str
    equality_questions: Sequence[str] = ()
    """Codes of the questions that are kept apart."""
    equality_included: bool = False
    """Whether the answers to those, and what was said about them, are in this export all the same."""
    received: int = 0
    rows: int = 0
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    sha256: str = ""

    def written(self) -> str:
        """The manifest as JSON for people and machines."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


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
            question for question in _columns((consultation, *older)) if question.code not in self._apart
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Every heading, in order: a question of several choices is followed by one column for each of them."""
        return (*ABOUT, *(name for question in self.questions for name in _names(question)))

    def row(self, person: ParticipantAnswers) -> dict[str, object]:
        """One participant."""
        zone = self._pack.timetable.zone
        about: dict[str, object] = {
            "reference": person.reference,
            "consultation": self._pack.slug,
            "version": person.version,
            "role": person.role or "",
            "age_band": person.band.value if person.band else "",
            "helped_by": person.helped_by or "",
            "channel": person.channel.value,
            "language": person.language,
            "status": person.status,
            "started_at": person.started_at.astimezone(zone).isoformat(),
            "completed_at": person.completed_at.astimezone(zone).isoformat() if person.completed_at else "",
            "late": " ".join(
                code for code, answer in person.answers.items() if answer.late and code not in self._apart
            ),
        }
        pack = self._versions.get(person.version, self._pack)
        for question in self.questions:
            about |= self._cells(pack, question, person.answers.get(question.code))
        return about

    def _cells(self, pack: Consultation, question: Question, answer: CountedAnswer | None) -> dict[str, object]:
        if answer is None:
            return {question.code: ""}
        cells: dict[str, object] = {question.code: self._written(pack, question.code, answer)}
        match answer.value:
            case Choices(codes):
                cells |= {f"{question.code}/{option}": int(option in codes) for option in question.choices}
            case Ranking(codes):
                cells |= {f"{question.code}/{option}": place for place, option in enumerate(codes, start=1)}
            case Text() | Choice() | Number():
                pass
        return cells

    def _written(self, pack: Consultation, code: str, answer: CountedAnswer) -> object:
        match answer.value:
            case Text(text):
                return text
            case Number(number):
                return int(number) if number == number.to_integral_value() else float(number)
            case Choice() | Choices() | Ranking():
                return _codes(answer.value) if self._labels.codes else self._in_words(pack, code, answer)

    def _in_words(self, pack: Consultation, code: str, answer: CountedAnswer) -> object:
        question = pack.question(code).for_band(answer.band)
        language = self._labels.language or self._pack.default_language
        words = pack.words_for(language, _voice(pack, question, answer.band)).questions[code]
        single = [in_words(Choice(option), question, words) for option in _options(answer.value)]
        return single[0] if isinstance(answer.value, Choice) else single


def _voice(pack: Consultation, question: Question, band: AgeBand | None) -> AgeBand | None:
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


def _columns(packs: Sequence[Consultation]) -> Iterator[Question]:
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
        "channel": entry.channel.value,
        "question": entry.question or "",
        "language": entry.language or "",
        "status": entry.status.value,
        "text": entry.text,
    }


@dataclass(frozen=True, slots=True)
class Order:
    """One export, as it was asked for."""

    consultation: Consultation
    what: What
    format: Format
    filters: Filters = Filters()
    labels: Labels = Labels()
    equality: bool = False
    """Whether equality questions are asked for as well."""


def a_manifest(order: Order, now: datetime, apart: Iterable[str] = ()) -> Manifest:
    """The manifest of an export that begins now. `apart` are the equality questions of every version."""
    return Manifest(
        consultation=order.consultation.slug,
        what=order.what.value,
        format=order.format.value,
        exported_at=now.astimezone(order.consultation.timetable.zone).isoformat(),
        filters={name: list(wanted) for name, wanted in asdict(order.filters).items() if wanted and name != "apart"},
        labels="codes" if order.labels.codes else order.labels.language or order.consultation.default_language,
        equality_questions=sorted(apart),
        equality_included=order.equality,
    )


async def fill(
    table: Table,
    rows: AsyncIterator[Mapping[str, object]],
    filters: Filters,
    manifest: Manifest,
    *,
    progress: Callable[[int], object],
) -> None:
    """Writes the rows that pass the filters, and counts every one that does not."""
    async for row in rows:
        manifest.received += 1
        reason = filters.leaves_out(row)
        if reason is None:
            table.write(row)
            manifest.rows += 1
        else:
            manifest.left_out[reason] = manifest.left_out.get(reason, 0) + 1
        progress(1)


async def to_file(
    path: Path,
    order: Order,
    columns: Sequence[str],
    rows: AsyncIterator[Mapping[str, object]],
    manifest: Manifest,
    *,
    progress: Callable[[int], object],
) -> None:
    """Writes the file and, beside it, its manifest. Whatever goes wrong, no short file is left under the name.

    Raises:
        ExportError: something does not fit into this kind of file.
    """
    with WholeFile(path) as whole:
        if order.format is Format.XLSX:
            with closing(XlsxTable(whole.partial, columns, order.what.value)) as book:
                await fill(book, rows, order.filters, manifest, progress=progress)
        else:
            with whole.partial.open("w", encoding="utf-8", newline="") as file:
                table = CsvTable(file, columns) if order.format is Format.CSV else JsonlTable(file)
                await fill(table, rows, order.filters, manifest, progress=progress)
        manifest.sha256 = sha256_of(whole.partial)
    path.with_name(f"{path.name}.manifest.json").write_text(manifest.written(), encoding="utf-8")
