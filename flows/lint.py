"""What is wrong with a pack, in its author's words: faults that keep it from working, and words that do not do.

The service needs the first kind mended (see `flows.pack`); `sayso check` insists on both. Each `lint_...` module holds
the rules on one subject, `flows.lint_catalogue` lists them all; here they are put to every text that they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from flows import (
    commands,
    lint_conditions,
    lint_double,
    lint_jargon,
    lint_languages,
    lint_leading,
    lint_length,
    lint_negative,
    lint_passive,
    lint_promises,
    lint_reading,
)
from flows.definition import AgeBand, Consultation, Kind, Label
from flows.effects import Notice
from flows.errors import Fault
from flows.folding import fold
from flows.law import any_public_task
from flows.lint_prices import prices
from flows.lint_text import UNDER_TWELVE, Finding, Reader
from flows.pack import Draft, draft, help_lines_in, wording_in
from flows.pack_checks import is_for, way_to
from flows.pack_table import Faults, Place
from flows.pack_wording import Piece, QuestionTable, WordingFile, read_wording
from flows.pack_words import ENGLISH, Laid

_ASKED: Final = frozenset(("text", "sms"))
"""The lines of a question's table that put the question itself."""
_AT_LENGTH: Final = frozenset((Notice.HELP, Notice.PRIVACY, Notice.LOBBY_HELP, Notice.LOBBY_PRIVACY))
"""Answers to somebody who asked for all of it."""
_SHORT: Final = frozenset(("name", "low", "high"))
_TYPED: Final = frozenset(("pictures", "synonyms"))
"""Tables of what people see or type, not of what they are told."""
_OWN_QUESTIONS: Final = frozenset((Kind.WHO, Kind.HELPED_BY, Kind.NOTE))


def faults(files: Mapping[str, str], system: Mapping[str, str]) -> tuple[Fault, ...]:
    """Everything that is wrong with a pack, by file and line; see `flows.pack.read` for the arguments. Never raises."""
    return faults_of(draft(files, system))


def faults_of(made: Draft) -> tuple[Fault, ...]:
    """Everything that is wrong with a pack that was drafted already."""
    found = list(made.faults)
    for file in made.wording:
        found += _wording(_Page.of(file, made.consultation))
    if made.consultation is not None and made.laid is not None and made.shelf is not None:
        consultation, top = made.consultation, made.places[""]
        found += lint_languages.unreviewed(made.wording, consultation.default_language)
        found += lint_languages.fallbacks(consultation, made.shelf, made.laid)
        found += lint_languages.welsh(consultation, made.shelf, top)
        found += _options(consultation, made.laid)
        found += prices(consultation, made.laid, made.wording)
        if not any(fault.rule == "show-if" for fault in made.faults):
            found += lint_conditions.contradictions(consultation, made.places)
            found += _too_many_questions(consultation, top)
    return Faults(dict.fromkeys(_with_agreements(found, made.wording))).sorted


def system_faults(system: Mapping[str, str]) -> tuple[Fault, ...]:
    """What is wrong with Sayso's own words: the same rules, and in English for the youngest nothing may be missing."""
    found = Faults()
    help_lines_in(system, found)
    ours = [read_wording(path, text, found, ours=True) for path, text in sorted(wording_in(system).items())]
    files = [file for file in ours if file is not None]
    more = [fault for file in files for fault in _wording(_Page.of(file, None))]
    for file in files:
        if (file.language, file.band) == (ENGLISH, AgeBand.FOUR_TO_SEVEN):
            more += _incomplete(file)
    more += [*lint_languages.unreviewed(files, ENGLISH), *lint_languages.gaps(files)]
    return Faults(dict.fromkeys((*found.found, *_with_agreements(more, files)))).sorted


# --- one wording file ---


@dataclass(frozen=True, slots=True)
class _Page:
    """A wording file, for whom it is, and what its questions are."""

    file: WordingFile
    reader: Reader
    adult: Reader
    """Whoever reads a line for the grown-up beside a child."""
    kinds: Mapping[str, Kind] = field(default_factory=dict[str, Kind])
    public_task: bool = True
    """Somebody may hear these words from who asks as a public task."""

    @classmethod
    def of(cls, file: WordingFile, consultation: Consultation | None) -> _Page:
        languages = (file.language,) if consultation is None else consultation.languages
        spoken = commands.reserved(languages)
        reader = Reader(file.language, file.band, commands=spoken)
        kinds: dict[str, Kind] = {}
        if consultation is not None:
            names = {*consultation.names, consultation.authority}
            reader = replace(
                reader,
                names=tuple(sorted(names, key=len, reverse=True)),
                glossary=consultation.glossary,
                commands=spoken | {fold(consultation.sms_keyword)},
            )
            kinds = {question.code: question.for_band(file.band).kind for question in consultation.questions}
        public_task = consultation is None or any_public_task(consultation.laws)
        return cls(file, reader, replace(reader, band=AgeBand.ADULT), kinds, public_task)

    def table(self, piece: Piece) -> QuestionTable | None:
        """The question's table that a piece stands in."""
        own = {kind.value: table for kind, table in self.file.own.items()}
        return None if piece.question is None else self.file.questions.get(piece.question, own.get(piece.question))


