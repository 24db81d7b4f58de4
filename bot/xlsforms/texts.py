"""A form's settings, its languages and its lists of choices: what the survey is read with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.xlsforms.form import code_of
from bot.xlsforms.languages import code_of as language_code
from bot.xlsforms.languages import heading_of
from bot.xlsforms.sheets import Book, Column, Findings, Row, Sheet

LABEL: Final = ("label",)
HINT: Final = ("hint",)
AGAIN: Final = ("bind", "jr:constraintMsg")
_SPOKEN: Final = (LABEL, HINT, AGAIN)
_LIST: Final = "list name"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings sheet says."""

    title: str | None = None
    form_id: str | None = None
    keyword: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Languages:
    """How the form's headings call the languages that it is in."""

    default: str
    by_name: Mapping[str, str]
    """What a heading says to the language's code; nothing said stands for the default."""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.default, *self.by_name.values())))

    def take(self, row: Row, column: Column, findings: Findings) -> dict[str, str]:
        """The texts of a column by language. Refuses those that a form puts an answer into."""
        texts = {self.by_name[name]: text for name, text in row.take_texts(*column).items() if name in self.by_name}
        for language, text in texts.items():
            if "${" in text:
                what = f"the {column[0] if len(column) == 1 else 'constraint_message'} in {heading_of(language)}"
                findings.refuse(row.place, f"{what} has an answer put into it ({text!r}). Say it without ${{...}}.")
        return texts


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list."""

    name: str
    code: str
    labels: Mapping[str, str]
    place: str


Lists = Mapping[str, tuple[Choice, ...]]


def read_settings(book: Book, in_survey: Iterable[tuple[str, str]], findings: Findings) -> Settings:
    """The settings, from their sheet and from rows of the survey as older forms have them."""
    found = dict(in_survey)
    for row in book.settings.rows[:1]:
        for key in ("title", "id_string", "sms_keyword", "default_language"):
            if (text := row.take(key)) is not None:
                found[key] = text
        findings.leftover(row)
    for row in book.settings.rows[1:]:
        findings.leftover(row)
    return Settings(found.get("title"), found.get("id_string"), found.get("sms_keyword"), found.get("default_language"))


def read_languages(book: Book, settings: Settings, asked_for: str | None, findings: Findings) -> Languages:
    """The languages of the form. `asked_for` is what its author says that headings without a language are in."""
    named = tuple(dict.fromkeys((*_named(book.survey, _SPOKEN), *_named(book.choices, (LABEL,)))))
    by_name: dict[str, str] = {}
    for name in (each for each in named if each):
        code = language_code(name)
        if code is None:
            findings.refuse("survey", f"no language is known as {name!r}. Write its code, as in label::Welsh (cy).")
        else:
            by_name[name] = code
    default = _default(settings, asked_for, named, by_name, findings)
    languages = Languages(default, {**by_name, "": default})
    _twice(book, languages, findings)
    return languages


def _default(
    settings: Settings, asked_for: str | None, named: tuple[str, ...], by_name: Mapping[str, str], findings: Findings
) -> str:
    if asked_for is not None:
        return asked_for
    said = settings.language
    if said is not None and said != "default":
        code = language_code(said)
        if code is None:
            findings.refuse("settings", f"no language is known as {said!r}. Write its code, as in Welsh (cy).")
        return code or "en"
    if "" in named or not by_name:
        findings.note("settings", "no default_language, so texts without a language are taken to be English (en).")
        return "en"
    first = next(iter(by_name.values()))
    findings.note("settings", f"no default_language, so the first one is taken: {heading_of(first)}.")
    return first


def _twice(book: Book, languages: Languages, findings: Findings) -> None:
    """Two columns for one text: only one of them could be used."""
    for sheet, spoken in ((book.survey, _SPOKEN), (book.choices, (LABEL,))):
        for column in spoken:
            codes = [languages.by_name[name] for name in _named(sheet, (column,)) if name in languages.by_name]
            for code in sorted({each for each in codes if codes.count(each) > 1}):
                place = "survey" if sheet is book.survey else "choices"
                findings.refuse(place, f"two columns hold the {column[-1]} in {heading_of(code)}. Keep one of them.")


def _named(sheet: Sheet, columns: Iterable[Column]) -> tuple[str, ...]:
    names = [
        found[len(column)] if len(found) > len(column) else ""
        for column in columns
        for found in sheet.columns
        if found[: len(column)] == column and len(found) <= len(column) + 1
    ]
    return tuple(dict.fromkeys(names))


def read_lists(book: Book, languages: Languages, findings: Findings) -> Lists:
    """Every list of choices by its name."""
    lists: dict[str, tuple[Choice, ...]] = {}
    for row in book.choices.rows:
        list_name, name = row.take(_LIST), row.take("name")
        labels = languages.take(row, LABEL, findings)
        findings.leftover(row)
        if list_name is None or name is None:
            findings.refuse(row.place, "it has no list_name or no name. Write both, or take the row out.")
            continue
        code = code_of(name)
        if code is None:
            findings.refuse(row.place, f"the name {name!r} cannot be a code. {CODE_RULE}")
            continue
        if not labels:
            findings.refuse(row.place, f"the choice {name!r} has no label.")
        before = lists.get(list_name, ())
        if (same := next((each for each in before if each.code == code), None)) is not None:
            findings.refuse(row.place, f"the list {list_name!r} has {same.name!r} already ({same.place}).")
            continue
        lists[list_name] = (*before, Choice(name, code, labels, row.place))
    return lists


CODE_RULE: Final = "Use letters a to z, digits and _, 40 characters at most."
