"""What only shows when a pack's questions, roles and words are looked at together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from flows.definition import AgeBand, Consultation, Kind, Question, WhoOption
from flows.errors import Fault
from flows.folding import fold
from flows.pack_table import Faults, Place, listed, nearest
from flows.pack_terms import taken_words
from flows.pack_wording import QuestionTable
from flows.pack_words import Files, Found, Laid, who_keys

_ONE_OPTION: Final = frozenset((Kind.WHO, Kind.HELPED_BY, Kind.ONE, Kind.YES_NO, Kind.SCALE, Kind.NUMBER))


def check_questions(structure: Consultation, places: Mapping[str, Place], faults: Faults) -> None:
    """Conditions that cannot hold, and questions and variants that nobody comes to."""
    here = Place("consultation.toml")
    sound = True
    for index, question in enumerate(structure.questions):
        place = places.get(question.code, here)
        for fault in _conditions(structure, question, structure.questions[:index], place):
            faults.add(fault)
            sound = False
    # With a condition that names nothing there is no telling who comes where.
    for question in structure.questions if sound else ():
        for fault in _reach(structure, question, places.get(question.code, here)):
            faults.add(fault)
    for who in structure.who_options:
        if (unannounced := _unannounced(structure, who)) is not None:
            problem = f"Nothing says to {who.band.value} why {unannounced.code!r} is asked"
            mend = "Put a 'note' right before it: why you ask, that they can skip it, that it is kept apart"
            faults.add(places.get(unannounced.code, here).fault(None, "equality", problem, mend))


def _unannounced(structure: Consultation, who: WhoOption) -> Question | None:
    """The first equality question of a role and band, where no statement stands right before it.

    A notice comes just before each new kind of data (Children's code, standard 4). Why a question is asked would not
    do: by text message it gives way to the question where both do not fit into one.
    """
    asked = [question.for_band(who.band) for question in structure.questions if is_for(question, who)]
    for before, question in zip((None, *asked), asked, strict=False):
        if question.equality:
            return None if before is not None and before.kind is Kind.NOTE else question
    return None


def _conditions(
    structure: Consultation, question: Question, earlier: tuple[Question, ...], place: Place
) -> Iterator[Fault]:
    known = {other.code: other for other in earlier}
    later = {other.code for other in structure.questions} - known.keys()
    for path, shape in _shapes(question):
        at = place.below(*path) if path else place
        for code, wanted in shape.show_if.items():
            if code == question.code:
                mend = "Name an earlier question, or leave it out"
                yield at.fault("show_if", "show-if", f"{code!r} waits for an answer to itself", mend)
            elif code in later:
                mend = "Ask the other question first"
                yield at.fault("show_if", "show-if", f"{code!r} is not asked before {question.code!r}", mend)
            elif code not in known:
                near = nearest(code, known)
                mend = f"Perhaps you mean {near!r}" if near else f"Use one of {listed(list(known))}"
                yield at.fault("show_if", "show-if", f"There is no question {code!r}", mend)
            elif known[code].equality and not question.equality:
                problem = f"Who is asked {question.code!r} would show what they said to the equality question {code!r}"
                yield at.fault("show_if", "equality", problem, "Leave the condition out, and ask everybody or nobody")
            else:
                yield from _wanted(at, known[code], wanted)


def _wanted(at: Place, other: Question, wanted: tuple[str, ...]) -> Iterator[Fault]:
    shapes = [shape for _, shape in _shapes(other)]
    if not any(shape.kind in _ONE_OPTION or shape.choices for shape in shapes):
        mend = "Make it depend on a question with options"
        yield at.fault("show_if", "show-if", f"{other.code!r} has no options that could decide", mend)
        return
    for option in wanted:
        if not any(can_be(shape, option) for shape in shapes):
            options = sorted({code for shape in shapes for code in shape.choices})
            mend = f"Use {listed(options)}" if options else "Use a number within its bounds"
            yield at.fault("show_if", "show-if", f"{other.code!r} has no option {option!r}", mend)


def _shapes(question: Question) -> Iterator[tuple[tuple[str, ...], Question]]:
    """The question in each of its shapes, with the path of its table."""
    yield (), question
    for band, shape in question.variants.items():
        yield ("variants", band.value), shape


def can_be(shape: Question, option: str) -> bool:
    """Whether an answer to the question can be (or have among it) that option."""
    if shape.kind not in {Kind.SCALE, Kind.NUMBER}:
        return option in shape.choices
    if not option.removeprefix("-").isdecimal():
        return False
    low, high = shape.minimum, shape.maximum
    return (low is None or low <= int(option)) and (high is None or int(option) <= high)


def _reach(structure: Consultation, question: Question, place: Place) -> Iterator[Fault]:
    if not any(way_to(structure, question, who) is not None for who in structure.who_options):
        yield place.fault(
            None,
            "unreachable",
            f"Nobody can come to {question.code!r}",
            "See whether its roles, bands and show_if can ever hold together",
        )
        return
    for band in question.variants:
        if not any(who.band is band and is_for(question, who) for who in structure.who_options):
            problem = f"Nobody of {band.value} is asked {question.code!r}"
            yield place.below("variants", band.value).fault(None, "unreachable", problem, "Leave this variant out")


def is_for(question: Question, who: WhoOption) -> bool:
    """Whether the question is for that role and band at all, whatever was answered before."""
    return (question.roles is None or who.role in question.roles) and (
        question.bands is None or who.band in question.bands
    )


def way_to(structure: Consultation, question: Question, who: WhoOption) -> Mapping[str, frozenset[str]] | None:
    """The options that somebody has to have chosen on their way to a question; None where there is no way."""
    if not is_for(question, who):
        return None
    needed: dict[str, frozenset[str]] = {}
    for code, wanted in question.for_band(who.band).show_if.items():
        other = structure.question(code)
        before = way_to(structure, other, who)
        shape = other.for_band(who.band)
        possible = frozenset(
            option for option in wanted if can_be(shape, option) and (shape.kind is not Kind.WHO or option == who.code)
        )
        if before is None or not possible:
            return None
        for each, options in (*before.items(), (code, possible)):
            needed[each] = _both(structure.question(each).for_band(who.band), needed.get(each), options)
    return None if any(not options for options in needed.values()) else needed


def _both(shape: Question, chosen: frozenset[str] | None, options: frozenset[str]) -> frozenset[str]:
    """Of the options already known to be among somebody's choice, those that leave room for one of `options` too."""
    if chosen is None:
        return options
    alone = shape.at_most == 1 or any(each <= shape.alone for each in (chosen, options))
    # Where several may be chosen, two conditions can hold through two options, unless one of these stands alone.
    return chosen & options if alone or shape.kind in _ONE_OPTION else chosen


def check_files(structure: Consultation, files: Files, faults: Faults) -> None:
    """Words for questions, options, languages and bands that the pack does not have."""
    used = {band for role in structure.roles for band in role.bands}
    for file in files.pack.values():
        whole = Place(file.file)
        if file.language not in structure.languages:
            mend = f"Add {file.language!r} to languages in consultation.toml"
            faults.add(whole.fault(None, "unused", "Nobody ever reads this language", mend, warning=True))
        if file.band not in used and not file.say:
            mend = "Give the band to a role in consultation.toml, or remove the file"
            faults.add(whole.fault(None, "unused", "No role has this age band", mend, warning=True))
        for code, table in file.questions.items():
            _check_table(structure, code, table, faults)


def _check_table(structure: Consultation, code: str, table: QuestionTable, faults: Faults) -> None:
    known = {question.code: question for question in structure.questions}
    if code not in known:
        near = nearest(code, known)
        mend = f"Perhaps you mean {near!r}" if near else f"Use one of {listed(list(known))}"
        place = Place(table.place.file, table.place.path[:-1], "questions", table.place.lines)
        faults.add(place.fault(code, "unknown-question", f"The pack asks no question {code!r}", mend))
        return
    options = {option for _, shape in _shapes(known[code]) for option in shape.choices}
    if known[code].kind is Kind.WHO:
        options |= {key for option in structure.who_options for key in who_keys(structure, option)}
    for name, texts in (("choices", table.choices), ("pictures", table.pictures), ("synonyms", table.synonyms)):
        for option in texts.keys() - options:
            near = nearest(option, options)
            mend = (
                f"Perhaps you mean {near!r}"
                if near
                else f"Use {listed(sorted(options))}"
                if options
                else "Leave it out"
            )
            place = table.place.below(name)
            faults.add(place.fault(option, "unknown-option", f"{code!r} has no option {option!r}", mend))


def check_words(structure: Consultation, top: Place, files: Files, laid: Laid, faults: Faults) -> None:
    """Words that nobody has written, and labels that cannot be told apart from each other or from a command."""
    for language in structure.languages:
        for band in AgeBand:
            whos = [who for who in structure.who_options if who.band is band]
            asked = [question for question in structure.questions if any(is_for(question, who) for who in whos)]
            for question in asked:
                _check_found(structure, question.for_band(band), laid, language, band, faults)
        if not any(file.language == language for file in files.ours.values()):
            faults.add(_unspoken(top, language))


def _unspoken(top: Place, language: str) -> Fault:
    problem = f"Sayso itself does not speak {language!r} yet"
    mend = "People get its own messages in another language, unless the pack words them in its [say]"
    return top.fault("languages", "system-language", problem, mend, warning=True)


def _check_found(
    structure: Consultation, shape: Question, laid: Laid, language: str, band: AgeBand, faults: Faults
) -> None:
    found = laid.found[language, band, shape.code]
    alone = shape.kind is Kind.WHO and len(shape.choices) == 1  # that question is never put
    for key in found.missing if not alone else ():
        line, _, option = key.partition(".")
        what = f"no label for {option!r}" if option else "no words"
        problem = f"{shape.code!r} has {what} for {band.value} in {language!r}"
        place = found.place.below(line) if option else found.place
        faults.add(place.fault(option or line, "missing-words", problem, "Write it here"))
    labels = {code: label for code, label in found.words.choices.items() if f"choices.{code}" not in found.missing}
    faults_of_labels = _labels_apart(labels, found.place.below("choices")) if not alone else ()
    for fault in faults_of_labels:
        faults.add(fault)
    _check_reserved(structure, shape, found, labels, faults)


def _check_reserved(
    structure: Consultation, shape: Question, found: Found, labels: Mapping[str, str], faults: Faults
) -> None:
    """By text message such a word never arrives as an answer."""
    yes = frozenset(("yes",))
    taken = taken_words(structure.languages) - (yes if shape.kind is Kind.YES_NO else frozenset())
    for name, code, text in (
        *(("choices", code, label) for code, label in labels.items()),
        *(("synonyms", code, text) for code, texts in found.words.synonyms.items() for text in texts),
    ):
        starts = fold(text) == fold(structure.sms_keyword)
        if fold(text) in taken or starts:
            mend = f"Use more or other words, such as {'I choose ' + text!r}"
            if fold(text) in yes:
                mend += ', or make the question one of kind = "yes-no"'
            what = "starts the consultation" if starts else "already means something else in every conversation"
            faults.add(found.place.below(name).fault(code, "reserved-word", f"{text!r} {what}", mend))


def _labels_apart(labels: Mapping[str, str], place: Place) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for number, (code, label) in enumerate(labels.items(), 1):
        folded = fold(label)
        if folded in seen:
            problem = f"{label!r} reads like the option {seen[folded]!r}"
            yield place.fault(code, "labels-alike", problem, "Use words that differ in more than case and signs")
        seen.setdefault(folded, code)
        if folded.isdecimal() and int(folded) != number and int(folded) <= len(labels):
            problem = f"{label!r} is option number {number}: somebody who sends {folded} may mean either"
            yield place.fault(code, "label-is-a-number", problem, "Add a word to it, or change the order", warning=True)
