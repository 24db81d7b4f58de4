"""What can be exported, in which kinds of file, and one export as it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.errors import ExportError
from bot.export import Filters
from bot.sheets import Labels
from flows.definition import Consultation


class Subject(StrEnum):
    """What is exported."""

    ANSWERS = "answers"
    """A row for each participant."""
    TRANSCRIPTS = "transcripts"
    """Every message, both ways."""
    REPORT = "report"
    """Figures, charts and quotations, with small numbers hidden."""
    CONSULT = "consult"
    """The input files of the UK government's Consult."""


class Kind(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    SPSS = "spss"
    """Syntax, and the data that it reads."""
    PDF = "pdf"
    DOCX = "docx"
    FOLDER = "folder"
    """Several JSONL files in a folder."""


KINDS: Final[Mapping[Subject, tuple[Kind, ...]]] = MappingProxyType(
    {
        Subject.ANSWERS: (Kind.CSV, Kind.XLSX, Kind.JSONL, Kind.SPSS),
        Subject.TRANSCRIPTS: (Kind.CSV, Kind.XLSX, Kind.JSONL, Kind.PDF, Kind.DOCX),
        Subject.REPORT: (Kind.DOCX, Kind.PDF),
        Subject.CONSULT: (Kind.FOLDER,),
    }
)
"""What each can be exported as; the first is the one that is meant where none is named."""

ENDINGS: Final[Mapping[Kind, str]] = MappingProxyType({kind: f".{kind.value}" for kind in Kind} | {Kind.SPSS: ".sps"})


@dataclass(frozen=True, slots=True)
class Wish:
    """One export, as it was asked for."""

    consultation: Consultation
    subject: Subject
    kind: Kind
    filters: Filters = field(default_factory=Filters)
    labels: Labels = field(default_factory=Labels)
    equality: bool = False
    """Whether equality questions are asked for as well."""
    officer: str = "command"
    """Who asks: their e-mail address, or `command`."""
    why: str = ""
    """What it is for, as they say."""

    @property
    def language(self) -> str:
        """The language of labels, and of what we say ourselves about the consultation's words."""
        return self.labels.language or self.consultation.default_language


def check(wish: Wish) -> None:
    """Whether there is such an export.

    Raises:
        ExportError: this cannot be exported so; the message says how it can.
    """
    kinds = KINDS[wish.subject]
    if wish.kind not in kinds:
        known = " or ".join(kind.value for kind in kinds)
        raise ExportError(f"There is no export of {wish.subject} as {wish.kind}: use --format {known}.")
    if wish.subject is Subject.REPORT and wish.filters:
        raise ExportError(
            "A report is about everybody: two reports about parts of them could be held against each other until a "
            "small number shows. Leave the filters out."
        )
