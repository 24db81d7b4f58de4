"""What officers take away: every answer and every word, with a manifest that says that nothing is missing.

The columns are those of the contract. No telephone number, Telegram id or name is in any of them.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

from bot.errors import ExportError
from bot.sheets import ABOUT, SAID, AnswerSheet, Labels, transcript_row
from bot.tables import ESCAPED, MARKED, CsvTable, JsonlTable, Table
from bot.whole_file import WholeFile, sha256_of
from bot.workbook import MOST_ROWS, Sheet, XlsxTable, too_many_rows
from flows.definition import Consultation
from storage.records import ParticipantAnswers, ParticipantTranscript, TranscriptEntry

__all__ = [
    "ABOUT",
    "SAID",
    "AnswerSheet",
    "Content",
    "Filters",
    "Format",
    "Labels",
    "Manifest",
    "Order",
    "Page",
    "What",
    "a_manifest",
    "answers_page",
    "encoding_errors",
    "fill",
    "text_table",
    "to_file",
    "transcript_row",
    "transcripts_page",
]


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


EXCLUDED: Final = "excluded by an officer"
"""How a manifest counts those whom it lists one by one, with reasons, as `exclusions`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which participants are exported; an empty tuple takes all.

    Of transcripts, channel and language are each message's own: a conversation may have been held in several.
    """

    role: tuple[str, ...] = ()
    band: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    """Equality questions: a message about one is left out of transcripts, unless they were asked for as well."""
    excluded: frozenset[str] = frozenset()
    """References that an officer excluded: see `storage.integrity`."""

    def __bool__(self) -> bool:
        """Whether they could leave anything out."""
        return bool(
            self.role or self.band or self.channel or self.language or self.status or self.apart or self.excluded
        )

    def leaves_out(self, facts: Mapping[str, object]) -> str | None:
        """The filter that these facts do not pass, as the manifest names it; None where they pass them all."""
        if self.excluded and facts["reference"] in self.excluded:
            return EXCLUDED
        if self.apart and facts.get("question") in self.apart:
            return "about an equality question"
        for name, wanted in (
            ("role", self.role),
            ("age_band", self.band),
            ("channel", self.channel),
            ("language", self.language),
            ("status", self.status),
        ):
            if wanted and facts[name] not in wanted:
                return f"filtered by {name}"
        return None


@dataclass(slots=True)
class Manifest:
    """What an export holds and what it does not. `received` is always `rows` and everything left out together."""

    consultation: str
    what: str
    format: str
    exported_at: str
    filters: Mapping[str, Sequence[str]]
    labels: str
    received: int = 0
    rows: int = 0
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    equality_questions: Sequence[str] = ()
    """Codes of the questions that are kept apart."""
    equality_included: bool = False
    """Whether the answers to those, and what was said about them, are in this export all the same."""
    sha256: str = ""
    """Of the file that bears the export's name."""
    files: dict[str, str] = field(default_factory=dict[str, str])
    """Every file of the export by its name, with its SHA-256."""
    replaced_characters: int = 0
    """Different characters that no font could draw, and that stand in a PDF by their names."""
    why: str = ""
    """What it is for, as whoever asked for it said."""
    exclusions: Sequence[Mapping[str, str]] = ()
    """Every participant whom an officer excluded: `reference`, `reason`, `at` what time, and by which `officer`."""

    def written(self) -> str:
        """The manifest as JSON for people and machines."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Order:
    """One export, as it was asked for."""

    consultation: Consultation
    what: What
    format: Format
    filters: Filters = Filters()
    labels: Labels = field(default_factory=Labels)
    equality: bool = False
    """Whether equality questions are asked for as well."""


_BY_THEMSELVES: Final = frozenset({"apart", "excluded"})
"""Filters that nobody asked for: the manifest tells of them in other places."""


def a_manifest(order: Order, now: datetime, apart: Iterable[str] = ()) -> Manifest:
    """The manifest of an export that begins now. `apart` are the equality questions of every version."""
    return Manifest(
        consultation=order.consultation.slug,
        what=order.what.value,
        format=order.format.value,
        exported_at=now.astimezone(order.consultation.timetable.zone).isoformat(),
        filters={
            name: list(wanted)
            for name, wanted in asdict(order.filters).items()
            if wanted and name not in _BY_THEMSELVES
        },
        labels="codes" if order.labels.codes else order.labels.language or order.consultation.default_language,
        equality_questions=sorted(apart),
        equality_included=order.equality,
    )


@dataclass(slots=True)
class Page:
    """Some rows of an export, and how many others were left out between them, by reason."""

    rows: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])
    left_out: dict[str, int] = field(default_factory=dict[str, int])

    def __len__(self) -> int:
        return len(self.rows) + sum(self.left_out.values())


def answers_page(sheet: AnswerSheet, filters: Filters, people: Iterable[ParticipantAnswers]) -> Page:
    """Rows of `answers`."""
    rows: list[Mapping[str, object]] = [sheet.row(person) for person in people]
    return _sifted(filters, ((row, row) for row in rows)) if filters else Page(rows)


def transcripts_page(consultation: Consultation, filters: Filters, people: Iterable[ParticipantTranscript]) -> Page:
    """Rows of `transcripts`."""
    if not filters:
        return Page([transcript_row(entry, consultation) for one in people for entry in one.entries])
    return _sifted(
        filters,
        ((_facts(one, entry), transcript_row(entry, consultation)) for one in people for entry in one.entries),
    )


def _facts(one: ParticipantTranscript, entry: TranscriptEntry) -> Mapping[str, object]:
    return {
        "reference": one.reference,
        "role": one.role,
        "age_band": one.band,
        "channel": entry.channel,
        "language": entry.language,
        "status": one.status,
        "question": entry.question,
    }


def _sifted(filters: Filters, pairs: Iterable[tuple[Mapping[str, object], Mapping[str, object]]]) -> Page:
    page = Page()
    for facts, row in pairs:
        reason = filters.leaves_out(facts)
        if reason is None:
            page.rows.append(row)
        else:
            page.left_out[reason] = page.left_out.get(reason, 0) + 1
    return page


@dataclass(frozen=True, slots=True)
class Content:
    """What an export is made of."""

    columns: Sequence[str]
    pages: AsyncGenerator[Page]
    received: int
    """Rows that there must be, those left out among them: the database has counted them by itself."""
    more: Sequence[Sheet] = ()
    """What stands beside them in a workbook, such as the codebook."""


def text_table(order: Order, file: IO[str], columns: Sequence[str]) -> Table:
    """A table of one of the kinds that are text."""
    return CsvTable(file, columns) if order.format is Format.CSV else JsonlTable(file)


def encoding_errors(order: Order) -> str:
    """What becomes of half an emoji in a text file of this kind, as `open` takes it."""
    return MARKED if order.format is Format.CSV else ESCAPED


async def fill(table: Table, content: Content, manifest: Manifest, *, progress: Callable[[int], object]) -> None:
    """Writes every page, and counts what is in it and what is not.

    Raises:
        ExportError: it does not add up to what was received.
    """
    async with aclosing(content.pages) as pages:
        async for page in pages:
            table.write_all(page.rows)
            manifest.received += len(page)
            manifest.rows += len(page.rows)
            for reason, count in page.left_out.items():
                manifest.left_out[reason] = manifest.left_out.get(reason, 0) + count
            progress(len(page))
    if manifest.received != content.received:
        raise ExportError(
            "The export does not balance with what was received. Nothing of it may be used: run it again."
        )


async def to_file(
    path: Path,
    order: Order,
    content: Content,
    manifest: Manifest,
    *,
    progress: Callable[[int], object],
    record: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Writes the file and, beside it, its manifest: both whole and on the disk, or neither.

    Whatever goes wrong, what stood under the name before is as it was. `record` is called when the file is whole and
    does not bear its name yet: what it cannot write down is not exported.

    Raises:
        ExportError: something does not fit into this kind of file, or the file cannot be written.
    """
    if order.format is Format.XLSX and not order.filters and content.received >= MOST_ROWS:
        # It would come out only after all the others were written.
        raise too_many_rows()
    beside = path.with_name(f"{path.name}.manifest.json")
    try:
        with WholeFile(beside) as told, WholeFile(path) as whole:
            await _write(whole.partial, order, content, manifest, progress)
            whole.sync()
            manifest.sha256 = sha256_of(whole.partial)
            manifest.files = {path.name: manifest.sha256}
            if record is not None:
                await record()
            told.partial.write_text(manifest.written(), encoding="utf-8")
            # An older one must not stand beside the new file, were this process to end between the two names.
            beside.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(
            f"{path} cannot be written ({reason}), and nothing of this export was kept: make that possible, or name "
            "another file with --output."
        ) from error


async def _write(
    partial: Path, order: Order, content: Content, manifest: Manifest, progress: Callable[[int], object]
) -> None:
    if order.format is Format.XLSX:
        with XlsxTable(partial, content.columns, order.what.value, content.more) as book:
            await fill(book, content, manifest, progress=progress)
        return
    with partial.open("w", encoding="utf-8", errors=encoding_errors(order), newline="") as file:
        await fill(text_table(order, file, content.columns), content, manifest, progress=progress)
