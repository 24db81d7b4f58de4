"""Whether an answer may be quoted in a report that anybody may read: only where nothing in it could say who it was.

It says no rather too often. What passes was not read by anybody: a person reads a report before it is published, and
the report says so.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SHORTEST: Final = 15
LONGEST: Final = 400
"""Characters of a quotation."""

_TELLING = re.compile(
    r"""
    \d | @ | https?: | www\. | [\[\]█]
    | \b(mr|mrs|miss|ms|mx|dr|sir|pan|pani|nauczyciel\w*|athro|athrawes)\b
    | \b(my\s+name|i\s+am\s+called|i'?m\s+called|call\s+me|called|named|nicknamed|nazywam|imię|imie|enw|gelwir)\b
    | \b(school|academy|college|nursery|szko\w+|ysgol)\b
    | \b(street|road|lane|avenue|close|drive|estate|ulica|ulicy|stryd|ffordd)\b
    | \b(i\s+live|we\s+live|mieszkam|mieszkamy|byw)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT_A_NAME: Final = frozenset({"I", "I'm", "I’m", "I'd", "I’d", "I've", "I’ve", "I'll", "I’ll", "TV", "OK"})
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDS_A_SENTENCE: Final = ".!?\n"
_WITH_CASE: Final = frozenset({"Lu", "Ll", "Lt"})
"""Categories of letters that are large or small."""


def quotable(text: str) -> bool:
    """Whether it may be quoted. Scripts without large letters say nothing about names: they are never quoted."""
    said = text.strip()
    if not SHORTEST <= len(said) <= LONGEST or not said.replace("\n", "").isprintable() or _TELLING.search(said):
        return False
    letters = {unicodedata.category(character) for character in said if character.isalpha()}
    return (
        bool(letters) and letters <= _WITH_CASE and not any(_may_be_a_name(said, word) for word in _WORD.finditer(said))
    )


def _may_be_a_name(said: str, word: re.Match[str]) -> bool:
    if not word.group()[0].isupper() or word.group() in _NOT_A_NAME:
        return False
    before = said[: word.start()].rstrip(" \"'“‘(-–—")
    # A name may begin a sentence: only words that often do are let through there.
    return (bool(before) and before[-1] not in _ENDS_A_SENTENCE) or word.group().lower() not in _BEGINNINGS


_USUAL: Final = """
    a about all also an and any are as at be because better but can children could do don't don’t every everybody
    everyone for from get give have having help how if in is it it's it’s its just kids less let listen lots make many
    maybe more most my need needs no nobody not nothing on one only or other our parents people please
    should so some someone something sometimes stop take than thank thanks that the their then there there's there’s
    they things think this to too try we we're we’re what when where which why will with would yes you young your

    mae mwy dylai dylid rydym byddai plant pobl angen gwell llai dim

    bo brak byłoby chcę chcemy dla dużo dzieci jest jeśli lepiej mniej może można moim musi na nie nam o po potrzeba
    potrzebujemy powinno proszę są to trzeba w warto więcej z za że żeby
"""
_BEGINNINGS: Final = frozenset(_USUAL.split())
"""What often begins a sentence, and is nobody's name."""
