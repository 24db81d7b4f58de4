"""Every word that a pack can say to a language and a band: its own files, Sayso's, and what falls back on what.

Nearest first for a language and a band: the pack's file, Sayso's file, then the same for the next younger band and so
on; for questions then the pack's older bands; then all of that in the pack's own language, and in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from flows.definition import AgeBand, Consultation, Kind, KindWords, Label, Question, QuestionWords, WhoOption, Words
from flows.effects import Notice
from flows.pack_table import Place
from flows.pack_wording import OWN_KINDS, QuestionTable, WordingFile, place_of

ENGLISH: Final = "en"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Files:
    """The wording files of a pack and of Sayso, by language and band."""

    pack: Mapping[tuple[str, AgeBand], WordingFile]
    ours: Mapping[tuple[str, AgeBand], WordingFile]
    default_language: str

    @classmethod
    def of(cls, pack: Iterable[WordingFile], ours: Iterable[WordingFile], default_language: str) -> Files:
        return cls(
            {(file.language, file.band): file for file in pack},
            {(file.language, file.band): file for file in ours},
            default_language,
        )

    def languages(self, language: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((language, self.default_language, ENGLISH)))

    def layers(self, language: str, band: AgeBand) -> Iterator[WordingFile]:
        """The files to look into for anything but a question, nearest first."""
        for spoken in self.languages(language):
            for step in (band, *band.younger):
                for files in (self.pack, self.ours):
                    if file := files.get((spoken, step)):
                        yield file

    def of_pack(self, language: str, band: AgeBand) -> Iterator[WordingFile]:
        """The pack's files in one language, nearest first; older bands last."""
        for step in (band, *band.younger, *_older(band)):
            if file := self.pack.get((language, step)):
                yield file


def _older(band: AgeBand) -> tuple[AgeBand, ...]:
    return tuple(AgeBand)[tuple(AgeBand).index(band) + 1 :]


@dataclass(frozen=True, slots=True)
class Found:
    """The words of one question for one language and band, with what has to be said about them."""

    words: QuestionWords
    place: Place
    """Where an author would mend them."""
    own: bool
    """They were written for this very language and band, or by Sayso."""
    missing: tuple[str, ...] = ()
    """Keys that no file has: `text`, or `choices.<option>`."""


@dataclass(frozen=True, slots=True)
class Laid:
    """All the words of a pack."""

    words: Mapping[tuple[str, AgeBand], Words]
    found: Mapping[tuple[str, AgeBand, str], Found] = field(repr=False)


def lay(structure: Consultation, files: Files) -> Laid:
    """The words for every language of the pack and every band, complete: a code stands where no file has the words."""
    words: dict[tuple[str, AgeBand], Words] = {}
    found: dict[tuple[str, AgeBand, str], Found] = {}
    for language in structure.languages:
        for band in AgeBand:
            for question in structure.questions:
                found[language, band, question.code] = _find(structure, files, question.for_band(band), language, band)
            questions = {question.code: found[language, band, question.code].words for question in structure.questions}
            words[language, band] = replace(said(files, language, band), questions=questions)
    return Laid(words, found)


def said(files: Files, language: str, band: AgeBand) -> Words:
    """Everything but the questions."""
    layers = tuple(files.layers(language, band))
    say: dict[str, str] = {}
    short: dict[str, str] = {}
    labels: dict[str, str] = {}
    for file in layers:
        # A shorter text counts as long as nothing nearer has said it at length: it would say something else.
        for notice in file.short.keys() - say.keys():
            short.setdefault(notice, file.short[notice])
        for notice in file.say:
            say.setdefault(notice, file.say[notice])
        for label in file.labels:
            labels.setdefault(label, file.labels[label])
    if title := next(_titles(files, language, band), None):
        say[Notice.TITLE.value] = title
    return Words(
        language=language,
        band=band,
        say=say,
        questions={},
        reviewed_by=next((file.reviewed_by for file in files.of_pack(language, band)), None),
        short=short,
        labels={label.value: labels.get(label.value, label.value) for label in Label},
        kinds={kind: _kind(layers, kind) for kind in Kind},
    )


def _titles(files: Files, language: str, band: AgeBand) -> Iterator[str]:
    """What the pack calls itself, wherever it says so: Sayso has no name for a consultation."""
    for spoken in files.languages(language):
        for file in files.of_pack(spoken, band):
            if Notice.TITLE.value in file.say:
                yield file.say[Notice.TITLE.value]


