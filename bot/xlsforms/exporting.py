"""A pack into a form: what one age band is asked, in every language, in rows as XLSForm has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from bot.xlsforms.form import name_of, option_name_of
from bot.xlsforms.languages import heading_of
from flows.definition import AgeBand, Consultation, Kind, Question, QuestionWords
from flows.effects import Notice

_PLAIN: Final = ("type", "name", "relevant", "required", "constraint", "parameters")
_SPOKEN: Final = ("label", "hint", "constraint_message")
_LEFT_OUT: Final[Mapping[str, str]] = {
    "sms": "shorter texts for text messages",
    "again_differently": "what is said the second time that an answer is not understood",
    "grown_up": "lines for the grown-up beside a young child",
    "name": "short names of questions",
    "low": "what the low ends of scales mean",
    "high": "what the high ends of scales mean",
    "pictures": "pictures beside options",
    "synonyms": "other words for options",
}
_ALONE: Final = "not(selected(., '{}') and count-selected(.) > 1)"

Table = list[dict[str, str]]
"""Rows of a sheet, by heading."""


@dataclass(slots=True)
class Sheets:
    """A form's three sheets, and what the pack says that they cannot."""

    survey: Table = field(default_factory=list[dict[str, str]])
    choices: Table = field(default_factory=list[dict[str, str]])
    settings: Table = field(default_factory=list[dict[str, str]])
    notes: list[str] = field(default_factory=list[str])


def sheets(consultation: Consultation, band: AgeBand) -> Sheets:
    """The form of what a band is asked, with a note for everything that does not fit into one."""
    form = _Form(consultation, band)
    for question in consultation.questions:
        form.add(question.for_band(band))
    form.finish()
    return form.sheets


