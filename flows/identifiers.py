"""Guessing which parts of an answer could tell who somebody is. Guesses only: an officer decides.

The rules look at how things are written and at the words beside them. A name that nothing gives away is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.redaction import Kind, Span, joined

_EMAIL: Final = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE: Final = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?!\w)", re.IGNORECASE)
# Ten to fifteen digits from a 0 or a +; or six to eight after a word that says what they are.
_TELEPHONE: Final = re.compile(r"(?<![\w+])(?:\+|00|\(?0)[\d\s().-]{8,18}\d(?!\w)")
_NUMBER_TOLD: Final = re.compile(
    r"(?:\b(?:phone|mobile|number is|call me on|text me on|ring me on|ffoniwch fi ar|rhif ffôn|telefon|numer to)\b"
    r"[\s:]*)(\d[\d\s-]{4,12}\d)(?!\w)",
    re.IGNORECASE,
)
_FEWEST_DIGITS: Final = 10
_MOST_DIGITS: Final = 15

_UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮŁŃŅŇŐŒŘŚŞŠŤŪŮŰŲŴŶŹŻŽ"
_NAME: Final = rf"[{_UPPER}][\w'’-]+"
_NAMES: Final = rf"{_NAME}(?: {_NAME}){{0,2}}"
_TITLE: Final = re.compile(
    rf"\b(?:Mr|Mrs|Miss|Ms|Mx|Dr|Sir|Prof|Mister|Coach|PC|Pan|Pani|Doktor)\.? ({_NAMES})"
    r"|\b(?:mr|mrs|ms|miss)\.? ([a-z][\w'’-]{2,})"
)
_TITLED_ALONE: Final = frozenset({"the", "out", "this", "that", "them", "him", "her", "you", "our", "school", "my"})
_KIN: Final = (
    "mum|mam|mummy|mom|dad|daddy|brother|sister|cousin|nan|gran|grandma|grandad|aunt|auntie|uncle|son|daughter|"
    "friend|friends|mate|bestie|best friend|teacher|head teacher|headteacher|carer|social worker|neighbour|"
    "boyfriend|girlfriend|coach|doctor|nurse|ta|keyworker|"
    "brawd|chwaer|ffrind|athro|athrawes|mab|merch|nain|taid|mamgu|tadcu|"
    "brat|siostra|mama|tata|kolega|koleżanka|przyjaciel|przyjaciółka|nauczyciel|nauczycielka|pani|pan"
)
_AFTER: Final = re.compile(
    rf"\b(?i:my|our|his|her|their|fy|mój|moja|mojego|moją|nasz|nasza) (?:\w+ )?(?i:{_KIN}),? "
    rf"(?:(?i:is|yw|to) )?({_NAMES})"
)
_CALLED: Final = re.compile(
    rf"\b(?i:called|named|name is|name's|names|i am|i'm|im|this is|love from|signed|o'r enw|enw i yw|fy enw i yw|"
    rf"enw i ydy|ydw i|nazywam się|nazywa się|mam na imię|ma na imię|imieniem|jestem) ({_NAMES})"
)
_LOWER_CALLED: Final = re.compile(
    r"\b(?i:my name is|my names|my name's|is called|fy enw i yw|mam na imię) ([^\W\d_][\w'’-]+)"
)
_SCHOOL_WORDS: Final = (
    "Primary School|Infant School|Infants School|Junior School|High School|Secondary School|Grammar School|"
    "Community School|Catholic School|Church School|C of E Primary|C\\.? ?of ?E\\.? Primary School|Sixth Form|"
    "Nursery School|School|Academy|Primary|Infants|Juniors|Secondary|High|College|Nursery|Grammar"
)
_CAPITAL: Final = rf"(?:St\.?|[{_UPPER}][\w'’.-]+)"
_SCHOOL: Final = re.compile(
    rf"\b({_CAPITAL}(?: (?:of|the|and|&|on|C of E|{_CAPITAL})){{0,4}}? (?:{_SCHOOL_WORDS})(?: School)?)\b"
)
_SCHOOL_FIRST: Final = re.compile(
    rf"\b((?:Ysgol(?: Gynradd| Uwchradd| Gyfun| Gymraeg)?|Coleg|Szkoła Podstawowa|Liceum|Przedszkole)"
    rf" (?:(?:y|yr|im\.|nr) )?(?:{_NAMES}|\d+))"
)
_SCHOOL_LOWER: Final = re.compile(
    rf"\b(?:go to|went to|goes to|at|in|attend) "
    rf"({_CAPITAL}(?: {_CAPITAL}){{0,3}} (?:school|academy|primary|college|nursery))\b"
)
_NO_SCHOOL_WORDS: Final = (
    "the my our your his her their a this that every no some more primary secondary high junior infant nursery "
    "after before at in and or when if old new big good bad local grammar sunday"
)
_NO_SCHOOL: Final = frozenset(_NO_SCHOOL_WORDS.split())
_NO_NAME_WORDS: Final = (
    "a i im english welsh polish arabic british muslim christian catholic autistic asian black white european "
    "deaf disabled happy sad school the my it we they you he she this that these those not so very really god "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december christmas easter park mum dad year cymraeg cymro cymraes polakiem "
    "polką z w na bo nie bardzo telegram sayso england wales poland uk ok adhd"
)
_NO_NAME: Final = frozenset(_NO_NAME_WORDS.split())


def suggestions(text: str) -> list[Span]:
    """The parts of a text that could identify somebody, in their order and without overlap."""
    found: list[Span] = []
    for span in _all(text):
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(span)
    return joined(found)


def _all(text: str) -> Iterator[Span]:
    """The surest first: what overlaps with an earlier one is not taken."""
    yield from (Span(*found.span(), Kind.EMAIL) for found in _EMAIL.finditer(text))
    yield from _telephones(text)
    yield from (Span(*found.span(), Kind.POSTCODE) for found in _POSTCODE.finditer(text))
    yield from _schools(text)
    yield from _names(text)


def _telephones(text: str) -> Iterator[Span]:
    for found in _TELEPHONE.finditer(text):
        if _FEWEST_DIGITS <= sum(map(str.isdigit, found[0])) <= _MOST_DIGITS:
            yield Span(*found.span(), Kind.TELEPHONE)
    yield from (Span(*found.span(1), Kind.TELEPHONE) for found in _NUMBER_TOLD.finditer(text))


def _schools(text: str) -> Iterator[Span]:
    for pattern in (_SCHOOL_FIRST, _SCHOOL, _SCHOOL_LOWER):
        for found in pattern.finditer(text):
            start, end = found.span(1)
            words = text[start:end].split(" ")
            # A sentence may begin with any of these: what stands behind them may still be a name.
            while words and words[0].casefold() in _NO_SCHOOL:
                start += len(words.pop(0)) + 1
            if len(words) > 1:
                yield Span(start, end, Kind.SCHOOL)


def _names(text: str) -> Iterator[Span]:
    for pattern in (_TITLE, _AFTER, _CALLED, _LOWER_CALLED):
        for found in pattern.finditer(text):
            place = next(number for number, group in enumerate(found.groups(), 1) if group)
            start, end = found.span(place)
            words = text[start:end].split(" ")
            kept = next((at for at, word in enumerate(words) if _no_name(word)), len(words))
            if kept:
                yield Span(start, start + len(" ".join(words[:kept])), Kind.NAME)


def _no_name(word: str) -> bool:
    plain = word.casefold().removesuffix("'s").removesuffix("’s")
    return plain in _NO_NAME or plain in _TITLED_ALONE
