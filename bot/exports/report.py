"""The summary report: who took part, what they chose, and some of what they said, in parts that any document can hold.

Nothing in it says who anybody is. Counts are those that may be shown, quotations have passed `quotable`, and neither a
reference nor a time of anybody's is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import ExportError
from bot.export import EXCLUDED, Manifest
from bot.exports import charts, figures, typesetting
from bot.exports.figures import Coding, Tally
from bot.exports.named import CHANNELS, LANGUAGES, STATUSES
from bot.exports.options import options, words
from bot.exports.source import Source
from bot.exports.transcripts import spoken
from bot.exports.word import Said, WordFile
from bot.sheets import answered_questions
from flows.definition import Kind, Question
from flows.suppression import Published, percent

_NOT_KNOWN: Final = "Not known"
_NO_ANSWER: Final = "No answer, or not asked"
_COLUMNS: Final = ("Answer", "People", "Share")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands under it."""

    title: str
    paragraphs: Sequence[Said] = ()
    bars: charts.Bars = ()
    rows: Sequence[tuple[str, str, str]] = ()
    quotations: Sequence[tuple[Said, str]] = field(default=(), repr=False)
    """What was said, and by what kind of person."""
    level: int = 1


async def counted(
    source: Source, manifest: Manifest, progress: Callable[[int], object], coding: Coding | None = None
) -> Tally:
    """Everybody, counted in one go through the database.

    Raises:
        ExportError: they do not add up to what was received.
    """
    left_out = source.left_out
    questions = [
        question
        for question in answered_questions(source.packs)
        if question.code not in left_out and question.kind not in (Kind.WHO, Kind.NUMBER)
    ]
    known = {question.code: options(source.packs, question.code, source.wish.language) for question in questions}
    tally, excluded = Tally(source.packs, questions, known, coding or Coding()), 0
    async with aclosing(source.people()) as pages:
        async for people in pages:
            kept = source.kept(people)
            tally.add(kept)
            excluded += len(people) - len(kept)
            progress(len(people))
    manifest.rows = tally.people
    manifest.received = tally.people + tally.refused + excluded
    reasons = {"came when it was not open": tally.refused, EXCLUDED: excluded}
    manifest.left_out = {reason: count for reason, count in reasons.items() if count}
    if manifest.received != await source.reader.participants(source.slug):
        raise ExportError(
            "The report does not balance with what was received. Nothing of it may be used: make it again."
        )
    return tally


def title(source: Source) -> str:
    pack = source.wish.consultation
    named = pack.words_for(source.wish.language, None).say.get("title", source.slug)
    return f"What people said: {named}"


def about(source: Source, now: datetime) -> list[str]:
    """What stands before the first heading."""
    local = now.astimezone(source.wish.consultation.timetable.zone)
    said = [
        f"{source.wish.consultation.authority}, {local.day} {local:%B %Y}.",
        (
            "Read this report before you publish it. A computer chose the quotations. It left out what looks like a "
            "name, a number or a place. It may have missed some."
        ),
    ]
    if now < source.wish.consultation.timetable.closes_at:
        said.append(
            "People can still answer. Publish one report before the end at most: two that were made soon after one "
            "another could show what a few people said in between."
        )
    return said


def parts(source: Source, tally: Tally) -> Iterator[Part]:
    """Everything that the report tells, in order."""
    shown = tally.shown()
    who = {**options(source.packs, _who_code(source), source.wish.language), figures.UNKNOWN: _NOT_KNOWN}
    yield Part("How to read the figures", [Said(line) for line in _notes(shown)])
    yield _divided(
        "Who took part", shown, figures.WHO, who, [f"At least {shown.total:,} people took part."] if shown.total else []
    )
    yield _divided("How they took part", shown, figures.CHANNEL, CHANNELS, [])
    yield _divided("In which language", shown, figures.LANGUAGE, LANGUAGES, [])
    yield _divided("How far they got", shown, figures.STATUS, STATUSES, [])
    for question in tally.questions:
        yield _asked(source, tally, shown, question, who)


def _who_code(source: Source) -> str:
    return next((one.code for one in source.packs[0].questions if one.kind is Kind.WHO), "")


def _notes(shown: Published) -> list[str]:
    few = shown.fewest
    return [
        (
            f"Numbers of people are rounded down to {few}, {2 * few}, {3 * few} and so on, and sometimes a little "
            f"lower. “{charts.TOO_FEW.capitalize()}” stands for fewer than {few}, and for nobody."
        ),
        "So nobody can work out what one person said. It also means that numbers do not always add up.",
        "A share is of the people who are shown.",
    ]


