"""Which words a language or an age band has to borrow, who looked over a translation, and Welsh in Wales.

In Wales the two languages are equals (Welsh Language (Wales) Measure 2011): there, what has no Welsh is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flows.definition import AgeBand, Consultation, Kind, Label, Nation, Question
from flows.effects import Notice
from flows.errors import Fault
from flows.pack_checks import is_for
from flows.pack_table import Place, listed
from flows.pack_wording import OWN_KINDS, WordingFile
from flows.pack_words import ENGLISH, Files, Laid, taken_from, who_keys

WELSH = "cy"
EFFECTS = "effects-on-welsh"
"""The question that a council in Wales asks about any plan (policy-making standards under the 2011 Measure)."""
_HOW = ("typed", "tapped", "form")
_SHOWN = 5
"""Names in one sentence; there may be fifty."""


def unreviewed(files: Iterable[WordingFile], original: str) -> Iterator[Fault]:
    """Translations that name nobody who looked them over; `original` is the language that was written first."""
    for file in files:
        if file.language != original and file.reviewed_by is None:
            problem = f"Nobody is named who looked over this translation from {original!r}"
            mend = 'Have a speaker read it, and write reviewed_by = "who, and when"'
            place = Place(file.file, lines=file.lines)
            yield place.fault("reviewed_by", "unreviewed", problem, mend, warning=True)


def fallbacks(consultation: Consultation, files: Files, laid: Laid) -> Iterator[Fault]:
    """What each language and band borrows: from another band, or from another language."""
    wales = consultation.nation is Nation.WALES
    for language in consultation.languages:
        for band in _bands(consultation):
            place = Place(f"wording/{language}.{band.value}.toml")
            asked = _asked(consultation, band)
            codes = [question.code for question in asked if not laid.found[language, band, question.code].own]
            in_welsh = wales and language == WELSH
            written = (language, band) in files.pack
            other = [
                *_notices(files, language, band, anyhow=in_welsh),
                *_own_lines(consultation, files, language, band),
            ]
            if in_welsh:
                names = [*(code for code in codes if _is_foreign(consultation, files, code, band)), *other]
                yield from _missing_welsh(place, names)
                codes = [code for code in codes if code not in names]
            elif other and (written or not codes):
                problem = f"{_some(other)}: said to {band.value} in another language than {language!r}"
                yield place.fault(None, "fallback", problem, "Write them under [say], or ask for them", warning=True)
            if codes:
                problem = f"{_some(codes)}: nobody has written words for {band.value} in {language!r}"
                mend = "Write this file; until then people get the nearest words there are"
                yield place.fault(None, "fallback", problem, mend, warning=True)
            if written and (unsaid := _elsewhere(files, language, band)):
                problem = f"{_some(unsaid)}: the pack has words of its own, but none for {band.value} in {language!r}"
                mend = "Write them here too; until then people get another band's, or Sayso's own"
                yield place.fault(None, "fallback", problem, mend, warning=True)


def welsh(consultation: Consultation, files: Files, top: Place) -> Iterator[Fault]:
    """Beside `fallbacks`, for a council in Wales: that Welsh is offered, and says no less than any other language."""
    if consultation.nation is not Nation.WALES:
        return
    if WELSH not in consultation.languages:
        problem = "A council in Wales asks in Welsh as well"
        yield top.fault("languages", "missing-welsh", problem, f'Add "{WELSH}" to languages, and its wording files')
        return
    if all(question.code != EFFECTS for question in consultation.questions):
        problem = "Nobody is asked what this would do to the Welsh language"
        mend = f"Add a question {EFFECTS}: docs/ready/{EFFECTS} has one with its words"
        yield top.fault(None, "welsh-effects", problem, mend, warning=True)
    for band in _bands(consultation):
        mine = files.pack.get((WELSH, band))
        for file in files.pack.values():
            if mine is not None and file.band is band and file.language != WELSH:
                yield from _says_less(mine, file)


def gaps(ours: Iterable[WordingFile]) -> Iterator[Fault]:
    """What Sayso itself has no words for in a language that it speaks, once, for the youngest band that misses it."""
    files = Files.of((), ours, ENGLISH)
    told: set[tuple[str, str]] = set()
    for band in AgeBand:
        for language in sorted({file.language for file in files.ours.values()} - {ENGLISH}):
            file = files.ours.get((language, band))
            if file is None:
                continue
            missing = (*_notices(files, language, band), *_own_gaps(files, language, band))
            names = [name for name in missing if (language, name) not in told]
            told.update((language, name) for name in names)
            if names:
                problem, mend = f"{_some(names)}: no words in {language!r}, so English is said", "Write them here"
                yield Place(file.file).fault(None, "fallback", problem, mend, warning=True)


def _bands(consultation: Consultation) -> list[AgeBand]:
    return [band for band in AgeBand if any(who.band is band for who in consultation.who_options)]


def _asked(consultation: Consultation, band: AgeBand) -> list[Question]:
    whos = [who for who in consultation.who_options if who.band is band]
    return [question for question in consultation.questions if any(is_for(question, who) for who in whos)]


def _notices(files: Files, language: str, band: AgeBand, *, anyhow: bool = False) -> list[str]:
    """Notices, labels and lines of kinds that are said in another language, where Sayso speaks this one at all.

    That it does not is one warning of its own (`system-language`); `anyhow` names every text all the same.
    """
    if not anyhow and not any(file.language == language for file in files.ours.values()):
        return []
    layers = list(files.layers(language, band))
    names = []
    for notice in Notice:
        names += _unless(f"say.{notice.value}", language, [file for file in layers if notice.value in file.say])
    for label in Label:
        names += _unless(f"labels.{label.value}", language, [file for file in layers if label.value in file.labels])
    for kind in Kind:
        for how in _HOW:
            having = [file for file in layers if getattr(file.kinds[kind], how) is not None]
            names += _unless(f"kinds.{kind.value}.{how}", language, having)
    return [name for name in names if name != f"say.{Notice.TITLE.value}"]


def _unless(name: str, language: str, having: Sequence[WordingFile]) -> list[str]:
    return [name] if having and having[0].language != language else []


def _own_lines(consultation: Consultation, files: Files, language: str, band: AgeBand) -> list[str]:
    """Options of Sayso's own questions that are said in another language beside others in this one."""
    names = []
    for question in _asked(consultation, band):
        shape = question.for_band(band)
        tables = taken_from(files, shape, language, band) if shape.kind in OWN_KINDS else ()
        if not tables or tables[0][0].language != language or (shape.kind is Kind.WHO and len(shape.choices) == 1):
            continue
        keys: dict[str, tuple[str, ...]] = {code: (code,) for code in shape.choices}
        if shape.kind is Kind.WHO:
            keys = {option.code: who_keys(consultation, option) for option in consultation.who_options}
        for code, tries in keys.items():
            spoken = [next((file.language for file, table in tables if key in table.choices), None) for key in tries]
            found = next((each for each in spoken if each is not None), language)
            names += [f"{shape.code}.choices.{code}"] if found != language else []
    return names


