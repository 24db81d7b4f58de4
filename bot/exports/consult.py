"""An input pack for Consult, the UK government's tool that finds themes in answers to consultations.

Files and field names are those that Consult reads, as published in the repository `i-dot-ai/consult` on GitHub:
`backend/data_pipeline/models.py` (`RespondentInput`, `QuestionInput`, `ResponseInput`, `MultiChoiceInput`, each of
which forbids further fields) and `backend/data_pipeline/sync/consultation_setup.py`, which loads them:

- `respondents.jsonl`: `themefinder_id` (a whole number) and `demographic_data` (name to a list of texts);
- `question_part_<n>/question.json`: `question_text`, `question_number`, `has_free_text`, `multi_choice_options`;
- `question_part_<n>/responses.jsonl`: `themefinder_id`, `text`; only those that have a text;
- `question_part_<n>/multi_choice.jsonl`: `themefinder_id`, `options`; only those that chose something.

Consult knows people by numbers. Which number is which reference is told in a file beside the folder, not in it: with it
the themes can be brought back, and the folder can be handed over without it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from bot.errors import ExportError
from bot.export import AnswerSheet, Manifest
from bot.exports.files import Record
from bot.exports.options import kinds_of, options, words
from bot.exports.source import Source
from bot.sheets import answered_questions
from bot.tables import ESCAPED, CsvTable, JsonlTable
from bot.whole_file import WholeFile, sha256_of
from flows.definition import Kind, Question
from flows.values import Choice, Choices, Number, Ranking, Text, Value
from storage.records import CountedAnswer, ParticipantAnswers

RESPONDENTS: Final = "respondents.jsonl"
MANIFEST: Final = "manifest.json"
_NOT_ASKED: Final = frozenset({Kind.WHO, Kind.RANK, Kind.NUMBER, Kind.HELPED_BY, Kind.NOTE})
"""Kinds that Consult has no place for; who somebody is, is demographic there."""


@dataclass(slots=True)
class _Part:
    """One question in the pack, while its files are being written."""

    question: Question
    labels: Mapping[str, str]
    responses: JsonlTable | None = None
    choices: JsonlTable | None = None

    def add(self, number: int, answer: CountedAnswer | None) -> None:
        if answer is None:
            return
        if isinstance(answer.value, Text):
            if self.responses is not None and answer.value.text:
                self.responses.write({"themefinder_id": number, "text": answer.value.text})
        elif self.choices is not None and (chosen := [self.labels.get(code, code) for code in _codes(answer.value)]):
            self.choices.write({"themefinder_id": number, "options": chosen})


@dataclass(slots=True)
class Pack:
    """A pack that is being written into a folder."""

    source: Source
    folder: Path
    manifest: Manifest
    parts: list[_Part] = field(default_factory=list["_Part"])

    async def write(self, references: Path, progress: Callable[[int], object]) -> None:
        """Writes every file but the manifest.

        Raises:
            ExportError: it does not add up to what was received.
        """
        about = AnswerSheet(self.source.packs[0], self.source.wish.labels, self.source.packs[1:], equality=True)
        with ExitStack() as stack:
            self._begin(stack)
            respondents = JsonlTable(_opened(stack, self.folder / RESPONDENTS))
            kept = stack.enter_context(references.open("w", encoding="utf-8", newline=""))
            numbers = CsvTable(kept, ("themefinder_id", "reference"))
            async with aclosing(self.source.people()) as pages:
                async for people in pages:
                    for person in people:
                        self._add(about, respondents, numbers, person)
                    progress(len(people))
        if self.manifest.received != await self.source.reader.participants(self.source.slug):
            raise ExportError(
                "The export does not balance with what was received. Nothing of it may be used: run it again."
            )

    def _begin(self, stack: ExitStack) -> None:
        source, language = self.source, self.source.wish.language
        for question in answered_questions(source.packs):
            kinds = kinds_of(source.packs, question.code)
            if question.code in source.apart or question.kind in _NOT_ASKED:
                continue
            labels = dict(options(source.packs, question.code, language)) | _points(question)
            place = self.folder / f"question_part_{len(self.parts) + 1}"
            place.mkdir()
            pack = next(pack for pack in source.packs if question in pack.questions)
            told = {
                "question_text": words(pack, question, language),
                "question_number": len(self.parts) + 1,
                "has_free_text": Kind.TEXT in kinds,
                "multi_choice_options": list(dict.fromkeys(labels.values())),
            }
            (place / "question.json").write_text(
                json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", errors=ESCAPED
            )
            part = _Part(question, labels)
            if Kind.TEXT in kinds:
                part.responses = JsonlTable(_opened(stack, place / "responses.jsonl"))
            if labels:
                part.choices = JsonlTable(_opened(stack, place / "multi_choice.jsonl"))
            self.parts.append(part)

    def _add(self, about: AnswerSheet, respondents: JsonlTable, numbers: CsvTable, person: ParticipantAnswers) -> None:
        row = about.row(person)
        self.manifest.received += 1
        reason = self.source.wish.filters.leaves_out(row)
        if reason is not None:
            self.manifest.left_out[reason] = self.manifest.left_out.get(reason, 0) + 1
            return
        self.manifest.rows = number = self.manifest.rows + 1
        respondents.write({"themefinder_id": number, "demographic_data": self._demographics(row)})
        numbers.write({"themefinder_id": number, "reference": person.reference})
        for part in self.parts:
            part.add(number, person.answers.get(part.question.code))

    def _demographics(self, row: Mapping[str, object]) -> dict[str, list[str]]:
        about = {
            "Role": row["role"],
            "Age band": row["age_band"],
            "Language": row["language"],
            "Channel": row["channel"],
        }
        if self.source.wish.equality:
            about |= {code: row.get(code) for code in sorted(self.source.apart)}
        return {
            name: [str(one) for one in held] if isinstance(held, list) else [str(held)]
            for name, held in about.items()
            if held not in ("", None)
        }


async def write(
    folder: Path,
    source: Source,
    manifest: Manifest,
    record: Record,
    progress: Callable[[int], object],
) -> list[Path]:
    """Writes the pack: the folder is there whole or not at all; its files, and the one with the references.

    Raises:
        ExportError: the folder has something in it already, or cannot be written.
    """
    references = folder.with_name(f"{folder.name}.references.csv")
    try:
        with _WholeFolder(folder) as partial, WholeFile(references) as kept:
            await Pack(source, partial, manifest).write(kept.partial, progress)
            manifest.files = _hashes(partial)
            manifest.sha256 = manifest.files[RESPONDENTS]
            await record()
            (partial / MANIFEST).write_text(manifest.written(), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(
            f"{folder} cannot be written ({reason}), and nothing of this export was kept: make that possible, or name "
            "another folder with --output."
        ) from error
    return [*(folder / name for name in manifest.files), folder / MANIFEST, references]


class _WholeFolder:
    """A folder that gets its name only when all is in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._partial = folder.with_name(f".{folder.name}.partial")

    def __enter__(self) -> Path:
        folder = self._folder
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ExportError(f"{folder} is there already, with something in it: name another folder with --output.")
        shutil.rmtree(self._partial, ignore_errors=True)
        self._partial.mkdir(parents=True)
        return self._partial

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                if self._folder.exists():
                    self._folder.rmdir()
                self._partial.replace(self._folder)
        finally:
            shutil.rmtree(self._partial, ignore_errors=True)


def _hashes(folder: Path) -> dict[str, str]:
    held = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in held}


def _opened(stack: ExitStack, path: Path) -> IO[str]:
    return stack.enter_context(path.open("w", encoding="utf-8", errors=ESCAPED, newline=""))


def _points(question: Question) -> dict[str, str]:
    if question.kind is not Kind.SCALE or question.minimum is None or question.maximum is None:
        return {}
    return {str(point): str(point) for point in range(question.minimum, question.maximum + 1)}


def _codes(value: Value) -> Sequence[str]:
    match value:
        case Choice(code):
            return (code,)
        case Choices(codes) | Ranking(codes):
            return codes
        case Number(number):
            return (str(int(number)),)
        case Text():
            return ()