def _divided(
    heading: str, shown: Published, table: str, labels: Mapping[str, str], before: Sequence[str], level: int = 1
) -> Part:
    bars = [(labels.get(cell, cell or _NO_ANSWER), count) for cell, count in shown.tables[table].items()]
    shares = [shown.share(table, cell) for cell in shown.tables[table]]
    return Part(heading, [Said(line) for line in before], bars, _rows(bars, shares), level=level)


def _rows(bars: charts.Bars, shares: Sequence[int | None]) -> list[tuple[str, str, str]]:
    return [
        (label, f"{count:,}" if count else charts.TOO_FEW, "" if share is None else f"{share} %")
        for (label, count), share in zip(bars, shares, strict=True)
    ]


def _asked(source: Source, tally: Tally, shown: Published, question: Question, who: Mapping[str, str]) -> Part:
    """What was answered to one question."""
    code, language = question.code, source.wish.language
    pack = next(pack for pack in source.packs if question in pack.questions)
    heading = f"{code}: {words(pack, question, language)}"
    if code in shown.tables:
        return _divided(heading, shown, code, {**tally.known[code], figures.UNKNOWN: _NO_ANSWER}, [])
    labels: Mapping[str, str] = tally.known[code]
    told: list[str] = []
    spoke = shown.within[figures.SPOKE].get(code, 0)
    if spoke:
        told.append(f"At least {spoke:,} people answered in their own words.")
    elif code not in shown.within:
        told.append("Too few people answered in their own words to show how many.")
    if code in shown.within and question.kind is Kind.RANK:
        told.append("The figures say what people put first.")
    elif code in shown.within and question.kind is Kind.TEXT:
        told.append("Some people were given answers to choose from.")
    elif code in shown.within:
        told.append("People could choose several answers.")
    cells, coded = shown.within.get(code, {}), shown.within[figures.CODED].get(code, 0)
    if coded:
        told.append(f"Officers have put the answers of at least {coded:,} people under themes.")
        told.append("The figures say what these answers are about. One answer may be about several things.")
        themes = shown.within[f"{figures.THEMES}{code}"]
        cells = dict(sorted(themes.items(), key=lambda theme: -theme[1]))
        labels = tally.coding.names[code]
    bars = [(labels.get(cell, cell), count) for cell, count in cells.items()]
    shares = [percent(count, shown.total) for _, count in bars]
    quoted = [
        (Said(one.text, one.language), who.get(one.who, _NOT_KNOWN)) for one in tally.quoted(code, shown) if spoke
    ]
    return Part(heading, [Said(line) for line in told], bars, _rows(bars, shares), quoted)


def write_docx(path: Path, source: Source, tally: Tally, now: datetime) -> None:
    """The report for Word."""
    made = WordFile(title(source), source.wish.consultation.authority, "en", now)
    for line in about(source, now):
        made.paragraph(line)
    for part in parts(source, tally):
        made.heading(part.title, part.level)
        for paragraph in part.paragraphs:
            made.paragraph(paragraph)
        if part.bars:
            made.picture(typesetting.png(charts.chart(part.bars)), charts.in_words(part.bars))
            made.table(_COLUMNS, part.rows, (60, 22, 18))
        for said, by in part.quotations:
            made.paragraph(Said(f"“{said.text}” ({by})", said.language), "Quote")
    made.save(path)


def write_pdf(path: Path, source: Source, tally: Tally, manifest: Manifest, now: datetime) -> None:
    """The same as PDF.

    Raises:
        ExportError: it cannot be made here.
    """
    made = typesetting.pdf(
        "report.typ",
        {
            "title": title(source),
            "authority": source.wish.consultation.authority,
            "lang": "en",
            "about": about(source, now),
            "parts": [_as_data(part) for part in parts(source, tally)],
        },
        now,
    )
    manifest.replaced_characters = len(made.replaced)
    path.write_bytes(made.pdf)


def _as_data(part: Part) -> Mapping[str, object]:
    return {
        "title": part.title,
        "level": part.level,
        "paragraphs": [spoken(said.text, said.language) for said in part.paragraphs],
        "chart": charts.chart(part.bars) if part.bars else None,
        "alt": charts.in_words(part.bars),
        "caption": "The same figures stand in the table below.",
        "table": {"columns": list(_COLUMNS), "rows": [list(row) for row in part.rows]} if part.rows else None,
        "quotations": [{"by": by, "words": spoken(said.text, said.language)} for said, by in part.quotations],
    }
