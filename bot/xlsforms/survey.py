"""The rows of a form's survey, read into questions that a pack can ask, or refused by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from bot.xlsforms.expressions import Conditions, UnsayableError, both, bounds, conditions
from bot.xlsforms.form import LONGEST_CODE, Asked, Form, code_of
from bot.xlsforms.languages import heading_of
from bot.xlsforms.others import OTHER, asks_which, label_of_other
from bot.xlsforms.parameters import Range, read_range
from bot.xlsforms.sheets import Book, Findings, Row, Shape, Type
from bot.xlsforms.texts import (
    AGAIN,
    CODE_RULE,
    HINT,
    LABEL,
    Choice,
    Languages,
    Lists,
    read_languages,
    read_lists,
    read_settings,
)
from flows.definition import PREFER_NOT_TO_SAY, Kind, Question

WHO: Final = "who"
_YES_NO: Final = frozenset(("yes", "no", "not-sure", PREFER_NOT_TO_SAY))
_TRUE: Final = frozenset(("yes", "true", "true()"))
_FALSE: Final = frozenset(("no", "false", "false()"))
_CHOSEN: Final = frozenset((Kind.WHO, Kind.ONE, Kind.YES_NO, Kind.MANY, Kind.RANK))
_REFUSED_COLUMNS: Final = (
    (("choice_filter",), "filters its choices (choice_filter). Write a list of choices for each case"),
    (("bind", "calculate"), "is calculated. A conversation can only ask"),
    (("trigger",), "waits for another question to change (trigger). Use relevant"),
    (("bind", "entities:saveto"), "is saved to an entity (save_to). A pack has none"),
)
_UNASKABLE: Final = "A conversation cannot ask for that. Take the row out, or ask for a text or a choice instead"

TypeOf = Callable[[str], Type]


def read_form(book: Book, type_of: TypeOf, asked_for: str | None, findings: Findings) -> Form:
    """What a pack can have of the form; whether that is all of it is for `findings` to say.

    `asked_for` is the language that headings which name none are in, where the author says so.
    """
    typed = [(row, type_of(text)) for row in book.survey.rows if (text := _type_text(row, findings)) is not None]
    in_survey = [(what.setting, name) for row, what in typed if what.setting and (name := row.take("name"))]
    settings = read_settings(book, in_survey, findings)
    languages = read_languages(book, settings, asked_for, findings)
    survey = _Survey(languages, read_lists(book, languages, findings), findings)
    for row, what in typed:
        survey.read(row, what)
        findings.leftover(row)
    survey.finish()
    return Form(
        title=settings.title,
        form_id=settings.form_id,
        keyword=settings.keyword,
        default_language=languages.default,
        languages=languages.codes,
        roles=survey.roles,
        asked=tuple(survey.asked),
    )


def _type_text(row: Row, findings: Findings) -> str | None:
    if (off := row.take("disabled")) is not None and off.strip().lower() in _TRUE:
        findings.note(row.place, "left out, because the form has disabled it.")
        return None
    text = row.take("type")
    if text is None:
        findings.refuse(row.place, "it has no type. Write one, or take the row out.")
    return text


@dataclass(slots=True)
class _Survey:
    """The questions so far."""

    languages: Languages
    lists: Lists
    findings: Findings
    asked: list[Asked] = field(default_factory=list[Asked])
    roles: tuple[str, ...] = ()
    groups: list[Conditions] = field(default_factory=list[Conditions])
    """What the groups around the next row ask, outermost first."""
    refused: set[str] = field(default_factory=set[str])
    """Names of questions that are refused: what depends on them need not be refused too."""
    used: set[str] = field(default_factory=set[str])
    choices_of: dict[str, tuple[Choice, ...]] = field(default_factory=dict[str, tuple[Choice, ...]])

    def read(self, row: Row, what: Type) -> None:
        match what.shape:
            case Shape.SETTING | Shape.END_REFUSED:
                pass
            case Shape.DEVICE:
                row.take("name")
                self.findings.note(
                    row.place, f"{what.said!r} left out: Sayso keeps times itself, and nothing of a device."
                )
            case Shape.BEGIN:
                self._begin(row)
            case Shape.END:
                row.take("name")
                if self.groups:
                    self.groups.pop()
                else:
                    self.findings.refuse(row.place, "it ends a group that was never begun.")
            case Shape.REFUSED:
                self._refuse(row, what)
            case Shape.TEXT | Shape.INTEGER | Shape.ONE | Shape.MANY | Shape.RANK | Shape.RANGE | Shape.NOTE:
                self._ask(row, what)
            case _:
                assert_never(what.shape)

    def finish(self) -> None:
        """Says what only shows at the end."""
        if self.groups:
            self.findings.refuse("survey", "a group is begun and never ended. Add a row with the type end_group.")
        for name in self.lists.keys() - self.used:
            self.findings.note("choices", f"no question uses the list {name!r}, which is left out.")
        if (
            not any(each.question.kind not in {Kind.NOTE, Kind.WHO} for each in self.asked)
            and not self.findings.refused
        ):
            self.findings.refuse("survey", "it asks nothing. Add a row with a type such as text.")

    # --- rows that ask nothing ---

    def _refuse(self, row: Row, what: Type) -> None:
        name = row.take("name") or ""
        self.refused.add(name)
        row.cells.clear()
        self.findings.refuse(row.place, f"{name!r} is of the type {what.said!r}. {_UNASKABLE}.")

    def _begin(self, row: Row) -> None:
        name = row.take("name") or ""
        texts = self.languages.take(row, LABEL, self.findings)
        if texts:
            self.findings.note(row.place, f"the label of the group {name!r} is not said: only its questions are asked.")
        self.groups.append(self._conditions(row, row.take("bind", "relevant"), name))

    # --- questions ---

    def _ask(self, row: Row, what: Type) -> None:
        if (row.take("bind", "readonly") or "").lower() in _TRUE and what.shape is Shape.TEXT:
            what = replace(what, shape=Shape.NOTE)
        name = row.take("name") or (f"note_{row.number}" if what.shape is Shape.NOTE else "")
        before = len(self.findings.refused)
        code = self._code(row, name)
        self._refuse_columns(row, name)
        question = self._shaped(row, what, Question(code, Kind.TEXT))
        question = self._required(row, self._relevant(row, question, name))
        options = self._options(row, what, question, name)
        question, labels = self._labelled(question, options)
        question = self._constrained(row, what, question)
        lines = self._lines(row, question, name)
        if len(self.findings.refused) > before:
            self.refused.add(name)
        if question.kind is Kind.WHO:
            self.roles = question.choices
        self.choices_of[name] = options
        self.asked.append(Asked(row.place, name, question, lines, labels))
        if what.other:
            self._which(row, question, name)

    def _code(self, row: Row, name: str) -> str:
        code = code_of(name)
        if not name:
            self.findings.refuse(row.place, "the question has no name. Write a short one into the column name.")
        elif code is None:
            self.findings.refuse(row.place, f"the name {name!r} cannot be a code. {CODE_RULE}")
        elif (same := next((each for each in self.asked if each.question.code == code), None)) is not None:
            self.findings.refuse(row.place, f"the name {name!r} is too like {same.name!r} ({same.place}).")
        elif code != name.replace("_", "-"):
            self.findings.note(row.place, f"{name!r} is called {code!r} in the pack.")
        return code or ""

    def _refuse_columns(self, row: Row, name: str) -> None:
        for column, reason in _REFUSED_COLUMNS:
            if (text := row.take(*column)) is not None:
                self.findings.refuse(row.place, f"{name!r} {reason} ({text}).")

    def _shaped(self, row: Row, what: Type, plain: Question) -> Question:
        match what.shape:
            case Shape.INTEGER:
                return replace(plain, kind=Kind.NUMBER)
            case Shape.ONE if plain.code == WHO:
                if self.asked:
                    self.findings.refuse(
                        row.place, "'who' sets the role that people answer in. Ask it first, or rename it."
                    )
                return replace(plain, kind=Kind.WHO)
            case Shape.ONE:
                return replace(plain, kind=Kind.ONE)
            case Shape.MANY:
                return replace(plain, kind=Kind.MANY)
            case Shape.RANK:
                return replace(plain, kind=Kind.RANK)
            case Shape.RANGE:
                return self._ranged(row, read_range(row, self.findings), plain)
            case Shape.NOTE:
                return replace(plain, kind=Kind.NOTE)
            case _:
                return plain

    def _ranged(self, row: Row, found: Range, plain: Question) -> Question:
        if not found.is_scale:
            self.findings.note(row.place, "the range is too long to choose from, so it is asked as a number.")
        kind = Kind.SCALE if found.is_scale else Kind.NUMBER
        return replace(plain, kind=kind, minimum=found.start, maximum=found.end)

    def _relevant(self, row: Row, question: Question, name: str) -> Question:
        own = self._conditions(row, row.take("bind", "relevant"), name)
        try:
            whole: Conditions = {}
            for each in (*self.groups, own):
                whole = both(whole, each, self._singles)
        except UnsayableError as error:
            self.findings.refuse(row.place, f"{name!r} and its group cannot be asked together: {error}.")
            whole = own
        roles = frozenset(whole[WHO]) if WHO in whole and self.roles else None
        show_if = {code: options for code, options in whole.items() if code != WHO or not self.roles}
        return replace(question, roles=roles, show_if=show_if)

    @property
    def _singles(self) -> frozenset[str]:
        single = (Kind.WHO, Kind.ONE, Kind.YES_NO, Kind.SCALE, Kind.NUMBER)
        return frozenset(each.question.code for each in self.asked if each.question.kind in single)

    def _conditions(self, row: Row, expression: str | None, name: str) -> Conditions:
        """A `relevant`, with the codes of questions and options in the place of their names."""
        if expression is None:
            return {}
        singles = {each.name for each in self.asked if each.question.code in self._singles}
        try:
            found = conditions(_straight(expression), singles)
            if self.refused & found.keys():
                return {}
            return {self._known(other).question.code: self._chosen(other, options) for other, options in found.items()}
        except UnsayableError as error:
            self.findings.refuse(
                row.place, f"{name!r} depends on {expression!r}, which a pack cannot say: {error}. {RELEVANT_RULE}"
            )
            return {}

    def _known(self, name: str) -> Asked:
        found = next((each for each in self.asked if each.name == name), None)
        if found is None:
            raise UnsayableError(f"no question before it is called {name!r}")
        return found

    def _chosen(self, name: str, options: tuple[str, ...]) -> tuple[str, ...]:
        other = self._known(name).question
        if other.kind in {Kind.NUMBER, Kind.SCALE}:
            return options
        if other.kind not in _CHOSEN:
            raise UnsayableError(f"{name!r} has no choices that could decide")
        codes = {choice.name: choice.code for choice in self.choices_of[name]}
        for option in options:
            if option not in codes:
                raise UnsayableError(f"{name!r} has no choice {option!r}")
        return tuple(codes[option] for option in options)

    def _required(self, row: Row, question: Question) -> Question:
        said = (row.take("bind", "required") or "no").strip()
        if said.lower() not in _TRUE | _FALSE:
            self.findings.refuse(row.place, f"it is required only where {said!r}. A pack says yes or no.")
        if question.kind in {Kind.NOTE, Kind.WHO}:
            return question
        return replace(question, optional=said.lower() not in _TRUE)

    def _options(self, row: Row, what: Type, question: Question, name: str) -> tuple[Choice, ...]:
        if question.kind not in _CHOSEN:
            return ()
        self.used.add(what.list_name)
        options = self.lists.get(what.list_name, ())
        if not options:
            self.findings.refuse(
                row.place, f"{name!r} has no choices: the sheet choices has no list {what.list_name!r}."
            )
        if what.other and question.kind in {Kind.WHO, Kind.RANK}:
            self.findings.refuse(row.place, f"{name!r} cannot have 'or_other': write its choices out.")
        if what.other and all(option.code != OTHER for option in options):
            options = (*options, Choice(OTHER, OTHER, label_of_other(self.languages.codes), row.place))
        return options

    def _labelled(self, question: Question, options: tuple[Choice, ...]) -> tuple[Question, dict[str, dict[str, str]]]:
        codes = tuple(option.code for option in options)
        if question.kind is Kind.ONE and {"yes", "no"} <= set(codes) <= _YES_NO:
            question = replace(question, kind=Kind.YES_NO)
        labels: dict[str, dict[str, str]] = {}
        for option in options:
            for language, label in self._everywhere(option.place, f"the choice {option.name!r}", option.labels).items():
                labels.setdefault(language, {})[option.code] = label
        return replace(question, choices=codes), labels

    def _constrained(self, row: Row, what: Type, question: Question) -> Question:
        written = row.take("bind", "constraint")
        for expression in (each for each in (what.constraint, written) if each is not None):
            try:
                question = self._bounded(question, expression)
            except UnsayableError as error:
                self.findings.refuse(
                    row.place, f"its constraint {expression!r} is none that a pack can say: {error}. {CONSTRAINT_RULE}"
                )
        return question

    def _bounded(self, question: Question, expression: str) -> Question:
        found = bounds(_straight(expression))
        numbers = found.minimum is not None or found.maximum is not None
        if numbers and question.kind not in {Kind.NUMBER, Kind.SCALE}:
            raise UnsayableError("only a number has bounds")
        if (found.at_most is not None or found.alone) and question.kind is not Kind.MANY:
            raise UnsayableError("only several choices can be counted")
        codes = {choice: code_of(choice) or choice for choice in found.alone}
        for name, code in codes.items():
            if code not in question.choices:
                raise UnsayableError(f"there is no choice {name!r}")
        lows = [each for each in (question.minimum, found.minimum) if each is not None]
        highs = [each for each in (question.maximum, found.maximum) if each is not None]
        return replace(
            question,
            minimum=max(lows, default=None),
            maximum=min(highs, default=None),
            at_most=question.at_most if found.at_most is None else found.at_most,
            alone=question.alone | frozenset(codes.values()),
        )

    # --- words ---

    def _lines(self, row: Row, question: Question, name: str) -> dict[str, dict[str, str]]:
        texts = self.languages.take(row, LABEL, self.findings)
        if not texts:
            self.findings.refuse(row.place, f"{name!r} has no label. Write what people are asked.")
        lines = {language: {"text": text} for language, text in self._everywhere(row.place, repr(name), texts).items()}
        for key, column in (("why", HINT), ("again", AGAIN)):
            for language, text in self.languages.take(row, column, self.findings).items():
                if question.kind is Kind.NOTE and key == "again":
                    continue
                lines.setdefault(language, {})[key] = text
        return lines

    def _everywhere(self, place: str, what: str, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts in every language of the form: where one is missing, the default language's stands in for it."""
        whole = dict(texts)
        standing_in = texts.get(self.languages.default) or next(iter(texts.values()), None)
        missing = [language for language in self.languages.codes if language not in texts]
        if standing_in is not None and missing:
            whole.update(dict.fromkeys(missing, standing_in))
            listed = ", ".join(heading_of(language) for language in missing)
            self.findings.note(place, f"{what} has no label in {listed}, where another language stands in for it.")
        return whole

    def _which(self, row: Row, question: Question, name: str) -> None:
        """The open question that `or_other` stands for."""
        code = f"{question.code}-{OTHER}"
        if len(code) > LONGEST_CODE:
            self.findings.refuse(row.place, f"the name {name!r} is too long for a question about 'other' after it.")
        which = Question(
            code,
            Kind.TEXT,
            optional=True,
            show_if={question.code: (OTHER,)},
            roles=question.roles,
            bands=question.bands,
        )
        lines = {language: {"text": text} for language, text in asks_which(self.languages.codes).items()}
        self.asked.append(Asked(row.place, f"{name}_{OTHER}", which, lines, {}))
        self.findings.note(
            row.place, f"'or_other' became a choice 'other' and the question {code!r}. Look at their words."
        )


def _straight(expression: str) -> str:
    """With straight quotation marks, which is how pyxform reads an expression that a word processor has bent."""
    return expression.translate(_QUOTES)


_QUOTES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
RELEVANT_RULE: Final = "It can say ${q} = 'a' and selected(${q}, 'a'), with 'or' within a question and 'and' between."
CONSTRAINT_RULE: Final = "It can say . >= 1 and . <= 5, or count-selected(.) <= 3."