def _own_gaps(files: Files, language: str, band: AgeBand) -> list[str]:
    """What English has of Sayso's own questions for a band, and another language has not."""
    names = []
    for kind in OWN_KINDS if band is AgeBand.FOUR_TO_SEVEN else (Kind.WHO, Kind.YES_NO):
        english, mine = (
            [
                file.own[kind]
                for step in (band, *band.younger)
                if (file := files.ours.get((spoken, step))) and kind in file.own
            ]
            for spoken in (ENGLISH, language)
        )
        lines = dict.fromkeys(line for table in english for line in table.lines)
        options = dict.fromkeys(option for table in english for option in table.choices)
        names += [f"{kind.value}.{line}" for line in lines if not any(line in table.lines for table in mine)]
        names += [
            f"{kind.value}.choices.{each}" for each in options if not any(each in table.choices for table in mine)
        ]
    return names


def _elsewhere(files: Files, language: str, band: AgeBand) -> list[str]:
    """Notices that the pack words for another band of this language, and leaves to Sayso for this one."""
    mine = files.pack.get((language, band))
    others = [file for file in files.pack.values() if file.language == language and file.band is not band]
    said = {notice for file in others for notice in file.say} - (mine.say.keys() if mine else set())
    return [f"say.{notice.value}" for notice in Notice if notice.value in said]


def _is_foreign(consultation: Consultation, files: Files, code: str, band: AgeBand) -> bool:
    """Whether no band at all has Welsh words for a question."""
    tables = taken_from(files, consultation.question(code).for_band(band), WELSH, band)
    return not tables or tables[0][0].language != WELSH


def _missing_welsh(place: Place, names: Sequence[str]) -> Iterator[Fault]:
    if names:
        problem = f"{_some(names)}: no Welsh words"
        yield place.fault(None, "missing-welsh", problem, "Write them in Welsh: in Wales it is never second")


def _says_less(mine: WordingFile, other: WordingFile) -> Iterator[Fault]:
    """What another language says to the same band, and Welsh does not."""
    for notice in other.say.keys() - mine.say.keys():
        yield _unsaid(mine, ("say",), notice, other)
    for code, table in other.questions.items():
        if code in mine.questions:
            for line in table.lines.keys() - mine.questions[code].lines.keys() - {"sms"}:
                yield _unsaid(mine, ("questions", code), line, other)


def _unsaid(mine: WordingFile, path: tuple[str, ...], key: str, other: WordingFile) -> Fault:
    place = Place(mine.file, lines=mine.lines).below(*path)
    return place.fault(key, "missing-welsh", f"{other.file} says this, and here it is missing", "Write it in Welsh")


def _some(names: Sequence[str]) -> str:
    """The first few of many names."""
    if len(names) <= _SHOWN + 1:
        return listed(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
