"""Translations that come back: what is wrong with them, and the wording files that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from flows.definition import AgeBand
from flows.errors import Fault
from flows.pack_table import listed, nearest
from flows.placeholders import names_in
from flows.toml_edit import Keys, Value, edited
from flows.translation import Book, Unit, as_read_back, units, value_at
from flows.translation_notes import is_short_form

_REVIEWED: Final = ("reviewed_by",)


@dataclass(frozen=True, slots=True)
class Offered:
    """One text as a translator sends it back."""

    place: str
    source: str
    translation: str
    """Empty where there is none (yet)."""
    fuzzy: bool = False
    """Somebody has to look at it again."""
    previous: str | None = None
    """The older source that it is a translation of, where the translator's tool says so."""
    line: int = 0
    """In the translator's file."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a translation was made from: so that it is noticed when that changes."""

    source: str
    translation: str
    fuzzy: bool = False
    previous: str | None = None

    def outdated(self, unit: Unit) -> tuple[bool, str | None]:
        """Whether a text's translation has to be looked at again, and the source that it was made from."""
        if not unit.translation or self.translation != unit.translation:
            return False, None  # it was written, or mended, in the wording file itself
        if self.source != unit.source:
            return True, self.previous if self.fuzzy and self.previous is not None else self.source
        return self.fuzzy, self.previous if self.fuzzy else None


Memory = Mapping[str, Remembered]
"""By place."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of a translator's file that has nothing wrong with it."""

    files: Mapping[str, str] = field(repr=False)
    """The wording files that change, by name, as they are to be."""
    memory: Memory = field(repr=False)
    texts: int
    """Translations in it."""
    changed: int
    """Those of them that say something else than the wording files did."""
    fuzzy: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Everything that is wrong with a translator's file."""

    faults: tuple[Fault, ...]


def take(
    book: Book,
    language: str,
    offered: Sequence[Offered],
    reviewers: Mapping[AgeBand, str | None],
    memory: Memory,
    *,
    file: str,
) -> Taken | Refused:
    """Lays translations into the wording files. What is empty in the translator's file stays as it is.

    `reviewers` says for each band in the translator's file who has reviewed it, None for nobody. `file` is what the
    translator's file is called in a fault.

    Raises:
        UneditableError: a wording file is written in a way that it cannot be edited in.
    """
    if unreadable := book.unreadable(language):
        return Refused(unreadable)
    known = {unit.place: unit for unit in (*units(book, language, everything=True), *units(book, language))}
    faults = [fault for each in offered for fault in _wrong(each, known, book, file)]
    faults += _twice(offered, file)
    if faults:
        return Refused(tuple(sorted(faults, key=lambda fault: fault.line)))
    given = [
        replace(each, translation=as_read_back(known[each.place].path, each.translation))
        for each in offered
        if each.translation.strip()
    ]
    files = _laid(book, language, [(known[each.place], each.translation) for each in given], reviewers)
    if broken := _broken(book, files, file):
        return Refused(broken)
    made_from = {each.place: Remembered(each.source, each.translation, each.fuzzy, each.previous) for each in given}
    remembered = {**memory, **made_from}
    return Taken(
        files={name: text for name, text in files.items() if text != book.texts.get(name)},
        memory={place: remembered[place] for place in known if place in remembered},
        texts=len(given),
        changed=sum(known[each.place].translation != each.translation for each in given),
        fuzzy=sum(each.fuzzy for each in given),
    )


# --- what is wrong with them ---


def _wrong(offered: Offered, known: Mapping[str, Unit], book: Book, file: str) -> Iterator[Fault]:
    unit = known.get(offered.place)
    if unit is None:
        near = nearest(offered.place, known)
        mend = f"Perhaps you mean {near}" if near else "Export the words again, and translate that file"
        yield _fault(file, offered, "po-place", f"{book.name} has no text at this place", mend)
        return
    if not offered.translation.strip():
        return
    if offered.source != unit.source and not offered.fuzzy:
        problem = f"This is no longer what is to be translated; that is now “{unit.source}”"
        mend = "Export once more and look at this translation again, or mark it as fuzzy"
        yield _fault(file, offered, "po-source", problem, mend)
    elif offered.translation != unit.translation and not unit.only_translated:
        yield from _names(offered, unit, file)


def _names(offered: Offered, unit: Unit, file: str) -> Iterator[Fault]:
    """Placeholders: a name that is not there would leave a sentence without its fact."""
    said = frozenset(names_in(offered.translation))
    allowed = unit.names
    if offered.fuzzy:
        # Older words may have had other names; whoever looks at them again will see to it.
        allowed |= {*names_in(offered.source), *names_in(offered.previous or "")}
    # A shorter form may say less.
    missing = () if offered.fuzzy or is_short_form(unit.path) else sorted(unit.names - said)
    for name in missing:
        mend = "Put it where it belongs in the sentence, as it is"
        yield _fault(file, offered, "po-placeholder", f"{{{name}}} is missing", mend)
    for name in sorted(said - allowed):
        kept = [f"{{{each}}}" for each in sorted(unit.names)]
        mend = f"Use only {listed(kept)}" if kept else "Leave it out: nothing is ever filled in here"
        yield _fault(file, offered, "po-placeholder", f"{{{name}}} is not in the source", mend)


def _fault(file: str, offered: Offered, rule: str, problem: str, mend: str) -> Fault:
    return Fault(file, offered.place, problem, mend, line=offered.line, rule=rule)


def _twice(offered: Iterable[Offered], file: str) -> Iterator[Fault]:
    seen: dict[str, Offered] = {}
    for each in offered:
        first = seen.setdefault(each.place, each)
        if first is not each:
            problem = f"This place has a text already, on line {first.line}"
            yield _fault(file, each, "po-place", problem, "Keep one of the two")


def _broken(book: Book, files: Mapping[str, str], file: str) -> tuple[Fault, ...]:
    """What the pack would not survive: two options with one label, an option called like a command, and so on."""
    after = book.rewritten(files)
    before = {(fault.file, fault.key, fault.rule) for fault in book.errors}
    new = [fault for fault in after.errors if (fault.file, fault.key, fault.rule) not in before] if after else []
    return tuple(Fault(file, f"{each.file}: {each.key}", each.problem, each.mend, rule=each.rule) for each in new)


# --- the files that hold them ---


def _laid(
    book: Book,
    language: str,
    given: Iterable[tuple[Unit, str]],
    reviewers: Mapping[AgeBand, str | None],
) -> dict[str, str]:
    changes: dict[AgeBand, dict[Keys, Value]] = {band: {} for band in reviewers}
    for unit, translation in given:
        if unit.translation != translation:
            changes.setdefault(unit.band, {})[unit.path] = value_at(unit.path, translation)
    files: dict[str, str] = {}
    for band, wanted in changes.items():
        name = book.file(language, band)
        if not wanted and name not in book.texts:
            continue  # a reviewer alone makes no file
        target = book.translated.get((language, band))
        before = target.reviewed_by.strip() if target and target.reviewed_by else None
        if before != reviewers.get(band):
            wanted[_REVIEWED] = reviewers.get(band)
        files[name] = edited(book.texts.get(name, ""), wanted)
    return files
