"""What somebody wrote, as words that the rules about safety know: short forms, slang, slips and disguises undone.

Every function is total, and takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from flows.concern_rules import Book
from flows.folding import fold
from flows.spelling import slips

Words = Sequence[str]

LONGEST_SENTENCE: Final = 200
"""Words. Longer ones are taken in parts: nobody means the beginning and the end of such a sentence together."""
SHORTEST_FUZZY: Final = 5
"""Letters. In shorter words one slip makes another word: "hit" and "his"."""
_LONGEST_FUZZY: Final = 20
_SENTENCE_ENDS: Final = re.compile(r"[.!?;:\n\r|…]+")
_IN_DISGUISE: Final = str.maketrans({"@": "a", "$": "s", "€": "e", "*": "'"})
_FIGURES: Final = str.maketrans("013457", "oieast")
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_TOGETHER: Final = "="
"""Stands before letters that stood apart: where one word ends and the next begins is for the book to find."""
_MOST_TOGETHER: Final = 60
_LETTERS_APART: Final = 3
"""So many letters that stand alone, one behind the other, are one word: "k i l l"."""


def sentences(text: str) -> Iterator[Words]:
    """The folded words of each sentence of a text, before any language is thought of."""
    if "@" in text or "$" in text or "€" in text or "*" in text:
        text = text.translate(_IN_DISGUISE)
    for part in _SENTENCE_ENDS.split(text):
        words = _undisguised(fold(part).split())
        for begin in range(0, len(words), LONGEST_SENTENCE):
            yield words[begin : begin + LONGEST_SENTENCE]


def _undisguised(words: list[str]) -> list[str]:
    words = [word.translate(_FIGURES) if _mixed(word) else word for word in words]
    if all(len(one) > 1 or len(other) > 1 for one, other in pairwise(words)):
        return words
    return list(_together(words))


def _mixed(word: str) -> bool:
    """Letters with figures among them, "k1ll"; "11yr" and "m8" begin or end with a figure and are themselves."""
    return len(word) > 2 and not word.isalpha() and word[0].isalpha() and word[-1].isalpha()  # noqa: PLR2004


def _together(words: Sequence[str]) -> Iterator[str]:
    """Letters that stand apart are put together; the words around them stay."""
    apart: list[str] = []
    for word in words:
        if len(word) == 1 and word.isalpha():
            apart.append(word)
            continue
        yield from _joined(apart)
        apart = []
        yield word
    yield from _joined(apart)


def _joined(apart: list[str]) -> Sequence[str]:
    if len(apart) < _LETTERS_APART:
        return apart
    return (_TOGETHER + "".join(apart),)


def known(book: Book, words: Words) -> list[str]:
    """The same words as the book spells them: each short form as what it stands for, each slip mended."""
    spelt: list[str] = []
    for word in words:
        if (meant := book.means.get(word)) is not None:
            spelt += meant
        elif word in book.marks:
            spelt.append(word)
        elif word[0] == _TOGETHER:
            spelt += _parted(book, word[1:])
        else:
            spelt += _mended(book, word)
    return _phrased(book, spelt) if not book.phrases.keys().isdisjoint(spelt) else spelt


def _parted(book: Book, letters: str) -> list[str]:
    """Letters without spaces as the book's words, as few as can be; as they are where they are no such words."""
    if len(letters) > _MOST_TOGETHER:
        return [letters]
    best: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        found: list[str] | None = None
        for begin in range(max(0, end - _LONGEST_FUZZY), end):
            before, word = best[begin], letters[begin:end]
            if (
                before is not None
                and (word in book.marks or word in book.means)
                and not (found and len(found) <= len(before))
            ):
                found = [*before, word]
        best.append(found)
    said = best[-1]
    return [letters] if said is None else [part for word in said for part in book.means.get(word, (word,))]


def _mended(book: Book, word: str) -> tuple[str, ...]:
    if len(word) > _LONGEST_FUZZY:
        word = _STRETCHED.sub(r"\1", word[: 10 * _LONGEST_FUZZY])
        if len(word) > _LONGEST_FUZZY:
            return ("",)
    for fewer in (r"\1", r"\1\1") if _STRETCHED.search(word) else ():
        plain = _STRETCHED.sub(fewer, word)
        if plain in book.marks or plain in book.means:
            return book.means.get(plain, (plain,))
    if len(word) < SHORTEST_FUZZY - 1:
        return (word,)
    for shorter in (word, *without_one(word)):
        for meant in book.near.get(shorter, ()):
            if _same_beginning(word, meant) and slips(word, meant, 1) is not None:
                return (meant,)
    return (word,)


def without_one(word: str) -> Iterator[str]:
    """Every way to leave one letter out, but for the first."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def _same_beginning(one: str, other: str) -> bool:
    return one[:1] == other[:1]


def _phrased(book: Book, words: Words) -> list[str]:
    """Several words that stand for others are replaced by those, the longest first."""
    said: list[str] = []
    place = 0
    while place < len(words):
        for phrase, meant in book.phrases.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                said += meant
                place += len(phrase)
                break
        else:
            said.append(words[place])
            place += 1
    return said