class _Form:
    """A form that is being filled."""

    def __init__(self, consultation: Consultation, band: AgeBand) -> None:
        self._pack = consultation
        self._band = band
        self._roles = tuple(option for option in consultation.who_options if option.band is band)
        self._asked: dict[str, Question] = {}
        self._lists: dict[tuple[tuple[tuple[str, str], ...], ...], str] = {}
        self._left_out: dict[str, list[str]] = {}
        self.sheets = Sheets()
        self.sheets.settings.append(
            {
                "form_title": self._title(None),
                "form_id": consultation.slug,
                "sms_keyword": consultation.sms_keyword,
                "default_language": heading_of(consultation.default_language),
            }
        )

    def _title(self, language: str | None) -> str:
        words = self._pack.words_for(language or self._pack.default_language, self._band)
        return words.say.get(Notice.TITLE.value, self._pack.slug)

    def add(self, question: Question) -> None:
        """Adds a question's rows, where somebody of the band is asked it and a form can say when."""
        roles = [role.role for role in self._roles if question.roles is None or role.role in question.roles]
        waits = {code: self._possible(code, options) for code, options in question.show_if.items()}
        if not roles or (question.bands is not None and self._band not in question.bands):
            self._note("asked of other bands", question)
        elif question.kind is Kind.HELPED_BY:
            self._note("asked by Sayso itself", question)
        elif question.kind is Kind.WHO and len(self._roles) == 1:
            self._note("not needed, because there is one role", question)
        elif not all(waits.values()):
            self._note("waits for an answer that nobody gives here", question)
        else:
            self._asked[question.code] = question
            self.sheets.survey.append(self._row(question, roles, waits))

    def finish(self) -> None:
        others = [language for language in self._pack.languages if self._title(language) != self._title(None)]
        if others:
            self.sheets.notes.append(f"titles in other languages: {', '.join(map(heading_of, others))}.")
        for reason, codes in self._left_out.items():
            self.sheets.notes.append(f"{reason}: {', '.join(codes)}.")
        self.sheets.notes.append(
            "authority, dates, laws, roles' closing times, themes and Sayso's own messages: a form has no place for "
            "them."
        )

    def _possible(self, code: str, options: Sequence[str]) -> tuple[str, ...]:
        """Those of the options that the form's question of that code has, as the form calls them."""
        other = self._asked.get(code)
        if other is None:
            return ()
        if other.kind in {Kind.NUMBER, Kind.SCALE}:
            return tuple(options)
        names = self._options(other)
        return tuple(option_name_of(names[option]) for option in options if option in names)

    def _note(self, reason: str, question: Question) -> None:
        codes = self._left_out.setdefault(reason, [])
        if question.code not in codes:
            codes.append(question.code)

    def _row(self, question: Question, roles: Sequence[str], waits: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        row = {
            "type": self._type(question),
            "name": name_of(question.code),
            "relevant": self._relevant(roles, waits),
            "required": "" if question.optional or question.kind is Kind.NOTE else "yes",
            "constraint": self._constraint(question),
            "parameters": f"start={question.minimum} end={question.maximum} step=1"
            if question.kind is Kind.SCALE
            else "",
        }
        for language, words in self._words(question):
            said = (words.text, words.why, words.again)
            for column, text in zip(_SPOKEN, said, strict=True):
                row[f"{column}::{heading_of(language)}"] = text or ""
            for key, reason in _LEFT_OUT.items():
                if getattr(words, key):
                    self._note(reason, question)
        if question.equality:
            self._note("no longer marked as equality questions, which are kept apart", question)
        return row

    def _words(self, question: Question) -> Iterator[tuple[str, QuestionWords]]:
        """The question's words in each language that somebody has written them in for this band or a younger one."""
        for language in self._pack.languages:
            words = self._pack.words_for(language, self._band)
            if words.language_of_question(question.code) == language:
                yield language, words.questions[question.code]
            else:
                self._note(f"not worded in {heading_of(language)}", question)

    def _type(self, question: Question) -> str:
        match question.kind:
            case Kind.TEXT | Kind.NOTE:
                return question.kind.value
            case Kind.NUMBER:
                return "integer"
            case Kind.SCALE:
                return "range"
            case Kind.WHO | Kind.ONE | Kind.YES_NO | Kind.HELPED_BY:
                return f"select_one {self._list(question)}"
            case Kind.MANY:
                return f"select_multiple {self._list(question)}"
            case Kind.RANK:
                if question.at_most is not None:
                    self._note("how many are ranked", question)
                return f"rank {self._list(question)}"
            case _:
                assert_never(question.kind)

    def _list(self, question: Question) -> str:
        """The name of the question's list of choices. Questions with the same choices share one."""
        named = self._options(question)
        spoken = [(f"label::{heading_of(code)}", words.choices) for code, words in self._words(question)]
        rows = [
            {"name": option_name_of(name), **{heading: labels[option] for heading, labels in spoken}}
            for option, name in named.items()
        ]
        same = tuple(tuple(row.items()) for row in rows)
        if same not in self._lists:
            self._lists[same] = name_of(question.code)
            self.sheets.choices.extend({"list_name": self._lists[same], **row} for row in rows)
        return self._lists[same]

    def _options(self, question: Question) -> dict[str, str]:
        """Option to the code that it has in the form: for who somebody is, their role without the band."""
        if question.kind is Kind.WHO:
            return {role.code: role.role for role in self._roles}
        return {code: code for code in question.choices}

    def _relevant(self, roles: Sequence[str], waits: Mapping[str, tuple[str, ...]]) -> str:
        asked = [_condition(self._asked[code], options) for code, options in waits.items()]
        who = next((each for each in self._asked.values() if each.kind is Kind.WHO), None)
        if len(roles) < len(self._roles) and who is not None:
            asked.insert(0, _condition(who, [option_name_of(role) for role in roles]))
        return " and ".join(f"({each})" if " or " in each and len(asked) > 1 else each for each in asked)

    def _constraint(self, question: Question) -> str:
        bounds = []
        if question.kind is Kind.NUMBER:
            bounds += [f". >= {question.minimum}"] if question.minimum is not None else []
            bounds += [f". <= {question.maximum}"] if question.maximum is not None else []
        if question.kind is Kind.MANY:
            bounds += [f"count-selected(.) <= {question.at_most}"] if question.at_most is not None else []
            bounds += [_ALONE.format(option_name_of(code)) for code in question.choices if code in question.alone]
        return " and ".join(bounds)


def _condition(other: Question, options: Sequence[str]) -> str:
    name = name_of(other.code)
    if other.kind in {Kind.NUMBER, Kind.SCALE}:
        pattern = "${{{}}} = {}"
    else:
        pattern = "selected(${{{}}}, '{}')" if other.kind in {Kind.MANY, Kind.RANK} else "${{{}}} = '{}'"
    return " or ".join(pattern.format(name, option) for option in options)


def headings(rows: Iterable[Mapping[str, str]], first: Sequence[str]) -> tuple[str, ...]:
    """The columns of a sheet: `first`, then the others as they come, without those that would be empty."""
    filled = {heading: None for row in rows for heading, text in row.items() if text}
    return tuple(heading for heading in dict.fromkeys((*first, *filled)) if heading in filled or heading in first[:2])