def _wording(page: _Page) -> Iterator[Fault]:
    """Rules that look at one text, at one question's table, or at the whole file."""
    for piece in page.file.pieces:
        for finding in _findings(piece, page):
            yield _at(piece.place, piece.key, finding)
    for table in (*page.file.questions.values(), *page.file.own.values()):
        said = " ".join(table.lines[line] for line in ("text", "why") if line in table.lines)
        for finding in lint_length.long_message(said, page.file.band):
            yield _at(table.place, "text", finding)
    prose = [piece.text for piece in page.file.pieces if _is_prose(piece) and piece.key != "sms"]
    for finding in lint_reading.hard_to_read(prose, page.file.language, page.file.band):
        yield _at(Place(page.file.file), None, finding)


def _findings(piece: Piece, page: _Page) -> Iterator[Finding]:
    if piece.place.path[-1:] and piece.place.path[-1] in _TYPED:
        return
    if page.public_task:
        yield from lint_promises.consent(piece.text, page.reader.language)
    reader = page.adult if piece.key == "grown_up" else page.reader
    table = page.table(piece)
    beside = table.lines.get("text", "") if table is not None and piece.key not in _ASKED else ""
    yield from lint_jargon.abbreviations(piece.text, reader, beside)
    yield from lint_jargon.difficult_words(piece.text, reader, beside)
    if not _is_sentence(piece):
        return
    yield from lint_length.long_sentences(piece.text, reader.band)
    yield from lint_promises.promises(piece.text, reader.language)
    yield from lint_promises.praise(piece.text, reader.language)
    yield from lint_leading.bragging(piece.text, reader.language)
    yield from lint_passive.passive_voice(piece.text, reader.language, reader.band)
    if piece.question is None:
        if piece.notice not in _AT_LENGTH:
            yield from lint_length.long_message(piece.text, reader.band)
        return
    if piece.key not in {"text", "why"}:  # these two are said together
        yield from lint_length.long_message(piece.text, reader.band)
    leading = tuple(lint_leading.leading_questions(piece.text, reader.language))
    yield from leading
    if piece.key in _ASKED:
        kind = page.kinds.get(piece.question, Kind.TEXT)
        yield from lint_double.double_questions(piece.text, reader.language, kind)
        # "Don't you think" is one slip, not two.
        yield from () if leading else lint_negative.negatives(piece.text, reader.language)


def _is_sentence(piece: Piece) -> bool:
    """Whether a text is more than a label."""
    table = piece.place.path[-1:]
    is_option = piece.question is not None and table == ("choices",)
    return not is_option and piece.key not in _SHORT and table != ("labels",)


def _is_prose(piece: Piece) -> bool:
    """Whether a text counts when a whole file is measured: said to the band itself, and not a second time by SMS."""
    table = piece.place.path[-1:]
    typed = table in {("pictures",), ("synonyms",)}
    return _is_sentence(piece) and not typed and piece.key != "grown_up" and table != ("sms",)


def _incomplete(file: WordingFile) -> Iterator[Fault]:
    for table, known, has in (
        ("say", [notice.value for notice in Notice], file.say),
        ("labels", [label.value for label in Label], file.labels),
    ):
        for key in known:
            if key not in has:
                problem = f"[{table}] has no {key!r}"
                yield Place(file.file, shown=table).fault(key, "missing-words", problem, "Write it here")


# --- a whole pack ---


def _options(consultation: Consultation, laid: Laid) -> Iterator[Fault]:
    for (_, band, code), found in laid.found.items():
        question = consultation.question(code).for_band(band)
        if any(option.band is band and is_for(question, option) for option in consultation.who_options):
            for finding in lint_length.many_options(question, band):
                yield _at(found.place, "choices" if question.choices else None, finding)


def _too_many_questions(consultation: Consultation, top: Place) -> Iterator[Fault]:
    for band in sorted(UNDER_TWELVE, key=tuple(AgeBand).index):
        counts = [
            sum(
                question.for_band(band).kind not in _OWN_QUESTIONS and way_to(consultation, question, who) is not None
                for question in consultation.questions
            )
            for who in consultation.who_options
            if who.band is band
        ]
        for finding in lint_length.many_questions(max(counts, default=0), band):
            yield _at(top, "questions", finding)


def _with_agreements(found: Iterable[Fault], wording: Iterable[WordingFile]) -> Iterator[Fault]:
    """The faults, those that were agreed to as warnings; and what was agreed to needlessly."""
    files = {file.file: file for file in wording}
    needless = {(file.file, key): file for file in files.values() for key in file.agreed}
    for fault in found:
        agreeing = _agreeing(fault, files) if fault.rule in lint_length.CAPS and not fault.warning else ()
        if agreeing:
            for file in agreeing:
                needless.pop((file.file, fault.key), None)
            mend = "It was agreed to all the same; see whether it still has to be"
            yield replace(fault, mend=mend, warning=True)
        else:
            yield fault
    for (_, key), file in needless.items():
        problem, mend = f"Nothing has to be agreed to about {key!r}", "Leave it out of the list"
        yield Place(file.file, lines=file.lines).fault("agreed", "agreed", problem, mend, warning=True)


def _agreeing(fault: Fault, files: Mapping[str, WordingFile]) -> list[WordingFile]:
    """The files that agree to a text. Options are the same in every language, so any of these may agree to them."""
    mine = files.get(fault.file)
    if mine is None:
        return []
    same = [file for file in files.values() if file.band is mine.band] if fault.rule == "options" else [mine]
    return [file for file in same if fault.key in file.agreed]


def _at(place: Place, key: str | None, finding: Finding) -> Fault:
    return place.fault(key, finding.rule, finding.problem, finding.mend, warning=finding.warning)
