"""Numbers written as words: "seven", "twenty-one", "the second", in English, Welsh, Polish and Arabic.

All words are folded (see `flows.folding`). English ones are understood in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from flows.folding import fold

_THREE: Final = 3
_TEN: Final = 10
_TWENTY: Final = 20
_HUNDRED: Final = 100
_MOST_WORDS: Final = 6
_MOST_DIGITS: Final = 9

_CARDINALS: Final[Mapping[str, Mapping[int, str]]] = MappingProxyType(
    {
        "en": {
            0: "zero",
            1: "one",
            2: "two",
            3: "three",
            4: "four",
            5: "five",
            6: "six",
            7: "seven",
            8: "eight",
            9: "nine",
            10: "ten",
            11: "eleven",
            12: "twelve",
            13: "thirteen",
            14: "fourteen",
            15: "fifteen",
            16: "sixteen",
            17: "seventeen",
            18: "eighteen",
            19: "nineteen",
            20: "twenty",
            30: "thirty",
            40: "forty fourty",
            50: "fifty",
            60: "sixty",
            70: "seventy",
            80: "eighty",
            90: "ninety ninty",
        },
        "cy": {
            0: "sero",
            1: "un",
            2: "dau dwy ddau ddwy",
            3: "tri tair dri dair thri thair",
            4: "pedwar pedair bedwar bedair phedwar phedair",
            5: "pump pum bump bum phump phum",
            6: "chwech chwe",
            7: "saith",
            8: "wyth",
            9: "naw",
            10: "deg deng ddeg ddeng",
            12: "deuddeg deuddeng ddeuddeg ddeuddeng",
            15: "pymtheg pymtheng bymtheg bymtheng",
            18: "deunaw ddeunaw",
            20: "ugain",
            40: "deugain ddeugain",
            60: "trigain",
        },
        "pl": {
            0: "zero",
            1: "jeden jedna jedno",
            2: "dwa dwie dwoje dwóch",
            3: "trzy troje trzech",
            4: "cztery czworo czterech",
            5: "pięć pięcioro pięciu",
            6: "sześć",
            7: "siedem",
            8: "osiem",
            9: "dziewięć",
            10: "dziesięć",
            11: "jedenaście",
            12: "dwanaście",
            13: "trzynaście",
            14: "czternaście",
            15: "piętnaście",
            16: "szesnaście",
            17: "siedemnaście",
            18: "osiemnaście",
            19: "dziewiętnaście",
            20: "dwadzieścia",
            30: "trzydzieści",
            40: "czterdzieści",
            50: "pięćdziesiąt",
            60: "sześćdziesiąt",
            70: "siedemdziesiąt",
            80: "osiemdziesiąt",
            90: "dziewięćdziesiąt",
            100: "sto",
            200: "dwieście",
            300: "trzysta",
            400: "czterysta",
            500: "pięćset",
            600: "sześćset",
            700: "siedemset",
            800: "osiemset",
            900: "dziewięćset",
        },
        "ar": {
            0: "صفر",
            1: "واحد واحدة",
            2: "اثنان اثنين اثنتان اثنتين",
            3: "ثلاثة ثلاث",
            4: "أربعة أربع",
            5: "خمسة خمس",
            6: "ستة ست",
            7: "سبعة سبع",
            8: "ثمانية ثماني ثمان",
            9: "تسعة تسع",
            10: "عشرة عشر",
            20: "عشرون عشرين",
            30: "ثلاثون ثلاثين",
            40: "أربعون أربعين",
            50: "خمسون خمسين",
            60: "ستون ستين",
            70: "سبعون سبعين",
            80: "ثمانون ثمانين",
            90: "تسعون تسعين",
            100: "مئة مائة",
        },
    }
)

_ORDINALS: Final[Mapping[str, Mapping[int, str]]] = MappingProxyType(
    {
        "en": {
            1: "first",
            2: "second",
            3: "third",
            4: "fourth",
            5: "fifth",
            6: "sixth",
            7: "seventh",
            8: "eighth",
            9: "ninth",
            10: "tenth",
        },
        "cy": {
            1: "cyntaf gyntaf",
            2: "ail",
            3: "trydydd trydedd drydydd drydedd",
            4: "pedwerydd pedwaredd bedwerydd bedwaredd",
            5: "pumed bumed",
            6: "chweched",
            7: "seithfed",
            8: "wythfed",
            9: "nawfed",
            10: "degfed ddegfed",
        },
        "pl": {
            1: "pierwszy pierwsza pierwsze pierwszą",
            2: "drugi druga drugie drugą",
            3: "trzeci trzecia trzecie trzecią",
            4: "czwarty czwarta czwarte czwartą",
            5: "piąty piąta piąte piątą",
            6: "szósty szósta szóste szóstą",
            7: "siódmy siódma siódme siódmą",
            8: "ósmy ósma ósme ósmą",
            9: "dziewiąty dziewiąta dziewiąte dziewiątą",
            10: "dziesiąty dziesiąta dziesiąte dziesiątą",
        },
        "ar": {
            1: "الأول الأولى",
            2: "الثاني الثانية",
            3: "الثالث الثالثة",
            4: "الرابع الرابعة",
            5: "الخامس الخامسة",
            6: "السادس السادسة",
            7: "السابع السابعة",
            8: "الثامن الثامنة",
            9: "التاسع التاسعة",
            10: "العاشر العاشرة",
        },
    }
)

# In Welsh by twenties, as ages and dates are told; "un deg tri" for 13 is put together from its parts.
_IN_FULL: Final[Mapping[str, Mapping[int, tuple[str, ...]]]] = MappingProxyType(
    {
        "cy": {
            11: ("un ar ddeg",),
            13: ("tri ar ddeg", "tair ar ddeg"),
            14: ("pedwar ar ddeg", "pedair ar ddeg"),
            16: ("un ar bymtheg",),
            17: ("dau ar bymtheg", "dwy ar bymtheg"),
            19: ("pedwar ar bymtheg", "pedair ar bymtheg"),
            80: ("pedwar ugain",),
        },
        "ar": {
            11: ("أحد عشر", "إحدى عشرة"),
            12: ("اثنا عشر", "اثني عشر", "اثنتا عشرة", "اثنتي عشرة"),
        },
    }
)
_FIGURE_ORDINAL: Final = re.compile(r"([0-9]{1,3})(?:st|nd|rd|th|af|il|ydd|edd|fed|ain|ed|eg)")
"""Folded "2nd", "3ydd"."""


@lru_cache(maxsize=32)
def _ordinals(language: str) -> Mapping[str, int]:
    return MappingProxyType(
        {
            fold(spelling): number
            for spoken in ("en", language)
            for number, spellings in _ORDINALS.get(spoken, {}).items()
            for spelling in spellings.split()
        }
    )


@lru_cache(maxsize=32)
def _cardinals(language: str) -> Mapping[str, int]:
    """Every number that we know the words of, folded and without an "and", to the number itself."""
    return MappingProxyType({fold(words): number for spoken in ("en", language) for words, number in _spelt(spoken)})


def _spelt(language: str) -> Iterator[tuple[str, int]]:
    simple = {number: spellings.split() for number, spellings in _CARDINALS.get(language, {}).items()}
    below = [(word, number) for number, words in simple.items() for word in words]
    units = [(word, number) for word, number in below if 0 < number < _TEN]
    if language == "cy":  # "tri deg dau" is 32
        tens = [(f"{word} {ten}", number * _TEN) for word, number in units for ten in ("deg", "ddeg")]
    else:
        tens = [(word, number) for word, number in below if _TWENTY <= number < _HUNDRED]
    below += tens
    whole_hundreds = [(word, number) for word, number in below if number >= _HUNDRED]
    below = [(word, number) for word, number in below if number < _HUNDRED]
    if language == "ar":  # "five and twenty", the "and" grown onto its word; and "five ten" is 15
        below += [(f"{unit} و{ten}", number + more) for ten, number in tens for unit, more in units]
        teens = [(unit, more) for unit, more in units if more >= _THREE]  # 11 and 12 are irregular
        below += [(f"{unit} {ten}", _TEN + more) for unit, more in teens for ten in simple[_TEN]]
    else:
        below += [(f"{ten} {unit}", number + more) for ten, number in tens for unit, more in units]
    below += [(words, number) for number, spellings in _IN_FULL.get(language, {}).items() for words in spellings]
    yield from below
    yield from whole_hundreds
    yield from ((f"{words} {rest}", number + more) for words, number in whole_hundreds for rest, more in below if more)
    if language == "en":
        hundreds = [("a hundred", _HUNDRED), *((f"{unit} hundred", number * _HUNDRED) for unit, number in units)]
        yield from hundreds
        yield from ((f"{words} {rest}", number + more) for words, number in hundreds for rest, more in below if more)


def figure(token: str) -> int | None:
    """The number that a folded token of digits is."""
    return int(token) if len(token) <= _MOST_DIGITS and token.isascii() and token.isdigit() else None


def ordinal(token: str, language: str) -> int | None:
    """The place that a folded token names: "second", "2nd"."""
    if found := _FIGURE_ORDINAL.fullmatch(token):
        return int(found[1])
    return _ordinals(language).get(token)


def cardinal(tokens: Sequence[str], language: str) -> int | None:
    """The number that folded words make together; None where they do not make exactly one.

    "twenty five" is 25; "two three" and "five twenty" are nothing, for they might be two numbers.
    """
    if not tokens or len(tokens) > _MOST_WORDS:
        return None
    return _cardinals(language).get(" ".join(word for word in tokens if word != "and"))


def is_number_word(token: str, language: str) -> bool:
    """True for a folded word that numbers are made of, little words such as "and" and "a" left aside."""
    return token in _parts(language)


@lru_cache(maxsize=32)
def _parts(language: str) -> frozenset[str]:
    return frozenset(part for words in _cardinals(language) for part in words.split()) - {"a", "ar"}
