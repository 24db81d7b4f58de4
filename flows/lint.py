"""What is wrong with a pack, in its author's words: faults that keep it from working, and words that do not do.

The service needs the first kind mended (see `flows.pack`); `sayso check` insists on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flows import lint_rules
from flows.commands import word
from flows.definition import AgeBand, Command, Consultation, Kind, Label, Question
from flows.effects import Notice
from flows.errors import Fault
from flows.lint_rules import Finding
from flows.pack import OURS, Draft, draft
from flows.pack_checks import is_for
from flows.pack_table import Faults, Place
from flows.pack_wording import Piece, WordingFile, read_wording
from flows.pack_words import Laid
from flows.placeholders import names_in

_ASKED: Final = frozenset(("text", "sms"))
"""The lines of a question's table that put the question itself."""
_AT_LENGTH: Final = frozenset((Notice.HELP, Notice.PRIVACY, Notice.LOBBY_HELP, Notice.LOBBY_PRIVACY))
"""Answers to somebody who asked for all of it."""
_SET_APART: Final = frozenset(("not-sure", "dont-know", "none", "other", "prefer-not-to-say"))
_SHORT: Final = frozenset(("name", "low", "high"))


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
        text = _filled(consultation, language, band, found.words.sms or found.words.text)
        options = _numbered(question, found.words.choices)
        for finding in lint_rules.dear_text("\n".join((text, *options))):
            yield _at(found.place, "sms" if found.words.sms else "text", finding)


def _numbered(question: Question, labels: Mapping[str, str]) -> Iterator[str]:
    for number, code in enumerate(question.choices, 1):
        yield f"{number} {labels[code]}"


def _texts(consultation: Consultation, wording: Iterable[WordingFile]) -> Iterator[Fault]:
    """What the pack's own notices cost by text message."""
    for file in wording:
        for piece in file.pieces:
            if piece.notice is None or (piece.place.path == ("say",) and piece.notice.value in file.short):
                continue
            for finding in lint_rules.dear_text(_filled(consultation, file.language, file.band, piece.text)):
                yield _at(piece.place, piece.key, finding)


def _filled(consultation: Consultation, language: str, band: AgeBand, text: str) -> str:
    """A text with what usually stands for its placeholders, as long as it usually is."""
    known = {
        "title": consultation.words_for(language, band).say.get(Notice.TITLE.value, ""),
        "authority": consultation.authority,
        "contact": consultation.contact or "",
        "closing": "11:59pm on Friday 9 March 2018",
        "feedback_due": "30 September 2018",
        "url": f"https://sayso.example.gov.uk/chat/{consultation.slug}",
        "privacy_url": "https://sayso.example.gov.uk/privacy",
        "keyword": consultation.sms_keyword,
        **{command.value: word(command, language) for command in Command},
    }
    for name in names_in(text):
        text = text.replace(f"{{{name}}}", known.get(name, name))
    return text


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
