"""What somebody typed -> several options: chosen in any order, or ranked.

As in `flows.choosing`, precision comes first: one part that is not understood, and the whole is asked about again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flows import choosing, number_words, small_words
from flows.choosing import NotUnderstood, Words
from flows.definition import Question
from flows.folding import fold
from flows.lexicon import Codes, Lexicon
from flows.values import Choice, Choices, Ranking

_LONGEST: Final = 400
_RUN: Final = 10
"""From this many options on, "13" cannot be told from 1 and 3."""
_RANGE: Final = re.compile(r"\D*[0-9]+\s*(?:[-–—]|to)\s*[0-9]+\D*", re.IGNORECASE)
"""Whether "1-3" means two options or three is not ours to guess."""
_NO_LIST: Final = re.compile(r"[£$€%=½⅓⅔¼¾]")
"""Money, shares, fractions and ties."""
_BETWEEN: Final = re.compile(r"[,;/&+>|\n،؛]")
_BETWEEN_PARTS: Final = re.compile(r"[,;/&+>|\n،؛]|\b(?:and|then|plus|ac|oraz|i|a|و)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Item:
    """One option as it was named in a list."""

    code: str | None
    """None for a place such as "first", in a ranking, which is no option."""
    number: int | None
    """Set where it was named by a number."""


def chosen(lexicon: Lexicon, question: Question, text: str) -> Choices | NotUnderstood:
    """Several options, in the pack's order; an option that stands alone only by itself, and no more than `at_most`."""
    codes = _read(lexicon, question, text, ordered=False)
    return codes if isinstance(codes, NotUnderstood) else choices(question, codes)


def ranked(lexicon: Lexicon, question: Question, text: str) -> Ranking | NotUnderstood:
    """Options in the order of the text, each once.

    A ranking of some of the options is accepted as given: whoever names the two that matter has answered.
    """
    codes = _read(lexicon, question, text, ordered=True)
    return codes if isinstance(codes, NotUnderstood) else ranking(question, codes)


def choices(question: Question, codes: Sequence[str]) -> Choices | NotUnderstood:
    """Options already known by their codes, held against what the question allows."""
    wanted = tuple(code for code in question.choices if code in codes)
    if not wanted or len(wanted) > (question.at_most or len(wanted)):
        return NotUnderstood(wanted)
    if len(wanted) > 1 and not question.alone.isdisjoint(wanted):
        return NotUnderstood(wanted)
    return Choices(wanted)


def ranking(question: Question, codes: Sequence[str]) -> Ranking | NotUnderstood:
    """A ranking already known by its codes, held against what the question allows."""
    each_once = tuple(dict.fromkeys(codes))
    if not codes or len(each_once) != len(codes) or len(codes) > (question.at_most or len(codes)):
        return NotUnderstood(each_once)
    return Ranking(each_once)


def _read(lexicon: Lexicon, question: Question, text: str, *, ordered: bool) -> Codes | NotUnderstood:
    stripped = text.strip()
    if found := lexicon.exact.get(stripped):
        return found if len(found) == 1 else NotUnderstood(found)
    if len(stripped) > _LONGEST or _NO_LIST.search(stripped):
        return NotUnderstood()
    tokens, breaks = _tokens(stripped)
    if not tokens:
        return choosing.pictured(lexicon, stripped) or NotUnderstood()
    named = lexicon.name(tokens)
    if named:
        return named if len(named) == 1 else NotUnderstood(named)
    if not ordered and _means_all(lexicon, tokens):
        return tuple(code for code in question.choices if code not in question.alone)
    if _RANGE.fullmatch(stripped):
        return NotUnderstood()
    if len(tokens) == 1 and (run := _run(lexicon, tokens[0])) is not None:
        return run
    listed = _listed(lexicon, tokens, breaks, ordered=ordered)
    if listed is not None:
        return listed
    if ordered and any(number_words.ordinal(token, lexicon.language) for token in tokens):
        return NotUnderstood()  # "the second, the first": places or options?
    return _in_parts(lexicon, stripped, tokens, ordered=ordered)


def _tokens(text: str) -> tuple[Words, frozenset[int]]:
    """The folded words, and at which of them something new begins behind a comma or its like."""
    tokens: list[str] = []
    breaks: set[int] = set()
    for piece in _BETWEEN.split(text):
        breaks.add(len(tokens))
        tokens += fold(piece).split()
    return tuple(tokens), frozenset(breaks)


def _means_all(lexicon: Lexicon, tokens: Words) -> bool:
    key = " ".join(tokens)
    trimmed = " ".join(token for token in tokens if token not in small_words.TRAILING)
    both = len(lexicon.options) == 2 and not small_words.BOTH.isdisjoint({key, trimmed})  # noqa: PLR2004 -- "both"
    return both or not small_words.ALL.isdisjoint({key, trimmed})


