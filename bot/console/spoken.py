"""How the console says what was answered, by whom and when: in English, or in the pack's own language."""

from __future__ import annotations

from bot.pages import ENGLISH
from bot.preview import CHANNEL_NAMES
from flows.answers import in_words
from flows.definition import AgeBand, Consultation, Kind, Question
from flows.values import Value


def label(pack: Consultation, code: str, band: AgeBand | None, value: Value) -> str:
    """An answer in words: its own, or the labels of what was chosen. `pack` is the version that it was given in."""
    question = pack.question(code).for_band(band)
    return in_words(value, question, pack.words_for(language_of(pack), band).questions[code])


def question_name(pack: Consultation, question: Question) -> str:
    """What a question is called in a list: its short name, where there is one."""
    oldest = max((band for role in pack.roles for band in role.bands), key=tuple(AgeBand).index)
    words = pack.words_for(language_of(pack), oldest).questions[question.code]
    return words.name or words.text


def readable(consultation: Consultation) -> tuple[Question, ...]:
    """The questions whose answers are read one by one: those about who somebody is are kept apart (rule R1.4)."""
    silent = (Kind.NOTE, Kind.WHO, Kind.HELPED_BY)
    return tuple(each for each in consultation.questions if each.kind not in silent and not each.equality)


def language_of(pack: Consultation) -> str:
    """The language in which officers are told what respondents see."""
    return ENGLISH if ENGLISH in pack.languages else pack.default_language


def code_in_words(code: str | None) -> str:
    """A role, a channel or who helped, as a word."""
    known: dict[str, str] = {**CHANNEL_NAMES, "parent-carer": "Parent or carer"}
    return "" if code is None else known.get(code, code.replace("-", " ").capitalize())


def band_in_words(band: AgeBand | None) -> str:
    """An age band as it is said."""
    if band is None:
        return ""
    return "Adult" if band is AgeBand.ADULT else f"{band.value.replace('-', ' to ')}"
