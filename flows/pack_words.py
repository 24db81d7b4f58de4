"""Every word that a pack can say to a language and a band: its own files, Sayso's, and what falls back on what.

Nearest first for a language and a band: the pack's file, Sayso's file, then the same for the next younger band and so
on; then all of that in the pack's own language, and in English. Questions that still have no words take those of the
pack's older bands. Every text knows which language it is really in, so that a page can say so.
"""

from __future__ import annotations

import itertools
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

    def of_pack(self, language: str, bands: Iterable[AgeBand]) -> Iterator[WordingFile]:
        """The pack's files in one language, for those bands that have one."""
        for step in bands:
            if file := self.pack.get((language, step)):
                yield file


def _older(band: AgeBand) -> tuple[AgeBand, ...]:
    return tuple(AgeBand)[tuple(AgeBand).index(band) + 1 :]


def nearest_bands(band: AgeBand) -> tuple[AgeBand, ...]:
    """All bands, nearest first: older ones last."""
    return (band, *band.younger, *_older(band))


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
    opening_bands: Mapping[str, AgeBand]
    """See `Consultation.opening_bands`."""


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
    return Laid(words, found, _opening_bands(structure, words))


def _opening_bands(structure: Consultation, words: Mapping[tuple[str, AgeBand], Words]) -> Mapping[str, AgeBand]:
    bands = tuple(AgeBand)[tuple(AgeBand).index(structure.youngest) :]
    found = {
        language: next((band for band in bands if _greets(words[language, band])), structure.youngest)
        for language in structure.languages
    }
    return {language: band for language, band in found.items() if band is not structure.youngest}


def _greets(words: Words) -> bool:
    """Whether somebody is greeted in the language that they asked for."""
    return words.language_of("say", Notice.WELCOME) == words.language


def opening_words(files: Files, language: str) -> Words:
    """What is said to somebody who is in no consultation, and whose age nobody knows."""
    spoken = (said(files, language, band) for band in AgeBand)
    return next((words for words in spoken if _greets(words)), said(files, language, AgeBand.FOUR_TO_SEVEN))


def said(files: Files, language: str, band: AgeBand) -> Words:
    """Everything but the questions."""
    layers = tuple(files.layers(language, band))
    texts: dict[tuple[str, str], tuple[str, str]] = {}
    for file in layers:
        for table, written in (("sms", file.short), ("say", file.say), ("labels", file.labels)):
            for key, text in written.items():
                # A shorter text counts as long as nothing nearer has said it at length: it would say something else.
                if table != "sms" or ("say", key) not in texts:
                    texts.setdefault((table, key), (text, file.language))
    if title := next(_titles(files, language, band), None):
        texts["say", Notice.TITLE.value] = title
    labels = _table(texts, "labels")
    return Words(
        language=language,
        band=band,
        say=_table(texts, "say"),
        questions={},
        reviewed_by=next((file.reviewed_by for file in files.of_pack(language, nearest_bands(band))), None),
        short=_table(texts, "sms"),
        labels={label.value: labels.get(label.value, label.value) for label in Label},
        kinds={kind: _kind(layers, kind) for kind in Kind},
        borrowed={place: spoken for place, (_, spoken) in texts.items() if spoken != language},
    )


def _table(texts: Mapping[tuple[str, str], tuple[str, str]], wanted: str) -> dict[str, str]:
    return {key: text for (table, key), (text, _) in texts.items() if table == wanted}


def _titles(files: Files, language: str, band: AgeBand) -> Iterator[tuple[str, str]]:
    """What the pack calls itself, wherever it says so, with the language: Sayso has no name for a consultation."""
    for spoken in files.languages(language):
        for file in files.of_pack(spoken, nearest_bands(band)):
            if Notice.TITLE.value in file.say:
                yield file.say[Notice.TITLE.value], spoken


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
    own = first.language == language and (alone or first.band is band)
    found = _worded(structure, question, table, own=own)
    return found if first.language == language else replace(found, words=replace(found.words, language=first.language))


def _tables(
    files: Files, question: Question, language: str, band: AgeBand
) -> Iterator[tuple[WordingFile, QuestionTable]]:
    """The tables that a question's words are taken from, nearest first; of a pack's own questions only the nearest.

    One band's text with another's help beside it would mix two voices. Sayso's own questions are laid under the pack's.
    A child is asked in words for children in another language rather than in words for adults in theirs: the notices
    around the question are in that language too, and an adult's question may have another shape.
    """
    if question.kind in OWN_KINDS:
        for spoken in files.languages(language):
            yield from _nearest(files.of_pack(spoken, nearest_bands(band)), question)
            for step in (band, *band.younger):
                file = files.ours.get((spoken, step))
                if file and (own := file.own.get(question.kind)):
                    yield file, own
        return
    reach = itertools.product(((band, *band.younger), _older(band)), files.languages(language))
    found = (_nearest(files.of_pack(spoken, bands), question) for bands, spoken in reach)
    yield from itertools.islice(itertools.chain.from_iterable(found), 1)


def _nearest(files: Iterable[WordingFile], question: Question) -> Iterator[tuple[WordingFile, QuestionTable]]:
    found = ((file, file.questions[question.code]) for file in files if question.code in file.questions)
    yield from itertools.islice(found, 1)


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
