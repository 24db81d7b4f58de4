"""What every question and notice of a pack costs by text message, as it is put together and filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from flows import asking, lint_sms
from flows.definition import Consultation, Kind, Words
from flows.effects import Manner
from flows.errors import Fault
from flows.lint_text import Finding
from flows.messages import Shows
from flows.pack_checks import is_for
from flows.pack_table import Place
from flows.pack_wording import WordingFile
from flows.pack_words import Found, Laid
from flows.phrases import Facts, Values, fill, known_to
from flows.state import State

_BY_TEXT: Final = Shows(buttons=False, emoji=False, joined=True, short=True)
_TYPICAL_URL: Final = "https://sayso.example.gov.uk"
_LINES: Final = {Manner.AGAIN: "again", Manner.AGAIN_DIFFERENTLY: "again_differently"}
_FOR_FEW: Final = Manner.AGAIN_DIFFERENTLY
"""Said to somebody who was not understood twice, with the question once more."""


def prices(consultation: Consultation, laid: Laid, wording: Iterable[WordingFile]) -> Iterator[Fault]:
    """An error where a question is too dear; advice for a notice (HELP has much to say) and for what few ever get."""
    for (language, band, code), found in laid.found.items():
        question = consultation.question(code).for_band(band)
        # Who somebody is, is asked before their age is known.
        bands = {option.band for option in consultation.who_options if is_for(question, option)}
        if band not in (bands if question.kind is not Kind.WHO else {consultation.youngest}):
            continue
        words = consultation.words_for(language, band)
        values = typical_values(consultation, words)
        again = [manner for manner, line in _LINES.items() if getattr(found.words, line) is not None]
        for manner in (Manner.FIRST, *again):
            text = asking.put(question, manner, words, _BY_TEXT, values, why=False).text
            dear = lint_sms.dear_text(text, warning=manner is _FOR_FEW)
            for finding in (*dear, *lint_sms.dear_characters(text)):
                yield _at(found.place, _key(found, manner), finding)
    for file in wording:
        yield from _notices(consultation, file)


def _notices(consultation: Consultation, file: WordingFile) -> Iterator[Fault]:
    words = consultation.words_for(file.language, file.band)
    for piece in file.pieces:
        if piece.notice is None or (piece.place.path == ("say",) and piece.notice.value in file.short):
            continue
        text = fill(piece.text, typical_values(consultation, words))
        for finding in (*lint_sms.dear_text(text, warning=True), *lint_sms.dear_characters(text)):
            yield _at(piece.place, piece.key, finding)


def _key(found: Found, manner: Manner) -> str:
    """The line of a question's table that could be made shorter."""
    return _LINES.get(manner, "text" if found.words.sms is None else "sms")


def typical_values(consultation: Consultation, words: Words) -> Values:
    """What usually stands for a name, as long as it usually is."""
    state = State(language=words.language, band=words.band)
    facts = Facts(public_url=_TYPICAL_URL, now=consultation.timetable.opens_at)
    known = known_to(consultation, state, facts, words)
    return lambda name: known(name) or name


def _at(place: Place, key: str, finding: Finding) -> Fault:
    return place.fault(key, finding.rule, finding.problem, finding.mend, warning=finding.warning)
