"""Everything an option can be called, worked out once for each wording of a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from flows import number_words, small_words
from flows.definition import Kind, Question, QuestionWords
from flows.folding import fold

Codes = tuple[str, ...]
"""Options that something may mean: exactly one is an answer, several are one too many."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_AGES: Final = re.compile(r"(?<![0-9])([0-9]{1,3}) (?:(?:to|i|do|الي) )?([0-9]{1,3})(?![0-9])")
"""Folded "8 to 11", "8-11"."""
_PICTURE_EXTRAS: Final = dict.fromkeys((*range(0x1F3FB, 0x1F400), 0xFE0E, 0xFE0F, 0x200D))
"""Skin tones and what else may follow an emoji without changing which one it is."""
_LETTER_AND_NUMBER: Final = re.compile(r"(no|nr|num|number|opt|option)([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Option:
    """One option as it can be said."""

    code: str
    label: tuple[str, ...]
    """The folded words of its label."""
    ages: tuple[int, int] | None
    """The span of ages, or other numbers, that its label names."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name that something typed may be a misspelling of."""

    words: tuple[str, ...]
    codes: Codes
    denials: int
    """How many of its words deny something."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every name of every option. Names that two options share stand for both."""

    options: tuple[Option, ...]
    language: str
    exact: Mapping[str, Codes]
    """Label as written, alone and behind its picture; and the numbers 1 to n."""
    labels: Mapping[str, Codes]
    """Folded labels."""
    others: Mapping[str, Codes]
    """Folded synonyms and codes, and the ways to say yes, no and not sure."""
    pictures: Mapping[str, Codes]
    spellings: Mapping[str, tuple[Spelling, ...]]
    """Labels and other names by each of their first two letters: where a misspelling may belong."""
    yes_and_no: bool
    """It is a question to say yes or no to."""

    def name(self, tokens: Iterable[str]) -> Codes:
        """The options called exactly so: by label if there is one, else by any other name."""
        key = " ".join(tokens)
        return self.labels.get(key) or self.others.get(key, ())

    def position(self, tokens: tuple[str, ...], *, ordinals: bool = True) -> int | None:
        """The place, from 0, that one or more folded words name: "2", "no 2", "b", "the second one"."""
        while len(tokens) > 1 and tokens[0] in small_words.MARKERS:
            if tokens[0] == "no" and not tokens[1].isdigit():
                return None  # "no one", "no second chance"
            tokens = tokens[1:]
        while len(tokens) > 1 and tokens[-1] in small_words.TRAILING:
            tokens = tokens[:-1]
        number = self._number(tokens, ordinals=ordinals)
        return number - 1 if number is not None and 1 <= number <= len(self.options) else None

    def _number(self, tokens: tuple[str, ...], *, ordinals: bool) -> int | None:
        if len(tokens) > 1:
            return number_words.cardinal(tokens, self.language)
        token = tokens[0]
        if len(token) == 1 and token in _LETTERS:
            return _LETTERS.index(token) + 1
        if joined := _LETTER_AND_NUMBER.fullmatch(token):
            token = joined[2]
        if ordinals and token in small_words.LAST:
            return len(self.options)
        found = number_words.figure(token)
        if found is None:
            found = number_words.cardinal((token,), self.language)
        return number_words.ordinal(token, self.language) if found is None and ordinals else found

    def in_order(self, codes: Iterable[str]) -> Codes:
        """These options, each once, in the pack's order."""
        wanted = set(codes)
        return tuple(option.code for option in self.options if option.code in wanted)


def bare_picture(text: str) -> str:
    """An emoji without skin tone, joiners and variation marks, so that all its forms are the same."""
    return text.translate(_PICTURE_EXTRAS)


def of(question: Question, words: QuestionWords, language: str) -> Lexicon:
    """The names of a question's options. Cached on the strings alone, for a pack's mappings cannot be hashed."""
    labels, pictures, synonyms = words.choices, words.pictures, words.synonyms
    return _lexicon(
        question.choices,
        tuple(labels.get(code, code) for code in question.choices),
        tuple(pictures.get(code, "") for code in question.choices) if pictures else (),
        tuple(tuple(synonyms.get(code, ())) for code in question.choices) if synonyms else (),
        question.kind is Kind.YES_NO or {"yes", "no"} <= set(question.choices),
        language,
    )


@lru_cache(maxsize=2048)
def _lexicon(
    codes: tuple[str, ...],
    labels: tuple[str, ...],
    pictures: tuple[str, ...],
    synonyms: tuple[tuple[str, ...], ...],
    yes_and_no: bool,  # noqa: FBT001 -- positional arguments make the shortest cache key; `of` is the only caller
    language: str,
) -> Lexicon:
    pictures = pictures or ("",) * len(codes)
    synonyms = synonyms or ((),) * len(codes)
    shown = zip(codes, labels, pictures, strict=True)
    numbers = ((str(number), code) for number, code in enumerate(codes, 1))
    exact = ((form, code) for code, label, picture in shown for form in {label.strip(), f"{picture} {label}".strip()})
    by_label = _gather((fold(label), code) for code, label in zip(codes, labels, strict=True))
    by_other = _gather(_other_names(codes, synonyms, yes_and_no=yes_and_no, language=language))
    return Lexicon(
        options=tuple(
            Option(code, tuple(fold(label).split()), _ages(label)) for code, label in zip(codes, labels, strict=True)
        ),
        language=language,
        exact=_gather(chain(exact, numbers)),
        labels=by_label,
        others=by_other,
        pictures=_gather(_pictures(codes, pictures, yes_and_no=yes_and_no)),
        spellings=_spellings((*by_label.items(), *by_other.items())),
        yes_and_no=yes_and_no,
    )


def _spellings(names: Iterable[tuple[str, Codes]]) -> Mapping[str, tuple[Spelling, ...]]:
    gathered: dict[str, tuple[Spelling, ...]] = {}
    for name, codes in names:
        words = tuple(name.split())
        spelling = Spelling(words, codes, small_words.denials(words))
        for letter in set(name[:2]):  # people get the first letter right, or swap the first two
            gathered[letter] = (*gathered.get(letter, ()), spelling)
    return MappingProxyType(gathered)


def _gather(names: Iterable[tuple[str, str]]) -> Mapping[str, Codes]:
    gathered: dict[str, Codes] = {}
    for name, code in names:
        before = gathered.get(name, ())
        if name and code not in before:
            gathered[name] = (*before, code)
    return MappingProxyType(gathered)


def _ages(label: str) -> tuple[int, int] | None:
    found = _AGES.findall(fold(label))
    if len(found) != 1:
        return None
    low, high = int(found[0][0]), int(found[0][1])
    return (low, high) if low < high else None


def _other_names(
    codes: tuple[str, ...], synonyms: tuple[tuple[str, ...], ...], *, yes_and_no: bool, language: str
) -> Iterator[tuple[str, str]]:
    for code, also in zip(codes, synonyms, strict=True):
        # A code that is only a number or a letter would contradict the numbers that people see.
        if not code.isdigit() and len(code) > 1:
            yield fold(code), code
        yield from ((fold(name), code) for name in also)
        for meaning, phrases in (
            (code in small_words.UNSURE_CODES, small_words.NOT_SURE),
            (code in small_words.NONE_CODES, small_words.NONE),
            (yes_and_no and code == "yes", small_words.YES),
            (yes_and_no and code == "no", small_words.NO),
        ):
            if meaning:
                yield from ((phrase, code) for phrase in small_words.spoken(phrases, language))


def _pictures(codes: tuple[str, ...], pictures: tuple[str, ...], *, yes_and_no: bool) -> Iterator[tuple[str, str]]:
    yield from ((bare_picture(picture), code) for code, picture in zip(codes, pictures, strict=True))
    if yes_and_no:
        yield from ((bare_picture(thumb), code) for thumb, code in small_words.THUMBS.items() if code in codes)