def _run(lexicon: Lexicon, token: str) -> Codes | NotUnderstood | None:
    """Numbers written without anything between them: "13"."""
    if not token.isdecimal() or len(lexicon.options) >= _RUN or len(token) == 1:
        return None
    places = [number_words.figure(digit) for digit in token]
    codes = tuple(lexicon.options[place - 1].code for place in places if place and place <= len(lexicon.options))
    return codes if len(set(codes)) == len(token) else NotUnderstood()


def _listed(lexicon: Lexicon, tokens: Words, breaks: frozenset[int], *, ordered: bool) -> Codes | NotUnderstood | None:
    """A text made of options and little words alone; None where it is something else."""
    lettered = all(len(token) == 1 and token.isalpha() for token in tokens if token not in small_words.AND_IN_ENGLISH)
    groups: list[list[_Item]] = [[]]
    at = 0
    while at < len(tokens):
        if at in breaks:
            groups.append([])
        item, length = _item(lexicon, tokens, at, lettered=lettered, ordered=ordered)
        if item is not None:
            groups[-1].append(item)
        elif tokens[at] in small_words.AND:
            groups.append([])
        elif not _may_be_left_out(tokens, at):
            return None
        at += length
    return _resolve([group for group in groups if group], ordered=ordered)


def _may_be_left_out(tokens: Words, at: int) -> bool:
    token = tokens[at]
    if token in small_words.MARKERS:
        # "no" is a number's mark only right before one.
        return token not in small_words.NEGATIONS or any(token.isdigit() for token in tokens[at + 1 : at + 2])
    return token in small_words.LEADING or token in small_words.TRAILING


def _item(lexicon: Lexicon, tokens: Words, at: int, *, lettered: bool, ordered: bool) -> tuple[_Item | None, int]:
    """The option named at a place in the text, if there is one, and how many words it takes up."""
    for length in range(min(len(tokens) - at, 12), 0, -1):
        codes = lexicon.name(tokens[at : at + length])
        if len(codes) == 1 and not (lettered and length == 1):
            return _Item(codes[0], None), length
    token = tokens[at]
    if len(token) == 1 and token.isalpha() and not lettered:
        return None, 1
    if ordered and not token.isdigit() and (rank := number_words.ordinal(token, lexicon.language)):
        return _Item(None, rank), 1
    place = None if token in small_words.AND_IN_ENGLISH else lexicon.position((token,), ordinals=not ordered)
    return (None, 1) if place is None else (_Item(lexicon.options[place].code, place + 1), 1)


def _resolve(groups: Sequence[Sequence[_Item]], *, ordered: bool) -> Codes | NotUnderstood | None:
    """The options of all groups in order. A number beside a label must be that option's own, or count a ranking off."""
    codes: list[str] = []
    counted: list[int] = []
    disagree = astray = False
    for first, second in _pairs(groups):
        if second is None:
            if first.code is None:
                return None
            codes.append(first.code)
            continue
        number, option = (second, first) if second.code is None or first.number is None else (first, second)
        if number.number is None or option.code is None:
            return None
        codes.append(option.code)
        if number.code is None:
            astray = astray or number.number != len(codes)  # "slide first" says where it stands, whatever the rest does
            continue
        disagree = disagree or number.code != option.code
        counted.append(number.number)
    if astray or (disagree and not (ordered and counted == list(range(1, len(codes) + 1)))):
        return NotUnderstood(tuple(dict.fromkeys(codes)))
    return tuple(codes) or None


def _pairs(groups: Sequence[Sequence[_Item]]) -> Iterator[tuple[_Item, _Item | None]]:
    """Items one by one, save in groups that go number, label, number, label (or the other way round)."""
    for group in groups:
        numbered = [item.number is not None for item in group]
        alternating = len(group) % 2 == 0 and all(
            one is not other for one, other in zip(numbered[::2], numbered[1::2], strict=True)
        )
        placed = len(group) % 2 == 0 and any(item.code is None for item in group)
        if alternating or placed:
            yield from zip(group[::2], group[1::2], strict=True)
        else:
            yield from ((item, None) for item in group)


def _in_parts(lexicon: Lexicon, text: str, tokens: Words, *, ordered: bool) -> Codes | NotUnderstood:
    """Every part between commas and ands by itself; failing that, the labels that a short text mentions."""
    unclear: list[str] = []
    for between in (_BETWEEN, _BETWEEN_PARTS):
        parts = [choosing.part(lexicon, piece) for piece in between.split(text) if fold(piece)]
        found = tuple(part.code for part in parts if isinstance(part, Choice))
        if len(found) == len(parts):
            return found
        unclear = [*found, *(code for part in parts if isinstance(part, NotUnderstood) for code in part.closest)]
    mentioned = () if ordered or "?" in text else choosing.mentions(lexicon, tokens)
    if mentioned and not any(token.isdigit() for token in tokens):
        return mentioned
    return NotUnderstood(tuple(dict.fromkeys(unclear)))
