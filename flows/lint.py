"""What is wrong with a pack, in its author's words: faults that keep it from working, and words that do not do.

The service needs the first kind mended (see `flows.pack`); `sayso check` insists on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from flows import asking, lint_rules
from flows.definition import AgeBand, Consultation, Kind, Label, Words
from flows.effects import Manner, Notice
from flows.errors import Fault
from flows.lint_rules import Finding
from flows.messages import Shows
from flows.pack import OURS, Draft, draft
from flows.pack_checks import is_for
from flows.pack_table import Faults, Place
from flows.pack_wording import Piece, WordingFile, read_wording
from flows.pack_words import Laid
from flows.phrases import Facts, Values, fill, known_to
from flows.state import State

_ASKED: Final = frozenset(("text", "sms"))
"""The lines of a question's table that put the question itself."""
_AT_LENGTH: Final = frozenset((Notice.HELP, Notice.PRIVACY, Notice.LOBBY_HELP, Notice.LOBBY_PRIVACY))
"""Answers to somebody who asked for all of it."""
_SET_APART: Final = frozenset(("not-sure", "dont-know", "none", "other", "prefer-not-to-say"))
_SHORT: Final = frozenset(("name", "low", "high"))
_LENGTHS: Final = frozenset(("words-per-sentence", "words-per-message", "sentences-per-message"))
_BY_TEXT: Final = Shows(buttons=False, emoji=False, joined=True, short=True)
_TYPICAL_URL: Final = "https://sayso.example.gov.uk"


def faults(files: Mapping[str, str], system: Mapping[str, str]) -> tuple[Fault, ...]:
    """Everything that is wrong with a pack, by file and line; see `flows.pack.read` for the arguments. Never raises."""
    return faults_of(draft(files, system))


def faults_of(made: Draft) -> tuple[Fault, ...]:
    """Everything that is wrong with a pack that was drafted already."""
    found = Faults(dict.fromkeys(made.faults))
    for file in made.wording:
        _add_all(found, _wording(file))
    if made.consultation is not None and made.laid is not None:
        _add_all(found, _questions(made.consultation, made.laid))
        _add_all(found, _texts(made.consultation, made.wording))
    return found.sorted


def system_faults(system: Mapping[str, str]) -> tuple[Fault, ...]:
    """What is wrong with Sayso's own words: the same rules, and in English for the youngest nothing may be missing."""
    found = Faults()
    for name in sorted(system):
        file = read_wording(f"{OURS}{name}", system[name], found, ours=True)
        if file is not None:
            _add_all(found, _wording(file))
            if (file.language, file.band) == ("en", AgeBand.FOUR_TO_SEVEN):
                _add_all(found, _incomplete(file))
    return found.sorted


def _add_all(found: Faults, more: Iterable[Fault]) -> None:
    for fault in more:
        found.add(fault)


def _wording(file: WordingFile) -> Iterator[Fault]:
    """Rules that look at one text, or at one question's table."""
    agreed = set(file.agreed)
    for fault in _as_written(file):
        if fault.rule in _LENGTHS and fault.key in file.agreed and not fault.warning:
            agreed.discard(fault.key)
            mend = "It was agreed to all the same; see whether it still has to be so long"
            yield replace(fault, mend=mend, warning=True)
        else:
            yield fault
    for key in sorted(agreed):
        problem, mend = f"Nothing has to be agreed to about {key!r}", "Leave it out of the list"
        yield Place(file.file, lines=file.lines).fault("agreed", "agreed", problem, mend, warning=True)


def _as_written(file: WordingFile) -> Iterator[Fault]:
    for piece in file.pieces:
        for finding in _findings(piece, file):
            yield _at(piece.place, piece.key, finding)
    for table in (*file.questions.values(), *file.own.values()):
        said = " ".join(table.lines[line] for line in ("text", "why") if line in table.lines)
        for finding in lint_rules.long_message(said, file.band):
            yield _at(table.place, "text", finding)


def _findings(piece: Piece, file: WordingFile) -> Iterator[Finding]:
    if _is_option(piece) or piece.key in _SHORT or piece.place.path[-1:] == ("labels",):
        return
    band = AgeBand.ADULT if piece.key == "grown_up" else file.band
    yield from lint_rules.long_sentences(piece.text, band)
    yield from lint_rules.secrecy(piece.text, file.language)
    if piece.question is None:
        if piece.notice not in _AT_LENGTH:
            yield from lint_rules.long_message(piece.text, band)
        return
    if piece.key not in {"text", "why"}:  # these two are said together
        yield from lint_rules.long_message(piece.text, band)
    if piece.key in _ASKED:
        yield from lint_rules.double_question(piece.text)


def _is_option(piece: Piece) -> bool:
    return piece.question is not None and piece.place.path[-1:] in {("choices",), ("pictures",), ("synonyms",)}


def _questions(consultation: Consultation, laid: Laid) -> Iterator[Fault]:
    """Rules that look at a question as it is put to a band, by text message for one."""
    for (language, band, code), found in laid.found.items():
        question = consultation.question(code).for_band(band)
        if not any(option.band is band and is_for(question, option) for option in consultation.who_options):
            continue
        count = len([each for each in question.choices if each not in question.alone | _SET_APART])
        for finding in lint_rules.many_options(count, band) if question.kind is not Kind.WHO else ():
            yield _at(found.place, "choices", finding)
        words = consultation.words_for(language, band)
        put = asking.put(question, Manner.FIRST, words, _BY_TEXT, _values(consultation, words), why=False)
        for finding in lint_rules.dear_text(put.text):
            yield _at(found.place, "sms" if found.words.sms else "text", finding)


def _texts(consultation: Consultation, wording: Iterable[WordingFile]) -> Iterator[Fault]:
    """What the pack's own notices cost by text message."""
    for file in wording:
        words = consultation.words_for(file.language, file.band)
        for piece in file.pieces:
            if piece.notice is None or (piece.place.path == ("say",) and piece.notice.value in file.short):
                continue
            for finding in lint_rules.dear_text(fill(piece.text, _values(consultation, words))):
                yield _at(piece.place, piece.key, finding)


def _values(consultation: Consultation, words: Words) -> Values:
    """What usually stands for a name, as long as it usually is."""
    state = State(language=words.language, band=words.band)
    facts = Facts(public_url=_TYPICAL_URL, now=consultation.timetable.opens_at)
    known = known_to(consultation, state, facts, words)
    return lambda name: known(name) or name


def _incomplete(file: WordingFile) -> Iterator[Fault]:
    for table, known, has in (
        ("say", [notice.value for notice in Notice], file.say),
        ("labels", [label.value for label in Label], file.labels),
    ):
        for key in known:
            if key not in has:
                problem = f"[{table}] has no {key!r}"
                yield Place(file.file, shown=table).fault(key, "missing-words", problem, "Write it here")


def _at(place: Place, key: str, finding: Finding) -> Fault:
    return place.fault(key, finding.rule, finding.problem, finding.mend, warning=finding.warning)