def _kind(layers: Iterable[WordingFile], kind: Kind) -> KindWords:
    words = KindWords()
    for file in layers:
        further = file.kinds[kind]
        words = KindWords(
            typed=words.typed or further.typed,
            tapped=words.tapped or further.tapped,
            form=words.form or further.form,
        )
    return words


def _find(structure: Consultation, files: Files, question: Question, language: str, band: AgeBand) -> Found:
    tables = tuple(_tables(files, question, language, band))
    place = place_of(f"wording/{language}.{band.value}.toml").below("questions", question.code)
    if not tables:
        return _worded(structure, question, QuestionTable(place), own=False)
    first, table = tables[0]
    for _, further in tables[1:]:
        table = _over(table, further)
    if first.band is not band:
        # A line for the grown-up beside a young child is nothing that an older one should read.
        table = replace(table, lines={key: text for key, text in table.lines.items() if key != "grown_up"})
    if not first.questions:
        table = replace(table, place=place)
    alone = question.kind in {Kind.WHO, Kind.HELPED_BY}
    return _worded(structure, question, table, own=first.language == language and (alone or first.band is band))


def _tables(
    files: Files, question: Question, language: str, band: AgeBand
) -> Iterator[tuple[WordingFile, QuestionTable]]:
    """The tables that a question's words are taken from, nearest first; of a pack's own questions only the nearest.

    One band's text with another's help beside it would mix two voices. Sayso's own questions are laid under the pack's.
    """
    ours = question.kind in OWN_KINDS
    for spoken in files.languages(language):
        for file in files.of_pack(spoken, band):
            if table := file.questions.get(question.code):
                yield file, table
                if not ours:
                    return
                break
        for step in (band, *band.younger) if ours else ():
            file_of_ours = files.ours.get((spoken, step))
            if file_of_ours and (own := file_of_ours.own.get(question.kind)):
                yield file_of_ours, own


def _over(upper: QuestionTable, lower: QuestionTable) -> QuestionTable:
    lines = {**lower.lines, **upper.lines}
    if "text" in upper.lines and "sms" not in upper.lines:
        lines.pop("sms", None)  # it is short for another text
    return QuestionTable(
        place=upper.place,
        lines=lines,
        choices={**lower.choices, **upper.choices},
        pictures={**lower.pictures, **upper.pictures},
        synonyms={**lower.synonyms, **upper.synonyms},
    )


def _worded(structure: Consultation, question: Question, table: QuestionTable, *, own: bool) -> Found:
    keys: dict[str, tuple[str, ...]] = {code: (code,) for code in question.choices}
    if question.kind is Kind.WHO:
        keys = {option.code: who_keys(structure, option) for option in structure.who_options}
    labels = _looked_up(keys, table.choices)
    lines = table.lines
    words = QuestionWords(
        text=lines.get("text", question.code),
        sms=lines.get("sms"),
        why=lines.get("why"),
        again=lines.get("again"),
        again_differently=lines.get("again_differently"),
        grown_up=lines.get("grown_up"),
        choices={code: labels.get(code, code) for code in keys},
        pictures=_looked_up(keys, table.pictures),
        synonyms=_looked_up(keys, table.synonyms),
        low=lines.get("low"),
        high=lines.get("high"),
        name=lines.get("name"),
    )
    missing = ([] if "text" in lines else ["text"]) + [f"choices.{code}" for code in keys if code not in labels]
    return Found(words, table.place, own, tuple(missing))


def who_keys(structure: Consultation, option: WhoOption) -> tuple[str, ...]:
    """The keys under which an option of who somebody is may have its words, nearest first."""
    several = any(role.code == option.role and len(role.bands) > 1 for role in structure.roles)
    return (option.code, option.band.value, option.role) if several else (option.role, option.band.value)


def _looked_up(keys: Mapping[str, tuple[str, ...]], texts: Mapping[str, _T]) -> dict[str, _T]:
    return {code: texts[key] for code, tries in keys.items() if (key := next((k for k in tries if k in texts), None))}


def taken_from(
    files: Files, question: Question, language: str, band: AgeBand
) -> tuple[tuple[WordingFile, QuestionTable], ...]:
    """The tables that a question's words come from, nearest first, with their files."""
    return tuple(_tables(files, question, language, band))
